"""What partners stated of a claim, and what of it counts: statements are appended, never changed.

What stands in a decision is lowered, extended or contradicted by another party only after a person has looked.
"""

from collections.abc import Collection, Sequence
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
    def values(self) -> tuple[object, ...]:
        """What is stated."""
        return self.kind, self.issued_on, self.days, self.fit_from, self.wage_days


@dataclass(frozen=True)
class Standing:
    """What counts of the evidence of a claim, and the statements that wait for a person."""

    certificates: tuple[Certificate, ...]
    worked_with_wages: tuple[date, ...]
    waiting: tuple[UUID, ...]


def standing(evidence: Collection[Evidence], spells: Sequence[Spell]) -> Standing:
    """What counts of all that was stated, whatever the order in which it is given."""
    stated = sorted(evidence, key=lambda each: (each.stated_at, each.id))
    current, waiting = _with_changes(stated)
    approved = {each.about for each in stated if each.kind is EvidenceKind.APPROVAL and each.by_officer}
    # Whoever spoke before anything was decided goes on speaking for itself.
    parties = {each.tenant for each in stated if each.about is None and not each.late}
    counted: list[Evidence] = []
    for each in sorted((_by_who_paid(each, spells) for each in current), key=lambda each: each.late):
        is_anothers = each.tenant not in parties and not each.by_officer
        if is_anothers and each.id not in approved and _changes(each, counted):
            waiting.append(each.id)
        else:
            counted.append(each)
    certificates = sorted(
        map(_certificate, filter(_is_certificate, counted)), key=lambda each: (each.issued_on, each.id)
    )
    worked = sorted({day for each in counted for day in each.wage_days})
    return Standing(tuple(certificates), tuple(worked), tuple(sorted(waiting)))


def _with_changes(stated: Sequence[Evidence]) -> tuple[list[Evidence], list[UUID]]:
    """The statements after corrections and withdrawals, and those of these that wait for a person."""
    current: dict[UUID, Evidence] = {}
    # The statement that an id stands for by now: a correction is found by the id of what it corrected too.
    newest: dict[UUID, UUID] = {}
    waiting: list[UUID] = []
    for each in stated:
        if each.about is None:
            current[each.id] = each
        elif each.kind is not EvidenceKind.APPROVAL:
            target = current.get(newest.get(each.about, each.about))
            if target is None:
                continue
            if not _may_change(each, target, stated):
                waiting.append(each.id)
                continue
            del current[target.id]
            newest |= dict.fromkeys((each.about, target.id), each.id)
            if each.kind is not EvidenceKind.WITHDRAWAL:
                current[each.id] = replace(each, late=target.late)
    return list(current.values()), waiting


def _may_change(change: Evidence, target: Evidence, stated: Sequence[Evidence]) -> bool:
    """By the party that stated it as long as nobody disputes it, else by an officer."""
    if change.by_officer:
        return True
    since = target.stated_at
    disputed = any(
        other.tenant != target.tenant
        and other.kind == target.kind
        and other.about is None
        and since <= other.stated_at <= change.stated_at
        and other.values != target.values
        for other in stated
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


def _is_certificate(each: Evidence) -> bool:
    return each.kind in (EvidenceKind.CERTIFICATE, EvidenceKind.FINAL_CERTIFICATE)


def _certificate(each: Evidence) -> Certificate:
    return Certificate(each.id, each.issued_on or each.stated_at.date(), each.days, each.fit_from)
