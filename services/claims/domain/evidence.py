"""What partners stated of a claim, and what of it counts: statements are appended, never changed.

What stands in a decision is lowered, extended or contradicted by another party only after a person has looked.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.claims.domain.claim import OFFICERS
from services.claims.domain.facts import Certificate, Spell
from shared.kernel.periods import Days, days_without


class EvidenceKind(StrEnum):
    """What a statement says."""

    CERTIFICATE = "certificate"
    FINAL_CERTIFICATE = "final_certificate"
    WAGES_PAID = "wages_paid"
    WITHDRAWAL = "withdrawal"
    APPROVAL = "approval"


@dataclass(frozen=True)
class Evidence:
    """A statement of a party (``tenant``); ``about`` is what it corrects, withdraws or approves.

    ``late``: it came with a notice that joined when a decision already stood.
    """

    id: UUID
    claim: UUID
    tenant: str
    kind: EvidenceKind
    stated_at: datetime
    issued_on: date | None = None
    days: Days | None = None
    fit_from: date | None = None
    wage_days: tuple[date, ...] = ()
    about: UUID | None = None
    late: bool = False

    @property
    def by_officer(self) -> bool:
        """Whether the organisation itself states it; so do its rehabilitation centres."""
        return self.tenant.startswith(OFFICERS)

    @property
    def states(self) -> tuple[object, ...]:
        """The days that are stated."""
        return self.days, self.fit_from, self.wage_days


@dataclass(frozen=True)
class Standing:
    """What counts of the evidence of a claim, and the statements that wait for a person."""

    certificates: tuple[Certificate, ...]
    worked_with_wages: tuple[date, ...]
    waiting: tuple[UUID, ...]


def standing(evidence: Collection[Evidence], spells: Sequence[Spell]) -> Standing:
    """What counts of all that was stated, whatever the order in which it is given."""
    stated = sorted(evidence, key=lambda each: (each.stated_at, each.id))
    approved = {each.about for each in stated if each.kind is EvidenceKind.APPROVAL and each.by_officer}
    current, waiting = _with_changes(stated, approved)
    # Whoever spoke before anything was decided goes on speaking for itself; nobody certifies itself.
    parties = {each.tenant for each in stated if each.about is None and not each.late}
    counted: list[Evidence] = []
    others: list[Evidence] = []
    for each in (_by_who_paid(each, spells) for each in current):
        speaks = each.by_officer or each.id in approved or (each.tenant in parties and not _is_of_oneself(each))
        (counted if speaks else others).append(each)
    # What others say is held against all that counts, also against what came after it.
    for each in others:
        if _changes(each, counted):
            waiting.append(each.id)
        else:
            counted.append(each)
    certificates = sorted(
        map(_certificate, filter(_is_certificate, counted)), key=lambda each: (each.issued_on, each.id)
    )
    worked = sorted({day for each in counted for day in each.wage_days})
    return Standing(tuple(certificates), tuple(worked), tuple(sorted(waiting)))


def _with_changes(stated: Sequence[Evidence], approved: Container[UUID | None]) -> tuple[list[Evidence], list[UUID]]:
    """The statements after corrections and withdrawals, and those of these that wait for a person."""
    current: dict[UUID, Evidence] = {}
    # What took the place of a statement: it is found by the id of each that it came after.
    newest: dict[UUID, UUID] = {}
    # What each change that waits would change.
    waiting: dict[UUID, UUID] = {}
    for each in stated:
        if each.about is None:
            current[each.id] = each
            continue
        if each.kind is EvidenceKind.APPROVAL:
            continue
        about = waiting.pop(each.about, None)
        if about is not None and each.kind is EvidenceKind.WITHDRAWAL:
            # A correction that nobody has looked at is taken back.
            continue
        target = current.get(_last(about or each.about, newest))
        if target is None:
            continue
        corrects_approved = _is_of_oneself(each) and target.id in approved
        if not (each.id in approved or (_may_change(each, target, current.values()) and not corrects_approved)):
            waiting[each.id] = target.id
            continue
        del current[target.id]
        # What else waited for a word on it has had that word.
        waiting = {change: changed for change, changed in waiting.items() if changed != target.id}
        newest[target.id] = each.id
        if each.kind is not EvidenceKind.WITHDRAWAL:
            current[each.id] = replace(each, late=target.late)
    return list(current.values()), list(waiting)


def _last(statement: UUID, newest: Mapping[UUID, UUID]) -> UUID:
    while statement in newest:
        statement = newest[statement]
    return statement


def _may_change(change: Evidence, target: Evidence, current: Collection[Evidence]) -> bool:
    """By the party that stated it as long as nobody disputes it, else by an officer.

    What is withdrawn by now disputes nothing, nor does who states the same days. What waits for a person does: the
    change might take away what that person is about to let count.
    """
    if change.by_officer:
        return True
    disputed = any(
        other.tenant != target.tenant
        and other.kind == target.kind
        and target.stated_at <= other.stated_at
        and other.states != target.states
        for other in current
    )
    return change.tenant == target.tenant and not disputed


def _by_who_paid(each: Evidence, spells: Sequence[Spell]) -> Evidence:
    """Of days with wages, those that the employer of that day states; an officer may state any."""
    if each.kind is not EvidenceKind.WAGES_PAID or each.by_officer:
        return each
    own = [spell for spell in spells if each.tenant == f"employer:{spell.employer}"]
    return replace(each, wage_days=tuple(day for day in each.wage_days if any(spell.covers(day) for spell in own)))


def _changes(each: Evidence, counted: Collection[Evidence]) -> bool:
    """Whether a statement says something else than what counts already."""
    certified = [other.days for other in counted if other.days is not None]
    match each.kind:
        case EvidenceKind.CERTIFICATE:
            return each.days is not None and bool(days_without((each.days,), certified))
        case EvidenceKind.WAGES_PAID:
            known = {day for other in counted for day in other.wage_days}
            return any(day not in known and any(day in days for days in certified) for day in each.wage_days)
        case _:
            return True


def _is_of_oneself(each: Evidence) -> bool:
    """Whether it is a certificate that a person states of itself: it counts once another states the same days."""
    return _is_certificate(each) and each.tenant.startswith("person:")


def _is_certificate(each: Evidence) -> bool:
    return each.kind in (EvidenceKind.CERTIFICATE, EvidenceKind.FINAL_CERTIFICATE)


def _certificate(each: Evidence) -> Certificate:
    return Certificate(each.id, each.issued_on or each.stated_at.date(), each.days, each.fit_from)
