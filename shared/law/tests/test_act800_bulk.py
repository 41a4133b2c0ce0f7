"""Job search allowance of a whole population, equal row by row to that of each person (Act 800 s.34)."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.law.act800.job_search.bulk import monthly_amounts as bulk_amounts
from shared.law.act800.job_search.rules import monthly_amounts
from shared.law.book import LawOn, book
from shared.law.bulk import Int64Array
from shared.law.errors import NoWageMonth, OutsideTable

Person = tuple[int, int, int]


def law() -> LawOn:
    return book().on(date(2026, 6, 15), date(2026, 11, 22))


def columns(people: list[Person]) -> tuple[Int64Array, Int64Array, Int64Array]:
    total, averaged, months = (np.array(column, dtype=np.int64) for column in zip(*people, strict=True))
    return total, averaged, months


def assert_equal_person_by_person(people: list[Person]) -> None:
    matrix = bulk_amounts(*columns(people), law())
    assert matrix.dtype == np.int64
    assert matrix.shape == (len(people), 6)
    for row, (total, averaged, months) in enumerate(people):
        scalar = monthly_amounts(Fraction(total, averaged), months, law())
        assert tuple(matrix[row]) == (*scalar, *(0,) * (6 - months))


PEOPLE = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=3_600_000),
        st.integers(min_value=1, max_value=6),
        st.integers(min_value=0, max_value=6),
    ),
    min_size=1,
    max_size=50,
)


@settings(max_examples=100, deadline=None)
@given(PEOPLE)
def test_a_population_is_reckoned_as_each_person_is(people: list[Person]) -> None:
    assert_equal_person_by_person(people)


def test_a_population_on_every_edge_of_rounding_is_reckoned_as_each_person_is() -> None:
    """Every assumed wage of the classes, times one to six months, and a sen to either side."""
    assumed = law().table("act800.contributions.classes").column("assumed")
    people = [
        (wage * averaged + off, averaged, 6) for wage in assumed for averaged in range(1, 7) for off in (-1, 0, 1)
    ]
    assert_equal_person_by_person(people)


def test_who_has_no_months_of_benefit_has_nothing_even_without_wages() -> None:
    assert bulk_amounts(*columns([(0, 0, 0), (295_000, 1, 1)]), law()).tolist() == [[0] * 6, [236_000, 0, 0, 0, 0, 0]]


def test_a_population_that_the_rules_refuse_is_refused() -> None:
    with pytest.raises(NoWageMonth):
        bulk_amounts(*columns([(0, 0, 1)]), law())
    with pytest.raises(OutsideTable):
        bulk_amounts(*columns([(295_000, 1, 7)]), law())
    for negative in ((-1, 1, 1), (1, -1, 1), (1, 1, -1)):
        with pytest.raises(ValueError, match="negative"):
            bulk_amounts(*columns([negative]), law())
    with pytest.raises(TypeError, match="int64"):
        bulk_amounts(np.array([1.0]), np.array([1], dtype=np.int64), np.array([1], dtype=np.int64), law())
