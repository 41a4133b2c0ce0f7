"""Family relations: who is whose spouse, child or parent, on which days (Act 4 s.2, dependants; Eighth Schedule)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.registration.domain.errors import (
    ChildOlderThanParent,
    RelationBeforeBirth,
    RelationEndsBeforeStart,
    RelationInFuture,
    RelativeIsPerson,
)

# Nobody has more parents by birth: a further one is not refused, and two officers are told.
PARENTS = 2
# A child is born up to ten months after the death of its father (assumed); which of its parents that is, no one says.
LONGEST_PREGNANCY = timedelta(days=304)
NOT_REGISTERED = "not_registered"


class RelationKind(StrEnum):
    """What the relative is to the person."""

    SPOUSE = "spouse"
    CHILD = "child"
    ADOPTED_CHILD = "adopted_child"
    WARD = "ward"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    PARENT = "parent"
    ADOPTIVE_PARENT = "adoptive_parent"
    GUARDIAN = "guardian"
    GRANDPARENT = "grandparent"

    @property
    def inverse(self) -> "RelationKind":
        """What the person is to the relative."""
        return _INVERSE.get(self, self)


_DOWNWARD = {
    RelationKind.CHILD: RelationKind.PARENT,
    RelationKind.ADOPTED_CHILD: RelationKind.ADOPTIVE_PARENT,
    RelationKind.WARD: RelationKind.GUARDIAN,
    RelationKind.GRANDCHILD: RelationKind.GRANDPARENT,
}
_UPWARD = {above: below for below, above in _DOWNWARD.items()}
_INVERSE = _DOWNWARD | _UPWARD


class RelationAct(StrEnum):
    """What an officer states of a relation."""

    BEGAN = "began"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class RelationAnswer(StrEnum):
    """What two officers found of a statement."""

    APPROVED = "approved"
    DISMISSED = "dismissed"


class AskedFor(StrEnum):
    """Why two officers look at a statement."""

    BEGINS = "relation_to_be_confirmed"
    ENDS = "end_to_be_confirmed"
    WITHDRAWS = "withdrawal_to_be_confirmed"
    SECOND_MARRIAGE = "second_marriage"
    THIRD_PARENT = "third_parent"


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """A relative who is not registered, by name and birth; after a restore the name may be lost."""

    name: str | None
    born_on: date | None


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of two human beings, stated once for both; `last` is None while it goes on.

    Of two registered persons `person` is the elder generation, and of equals the lower number; the other one is
    `relative`, or `named` where it is not registered.
    """

    id: UUID
    person: int
    relative: int | None
    kind: RelationKind
    first: date
    last: date | None
    revision: int = 1
    withdrawn: bool = False
    named: Named | None = field(default=None, repr=False)

    @property
    def persons(self) -> tuple[int, ...]:
        """The registered persons of it, in the order in which they are locked."""
        return tuple(sorted({self.person} if self.relative is None else {self.person, self.relative}))

    @property
    def runs(self) -> bool:
        """Whether it counts, and no last day of it is known."""
        return self.last is None and not self.withdrawn

    def overlaps(self, other: "Relation") -> bool:
        """Whether both have a day in common."""
        ends_before = self.last is not None and self.last < other.first
        begins_after = other.last is not None and other.last < self.first
        return not (ends_before or begins_after or self.withdrawn or other.withdrawn)

    def seen_by(self, person: int) -> "Relation":
        """The same, as what the other one is to this person."""
        if person == self.person or self.relative is None:
            return self
        return replace(self, person=person, relative=self.person, kind=self.kind.inverse)


@dataclass(frozen=True, slots=True)
class RelationFact:
    """What was known of a relation from an instant on, and on whose word."""

    relation: Relation
    recorded_at: datetime
    source: str
    evidence: str | None
    permission: str | None
    stated_by: str | None
    proposed_by: str | None
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class RelationStatement:
    """What one officer stated: it counts for nothing until two have looked, of whom the approving one did not state it.

    `relation` is the relation as it would stand.
    """

    id: UUID
    act: RelationAct
    relation: Relation
    evidence: str
    source: str
    officer: str
    stated_at: datetime
    answer: RelationAnswer | None = None


def canonical(relation: Relation) -> Relation:
    """The one form in which a relation of two registered persons is kept, whichever of them stated it."""
    if relation.relative is None or relation.kind in _DOWNWARD:
        return relation
    turned = relation.kind in _UPWARD or relation.relative < relation.person
    return relation.seen_by(relation.relative) if turned else relation


def check_relation(relation: Relation, born: dict[int, date], today: date) -> None:
    """Raises what no record of two human beings can be, whatever document shows it."""
    if relation.relative == relation.person:
        raise RelativeIsPerson()
    if relation.first > today or (relation.last is not None and relation.last > today):
        raise RelationInFuture()
    if relation.last is not None and relation.last < relation.first:
        raise RelationEndsBeforeStart()
    # Of who was erased no birth is known: it is held against nothing.
    _check_births(relation, born.get(relation.person), _born(relation, born))


def _check_births(relation: Relation, person: date | None, relative: date | None) -> None:
    if any(relation.first < each for each in (person, relative) if each is not None):
        raise RelationBeforeBirth()
    # A guardian may be a brother or sister of any age.
    if person is None or relative is None or relation.kind in (RelationKind.WARD, RelationKind.GUARDIAN):
        return
    if relation.kind in _DOWNWARD and relative <= person:
        raise ChildOlderThanParent()
    if relation.kind in _UPWARD and person <= relative:
        raise ChildOlderThanParent()


def _born(relation: Relation, born: dict[int, date]) -> date | None:
    if relation.relative is not None:
        return born.get(relation.relative)
    return None if relation.named is None else relation.named.born_on


def begins_after_death(relation: Relation, died: Mapping[int, date]) -> bool:
    """Whether one of both had died before it began; a parent may have, up to ten months before the birth."""
    for person, died_on in died.items():
        is_parent = relation.kind is RelationKind.CHILD and person == relation.person
        if relation.first > died_on + (LONGEST_PREGNANCY if is_parent else timedelta()):
            return True
    return False


def asked_for(act: RelationAct, relation: Relation, known: list[Relation]) -> AskedFor:
    """Why two officers look, given all relations of both that count; with what a relation had a day in common before it
    may go on to."""
    if act is RelationAct.WITHDRAWN:
        return AskedFor.WITHDRAWS
    before = [each for each in known if each.id == relation.id]
    beside = [each for each in known if each.id != relation.id and each.overlaps(relation)]
    others = [each for each in beside if not any(each.overlaps(known_as) for known_as in before)]
    if relation.kind is RelationKind.SPOUSE and any(each.kind is RelationKind.SPOUSE for each in others):
        return AskedFor.SECOND_MARRIAGE
    if _has_parents_already(relation, others):
        return AskedFor.THIRD_PARENT
    return AskedFor.BEGINS if act is RelationAct.BEGAN else AskedFor.ENDS


def _has_parents_already(relation: Relation, others: list[Relation]) -> bool:
    """Whether the child of this relation has both parents by birth."""
    if relation.kind not in (RelationKind.CHILD, RelationKind.PARENT):
        return False
    child = relation.relative if relation.kind is RelationKind.CHILD else relation.person
    if child is None:
        return False
    views = [each.seen_by(child) for each in others if child in each.persons]
    return sum(each.kind is RelationKind.PARENT for each in views) >= PARENTS


def facts_of(statement: RelationStatement) -> dict[str, str | int]:
    """What officers look at: numbers, codes and days, and of a relative who is not registered no name."""
    relation = statement.relation
    relative = NOT_REGISTERED if relation.relative is None else relation.relative
    facts: dict[str, str | int] = {
        "act": statement.act.value,
        "kind": relation.kind.value,
        "person": relation.person,
        "relative": relative,
        "first_on": relation.first.isoformat(),
        "evidence": statement.evidence,
    }
    return facts if relation.last is None else {**facts, "last_on": relation.last.isoformat()}
