"""Survivors' pension, increases and funeral benefit on both sides of every edge (Act 4 ss.17A, 20A, 29)."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import pytest

from shared.kernel.periods import Days, Month
from shared.law.act4.cover.rules import Category, category
from shared.law.act4.dependants.rules import Relation
from shared.law.act4.funeral.rules import Claimant, payments
from shared.law.act4.increases.orders import Increase, steps, that_raise
from shared.law.act4.increases.rules import (
    in_range,
    increased,
    is_a_review,
    is_shared,
    least_of_part,
    may_be_entered,
    may_have_least,
    rise_of_days,
)
from shared.law.act4.owing.rules import days_of_part
from shared.law.act4.survivors.rules import goes_on, monthly_share, opens, survivors_shares
from shared.law.tests.turned import law_of, turned

DAY = "2026-07-15"


@pytest.mark.parametrize(
    ("born_on", "pensioner", "expected"),
    [(date(1966, 7, 16), False, True), (date(1966, 7, 15), False, False), (date(1950, 1, 1), True, True)],
)
def test_a_death_before_sixty_or_of_a_pensioner_opens_the_pension(
    born_on: date, pensioner: bool, expected: bool
) -> None:
    assert opens(born_on, date(2026, 7, 15), pensioner, law_of(DAY)) is expected


def test_a_pension_in_payment_goes_on_while_that_is_assumed(tmp_path: Path) -> None:
    again = turned(tmp_path, DAY, {"act4.survivors.pension_in_payment_goes_on": ("yes_no", "no")})
    assert goes_on(True, law_of(DAY))
    assert not goes_on(False, law_of(DAY))
    assert not goes_on(True, again)


def test_survivors_share_as_dependants_do_and_the_assumption_is_read() -> None:
    law = law_of(DAY)
    found = survivors_shares({"a": Relation.WIDOW, "b": Relation.CHILD}, law)
    assert found == {"a": Fraction(3, 5), "b": Fraction(2, 5)}
    assert "act4.survivors.shared_as_dependants_benefit" in {entry.figure for entry in law.read}


def test_a_share_of_the_pension_is_rounded_half_up() -> None:
    """600.05 × 3/10 = 180.015."""
    assert monthly_share(60_005, Fraction(3, 10), law_of(DAY)) == 18_002


@pytest.mark.parametrize(
    ("factor", "expected"), [("69/10000", False), ("7/1000", True), ("94/1000", True), ("941/10000", False)]
)
def test_a_factor_lies_in_the_range_of_its_review(factor: str, expected: bool) -> None:
    """The review of 1 January 2023 gave 0.7 % to 9.4 %."""
    assert in_range("2023-01-01", Fraction(factor), law_of(DAY)) is expected


def test_a_review_is_one_that_took_effect() -> None:
    assert is_a_review("2023-01-01", law_of(DAY))
    assert not is_a_review("2023-01-02", law_of(DAY))


def test_an_increase_is_rounded_half_up() -> None:
    """1,000.50 × 1.01 = 1,010.505."""
    assert increased(100_050, Fraction(1, 100), law_of(DAY)) == 101_051


def test_of_what_others_paid_a_sen_that_is_left_goes_to_the_first_who_paid() -> None:
    """3,000.00 / 7 = 428.571: six get 428.57 and the first payer 428.58."""
    claimants = {"a": Claimant("friend"), **{name: Claimant("friend", paid=100_000) for name in "bcdefgh"}}
    assert payments(claimants, law_of(DAY)) == {"a": 0, "b": 42_858, **dict.fromkeys("cdefgh", 42_857)}


def test_what_others_paid_is_shared_in_proportion_and_rounded_half_up() -> None:
    """3,000.00 × 8/9 = 2,666.667."""
    claimants = {"a": Claimant("friend", paid=100_000), "b": Claimant("friend", paid=800_000)}
    assert payments(claimants, law_of(DAY)) == {"a": 33_333, "b": 266_667}


def test_nobody_is_paid_where_nobody_paid() -> None:
    assert payments({"a": Claimant("friend"), "b": Claimant("friend")}, law_of(DAY)) == {"a": 0, "b": 0}


def test_the_category_is_told_so_many_months_before_as_the_figure_says(tmp_path: Path) -> None:
    """60 on 15 June 2026; with a month's delay the second category begins with July."""
    later = turned(tmp_path, DAY, {"act4.cover.switch_months": ("months", "1")})
    born, liable = date(1966, 6, 15), date(1990, 1, 1)
    assert category(born, liable, Month(2026, 6), later) is Category.FIRST
    assert category(born, liable, Month(2026, 7), later) is Category.SECOND


def test_an_order_is_entered_at_most_a_year_before_its_day() -> None:
    entered = date(2026, 7, 15)
    assert may_be_entered(date(2027, 7, 15), entered, law_of(DAY))
    assert not may_be_entered(date(2027, 7, 16), entered, law_of(DAY))


def test_the_least_is_of_pensions_and_of_survivors_pension_each_has_its_part() -> None:
    """550.01 × 3/10 = 165.003; × 1/2 = 275.005."""
    law = law_of(DAY)
    assert [may_have_least(each, law) for each in ("invalidity_pension", "survivors_pension")] == [True, True]
    assert not may_have_least("permanent_disablement", law)
    assert [is_shared(each, law) for each in ("survivors_pension", "invalidity_pension")] == [True, False]
    assert [least_of_part(55_001, Fraction(each), law) for each in ("3/10", "1/2")] == [16_500, 27_501]


def test_a_rise_inside_a_month_is_of_its_days_while_that_is_assumed(tmp_path: Path) -> None:
    """45.73 × 4/31 = 5.9006; × 16/31 = 23.6026."""
    figure = {"act4.increases.broken_month_by_its_days": ("yes_no", "no")}
    left = [Days(date(2026, 8, 16), date(2026, 8, last)) for last in (19, 31)]
    assert [rise_of_days(4_573, each, law_of(DAY)) for each in left] == [590, 2_360]
    assert rise_of_days(4_573, left[0], turned(tmp_path, DAY, figure)) == 0


def test_an_order_raises_what_began_before_it_in_its_years_one_after_another() -> None:
    """1,829.00 with 10 % is 2,011.90, at least 2,200.00; with 5 % more 2,310.00; of a half at least 1,100.00."""

    def order(in_force: date, percent: int, least: int | None = None) -> Increase:
        return Increase(UUID(int=in_force.toordinal()), "P.U.(A) 1", "Act 4", in_force, 2020, 2026,
                        Fraction(percent, 100), least)  # fmt: skip

    later, first = order(date(2027, 1, 1), 5), order(date(2026, 9, 1), 10, 220_000)
    assert that_raise((later, first), date(2026, 8, 31)) == [first, later]
    assert that_raise((later, first), date(2026, 9, 1)) == [later]
    for began in (date(2019, 12, 31), date(2027, 1, 1)):
        assert that_raise((later, first), began) == []
    law = law_of(DAY)
    assert [each.after_sen for each in steps(182_900, (first, later), law)] == [220_000, 231_000]
    assert [each.before_sen for each in steps(182_900, (first, later), law)] == [182_900, 220_000]
    assert first.of(91_450, law, Fraction(1, 2)) == 110_000
    assert first.of(91_450, law, None) == 100_595, "of a part that nobody stated no least is reckoned"


@pytest.mark.parametrize(
    ("benefit", "monthly", "part", "days"),
    [
        ("invalidity_pension", 182_900, 94_400, 16),
        ("invalidity_pension", 182_900, 100, 1),
        ("invalidity_pension", 182_900, 182_900, 31),
        ("dependants_benefit", 105_300, 35_100, 10),
        ("dependants_benefit", 105_300, 105_300, 30),
    ],
)
def test_the_days_of_a_part_are_those_by_which_it_was_divided(benefit: str, monthly: int, part: int, days: int) -> None:
    assert days_of_part(benefit, monthly, part, Month.of("2026-03").days, law_of(DAY)) == days
