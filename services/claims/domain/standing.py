"""How what was stated of a claim stands: what counts, what waits for a person, and what is gone.

What stands in a decision is lowered, extended or contradicted by another party only after a person has looked; but a
hospital's certificate that goes on behind days which count is itself what temporary disablement rests on (decision
102). One officer alone changes nothing: what an officer states or changes waits until another one lets it count.
"""

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.claims.domain.authority import in_order_of_authority
from services.claims.domain.changes import about_findings, with_changes
from services.claims.domain.continued import continuing, doubted_by_officers
from services.claims.domain.evidence import BY_TWO_OFFICERS, Evidence, EvidenceKind, EvidenceStanding
from services.claims.domain.facts import Certificate, Circumstances, Spell
from shared.kernel.periods import Days, days_without

# They say something of another statement alone.
_OF_OTHERS = frozenset((EvidenceKind.APPROVAL, EvidenceKind.WITHDRAWAL))
_GONE = frozenset((EvidenceStanding.WITHDRAWN, EvidenceStanding.SUPERSEDED))


class WaitsBecause(StrEnum):
    """Why a statement waits for an officer."""

    EXTENDS = "extends"
    """Another party certifies days that are not certified, and no hospital goes on with them."""
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

    ``only_of_oneself``: the days that a person certifies of itself, and that nothing which counts certifies;
    ``only_of_hospitals`` those that a hospital certifies so, and that wait.
    ``days_wait``: what waits is about days. ``circumstances`` is None where none are stated; ``statements`` are those
    that only officers state, and that were let count, oldest first, those of boards in the order in which these sat.
    ``waiting_findings`` wait beside what was stated.
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
    only_of_hospitals: tuple[Days, ...] = ()

    def of(self, kind: EvidenceKind) -> tuple[Evidence, ...]:
        """The statements of a kind among these, oldest first."""
        return tuple(each for each in self.statements if each.kind is kind)

    def left_of(self, stated: Collection[Evidence]) -> list[Evidence]:
        """What of this was neither withdrawn nor said otherwise since."""
        gone = {each.evidence for each in self.pieces if each.standing in _GONE}
        return [each for each in stated if each.id not in gone]

    @property
    def cause(self) -> UUID | None:
        """The claim about the accident that a person died of, as it was let count last."""
        return next((UUID(str(each.stated["claim"])) for each in reversed(self.of(EvidenceKind.CAUSE))), None)


def standing(evidence: Collection[Evidence], spells: Sequence[Spell]) -> Standing:
    """What counts of all that was stated, whatever the order in which it is given."""
    stated = sorted(evidence, key=lambda each: (each.stated_at, each.id))
    approved = {each.about for each in stated if each.kind is EvidenceKind.APPROVAL and each.by_officer}
    current, changes, gone = with_changes(stated, approved)
    waiting = {each.id: _because_changed(each) for each in changes}
    waiting |= {each.id: WaitsBecause.UNAPPROVED for each in current if not _is_let_count(each, approved)}
    # Whoever spoke before anything was decided goes on speaking for itself; nobody certifies itself, and a document
    # says nothing of days.
    spoken = (each for each in stated if each.about is None and each.kind is not EvidenceKind.DOCUMENT)
    parties = {each.tenant for each in spoken if not each.late}
    counted: list[Evidence] = []
    others: list[Evidence] = []
    plain = (each for each in current if each.kind not in BY_TWO_OFFICERS and each.id not in waiting)
    for each in (_by_who_paid(each, spells) for each in plain):
        is_heard = each.tenant in parties and _speaks_alone(each)
        speaks = each.by_officer or each.id in approved or is_heard or each.kind is EvidenceKind.DOCUMENT
        (counted if speaks else others).append(each)
    continued = continuing(others, counted, doubted_by_officers(stated, approved))
    counted += continued
    # What others say is held against all that counts, also against what came after it.
    for each in (one for one in others if one not in continued):
        if _is_overruled(each, counted):
            gone[each.id] = EvidenceStanding.SUPERSEDED
        elif _changes(each, counted):
            waiting[each.id] = _because(each)
        else:
            counted.append(each)
    certified = (_certificate(each) for each in counted if each.is_certificate)
    certificates = sorted(certified, key=lambda each: (each.issued_on, each.id))
    worked = sorted({day for each in counted for day in each.wage_days})
    of_days = {each.id for each in stated if each.wage_days}
    of_no_own_day = of_days & {each.id for each in counted if not each.wage_days}
    let = [each for each in current if each.kind in BY_TWO_OFFICERS and each.id not in waiting]
    statements, outranked = in_order_of_authority(let)
    gone |= dict.fromkeys((each.id for each in outranked), EvidenceStanding.SUPERSEDED)
    stands = dict.fromkeys(waiting, EvidenceStanding.WAITS) | gone
    stands |= dict.fromkeys(of_no_own_day, EvidenceStanding.WITHOUT_EFFECT)
    pieces = (Piece(each.id, stands.get(each.id, EvidenceStanding.COUNTS), waiting.get(each.id)) for each in stated)
    findings = about_findings(stated)
    waits = [each for each in others if each.id in waiting]
    own, of_hospitals = [each for each in waits if each.is_of_oneself], [each for each in waits if each.by_hospital]
    return Standing(
        tuple(certificates),
        tuple(worked),
        tuple(sorted(waiting)),
        tuple(pieces),
        _days_of_none_but(own, counted),
        any(each.id in waiting and (each.days or each.wage_days) for each in stated),
        _circumstances([each for each in counted if each.kind is EvidenceKind.CIRCUMSTANCES]),
        tuple(statements),
        tuple(each.id for each in stated if each.id in waiting and each.id in findings),
        _days_of_none_but(of_hospitals, counted),
    )


def last_said_of(kind: EvidenceKind, evidence: Collection[Evidence]) -> datetime | None:
    """When anything was said last of what is stated of a kind, or about what was said of it; None of nothing."""
    said: set[UUID] = set()
    for each in sorted(evidence, key=lambda each: (each.stated_at, each.id)):
        if each.kind is kind or each.about in said:
            said.add(each.id)
    return max((each.stated_at for each in evidence if each.id in said), default=None)


def is_any_left(kind: EvidenceKind, evidence: Collection[Evidence]) -> bool:
    """Whether a statement of a kind that only officers state counts or waits: no employment speaks of it."""
    stands = {each.evidence: each.standing for each in standing(evidence, ()).pieces}
    left = (EvidenceStanding.COUNTS, EvidenceStanding.WAITS)
    return any(each.kind is kind and stands[each.id] in left for each in evidence)


def what_would_change(evidence: Collection[Evidence], spells: Sequence[Spell]) -> set[UUID]:
    """The statements that say something else than what counts; none where nothing counts yet."""
    stands = {each.evidence: each.standing for each in standing(evidence, spells).pieces}
    plain = [each for each in evidence if each.kind not in _OF_OTHERS and each.kind not in BY_TWO_OFFICERS]
    counted = [_by_who_paid(each, spells) for each in plain if stands[each.id] is EvidenceStanding.COUNTS]
    return {each.id for each in plain if counted and _changes(each, counted)}


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
        case EvidenceKind.DOCUMENT:
            return False
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
    if each.is_of_oneself:
        return WaitsBecause.OF_ONESELF
    if each.kind is EvidenceKind.CIRCUMSTANCES:
        return WaitsBecause.CONTRADICTS
    return WaitsBecause.EXTENDS if each.kind is EvidenceKind.CERTIFICATE else WaitsBecause.LOWERS


def _days_of_none_but(certifying: Collection[Evidence], counted: Collection[Evidence]) -> tuple[Days, ...]:
    """The days that these certify, and nothing which counts."""
    certified, days = ([each.days for each in of if each.days is not None] for of in (counted, certifying))
    return days_without(days, certified)


def _speaks_alone(each: Evidence) -> bool:
    """Whether what a party says counts beside what others say; of circumstances the first statement does."""
    return each.kind is not EvidenceKind.CIRCUMSTANCES and not each.is_of_oneself


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


def _certificate(each: Evidence) -> Certificate:
    return Certificate(each.id, each.issued_on or each.stated_at.date(), each.days, each.fit_from)
