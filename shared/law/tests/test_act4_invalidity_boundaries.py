"""Invalidity on both sides of every edge, and each assumption turned round (Act 4 ss.16 to 21, 49)."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from shared.kernel.periods import Days, Month
from shared.law.act4.invalidity.rules import (
    Contributed,
    Qualifying,
    average,
    cannot_earn,
    contributed,
    counted_average,
    grant,
    in_age,
    monthly_pension,
    part_of_month,
    qualifying,
    share,
    starts_on,
    wage_window,
    works_too_much,
)
from shared.law.book import LawOn
from shared.law.determination import determination, determine
from shared.law.errors import NoWageMonth
from shared.law.tests.turned import law_of, turned

DAY = "2026-07-15"
NOTICED = date(2026, 7, 15)


def law() -> LawOn:
    return law_of(DAY)


def without(folder: Path, figure: str) -> LawOn:
    return turned(folder, DAY, {f"act4.invalidity.{figure}": ("yes_no", "no")})


@pytest.mark.parametrize(("capacity", "expected"), [("33/100", True), ("1/3", False), ("34/100", False)])
def test_who_can_earn_just_a_third_is_not_invalid(capacity: str, expected: bool) -> None:
    assert cannot_earn(Fraction(capacity), law()) is expected


def test_from_sixty_the_notice_needs_a_condition_from_before(tmp_path: Path) -> None:
    assert in_age(date(1966, 7, 16), NOTICED, False, law())
    assert not in_age(date(1966, 7, 15), NOTICED, False, law())
    assert in_age(date(1966, 7, 15), NOTICED, True, law())
    assert not in_age(date(1966, 7, 15), NOTICED, True, without(tmp_path, "invalid_before_age_suffices"))


def test_contributions_are_counted_before_the_month_of_notice_and_in_forty_months() -> None:
    """The 40 months before July 2026 begin with March 2023; 77 months are complete since 20 January 2020."""
    months = [Month(2023, 2), Month(2023, 3), Month(2026, 6), Month(2026, 7)]
    assert contributed(months, (), date(2020, 1, 20), NOTICED, law()) == Contributed(2, 3, 77)


def test_a_credited_month_counts_once_while_that_is_assumed(tmp_path: Path) -> None:
    months, credited = [Month(2026, 5)], [Month(2026, 5), Month(2026, 6)]
    since = date(2026, 1, 15)
    assert contributed(months, credited, since, NOTICED, law()) == Contributed(2, 2, 6)
    assert contributed(months, credited, since, NOTICED, without(tmp_path, "credits_count")) == Contributed(1, 1, 6)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Contributed(24, 24, 500), Qualifying.FULL),
        (Contributed(23, 23, 23), Qualifying.NONE),
        (Contributed(23, 24, 36), Qualifying.FULL),
        (Contributed(23, 24, 37), Qualifying.REDUCED),
        (Contributed(0, 24, 72), Qualifying.REDUCED),
        (Contributed(0, 24, 73), Qualifying.NONE),
    ],
)
def test_a_qualifying_period_ends_on_its_edge(found: Contributed, expected: Qualifying) -> None:
    """24 of the last 40, or 24 and two thirds of the complete months; 24 and a third is the reduced one (s.17)."""
    assert qualifying(found, law()) is expected


@pytest.mark.parametrize(
    ("contributions", "percent"), [(20, 50), (24, 50), (35, 50), (36, 51), (203, 64), (204, 65), (216, 65)]
)
def test_a_full_period_adds_one_percent_for_each_twelve_beyond_24_up_to_65(contributions: int, percent: int) -> None:
    assert share(Qualifying.FULL, contributions, law()) == Fraction(percent, 100)
    assert share(Qualifying.REDUCED, contributions, law()) == Fraction(1, 2)


def test_24_contributions_add_nothing_however_small_the_step(tmp_path: Path) -> None:
    by_one = turned(tmp_path, DAY, {"act4.invalidity.step_contributions": ("count", "1")})
    assert share(Qualifying.FULL, 24, by_one) == Fraction(50, 100)
    assert share(Qualifying.FULL, 25, by_one) == Fraction(51, 100)


def test_the_average_is_over_the_contribution_months_of_24(tmp_path: Path) -> None:
    window = wage_window(NOTICED, law())
    assert (len(window), window[0], window[-1]) == (24, Month(2024, 7), Month(2026, 6))
    wages = {Month(2024, 6): 900_000, Month(2024, 7): 100_000, Month(2026, 6): 200_000, Month(2026, 7): 900_000}
    assert average(wages, NOTICED, law()) == 150_000
    assert average(wages, NOTICED, without(tmp_path, "averaged_over_contributions")) == 12_500
    with pytest.raises(NoWageMonth):
        average({Month(2024, 6): 900_000}, NOTICED, law())


def test_the_counted_average_is_not_under_the_minimum() -> None:
    assert counted_average(Fraction(219_999, 2), law()) == 110_000
    assert counted_average(Fraction(220_001, 2), law()) == Fraction(220_001, 2)


def test_the_pension_is_rounded_half_up() -> None:
    """1,200.01 × 50 % = 600.005."""
    assert monthly_pension(Fraction(120_001), Fraction(1, 2), law()) == 60_001


def test_the_pension_starts_with_the_notice_or_a_later_resignation() -> None:
    assert starts_on(NOTICED, None, law()) == NOTICED
    assert starts_on(NOTICED, date(2026, 7, 14), law()) == NOTICED
    assert starts_on(NOTICED, date(2026, 7, 16), law()) == date(2026, 7, 16)


def test_a_broken_month_is_paid_by_its_own_days(tmp_path: Path) -> None:
    """1,000.00 × 17 / 31 = 548.387; × 16 / 31 = 516.129; × 20 / 31 = 645.161, × 18 / 31 = 580.645."""
    july = Month(2026, 7).days
    assert part_of_month(100_000, Days(NOTICED, july.last), law()) == 54_839
    assert part_of_month(100_000, Days(date(2026, 7, 14), july.last), law()) == 58_065
    assert part_of_month(100_000, july, law()) == 100_000
    assert part_of_month(100_000, Days(NOTICED, july.last), without(tmp_path, "broken_month_by_its_days")) == 100_000


def test_fraud_without_a_number_of_months_is_in_its_first(tmp_path: Path) -> None:
    one_month = turned(tmp_path, "2026-07-01", {"act4.invalidity.suspension_months": ("months", "1")})
    facts = {"first day of the month": "2026-07-01", "former average wage": "3000.00", "fraud": "yes"}
    asked = determination("act4 invalidity suspension")
    assert determine(asked, facts, one_month).body["outcome"] == "refused"
    second = {**facts, "months suspended for fraud": "2"}
    assert determine(asked, second, one_month).body["outcome"] == "goes on"


def test_work_for_more_than_a_third_of_the_former_wage_suspends() -> None:
    assert not works_too_much(100_000, 300_000, law())
    assert works_too_much(100_001, 300_000, law())


def test_the_grant_is_the_contributions_with_interest(tmp_path: Path) -> None:
    assert grant(100_000, 2_345, law()) == 102_345
    assert grant(100_000, 2_345, without(tmp_path, "grant_with_interest")) == 100_000
