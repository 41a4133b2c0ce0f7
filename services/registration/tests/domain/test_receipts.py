"""Of which funds a receipt of the bank is."""

import pytest

from services.registration.domain.contribution import FundSums
from services.registration.domain.receipts import Allocation, Unallocated, allocated
from shared.kernel.funds import Fund

# RM2,480.00 in May 2026: RM42.85 and RM12.25 under Act 4, RM4.90 each under Act 800 (act4 §2.2, other-schemes §4.1).
INJURY = FundSums(Fund.EMPLOYMENT_INJURY, 3_060, 0)
INVALIDITY = FundSums(Fund.INVALIDITY, 1_225, 1_225)
ACT800 = FundSums(Fund.EMPLOYMENT_INSURANCE, 490, 490)
NO_SKBBK = FundSums(Fund.NON_EMPLOYMENT_INJURY, 0, 0)
DECLARED = (INJURY, INVALIDITY, NO_SKBBK, ACT800)


def test_what_equals_the_declared_month_is_of_its_funds_as_declared() -> None:
    assert allocated(6_490, DECLARED, ()) == Allocation((INJURY, INVALIDITY, ACT800))


def test_what_equals_a_correction_upwards_is_of_the_funds_that_it_changed() -> None:
    """RM3,050.00 and not RM2,480.00: RM13.50, RM3.00 under Act 4 and RM2.40 under Act 800 more."""
    higher = (
        FundSums(Fund.EMPLOYMENT_INJURY, 3_810, 0),
        FundSums(Fund.INVALIDITY, 1_525, 1_525),
        FundSums(Fund.EMPLOYMENT_INSURANCE, 610, 610),
    )
    banked = (INJURY, INVALIDITY, ACT800)
    assert allocated(1_590, higher, banked).funds == (
        FundSums(Fund.EMPLOYMENT_INJURY, 750, 0),
        FundSums(Fund.INVALIDITY, 300, 300),
        FundSums(Fund.EMPLOYMENT_INSURANCE, 120, 120),
    )


def test_a_month_that_moves_between_funds_takes_from_the_one_what_it_gives_the_other() -> None:
    moved = (FundSums(Fund.EMPLOYMENT_INJURY, 3_000, 0), FundSums(Fund.INVALIDITY, 1_300, 1_300), ACT800)
    assert allocated(90, moved, (INJURY, INVALIDITY, ACT800)).funds == (
        FundSums(Fund.EMPLOYMENT_INJURY, -60, 0),
        FundSums(Fund.INVALIDITY, 75, 75),
    )


@pytest.mark.parametrize(
    ("amount_sen", "declared", "banked", "reason"),
    [
        (6_490, (), (), Unallocated.NOTHING_DECLARED),
        (6_490, (NO_SKBBK,), (), Unallocated.NOTHING_DECLARED),
        (6_489, DECLARED, (), Unallocated.LESS_THAN_DECLARED),
        (6_491, DECLARED, (), Unallocated.MORE_THAN_DECLARED),
        (6_490, DECLARED, DECLARED, Unallocated.BANKED_ALREADY),
        (6_490, (INJURY,), DECLARED, Unallocated.BANKED_ALREADY),
        (6_490, (), DECLARED, Unallocated.BANKED_ALREADY),
    ],
)
def test_anything_else_is_of_no_fund_and_says_why(
    amount_sen: int, declared: tuple[FundSums, ...], banked: tuple[FundSums, ...], reason: Unallocated
) -> None:
    assert allocated(amount_sen, declared, banked) == Allocation((), reason)
