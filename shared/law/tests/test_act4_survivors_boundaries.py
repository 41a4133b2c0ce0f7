"""Survivors' pension, increases and funeral benefit on both sides of every edge (Act 4 ss.17A, 20A, 29)."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from shared.kernel.periods import Month
from shared.law.act4.cover.rules import Category, category
from shared.law.act4.dependants.rules import Relation
from shared.law.act4.funeral.rules import Claimant, payments
from shared.law.act4.increases.rules import in_range, increased, is_a_review
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
