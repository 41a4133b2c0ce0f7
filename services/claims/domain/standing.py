"""How what was stated of a claim stands: what counts, what waits for a person, and what is gone.

What stands in a decision is lowered, extended or contradicted by another party only after a person has looked. One
officer alone changes nothing: what an officer states or changes waits until another one lets it count.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.claims.domain.evidence import BY_TWO_OFFICERS, Evidence, EvidenceKind
from services.claims.domain.facts import Certificate, Circumstances, Spell
from shared.kernel.periods import Days, days_without


class EvidenceStanding(StrEnum):
    """How a statement stands."""

    COUNTS = "counts"
    WAITS = "waits"
    """For officers, who let it count or let it wait."""
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    """Something else was said in its place, or of what it would have changed."""
    WITHOUT_EFFECT = "without_effect"
    """Days with wages of which the sender employed the person on none, or a change of what no longer stood."""


class WaitsBecause(StrEnum):
    """Why a statement waits for an officer."""

    EXTENDS = "extends"
    """Another party certifies days that are not certified."""
    LOWERS = "lowers"
    """Another party states days with wages, or an earlier day of fitness."""
    DISPUTED = "disputed"
    """It changes what another party disputes or stated, or what an officer let count."""
    CONTRADICTS = "contradicts"
    """Another party states other circumstances, or its own otherwise than before."""
    UNAPPROVED = "unapproved"
    """An officer states it; another one lets it count."""
    OF_ONESELF = "of_oneself"
    """A person certifies itself unfit, on days that nobody else certifies."""


@dataclass(frozen=True)
class Piece:
    """One statement as it stands, and why it waits where it does."""

    evidence: UUID
    standing: EvidenceStanding
    because: WaitsBecause | None = None


@dataclass(frozen=True)
class Standing:
    """What counts of the evidence of a claim, the statements that wait for a person, and how each one stands.

    ``only_of_oneself``: the days that a person certifies of itself, and that nothing which counts certifies.
    ``days_wait``: what waits is about days. ``circumstances`` is None where none are stated; ``statements`` are those
    that only officers state, and that were let count, oldest first. ``waiting_findings`` wait beside what was stated.
    """

    certificates: tuple[Certificate, ...]
    worked_with_wages: tuple[date, ...]
    waiting: tuple[UUID, ...]
    pieces: tuple[Piece, ...]
    only_of_oneself: tuple[Days, ...]
    days_wait: bool = False
    circumstances: Circumstances | None = None
    statements: tuple[Evidence, ...] = ()
    waiting_findings: tuple[UUID, ...] = ()

    def of(self, kind: EvidenceKind) -> tuple[Evidence, ...]:
        """The statements of a kind among these, oldest first."""
        return tuple(each for each in self.statements if each.kind is kind)

    @property
    def cause(self) -> UUID | None:
        """The claim about the accident that a person died of, as it was let count last."""
        return next((UUID(str(each.stated["claim"])) for each in reversed(self.of(EvidenceKind.CAUSE))), None)


def standing(evidence: Collection[Evidence], spells: Sequence[Spell]) -> Standing:
    """What counts of all that was stated, whatever the order in which it is given."""
    stated = sorted(evidence, key=lambda each: (each.stated_at, each.id))
    approved = {each.about for each in stated if each.kind is EvidenceKind.APPROVAL and each.by_officer}
    current, changes, gone = _with_changes(stated, approved)
    waiting = {each.id: _because_changed(each) for each in changes}
    waiting |= {each.id: WaitsBecause.UNAPPROVED for each in current if not _is_let_count(each, approved)}
    # Whoever spoke before anything was decided goes on speaking for itself; nobody certifies itself.
    parties = {each.tenant for each in stated if each.about is None and not each.late}
    counted: list[Evidence] = []
    others: list[Evidence] = []
    plain = (each for each in current if each.kind not in BY_TWO_OFFICERS and each.id not in waiting)
    for each in (_by_who_paid(each, spells) for each in plain):
        speaks = each.by_officer or each.id in approved or (each.tenant in parties and _speaks_alone(each))
        (counted if speaks else others).append(each)
    # What others say is held against all that counts, also against what came after it.
    for each in others:
        if _is_overruled(each, counted):
            gone[each.id] = EvidenceStanding.SUPERSEDED
        elif _changes(each, counted):
            waiting[each.id] = _because(each)
        else:
            counted.append(each)
    certificates = sorted(
        map(_certificate, filter(_is_certificate, counted)), key=lambda each: (each.issued_on, each.id)
    )
    worked = sorted({day for each in counted for day in each.wage_days})
    of_days = {each.id for each in stated if each.wage_days}
    of_no_own_day = of_days & {each.id for each in counted if not each.wage_days}
    stands = dict.fromkeys(waiting, EvidenceStanding.WAITS) | gone
    stands |= dict.fromkeys(of_no_own_day, EvidenceStanding.WITHOUT_EFFECT)
    pieces = (Piece(each.id, stands.get(each.id, EvidenceStanding.COUNTS), waiting.get(each.id)) for each in stated)
    findings = _about_findings(stated)
    own = [each.days for each in others if _is_of_oneself(each) and each.id in waiting and each.days is not None]
    only_of_oneself = days_without(own, [each.days for each in counted if each.days is not None])
    return Standing(
        tuple(certificates),
        tuple(worked),
        tuple(sorted(waiting)),
        tuple(pieces),
        only_of_oneself,
        any(each.id in waiting and (each.days or each.wage_days) for each in stated),
        _circumstances([each for each in counted if each.kind is EvidenceKind.CIRCUMSTANCES]),
        tuple(each for each in current if each.kind in BY_TWO_OFFICERS and each.id not in waiting),
        tuple(each.id for each in stated if each.id in waiting and each.id in findings),
    )


def is_any_left(kind: EvidenceKind, evidence: Collection[Evidence]) -> bool:
    """Whether a statement of a kind that only officers state counts or waits: no employment speaks of it."""
    stands = {each.evidence: each.standing for each in standing(evidence, ()).pieces}
    left = (EvidenceStanding.COUNTS, EvidenceStanding.WAITS)
    return any(each.kind is kind and stands[each.id] in left for each in evidence)


def _with_changes(
    stated: Sequence[Evidence], approved: Container[UUID | None]
) -> tuple[list[Evidence], list[Evidence], dict[UUID, EvidenceStanding]]:
    """The statements after corrections and withdrawals, those of these that wait for a person, and what is gone."""
    by_id = {each.id: each for each in stated}
    gone: dict[UUID, EvidenceStanding] = {}
    current: dict[UUID, Evidence] = {}
    # What took the place of a statement: it is found by the id of each that it came after.
    newest: dict[UUID, UUID] = {}
    # What each change that waits would change: a statement, or another change that waits.
    waiting: dict[UUID, UUID] = {}
    for each in stated:
        if each.about is None:
            current[each.id] = each
            continue
        if each.kind is EvidenceKind.APPROVAL:
            continue
        target = current.get(_last(_last(each.about, waiting), newest))
        if each.about in waiting:
            if not _may_take_back(each, by_id[each.about], approved):
                waiting[each.id] = each.about
                continue
            del waiting[each.about]
            gone[each.about] = _gone_by(each)
            _supersede(each.about, waiting, gone)
            if each.kind is EvidenceKind.WITHDRAWAL:
                # A correction that nobody has looked at is taken back.
                continue
        if target is None:
            gone[each.id] = EvidenceStanding.WITHOUT_EFFECT
            continue
        if not (each.id in approved or _may_change(each, target, current.values(), approved)):
            waiting[each.id] = target.id
            continue
        del current[target.id]
        gone[target.id] = _gone_by(each)
        _supersede(target.id, waiting, gone)
        newest[target.id] = each.id
        if each.kind is not EvidenceKind.WITHDRAWAL:
            current[each.id] = replace(each, late=target.late)
    return list(current.values()), [by_id[each] for each in waiting], gone


def _about_findings(stated: Sequence[Evidence]) -> set[UUID]:
    """What officers found, and whatever was said of it since.

    A party may have corrected itself any number of times: each statement's first one is looked for once.
    """
    by_id = {each.id: each for each in stated}
    first: dict[UUID, Evidence] = {}
    for each in stated:
        at, later = each, []
        while at.id not in first and at.about in by_id:
            later.append(at.id)
            at = by_id[at.about]
        first |= dict.fromkeys([*later, at.id], first.get(at.id, at))
    return {each for each, began in first.items() if began.kind is EvidenceKind.FINDING}


def _supersede(changed: UUID, waiting: dict[UUID, UUID], gone: dict[UUID, EvidenceStanding]) -> None:
    """What else waited for a word on it has had that word."""
    for change in [each for each, would_change in waiting.items() if would_change == changed]:
        del waiting[change]
        gone[change] = EvidenceStanding.SUPERSEDED
        _supersede(change, waiting, gone)


def _gone_by(change: Evidence) -> EvidenceStanding:
    """How what was changed stands."""
    withdrawn = change.kind is EvidenceKind.WITHDRAWAL
    return EvidenceStanding.WITHDRAWN if withdrawn else EvidenceStanding.SUPERSEDED


def _last(statement: UUID, newest: Mapping[UUID, UUID]) -> UUID:
    while statement in newest:
        statement = newest[statement]
    return statement


def _may_take_back(change: Evidence, waits: Evidence, approved: Container[UUID | None]) -> bool:
    """Whether a change that waits may be changed itself: by its party; another party's not by one officer alone."""
    return change.id in approved or not change.by_one_officer or waits.by_one_officer


def _may_change(
    change: Evidence, target: Evidence, current: Collection[Evidence], approved: Container[UUID | None]
) -> bool:
    """By the party that stated it as long as nobody disputes it; by officers what none of them has let count.

    What is withdrawn by now disputes nothing, nor does who states the same days. What waits for a person does: the
    change might take away what that person is about to let count. What one officer stated does once it is let count.
    """
    if change.by_one_officer:
        return target.by_one_officer and target.id not in approved
    if target.id in approved and (_is_of_oneself(change) or target.kind in BY_TWO_OFFICERS):
        return False
    if change.kind is EvidenceKind.CIRCUMSTANCES:
        # They decide which scheme pays: whoever says them otherwise than before is looked at.
        return False
    disputed = any(
        other.tenant != target.tenant
        and other.kind == target.kind
        and target.stated_at <= other.stated_at
        and other.states != target.states
        and (other.id in approved or not other.by_one_officer)
        for other in current
    )
    return change.tenant == target.tenant and not disputed


def _by_who_paid(each: Evidence, spells: Sequence[Spell]) -> Evidence:
    """Of days with wages, those that the employer of that day states; an officer may state any.

    A return to work is a day of its own: an employment that was stated by that day is in time, also after the event.
    """
    if each.kind is not EvidenceKind.WAGES_PAID or each.by_officer:
        return each
    own = [spell for spell in spells if each.tenant == f"employer:{spell.employer}"]
    paid = (day for day in each.wage_days if any(spell.covers(day) and spell.counts_for(day) for spell in own))
    return replace(each, wage_days=tuple(paid))


def _changes(each: Evidence, counted: Collection[Evidence]) -> bool:
    """Whether a statement says something else than what counts already."""
    certified = [other.days for other in counted if other.days is not None]
    match each.kind:
        case EvidenceKind.CERTIFICATE:
            return each.days is not None and bool(days_without((each.days,), certified))
        case EvidenceKind.CIRCUMSTANCES:
            return any(other.kind is each.kind and other.states != each.states for other in counted)
        case EvidenceKind.WAGES_PAID:
            known = {day for other in counted for day in other.wage_days}
            return any(day not in known and any(day in days for days in certified) for day in each.wage_days)
        case _:
            return True


def _is_overruled(each: Evidence, counted: Collection[Evidence]) -> bool:
    """Whether a person has let other circumstances count since."""
    later = (other for other in counted if other.kind is each.kind and other.stated_at > each.stated_at)
    return each.kind is EvidenceKind.CIRCUMSTANCES and any(other.states != each.states for other in later)


def _because_changed(each: Evidence) -> WaitsBecause:
    """Why a change of another statement waits."""
    return WaitsBecause.UNAPPROVED if each.by_one_officer else WaitsBecause.DISPUTED


def _because(each: Evidence) -> WaitsBecause:
    """Why what is said beyond what counts waits."""
    if _is_of_oneself(each):
        return WaitsBecause.OF_ONESELF
    if each.kind is EvidenceKind.CIRCUMSTANCES:
        return WaitsBecause.CONTRADICTS
    return WaitsBecause.EXTENDS if each.kind is EvidenceKind.CERTIFICATE else WaitsBecause.LOWERS


def _speaks_alone(each: Evidence) -> bool:
    """Whether what a party says counts beside what others say; of circumstances the first statement does."""
    return each.kind is not EvidenceKind.CIRCUMSTANCES and not _is_of_oneself(each)


def _circumstances(counted: Sequence[Evidence]) -> Circumstances | None:
    """Those that were stated last of those that count; who said them first goes on, with who says the same."""
    if not counted:
        return None
    last = max(counted, key=lambda each: (each.stated_at, each.id))
    return Circumstances(
        place=str(last.stated["place"]),
        interrupted=bool(last.stated.get("interrupted", False)),
        outside_malaysia=bool(last.stated.get("outside_malaysia", False)),
        evidence=last.id,
    )


def _is_let_count(each: Evidence, approved: Container[UUID | None]) -> bool:
    """Whether it needs no officer, another one than stated it approved it, or the person chose for itself."""
    if each.by_one_officer or each.kind in BY_TWO_OFFICERS:
        return each.id in approved or (each.kind is EvidenceKind.CHOICE and each.tenant.startswith("person:"))
    return True


def _is_of_oneself(each: Evidence) -> bool:
    """Whether it is a certificate that a person states of itself: it counts once another that counts says the same."""
    return _is_certificate(each) and each.tenant.startswith("person:")


def _is_certificate(each: Evidence) -> bool:
    return each.kind in (EvidenceKind.CERTIFICATE, EvidenceKind.FINAL_CERTIFICATE)


def _certificate(each: Evidence) -> Certificate:
    return Certificate(each.id, each.issued_on or each.stated_at.date(), each.days, each.fit_from)
