"""Membership of Act 4, derived from birth and spells."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.membership import CategoryPeriod, Employed, membership
from shared.kernel.periods import Month
from shared.law.act4.cover.rules import Category, as_first_liable, category
from shared.law.act800.contributions.rules import insured
from shared.law.act800.cover.rules import as_first_liable as as_first_liable_of_act800
from shared.law.book import book

LAW = book().on(date(2026, 7, 1), date(2026, 7, 1))
FIRST, SECOND = Category.FIRST, Category.SECOND


def test_a_person_of_no_spell_is_no_member() -> None:
    """There is nothing to derive from."""
    assert membership(date(1990, 1, 1), [], LAW) == ()


def test_the_second_category_is_told_in_advance_from_the_month_in_which_60_is_reached() -> None:
    """s.6(2): born on 15 March 1970, 60 in March 2030."""
    found = membership(date(1970, 3, 15), [Employed(date(2020, 5, 4), None)], LAW)
    assert [period.category for period in found] == [FIRST, SECOND]
    assert found[0].first == date(2020, 5, 4)
    assert found[1].last is None
    assert found[1].first in (date(2030, 3, 1), date(2030, 4, 1))
    assert (found[1].first - found[0].last).days == 1 if found[0].last else False


def test_who_is_first_liable_at_55_is_in_the_second_category_from_the_start() -> None:
    """s.6(2)(b): born on 1 June 1969, first employed on 1 June 2024."""
    found = membership(date(1969, 6, 1), [Employed(date(2024, 6, 1), date(2025, 6, 30))], LAW)
    assert found == (CategoryPeriod(SECOND, date(2024, 6, 1), date(2025, 6, 30)),)


def test_who_was_liable_before_55_stays_in_the_first_category_at_a_later_employer() -> None:
    """The first spell of all counts, with whatever employer."""
    spells = [Employed(date(2024, 9, 1), None), Employed(date(2019, 1, 1), date(2019, 12, 31))]
    found = membership(date(1969, 6, 1), spells, LAW)
    assert found[:2] == (
        CategoryPeriod(FIRST, date(2019, 1, 1), date(2019, 12, 31)),
        CategoryPeriod(FIRST, date(2024, 9, 1), found[1].last),
    )


def test_spells_that_overlap_or_adjoin_are_one_membership() -> None:
    """Two employers at once, and the next one from the day after."""
    spells = [
        Employed(date(2020, 1, 1), date(2020, 6, 30)),
        Employed(date(2020, 3, 1), date(2020, 9, 30)),
        Employed(date(2020, 10, 1), date(2021, 1, 31)),
        Employed(date(2022, 1, 1), date(2022, 1, 31)),
    ]
    assert membership(date(1990, 1, 1), spells, LAW) == (
        CategoryPeriod(FIRST, date(2020, 1, 1), date(2021, 1, 31)),
        CategoryPeriod(FIRST, date(2022, 1, 1), date(2022, 1, 31)),
    )


def test_days_before_the_statute_book_are_left_out() -> None:
    """The book of Act 4 begins on 1 January 2013."""
    spells = [Employed(date(2001, 1, 1), date(2002, 1, 1)), Employed(date(2005, 1, 1), date(2013, 12, 31))]
    assert membership(date(1980, 1, 1), spells, LAW) == (CategoryPeriod(FIRST, date(2013, 1, 1), date(2013, 12, 31)),)


BIRTHS = st.dates(date(1940, 1, 1), date(2008, 12, 31))


@settings(max_examples=200, deadline=None)
@given(born_on=BIRTHS, worked_at=st.integers(14 * 365, 66 * 365), lasted=st.integers(0, 9_000))
def test_each_day_is_in_the_category_that_the_law_says_for_its_month(
    born_on: date, worked_at: int, lasted: int
) -> None:
    """Day by day, without the search for the month of the change, which is made once for many."""
    first = max(date(2013, 1, 1), born_on + timedelta(days=worked_at))
    last = first + timedelta(days=lasted)
    for period in membership(born_on, [Employed(first, last)], LAW):
        assert period.last is not None
        for day in (period.first, period.last):
            assert period.category == category(born_on, first, Month.of(day), LAW)


@pytest.mark.parametrize("years", range(50, 62))
@pytest.mark.parametrize("off", [-1, 0, 1])
@pytest.mark.parametrize("born_on", [date(1968, 2, 29), date(1968, 3, 1), date(1968, 12, 31)])
def test_the_day_that_stands_for_many_counts_as_each_of_them(born_on: date, years: int, off: int) -> None:
    first = date(born_on.year + years, born_on.month, min(born_on.day, 28)) + timedelta(days=off)
    for month in (Month.of("2022-01"), Month.of("2026-06"), Month.of("2028-03")):
        for_act4 = as_first_liable(born_on, first, LAW)
        assert category(born_on, for_act4, month, LAW) == category(born_on, first, month, LAW)
        for_act800 = as_first_liable_of_act800(born_on, first, LAW)
        assert insured(born_on, for_act800, False, month, LAW) == insured(born_on, first, False, month, LAW)
