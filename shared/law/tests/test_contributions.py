"""Contributions of Act 4 beyond the tables: the dossier's file, foreign workers, pay, and the due day."""

import csv
from datetime import date
from pathlib import Path

import pytest

from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from shared.law.act4.boards.rules import last_day_of_medical_appeal
from shared.law.act4.contributions.errors import UnknownPay
from shared.law.act4.contributions.rules import (
    contribution,
    counted_wages,
    due_on,
    employer_for_invalidity,
    refunded,
    skbbk_contribution,
    wage_class,
)
from shared.law.act4.cover.rules import Category, contributes_as, covered_against, within_first_wage_limit
from shared.law.act4.registration.rules import notify_cessation_by, register_employee_by, register_employer_by
from shared.law.act800.claims.rules import last_day_to_claim
from shared.law.act800.contributions.rules import refunded as act800_refunded
from shared.law.act800.contributions.rules import wage_class as act800_class
from shared.law.act800.cover.rules import spouse_is_insured, work_is_insured
from shared.law.act800.job_search.rules import report_due_on
from shared.law.book import book
from shared.law.errors import NotYetLaw, OutsideTable
from shared.law.figures import Certainty
from shared.law.tests.turned import law_of, turned

rm = sen_from_ringgit
DOSSIER = Path(__file__).with_name("act4_contributions_rm6000.txt")


def test_the_dossiers_table_is_reproduced_row_by_row() -> None:
    """Act 4, Third Schedule since 1 October 2024: on the lower edge, one sen above it, and on the upper edge."""
    law = law_of("2024-10-01")
    with DOSSIER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 65
    for number, row in enumerate(rows, start=1):
        lowest = rm(row["wage_over"]) + 1
        for wage in (lowest, rm(row["wage_to"]) if row["wage_to"] else lowest + 10**9):
            first, second = (contribution(wage, category, law) for category in (Category.FIRST, Category.SECOND))
            assert wage_class(wage, law).number == number
            assert (first.employer, first.employee) == (rm(row["employer_first"]), rm(row["employee_first"]))
            assert first.employer + first.employee == rm(row["total_first"])
            assert (second.employer, second.employee) == (rm(row["employer_second"]), 0)
        if row["wage_over"] != "0.00":
            assert wage_class(lowest - 1, law).number == number - 1


@pytest.mark.parametrize("day", ["2013-01-01", "2016-06-01", "2022-09-01", "2024-10-01"])
def test_the_employer_pays_for_injury_what_the_second_category_pays_and_the_rest_for_invalidity(day: str) -> None:
    """Act 4, Third Schedule: so the amount of the first category is split; above RM3,900 of 2016 it is 10 sen less."""
    law = law_of(day)
    table = law.table("act4.contributions.classes")
    columns = (table.column(name) for name in ("employer_first", "employee_first", "employer_second"))
    differs = [
        (number, first - employer_for_invalidity(employee, law) - second)
        for number, (first, employee, second) in enumerate(zip(*columns, strict=True), start=1)
        if first - employer_for_invalidity(employee, law) != second
    ]
    assert differs == ([(44, -10), (45, -10)] if day == "2016-06-01" else [])
    assert employer_for_invalidity(0, law) == 0, "the second category is of one fund"
    assert employer_for_invalidity(-300, law) == -300, "a correction downwards"


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2019-01-01", ("employment_injury",)),
        ("2024-06-30", ("employment_injury",)),
        ("2024-07-01", ("employment_injury", "invalidity")),
        ("2026-05-31", ("employment_injury", "invalidity")),
        ("2026-06-01", ("employment_injury", "invalidity", "non_employment_injury")),
    ],
)
def test_what_foreign_workers_are_covered_against_grew_in_three_steps(day: str, first: tuple[str, ...]) -> None:
    """Act 4 s.2(5), s.6(2): employment injury 2019, invalidity July 2024, non-employment injury June 2026."""
    law = law_of(day)
    assert covered_against(Category.FIRST, True, law) == first
    assert covered_against(Category.SECOND, True, law) == tuple(each for each in first if each != "invalidity")
    paid_as = Category.FIRST if "invalidity" in first else Category.SECOND
    assert contributes_as(Category.FIRST, True, law) is paid_as
    assert contributes_as(Category.SECOND, True, law) is Category.SECOND
    assert contributes_as(Category.FIRST, False, law) is Category.FIRST


def test_foreign_workers_were_not_covered_before_2019() -> None:
    with pytest.raises(NotYetLaw, match=r"act4\.cover\.foreign_contingencies"):
        covered_against(Category.FIRST, True, law_of("2018-12-31"))
    assert covered_against(Category.FIRST, False, law_of("2018-12-31")) == ("employment_injury", "invalidity")


def test_skbbk_of_the_second_category_is_that_of_the_first() -> None:
    law = law_of("2026-06-01")
    for wage in (rm("70.01"), rm("1700.00"), rm("6000.00")):
        assert skbbk_contribution(wage, Category.SECOND, law) == skbbk_contribution(wage, Category.FIRST, law) > 0


def test_first_employment_above_rm3000_needed_an_agreement_until_may_2016() -> None:
    """Act 4, First Schedule (dossier act4 §1.1)."""
    before, since = law_of("2016-05-31"), law_of("2016-06-01")
    assert within_first_wage_limit(300_000, False, before)
    assert not within_first_wage_limit(300_001, False, before)
    assert within_first_wage_limit(300_001, True, before)
    assert within_first_wage_limit(300_001, False, since)


def test_pay_is_counted_as_section_2_24_says() -> None:
    law = law_of("2026-07-01")
    pay = [("basic", 200_000), ("overtime", 34_550), ("annual_bonus", 500_000), ("travel_claims", 15_000)]
    assert counted_wages(pay, law) == 234_550
    assert counted_wages([("gratuity", 1)], law) == counted_wages([], law) == 0
    with pytest.raises(UnknownPay, match="'shares' is none of: basic, ") as refused:
        counted_wages([("basic", 1), ("shares", 1)], law)
    assert refused.value.facts == {"item": "shares"}


@pytest.mark.parametrize(
    ("month", "stays", "moves"),
    [
        (Month(2026, 10), date(2026, 11, 15), date(2026, 11, 16)),  # a Sunday
        (Month(2026, 7), date(2026, 8, 15), date(2026, 8, 15)),  # a Saturday
        (Month(2025, 8), date(2025, 9, 15), date(2025, 9, 17)),  # a public holiday, and another after it
        (Month(2026, 4), date(2026, 5, 15), date(2026, 5, 15)),  # a Friday
        (Month(2025, 11), date(2025, 12, 15), date(2025, 12, 15)),  # a Monday
        (Month(2024, 1), date(2024, 2, 15), date(2024, 2, 15)),
    ],
)
def test_the_due_day_moves_from_a_holiday_unless_the_book_says_otherwise(
    tmp_path: Path, month: Month, stays: date, moves: date
) -> None:
    """General Regulations 1971; that it moves is `assumed` (dossier act4 §8 no. 9)."""
    assert due_on(month, law_of(month.first_day)) == moves
    figures = {"act4.calendar.last_day_moves": ("yes_no", "no")}
    assert due_on(month, turned(tmp_path, "2026-07-01", figures)) == stays


def test_the_15th_and_the_60_days_of_act_800_are_decided_by_one_assumption(tmp_path: Path) -> None:
    """Interpretation Acts s.54(1): both move from Sunday 1 November and Sunday 15 November 2026, or neither does."""
    assert book().figures["act4.calendar.last_day_moves"].entries[-1].certainty is Certainty.ASSUMED
    moves = law_of("2026-09-02")
    stays = turned(tmp_path, "2026-09-02", {"act4.calendar.last_day_moves": ("yes_no", "no")})
    assert last_day_to_claim(date(2026, 9, 2), moves) == date(2026, 11, 2)
    assert last_day_to_claim(date(2026, 9, 2), stays) == date(2026, 11, 1)
    assert due_on(Month(2026, 10), moves) == date(2026, 11, 16)
    assert due_on(Month(2026, 10), stays) == date(2026, 11, 15)


def test_other_limits_in_days_move_alike() -> None:
    law = law_of("2026-10-02")
    assert register_employee_by(date(2026, 10, 2), law) == date(2026, 11, 2)
    assert register_employer_by(date(2026, 10, 2), law) == notify_cessation_by(date(2026, 10, 2), law)
    assert report_due_on(date(2026, 10, 25), law) == date(2026, 11, 2)
    assert last_day_of_medical_appeal(date(2026, 8, 3), law) == date(2026, 11, 2)


def test_act_800_has_classes_of_its_own() -> None:
    law = law_of("2024-10-01")
    assert (act800_class(300_000, law).number, act800_class(300_000, law).assumed) == (34, 295_000)
    assert (act800_class(300_001, law).number, act800_class(300_001, law).assumed) == (35, 305_000)
    with pytest.raises(OutsideTable):
        act800_class(0, law)


def test_act_800_took_in_domestic_workers_in_june_2021_and_never_spouses() -> None:
    """Act 800, First Schedule (P.U.(A) 249/2021)."""
    before, since = law_of("2021-05-31"), law_of("2021-06-01")
    assert not work_is_insured("domestic_servant", before)
    assert work_is_insured("domestic_servant", since)
    assert not work_is_insured("statutory_body", since)
    assert work_is_insured("employed", before)
    assert not spouse_is_insured(since)


def test_what_was_paid_and_not_due_is_refunded_under_both_acts_unless_the_book_says_otherwise(tmp_path: Path) -> None:
    """Dossiers act4 §2.1 (forms PKS(K)50 and 50A) and other-schemes §8.3 (the portal has refunds)."""
    assert refunded(law_of("2026-05-01"))
    assert act800_refunded(law_of("2026-05-01"))
    figures = {f"{act}.contributions.refunded": ("yes_no", "no") for act in ("act4", "act800")}
    law = turned(tmp_path, "2026-05-01", figures)
    assert not refunded(law)
    assert not act800_refunded(law)


def test_the_employer_pays_for_invalidity_as_often_as_the_figure_says(tmp_path: Path) -> None:
    twice = turned(tmp_path, "2026-07-01", {"act4.contributions.employer_invalidity_times": ("count", "2")})
    assert employer_for_invalidity(1_475, twice) == 2_950
    assert employer_for_invalidity(1_475, law_of("2026-07-01")) == 1_475
