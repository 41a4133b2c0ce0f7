"""Who is in which category and who is insured, of a whole population as of each person (Act 4 s.6(2), Act 800 s.2)."""

from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.periods import Month, age_on
from shared.law.act4.cover import bulk as act4
from shared.law.act4.cover.rules import Category, category
from shared.law.act800.contributions import bulk as act800
from shared.law.act800.contributions.rules import insured
from shared.law.book import book
from shared.law.bulk import DayArray, ages_on
from shared.law.errors import NotYetLaw

KNOWN = date(2026, 11, 22)
DAYS = st.dates(date(1930, 1, 1), date(2026, 12, 31))
Person = tuple[date, date, bool]


def days(people: list[Person]) -> tuple[DayArray, DayArray]:
    born_on, liable_on, _ = zip(*people, strict=True)
    return np.array(born_on, dtype="datetime64[D]"), np.array(liable_on, dtype="datetime64[D]")


def assert_equal_person_by_person(people: list[Person], month: Month) -> None:
    law, foreign = book().on(month.first_day, KNOWN), np.array([each for _, _, each in people])
    expected = [category(born, liable, month, law) is Category.FIRST for born, liable, _ in people]
    assert act4.first_category(*days(people), month, law).tolist() == expected
    if month >= Month(2018, 1):
        expected = [insured(*each, month, law) for each in people]
        assert act800.insured(*days(people), foreign, month, law).tolist() == expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(DAYS, DAYS, st.booleans()), min_size=1, max_size=20),
    st.builds(Month, st.integers(2013, 2026), st.integers(1, 12)),
)
def test_a_population_is_covered_as_each_person_is(people: list[Person], month: Month) -> None:
    assert_equal_person_by_person(people, month)


@pytest.mark.parametrize("month", ["2013-01", "2018-02", "2024-02", "2026-06"])
def test_a_population_on_every_edge_of_age_is_covered_as_each_person_is(month: str) -> None:
    """Born a day around each age that the law asks of, on the first and the last day of the month and around it."""
    asked, one = Month.of(month), timedelta(1)
    around = [asked.first_day - one, asked.first_day, asked.first_day + one, asked.last_day, asked.last_day + one]
    ages = (18, 55, 57, 60)
    born = {
        day.replace(year=day.year - age, day=min(day.day, 28)) + off * one
        for day in around
        for age in ages
        for off in (-1, 0, 1)
    } | {date(1964, 2, 29), date(2000, 2, 29)}
    people = [
        (each, each.replace(year=each.year + age, day=min(each.day, 28)), foreign)
        for each, age, foreign in product(sorted(born), (17, 54, 55, 56, 57), (False, True))
    ]
    assert_equal_person_by_person(people, asked)


@settings(max_examples=200, deadline=None)
@given(DAYS, DAYS)
def test_ages_of_many_are_those_of_each(born_on: date, day: date) -> None:
    (found,) = ages_on(np.array([born_on], dtype="datetime64[D]"), np.array([day], dtype="datetime64[D]")).tolist()
    assert found == age_on(born_on, day)


def test_before_the_law_there_is_no_cover() -> None:
    month, somebody = Month(2012, 12), days([(date(1990, 1, 1), date(2010, 1, 1), False)])
    law = book().on(month.first_day, KNOWN)
    with pytest.raises(NotYetLaw):
        act4.first_category(*somebody, month, law)
    with pytest.raises(NotYetLaw):
        act800.insured(*somebody, np.array([False]), month, law)
