"""The totals of a file by fund are those by who pays, told otherwise; a receipt is all of funds, or of none yet."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from shared.contracts.claim_assessed import Fund
from shared.contracts.contribution_received import ContributionBankedV1, ContributionTotalsV1, FundDifferenceV1

INJURY = (Fund.EMPLOYMENT_INJURY, 3_060, 0)
INVALIDITY = (Fund.INVALIDITY, 1_225, 1_225)
SKBBK = (Fund.NON_EMPLOYMENT_INJURY, 0, 1_835)
ACT800 = (Fund.EMPLOYMENT_INSURANCE, 490, 490)


def totals(*funds: tuple[Fund, int, int]) -> ContributionTotalsV1:
    """RM2,500.00 in June 2026, first category."""
    return ContributionTotalsV1(
        file=UUID(int=1),
        employer=3,
        month="2026-06",
        received_at=datetime(2026, 7, 14, tzinfo=UTC),
        lines=1,
        act4_employer_sen=4_285,
        act4_employee_sen=1_225,
        act800_employer_sen=490,
        act800_employee_sen=490,
        skbbk_employee_sen=1_835,
        funds=tuple(FundDifferenceV1(fund=fund, employer_sen=er, employee_sen=ee) for fund, er, ee in funds),
    )


def test_the_funds_add_up_or_are_not_told_apart() -> None:
    assert totals(INJURY, INVALIDITY, SKBBK, ACT800).money_sen == totals().money_sen == 8_325


@pytest.mark.parametrize(
    "funds",
    [
        (INJURY, INVALIDITY, SKBBK),
        (INJURY, INVALIDITY, SKBBK, (Fund.EMPLOYMENT_INSURANCE, 491, 489)),
        (INJURY, INVALIDITY, SKBBK, ACT800, (Fund.INVALIDITY, 0, 0)),
    ],
)
def test_a_fund_that_is_left_out_moved_or_stated_twice_is_found(funds: tuple[tuple[Fund, int, int], ...]) -> None:
    with pytest.raises(ValidationError):
        totals(*funds)


def banked(**changes: Any) -> ContributionBankedV1:
    """RM24.50 of an employer's month, all of it for invalidity."""
    invalidity = FundDifferenceV1(fund=Fund.INVALIDITY, employer_sen=1_225, employee_sen=1_225)
    stated: dict[str, Any] = {
        "receipt": UUID(int=2),
        "revision": 1,
        "employer": 3,
        "month": "2026-06",
        "amount_sen": 2_450,
        "banked_on": date(2026, 7, 14),
        "received_at": datetime(2026, 7, 15, tzinfo=UTC),
        "stated_by": "bank:1",
        "funds": (invalidity,),
        "unallocated_sen": 0,
    }
    return ContributionBankedV1(**(stated | changes))


UNALLOCATED = {"funds": (), "unallocated_sen": 2_450, "unallocated_for": "more_than_declared"}


def test_a_receipt_is_of_funds_or_says_why_it_is_of_none_yet() -> None:
    assert banked().money_sen == banked(**UNALLOCATED).money_sen == 2_450
    assert banked(funds=(), countered=True).funds == (), "or it was wrong, and is nobody's"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_sen": 2_451},
        {"funds": banked().funds * 2, "amount_sen": 4_900},
        {"unallocated_for": "more_than_declared"},
        {**UNALLOCATED, "unallocated_for": None},
        {**UNALLOCATED, "unallocated_sen": 2_449},
        {"countered": True},
        {**UNALLOCATED, "countered": True},
        {**UNALLOCATED, "amount_sen": 0, "unallocated_sen": 0, "unallocated_for": None},
    ],
)
def test_a_receipt_that_does_not_add_up_is_found(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        banked(**changes)
