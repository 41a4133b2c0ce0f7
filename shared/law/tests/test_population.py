"""The whole population against one person: edges, marks, tables of any shape, and what has no class."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.law.act4.contributions.rules import contribution, skbbk_contribution, wage_class
from shared.law.act4.cover.rules import Category
from shared.law.act800.contributions.rules import contribution as act800_contribution
from shared.law.book import Book, LawOn, book
from shared.law.bulk import CHUNK, class_numbers, ladder, pick
from shared.law.errors import NotYetLaw, OutsideTable
from shared.law.population import Columns, contributions
from shared.law.table import Table
from shared.law.tests.turned import KNOWN, law_of

DAYS = [
    date(2018, 1, 1), date(2022, 8, 31), date(2022, 9, 1), date(2024, 9, 30), date(2024, 10, 1),
    date(2026, 5, 31), date(2026, 6, 1), date(2028, 6, 1), date(2031, 6, 1),
]  # fmt: skip
Person = tuple[int, bool, bool, bool]


def reckoned(people: Sequence[Person], law: LawOn) -> Columns:
    wages, first, insured, takes_part = zip(*people, strict=True)
    a, b, c = (np.array(each, dtype=np.bool_) for each in (first, insured, takes_part))
    return contributions(np.array(wages, dtype=np.int64), a, b, c, law)


def one_by_one(person: Person, law: LawOn) -> tuple[int, ...]:
    wage, first, insured, takes_part = person
    category = Category.FIRST if first else Category.SECOND
    number, assumed = (wage_class(wage, law).number, wage_class(wage, law).assumed) if wage else (0, 0)
    act4 = contribution(wage, category, law)
    act800 = act800_contribution(wage, insured, law)
    skbbk = skbbk_contribution(wage, category, law) if takes_part else 0
    return (number, assumed, act4.employer, act4.employee, skbbk, act800.employer, act800.employee)


def assert_equal(people: Sequence[Person], law: LawOn) -> None:
    columns = reckoned(people, law)
    rows = zip(*(getattr(columns, name).tolist() for name in Columns.__slots__), strict=True)
    assert list(rows) == [one_by_one(person, law) for person in people]


@pytest.mark.parametrize("day", DAYS)
def test_one_sen_about_every_edge_everybody_is_reckoned_as_each_person_is(day: date) -> None:
    law = law_of(day)
    edges = (0, *law.table("act4.contributions.classes").upper_edges, 10**9, 2**62)
    wages = [wage for edge in edges for wage in (edge - 1, edge, edge + 1) if wage >= 0]
    flags = [(bool(mark & 1), bool(mark & 2), bool(mark & 4)) for mark in range(8)]
    assert_equal([(wage, *marks) for wage in wages for marks in flags], law)


PEOPLE = st.lists(
    st.tuples(st.integers(min_value=0, max_value=1_200_000), st.booleans(), st.booleans(), st.booleans()),
    min_size=1,
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.sampled_from(DAYS))
def test_any_population_is_reckoned_as_each_person_is(people: list[Person], day: date) -> None:
    assert_equal(people, law_of(day))


def test_where_the_sides_of_act_800_differ_each_has_its_own() -> None:
    """They are equal in every table of the book (s.18), and reckoned once; an amendment may part them."""
    figure = book().figures["act800.contributions.classes"]
    *before, newest = figure.entries
    assert isinstance(newest.value, Table)
    rows = tuple((*row[:-1], int(str(row[-1])) * 3) for row in newest.value.rows)
    assert newest.value.columns[-1] == "employee"
    amended = replace(figure, entries=(*before, replace(newest, value=replace(newest.value, rows=rows))))
    law = Book({**book().figures, figure.name: amended}).on(date(2026, 6, 1), KNOWN)
    people = [(wage, True, is_insured, False) for wage in (0, 1, 100_000, 700_000) for is_insured in (True, False)]
    assert_equal(people, law)
    assert act800_contribution(100_000, True, law).employee == 3 * act800_contribution(100_000, True, law).employer


def test_more_people_than_a_chunk_holds_are_all_reckoned() -> None:
    law = law_of("2026-06-01")
    wages = np.arange(2 * CHUNK + 7, dtype=np.int64) * 41
    everybody = np.ones(len(wages), dtype=np.bool_)
    columns = contributions(wages, everybody, everybody, everybody, law)
    for row in (0, 1, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK, len(wages) - 1):
        expected = one_by_one((int(wages[row]), True, True, True), law)
        assert tuple(int(getattr(columns, name)[row]) for name in Columns.__slots__) == expected
    assert columns.assumed.dtype == columns.act4_employer.dtype == np.int64


def test_nobody_is_a_population_too() -> None:
    nobody = np.zeros(0, dtype=np.bool_)
    assert contributions(np.zeros(0, dtype=np.int64), nobody, nobody, nobody, law_of("2026-06-01")).number.size == 0


def test_before_2018_nobody_can_be_marked_as_insured_under_act_800() -> None:
    law = law_of("2017-12-31")
    assert reckoned([(300_000, True, False, True)], law).act800_employer.tolist() == [0]
    assert reckoned([(300_000, True, False, True)], law).skbbk_employee.tolist() == [0]
    with pytest.raises(NotYetLaw, match=r"act800\.contributions\.classes"):
        reckoned([(300_000, True, False, True), (300_000, True, True, True)], law)


def test_a_negative_wage_and_a_float_are_refused_wherever_they_stand() -> None:
    law, marks = law_of("2026-06-01"), np.ones(CHUNK + 2, dtype=np.bool_)
    wages = np.full(CHUNK + 2, 100_000, dtype=np.int64)
    wages[-1] = -1
    with pytest.raises(OutsideTable, match="negative"):
        contributions(wages, marks, marks, marks, law)
    with pytest.raises(TypeError, match="int64"):
        contributions(wages.astype(np.float64), marks, marks, marks, law)
    with pytest.raises(TypeError, match="int64 sen"):
        class_numbers(np.array([1_500.0]), table_of(0, 3_000, is_open=True))


def table_of(*edges: int, is_open: bool) -> Table:
    """A table of brackets with these edges in sen, whose rows pay 1, 2, 3 ... sen."""
    uppers: list[int | str] = [*edges[1:], *([""] if is_open else [])]
    lowers = edges if is_open else edges[:-1]
    rows = tuple((lower, upper, pay) for pay, (lower, upper) in enumerate(zip(lowers, uppers, strict=True), start=1))
    return Table(("over", "to", "pay"), rows, {"over": "lower_edge", "to": "upper_edge", "pay": "ringgit"})


def placed(wage: int, table: Table) -> int:
    return table.place(wage) + 1 if wage else 0


@pytest.mark.parametrize(
    ("edges", "step"),
    [
        ((0, 3_000, 5_000, 20_000), 1_000),
        ((0, 7, 10_000_019), 0),
        ((0, 600, 900), 300),
        # The most steps that are looked up, and one more.
        ((0, 1, 65_536), 1),
        ((0, 1, 65_537), 0),
    ],
)
def test_tables_with_and_without_a_common_step_are_searched_alike(edges: tuple[int, ...], step: int) -> None:
    table = table_of(*edges, is_open=True)
    assert ladder([table]).step == step
    wages = sorted({wage for edge in edges for wage in (edge - 1, edge, edge + 1, edge + 999) if wage >= 0})
    numbers = class_numbers(np.array(wages, dtype=np.int64), table)
    assert numbers.tolist() == [placed(wage, table) for wage in wages]
    assert pick(table, "pay", numbers).tolist() == numbers.tolist()


def test_a_table_that_begins_above_zero_or_ends_has_wages_without_a_class() -> None:
    table = table_of(1_000, 2_000, 3_000, is_open=False)
    inside = np.array([0, 1_001, 2_000, 2_001, 3_000], dtype=np.int64)
    assert class_numbers(inside, table).tolist() == [0, 1, 1, 2, 2]
    for outside in (1, 999, 1_000, 3_001, 10**9):
        with pytest.raises(OutsideTable):
            class_numbers(np.array([1_500, outside], dtype=np.int64), table)


def test_tables_with_different_edges_share_a_ladder() -> None:
    one, other = table_of(0, 3_000, is_open=True), table_of(0, 500, 4_500, is_open=True)
    steps = ladder([one, other])
    assert steps.step == 500
    wages = np.array([0, 1, 500, 501, 3_000, 3_001, 4_500, 4_501], dtype=np.int64)
    for table in (one, other):
        assert steps.classes(table)[steps.of(wages)].tolist() == class_numbers(wages, table).tolist()
