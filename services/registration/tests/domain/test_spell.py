"""The days of an employment beside others of the same person and employer."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.spell import Spell, days_beside

_FIRST = date(2026, 1, 1)
_DAYS = st.integers(0, 12)


def _spell(first: int, last: int | None) -> Spell:
    ended_on = None if last is None else _FIRST + timedelta(last)
    return Spell(UUID(int=1), 1, 1, 1, _FIRST + timedelta(first), ended_on)


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([], [(5, 9)]),
        ([(0, 4), (10, None)], [(5, 9)]),
        ([(0, 5)], [(6, 9)]),
        ([(9, None)], [(5, 8)]),
        ([(6, 7)], [(5, 5), (8, 9)]),
        ([(5, 9)], []),
        ([(0, None)], []),
        ([(7, 7), (0, 5)], [(6, 6), (8, 9)]),
    ],
)
def test_days_that_another_employment_has_are_left_out(
    others: list[tuple[int, int | None]], left: list[tuple[int, int]]
) -> None:
    days = days_beside(_spell(5, 9), [_spell(*each) for each in others])
    assert days == [(_FIRST + timedelta(first), _FIRST + timedelta(last)) for first, last in left]


def test_an_employment_that_goes_on_does_so_after_the_other() -> None:
    assert days_beside(_spell(0, None), [_spell(0, 3)]) == [(_FIRST + timedelta(4), None)]
    assert days_beside(_spell(0, None), [_spell(4, None)]) == [(_FIRST, _FIRST + timedelta(3))]


@given(_DAYS, st.lists(st.tuples(_DAYS, _DAYS), max_size=4), st.integers(0, 12))
def test_each_day_is_stated_once(first: int, others: list[tuple[int, int]], length: int) -> None:
    """Others share no day with each other, as those of one person with one employer."""
    taken: set[int] = set()
    known = []
    for start, more in others:
        days = set(range(start, start + more + 1))
        if not days & taken:
            taken |= days
            known.append(_spell(start, start + more))
    found = days_beside(_spell(first, first + length), known)
    stated = [
        day for since, until in found for day in range((since - _FIRST).days, ((until or date.max) - _FIRST).days + 1)
    ]
    assert stated == sorted(set(range(first, first + length + 1)) - taken)


@given(_DAYS, st.lists(st.tuples(_DAYS, _DAYS, st.booleans()), max_size=4), st.one_of(st.none(), st.integers(0, 12)))
def test_a_day_of_what_is_carried_is_employed_once(
    first: int, others: list[tuple[int, int, bool]], length: int | None
) -> None:
    """What was refused counts again within it, what was not stands; no day is nobody's, and none outside is refused no
    more."""
    spell, taken, known = _spell(first, None if length is None else first + length), set[int](), []
    for start, more, refused in others:
        days = set(range(start, start + more + 1))
        if not days & taken:
            taken |= days
            known.append((_spell(start, start + more), refused))
    again = [each.within(spell) for each, refused in known if refused and each.overlaps(spell)]
    parts = [(each.started_on, each.ended_on) for each in again] + days_beside(spell, [each for each, _ in known])
    employed = [(each.started_on, each.ended_on) for each, refused in known if not refused]
    for day in (_FIRST + timedelta(each) for each in range(40)):
        is_carried = spell.started_on <= day and (spell.ended_on is None or day <= spell.ended_on)
        has = [since <= day <= (until or date.max) for since, until in (*parts, *employed)].count(True)
        own = any(since <= day <= (until or date.max) for since, until in employed)
        assert has == (is_carried or own), day
