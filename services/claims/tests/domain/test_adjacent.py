"""Of accidents of one person on adjacent days one goes on: what was decided, else the one that came first."""

from datetime import date
from uuid import UUID

import pytest

from services.claims.domain.adjacent import is_held_back, is_next_to
from services.claims.domain.facts import Neighbour
from services.claims.tests.support import a_claim

DAY = date(2026, 7, 15)


def neighbour(number: int, *, is_decided: bool) -> Neighbour:
    return Neighbour(UUID(int=number), DAY, is_decided)


@pytest.mark.parametrize(
    ("revision", "other", "is_held"),
    [
        pytest.param(0, neighbour(1, is_decided=False), True, id="the other came first"),
        pytest.param(0, neighbour(9, is_decided=False), False, id="this one came first"),
        pytest.param(0, neighbour(9, is_decided=True), True, id="the other is decided"),
        pytest.param(1, neighbour(1, is_decided=False), False, id="this one is decided"),
        pytest.param(1, neighbour(1, is_decided=True), True, id="both were decided, the other first"),
    ],
)
def test_exactly_one_of_two_is_held(revision: int, other: Neighbour, is_held: bool) -> None:
    claim = a_claim(id=UUID(int=5), revision=revision)
    assert is_held_back(claim, [other]) is is_held
    there = a_claim(id=other.claim, revision=int(other.is_decided))
    assert is_held_back(there, [Neighbour(claim.id, DAY, bool(revision))]) is not is_held


def test_nobody_is_held_without_a_neighbour() -> None:
    assert not is_held_back(a_claim(), [])


@pytest.mark.parametrize(("day", "is_next"), [(14, True), (16, True), (15, False), (17, False)])
def test_a_night_lies_between_adjacent_days(day: int, is_next: bool) -> None:
    assert is_next_to(DAY, date(2026, 7, day)) is is_next
