"""One form of a relation for both, and what no record of two human beings can be."""

from dataclasses import replace
from datetime import date

import pytest

from services.registration.domain.errors import (
    ChildOlderThanParent,
    RelationBeforeBirth,
    RelationEndsBeforeStart,
    RelationInFuture,
    RelativeIsPerson,
)
from services.registration.domain.relation import (
    AskedFor,
    Named,
    Relation,
    RelationAct,
    RelationKind,
    asked_for,
    canonical,
    check_relation,
)
from shared.kernel.identifiers import new_id

TODAY = date(2026, 7, 15)
BORN = {1: date(1960, 5, 1), 2: date(1988, 8, 8), 3: date(1990, 1, 1), 4: date(2015, 3, 9)}


def relation(kind: RelationKind, person: int, relative: int | None, first: str = "2016-01-01") -> Relation:
    """One that goes on."""
    return Relation(new_id(), person, relative, kind, date.fromisoformat(first), None)


@pytest.mark.parametrize("kind", list(RelationKind))
def test_a_relation_has_one_form_whichever_of_both_states_it(kind: RelationKind) -> None:
    said = relation(kind, 2, 4)
    other = replace(said, person=4, relative=2, kind=kind.inverse)
    assert canonical(said) == canonical(other)
    assert kind.inverse.inverse is kind
    assert canonical(said).seen_by(2) == said
    assert canonical(said).seen_by(4) == other


def test_a_relative_who_is_not_registered_stays_the_relative() -> None:
    said = replace(relation(RelationKind.PARENT, 2, None), named=Named("ALI", None))
    assert canonical(said) == said.seen_by(2) == said


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (relation(RelationKind.SPOUSE, 2, 2), RelativeIsPerson),
        (relation(RelationKind.CHILD, 4, 2), ChildOlderThanParent),
        (relation(RelationKind.PARENT, 2, 4), ChildOlderThanParent),
        (relation(RelationKind.GRANDCHILD, 2, 1), ChildOlderThanParent),
        (relation(RelationKind.SPOUSE, 2, 3, "1989-12-31"), RelationBeforeBirth),
        (relation(RelationKind.SPOUSE, 2, 3, "2026-07-16"), RelationInFuture),
        (replace(relation(RelationKind.SPOUSE, 2, 3), last=date(2015, 12, 31)), RelationEndsBeforeStart),
        (replace(relation(RelationKind.SPOUSE, 2, 3), last=date(2026, 7, 16)), RelationInFuture),
        (replace(relation(RelationKind.CHILD, 2, None), named=Named("A", date(2017, 1, 1))), RelationBeforeBirth),
        (
            replace(relation(RelationKind.CHILD, 2, None), named=Named("A", date(1988, 8, 8))),
            ChildOlderThanParent,
        ),
    ],
)
def test_what_cannot_be_is_refused(said: Relation, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        check_relation(said, BORN, TODAY)


@pytest.mark.parametrize(
    "said",
    [
        relation(RelationKind.SPOUSE, 2, 3, "2026-07-15"),
        relation(RelationKind.CHILD, 2, 4),
        relation(RelationKind.GUARDIAN, 2, 3),
        relation(RelationKind.WARD, 3, 2),
        replace(relation(RelationKind.CHILD, 2, None), named=Named("A", None)),
    ],
)
def test_what_can_be_is_taken(said: Relation) -> None:
    check_relation(said, BORN, TODAY)


def test_a_second_marriage_is_no_contradiction_and_is_asked_about() -> None:
    """What law admits it no number of a person tells: two officers look."""
    first, second = relation(RelationKind.SPOUSE, 2, 3), relation(RelationKind.SPOUSE, 1, 2, "2020-01-01")
    assert asked_for(RelationAct.BEGAN, second, []) is AskedFor.BEGINS
    assert asked_for(RelationAct.BEGAN, second, [first]) is AskedFor.SECOND_MARRIAGE
    over = replace(first, last=date(2019, 12, 31))
    assert asked_for(RelationAct.BEGAN, second, [over]) is AskedFor.BEGINS
    assert asked_for(RelationAct.BEGAN, second, [replace(over, last=date(2020, 1, 1))]) is AskedFor.SECOND_MARRIAGE
    assert asked_for(RelationAct.BEGAN, second, [replace(first, withdrawn=True)]) is AskedFor.BEGINS
    assert asked_for(RelationAct.ENDED, second, []) is AskedFor.ENDS
    ended = replace(second, last=date(2021, 1, 1))
    assert asked_for(RelationAct.ENDED, ended, [first, second]) is AskedFor.ENDS, "it was permitted when it began"
    longer = replace(over, last=date(2020, 1, 1))
    assert asked_for(RelationAct.ENDED, longer, [over, second]) is AskedFor.SECOND_MARRIAGE, "an end that moves into it"
    assert asked_for(RelationAct.WITHDRAWN, second, [first]) is AskedFor.WITHDRAWS


def test_a_third_parent_by_birth_is_asked_about_and_one_by_adoption_is_not() -> None:
    parents = [canonical(relation(RelationKind.PARENT, 4, each)) for each in (2, 3)]
    third = canonical(relation(RelationKind.PARENT, 4, 1))
    assert asked_for(RelationAct.BEGAN, third, parents) is AskedFor.THIRD_PARENT
    assert asked_for(RelationAct.BEGAN, third, parents[:1]) is AskedFor.BEGINS
    adopted = canonical(relation(RelationKind.ADOPTIVE_PARENT, 4, 1))
    assert asked_for(RelationAct.BEGAN, adopted, parents) is AskedFor.BEGINS
    assert asked_for(RelationAct.BEGAN, relation(RelationKind.CHILD, 2, None), parents) is AskedFor.BEGINS
