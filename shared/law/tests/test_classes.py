"""The tables against the formula of the dossier, and the rules of whole populations against those of one person."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from shared.law.act4.contributions import bulk as act4_bulk
from shared.law.act4.contributions.rules import contribution, due_on, skbbk_contribution, wage_class
from shared.law.act4.cover.rules import Category
from shared.law.act4.wage_base.rules import assumed_wage_of_month
from shared.law.act800.contributions import bulk as act800_bulk
from shared.law.act800.contributions.rules import contribution as act800_contribution
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw, OutsideTable
from shared.law.table import Cell, Table

KNOWN = date(2026, 11, 22)
PERIODS = {
    date(2013, 1, 1): (3000, 34),
    date(2016, 6, 1): (4000, 45),
    date(2022, 9, 1): (5000, 55),
    date(2024, 10, 1): (6000, 65),
    date(2026, 6, 1): (6000, 65),
    date(2028, 6, 1): (6000, 65),
    date(2031, 6, 1): (6000, 65),
}
rm = sen_from_ringgit


def law_of(day: date) -> LawOn:
    return book().on(day, KNOWN)


def nearest(exact: Fraction, step: int) -> int:
    """The nearest multiple of a step in sen, half up: how the Schedule's columns were once made (dossier act4 §2.2)."""
    return int((exact + Fraction(step, 2)) // step) * step


def employment_injury(assumed: int) -> int:
    return nearest(assumed * Fraction(125, 10_000), 10)


def invalidity(assumed: int) -> int:
    return int(assumed * Fraction(5, 1000) // 5) * 5


def skbbk_phase_1(assumed: int) -> int:
    return 65 if assumed == 8500 else employment_injury(assumed) - invalidity(assumed)


def rows_of(table: Table) -> list[dict[str, Cell]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


@pytest.mark.parametrize(("day", "shape"), PERIODS.items())
def test_every_row_of_act_4_follows_the_formula_of_the_dossier(day: date, shape: tuple[int, int]) -> None:
    """Dossier act4 §2.2 and §2.3; the one odd cell is row 44 of the RM4,000 table: 69.05, which makes 88.80."""
    table = law_of(day).table("act4.contributions.classes")
    ceiling, rows = shape
    assert len(table.rows) == rows
    assert table.rows[-1][1] == ""
    for number, row in enumerate(rows_of(table), start=1):
        assumed = row["assumed"]
        assert isinstance(assumed, int)
        odd = 10 if ceiling == 4000 and number in (44, 45) else 0
        assert row["employer_second"] == employment_injury(assumed), number
        assert row["employee_first"] == invalidity(assumed), number
        assert row["employer_first"] == employment_injury(assumed) + invalidity(assumed) - odd, number
        if number >= 7 and number < rows:
            assert row["wage_over"] == assumed - 5000, number
    assert table.column("assumed")[-1] == (ceiling - 50) * 100
    assert table.column("assumed")[:6] == (2000, 4000, 6000, 8500, 12000, 17000)


def test_the_top_rows_are_those_of_the_sources() -> None:
    """Dossier act4 §2.3: employer, employee and second category of the top class of each ceiling."""
    tops = {
        "2016-05-31": ("51.65", "14.75", "36.90"),
        "2016-06-01": ("69.05", "19.75", "49.40"),
        "2022-08-31": ("69.05", "19.75", "49.40"),
        "2022-09-01": ("86.65", "24.75", "61.90"),
        "2024-09-30": ("86.65", "24.75", "61.90"),
        "2024-10-01": ("104.15", "29.75", "74.40"),
    }
    for day, (employer, employee, second) in tops.items():
        law = law_of(date.fromisoformat(day))
        due = contribution(rm("9999.99"), Category.FIRST, law)
        assert (due.employer, due.employee) == (rm(employer), rm(employee)), day
        assert contribution(rm("9999.99"), Category.SECOND, law).employer == rm(second), day
        assert contribution(rm("9999.99"), Category.SECOND, law).employee == 0, day


def test_row_44_costs_the_employer_ten_sen_less_in_the_table_of_2016_only() -> None:
    wage = rm("3950.00")
    assert contribution(wage, Category.FIRST, law_of(date(2022, 8, 31))).employer == rm("69.05")
    assert contribution(wage, Category.FIRST, law_of(date(2022, 9, 1))).employer == rm("69.15")


@pytest.mark.parametrize(
    ("day", "of_assumed"),
    [
        (date(2026, 6, 1), skbbk_phase_1),
        (date(2028, 6, 1), lambda assumed: assumed // 100),
        (date(2031, 6, 1), employment_injury),
    ],
)
def test_every_row_of_skbbk_follows_its_phase(day: date, of_assumed: Callable[[int], int]) -> None:
    """Dossier act4 §2.2: phase 1 is second category less employee, but 0.65 in row 4; then 1.00 % and 1.25 %."""
    assumed = law_of(day).table("act4.contributions.classes").column("assumed")
    employee = law_of(day).table("act4.contributions.skbbk").column("employee")
    assert employee == tuple(of_assumed(wage) for wage in assumed)


def test_skbbk_begins_in_june_2026_with_both_categories() -> None:
    for category in Category:
        assert skbbk_contribution(rm("6000.00"), category, law_of(date(2026, 5, 31))) == 0
        assert skbbk_contribution(rm("6000.00"), category, law_of(date(2026, 6, 1))) == rm("44.65")
        assert skbbk_contribution(rm("6000.00"), category, law_of(date(2028, 5, 31))) == rm("44.65")
        assert skbbk_contribution(rm("6000.00"), category, law_of(date(2028, 6, 1))) == rm("59.50")
        assert skbbk_contribution(rm("6000.00"), category, law_of(date(2031, 6, 1))) == rm("74.40")


def test_skbbk_was_not_known_before_the_gazette_of_5_march_2026() -> None:
    june = date(2026, 6, 1)
    assert skbbk_contribution(rm("1700.00"), Category.FIRST, book().on(june, date(2026, 3, 4))) == 0
    assert skbbk_contribution(rm("1700.00"), Category.FIRST, book().on(june, date(2026, 3, 5))) == rm("12.35")


@pytest.mark.parametrize(("day", "ceiling"), [("2018-01-01", 4000), ("2022-09-01", 5000), ("2024-10-01", 6000)])
def test_every_row_of_act_800_is_two_in_a_thousand_of_the_assumed_wage(day: str, ceiling: int) -> None:
    """Dossier other-schemes §4.1: exact from class 7 on, the six lowest classes as printed."""
    table = law_of(date.fromisoformat(day)).table("act800.contributions.classes")
    assumed = table.column("assumed")
    assert len(table.rows) == ceiling // 100 + 5
    assert table.column("employer") == table.column("employee")
    assert table.column("employer")[:6] == (5, 10, 15, 20, 25, 35)
    assert all(side * 500 == wage for side, wage in zip(table.column("employer")[6:], assumed[6:], strict=True))
    assert table.column("employer")[-1] == (ceiling - 50) * 100 // 500


def test_act_800_meets_the_vectors_of_the_dossier() -> None:
    law = law_of(date(2024, 10, 1))
    for wage, side in {
        "25": "0.05",
        "1700": "3.30",
        "2850": "5.70",
        "3000": "5.90",
        "5999": "11.90",
        "9000": "11.90",
    }.items():
        due = act800_contribution(rm(wage), True, law)
        assert (due.employer, due.employee) == (rm(side), rm(side)), wage
    assert act800_contribution(rm("3000.01"), True, law).employee == rm("6.10")
    assert act800_contribution(rm("3000.00"), False, law).employer == 0
    with pytest.raises(NotYetLaw, match=r"act800\.contributions\.classes"):
        act800_contribution(rm("3000.00"), True, law_of(date(2017, 12, 31)))


@pytest.mark.parametrize("day", PERIODS)
def test_a_wage_on_the_upper_edge_belongs_to_the_lower_class(day: date) -> None:
    """Third Schedule: above the lower edge, up to and with the upper edge."""
    law = law_of(day)
    for number, edge in enumerate(law.table("act4.contributions.classes").upper_edges, start=1):
        assert wage_class(edge - 1, law).number == number
        assert wage_class(edge, law).number == number
        assert wage_class(edge + 1, law).number == number + 1


def test_a_month_without_wages_has_no_class_and_no_contribution() -> None:
    law = law_of(date(2026, 6, 1))
    with pytest.raises(OutsideTable):
        wage_class(0, law)
    assert contribution(0, Category.FIRST, law).employer == contribution(0, Category.FIRST, law).employee == 0
    assert skbbk_contribution(0, Category.FIRST, law) == act800_contribution(0, True, law).employer == 0
    for refused in (lambda: contribution(-1, Category.FIRST, law), lambda: act800_contribution(-1, True, law)):
        with pytest.raises(OutsideTable):
            refused()


def test_contributions_fall_due_on_the_15th_of_the_next_month() -> None:
    assert due_on(Month(2026, 6), law_of(date(2026, 6, 1))) == date(2026, 7, 15)
    assert due_on(Month(2025, 12), law_of(date(2025, 12, 1))) == date(2026, 1, 15)


def assert_bulk_equals_scalar(wages: list[int], firsts: list[bool], law: LawOn) -> None:
    sen, first = np.array(wages, dtype=np.int64), np.array(firsts, dtype=np.bool_)
    act4 = act4_bulk.contributions(sen, first, law)
    skbbk = act4_bulk.skbbk_contributions(sen, first, law)
    for row, (wage, is_first) in enumerate(zip(wages, firsts, strict=True)):
        category = Category.FIRST if is_first else Category.SECOND
        scalar = contribution(wage, category, law)
        assert (act4.employer[row], act4.employee[row]) == (scalar.employer, scalar.employee)
        assert skbbk[row] == skbbk_contribution(wage, category, law)
        expected = (0, 0) if wage == 0 else (wage_class(wage, law).number, wage_class(wage, law).assumed)
        assert (act4.number[row], act4.assumed[row]) == expected


@pytest.mark.parametrize("day", PERIODS)
def test_a_population_on_every_edge_of_every_class_is_reckoned_as_each_person_is(day: date) -> None:
    law = law_of(day)
    edges = (0, *law.table("act4.contributions.classes").upper_edges)
    wages = [wage for edge in edges for wage in (edge - 1, edge, edge + 1) if wage >= 0]
    for is_first in (True, False):
        assert_bulk_equals_scalar(wages, [is_first] * len(wages), law)


PEOPLE = st.lists(st.tuples(st.integers(min_value=0, max_value=1_200_000), st.booleans()), min_size=1, max_size=50)


@settings(max_examples=50, deadline=None)
@given(PEOPLE, st.sampled_from(sorted(PERIODS)))
def test_a_population_is_reckoned_as_each_person_is(people: list[tuple[int, bool]], day: date) -> None:
    assert_bulk_equals_scalar([wage for wage, _ in people], [first for _, first in people], law_of(day))


@settings(max_examples=50, deadline=None)
@given(PEOPLE, st.sampled_from([date(2018, 1, 1), date(2022, 9, 1), date(2024, 10, 1)]))
def test_a_population_is_reckoned_as_each_person_is_under_act_800(people: list[tuple[int, bool]], day: date) -> None:
    law = law_of(day)
    sen = np.array([wage for wage, _ in people], dtype=np.int64)
    columns = act800_bulk.contributions(sen, np.array([insured for _, insured in people], dtype=np.bool_), law)
    for row, (wage, insured) in enumerate(people):
        scalar = act800_contribution(wage, insured, law)
        assert (columns.employer[row], columns.employee[row]) == (scalar.employer, scalar.employee)


def test_a_population_with_a_negative_wage_or_of_floats_is_refused() -> None:
    law = law_of(date(2026, 6, 1))
    with pytest.raises(OutsideTable):
        act4_bulk.contributions(np.array([100, -1], dtype=np.int64), np.array([True, True]), law)
    with pytest.raises(TypeError, match="int64"):
        act4_bulk.contributions(np.array([100.0]), np.array([True]), law)


def test_two_employers_assumed_wages_are_added_up_to_the_highest_class() -> None:
    """Act 4 s.6(10) proviso: 2,450 and 3,050 are 5,500; 5,950 and 2,450 stay at the highest class, 5,950."""
    month = Month.of("2026-05")
    law = book().on(date(2026, 7, 15), date(2026, 7, 15))
    assert assumed_wage_of_month([248_000, 305_000], month, law) == 550_000
    assert assumed_wage_of_month([700_000, 248_000], month, law) == 595_000
