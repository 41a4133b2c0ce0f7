"""Two numbers that are one person's: what is stated of them, what two officers decide, and how they stand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.registration.domain.errors import (
    MergeContradicts,
    MergeDifferenceUndecided,
    MergeOfRelatives,
)
from shared.kernel.identifiers import person_id

# As long as payments of both are held for the officers; then they go on, and what was paid twice is recovered (assumed:
# nobody's pension may stop for good because nobody looks).
HELD = timedelta(days=14)


class MergeWhat(StrEnum):
    """What is stated of two numbers."""

    MERGE = "merge"
    SPLIT = "split"


class MergeReason(StrEnum):
    """Why it is stated."""

    POSSIBLE_DUPLICATE = "possible_duplicate"
    """Two officers found them to be one in the queue of possible duplicates."""
    REGISTERED_TWICE = "registered_twice"
    MERGED_WRONGLY = "merged_wrongly"
    COURT_ORDER = "court_order"


@dataclass(frozen=True, slots=True, order=True)
class StatedLine:
    """The line of an employer's month under a number."""

    employer: int
    month: int
    person: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was stated since the merge and is the other one's than the number under which it was: facts by number,
    employments by id, and lines."""

    facts: tuple[int, ...] = ()
    spells: tuple[UUID, ...] = ()
    lines: tuple[StatedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeStatement:
    """That two numbers are one person's, or are not after all; of a split, what of either is the other one's."""

    id: UUID
    person: int
    survivor: int
    what: MergeWhat
    reason: MergeReason
    evidence: str | None
    tenant: str
    officer: str
    stated_at: datetime
    held_until: datetime
    assigned: Assigned = field(default_factory=Assigned)
    counts: bool | None = None


@dataclass(frozen=True, slots=True)
class PersonMerge:
    """How the number of a person stands to the one that it was stated to be one with: told whole, by revision."""

    person: int
    survivor: int
    revision: int
    merged: bool
    held_until: datetime | None
    changed_at: datetime
    statement: UUID | None = None

    def stated(self, said: MergeStatement) -> "PersonMerge":
        """As it stands while two officers look: payments of both are held."""
        survivor = self.survivor if self.merged else said.survivor
        return replace(
            self, survivor=survivor, revision=self.revision + 1, held_until=said.held_until, changed_at=said.stated_at
        )

    def ended(self, said: MergeStatement, at: datetime, *, counts: bool) -> "PersonMerge":
        """As it stands when they have decided."""
        stands = replace(self, revision=self.revision + 1, held_until=None, changed_at=at)
        if not counts:
            return stands
        return replace(stands, merged=said.what is MergeWhat.MERGE, statement=said.id)


def leaving(person: int, stands: Collection[PersonMerge]) -> set[int]:
    """The numbers that a split takes away with one: all that went into it."""
    leave = {person}
    while into := {each.person for each in stands if each.merged and each.survivor in leave} - leave:
        leave |= into
    return leave


@dataclass(frozen=True, slots=True, repr=False)
class Difference:
    """What is known otherwise of both: a day for which the approver decides whose fact is kept."""

    attribute: str
    of_person: str | None
    of_survivor: str | None

    def __repr__(self) -> str:
        return f"Difference({self.attribute})"


class Contradiction(StrEnum):
    """What cannot be true of one human being, whose numbers both are said to be."""

    TWO_DEATHS = "two_deaths"
    """Each died, on another day."""
    EMPLOYED_AFTER_DEATH = "employed_after_death"
    """One died, and the other one was employed later."""
    RELATED_AFTER_DEATH = "related_after_death"
    """One died, and the other one married or had a child later."""
    THREE_PARENTS = "three_parents"
    """Together they have more than two registered parents by birth."""


def check_they_may_be_one(reason: MergeReason, found: Collection[Contradiction], *, are_relatives: bool) -> None:
    """Raises MergeOfRelatives, whatever the reason; or MergeContradicts, unless a court ordered it."""
    if are_relatives:
        raise MergeOfRelatives()
    if found and reason is not MergeReason.COURT_ORDER:
        raise MergeContradicts(f"It contradicts: {', '.join(found)}.", facts={"contradicts": ", ".join(found)})


@dataclass(frozen=True, slots=True, repr=False)
class KnownFact:
    """What is known of an attribute on some days, by which fact."""

    attribute: str
    first: date | None
    last: date | None
    value: str
    fact: int

    def __repr__(self) -> str:
        return f"KnownFact({self.attribute})"

    def holds_on(self, day: date) -> bool:
        """Whether it is known of a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def facts_of(
    said: MergeStatement, found: Collection[Difference], contradicts: Collection[Contradiction]
) -> dict[str, str | int]:
    """What of a statement officers look at: numbers, what differs, what contradicts, and until when payments are held;
    no values."""
    differs = {"differs": ", ".join(each.attribute for each in found)} if found else {}
    cannot_be = {"contradicts": ", ".join(contradicts)} if contradicts else {}
    numbers = {"person": person_id(said.person), "survivor": person_id(said.survivor)}
    return {**numbers, **differs, **cannot_be, "held_until": said.held_until.isoformat()}


def differences(person: Mapping[str, str], survivor: Mapping[str, str]) -> list[Difference]:
    """Where two numbers are known otherwise today, by attribute; what only the survivor has is no difference."""
    return [
        Difference(name, person[name], survivor.get(name))
        for name in sorted(person)
        if person[name] != survivor.get(name)
    ]


def check_decided(found: Collection[Difference], kept: Mapping[str, int], persons: Collection[int]) -> None:
    """Raises MergeDifferenceUndecided unless the officers said of each difference whose fact, of both, is kept."""
    if any(kept.get(each.attribute) not in persons for each in found):
        raise MergeDifferenceUndecided()
