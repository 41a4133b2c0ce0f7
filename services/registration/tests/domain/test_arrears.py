"""An employer's month: how payments fill it, what bears interest, what is stated of it, and what a payer may pay.

Amounts are worked out by hand: a sum × 6 % × days / 365, half a sen up, at least RM5 for a month (reg. 33, reading A).
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.registration.domain.arrears import (
    Account,
    AccountState,
    InterestStatement,
    Part,
    Payment,
    due_on,
    is_waived,
    paid_of,
)
from services.registration.domain.contribution import Amounts, FundSums
from services.registration.domain.receipts import (
    Allocation,
    KeptReceipt,
    Receipt,
    Unallocated,
    allocated,
    looked_at,
)
from shared.kernel.funds import Fund
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Month

AT = datetime(2026, 12, 31, tzinfo=UTC)
KNOWN = date(2027, 6, 1)
# 8,080.00 beside 2,285.00 of SKBBK; due on 15 August 2026.
JULY = Account(7, Month(2026, 7), Amounts(533_500, 152_500, 61_000, 61_000, 228_500))
# Of before SKBBK: 1,000.00, due on 15 March 2025.
FEBRUARY = Account(7, Month(2025, 2), Amounts(70_000, 20_000, 5_000, 5_000, 0))
OF_FUNDS = [FundSums(Fund.EMPLOYMENT_INJURY, 6_000, 0), FundSums(Fund.INVALIDITY, 2_000, 2_000)]


def paid(account: Account, *payments: tuple[date, int]) -> Account:
    """An account with payments."""
    return replace(account, payments=[Payment(*each) for each in payments])


def stated(account: Account, run_on: date | None = None) -> InterestStatement:
    """The next statement, where there is news."""
    found = account.statement(run_on, AT, KNOWN)
    assert found is not None
    return found


def test_payments_fill_the_month_oldest_first_and_skbbk_last() -> None:
    late = paid(JULY, (date(2026, 10, 1), 500_000), (date(2026, 8, 10), 400_000))
    assert list(late.parts(date(2026, 12, 31))) == [
        Part(date(2026, 8, 10), 400_000, 0),
        Part(date(2026, 10, 1), 408_000, 92_000),
        Part(date(2026, 12, 31), 0, 136_500, is_paid=False),
    ]
    assert (late.outstanding_sen, late.paid_on) == (136_500, None)
    whole = paid(JULY, (date(2026, 10, 1), 1_036_500), (date(2026, 12, 1), 100))
    assert (whole.outstanding_sen, whole.paid_on) == (-100, date(2026, 10, 1))


@pytest.mark.parametrize(
    ("paid_on", "interest"),
    [
        (date(2026, 8, 15), 0),
        (date(2026, 8, 16), 500),
        # Without SKBBK, which is free until the end of November: 8,080.00 for 107 days.
        (date(2026, 11, 30), 14_212),
        # With it: 10,365.00 for 108 days.
        (date(2026, 12, 1), 18_401),
    ],
)
def test_late_contributions_bear_interest_by_the_day_and_skbbk_none_in_its_first_months(
    paid_on: date, interest: int
) -> None:
    assert paid(JULY, (paid_on, 1_036_500)).interest(paid_on, KNOWN).amount_sen == interest
    assert JULY.interest(paid_on, KNOWN).amount_sen == interest, "if it were paid on that day"


def test_what_is_paid_in_a_grace_month_bears_none_and_what_is_paid_before_it_does() -> None:
    assert due_on(FEBRUARY.month, KNOWN) == date(2025, 3, 15)
    # 400.00 until 31 March, 600.00 in April 2025, a grace month.
    both = paid(FEBRUARY, (date(2025, 3, 31), 40_000), (date(2025, 4, 30), 60_000))
    assert both.interest(date(2025, 4, 30), KNOWN).amount_sen == 500
    assert paid(FEBRUARY, (date(2025, 4, 30), 100_000)).interest(date(2025, 4, 30), KNOWN).amount_sen == 0
    assert is_waived(date(2025, 4, 30), KNOWN)
    assert not is_waived(date(2025, 3, 31), KNOWN)


def test_it_is_stated_once_all_is_paid_on_a_run_and_when_it_changes() -> None:
    assert JULY.statement(None, AT, KNOWN) is None, "nothing is paid, and nobody runs"
    part = paid(JULY, (date(2026, 8, 20), 100_000))
    assert part.statement(None, AT, KNOWN) is None
    first = stated(part, date(2026, 9, 30))
    assert (first.revision, first.as_of, first.proposed_by) == (1, date(2026, 9, 30), None)
    again = replace(part, stated=first)
    assert again.statement(date(2026, 9, 30), AT, KNOWN) is None
    assert again.statement(None, AT, KNOWN) is None
    lower = replace(again, declared=Amounts(100_000, 0, 0, 0, 0))
    corrected = stated(lower)
    assert (corrected.revision, corrected.amount_sen, corrected.as_of) == (2, 500, date(2026, 8, 20))
    withdrawn = stated(replace(lower, declared=Amounts(), stated=corrected))
    assert (withdrawn.revision, withdrawn.amount_sen) == (3, 0)
    assert first.decision_hash != corrected.decision_hash != withdrawn.decision_hash
    assert (withdrawn.record or {})["interest_sen"] == 0


def test_a_waiver_is_of_what_is_charged_and_of_no_day_after() -> None:
    first = stated(JULY, date(2026, 9, 30))
    waived = replace(JULY, stated=first).waiver(AT, KNOWN, ("officer-1", "officer-2"))
    assert waived is not None
    assert (waived.revision, waived.amount_sen, waived.waived_sen) == (2, first.amount_sen, first.amount_sen)
    assert (waived.proposed_by, waived.approved_by) == ("officer-1", "officer-2")
    account = replace(JULY, stated=waived)
    assert (account.waivable_sen, account.interest_left_sen) == (0, 0)
    assert account.waiver(AT, KNOWN, ("officer-1", "officer-2")) is None
    later = replace(account, stated=stated(account, date(2026, 10, 31)))
    assert later.stated is not None
    assert later.interest_left_sen == later.stated.amount_sen - first.amount_sen > 0


@pytest.mark.parametrize(
    ("account", "day", "state"),
    [
        (JULY, date(2026, 8, 15), AccountState.NOT_DUE),
        (JULY, date(2026, 8, 16), AccountState.OUTSTANDING),
        (paid(JULY, (date(2026, 8, 15), 1_036_500)), date(2027, 1, 1), AccountState.PAID),
        (paid(JULY, (date(2026, 8, 15), 1_036_499)), date(2027, 1, 1), AccountState.OUTSTANDING),
        (Account(7, Month(2026, 7), Amounts()), date(2027, 1, 1), AccountState.PAID),
    ],
)
def test_a_month_is_late_from_the_day_after_it_was_due(account: Account, day: date, state: AccountState) -> None:
    assert account.state(day) is state


def kept(amount: int, allocation: Allocation | None, day: date = date(2026, 8, 20)) -> KeptReceipt:
    """A receipt as it stands."""
    receipt = Receipt("bank:1", 7, 202607, amount, day, "FPX 1", AT)
    return KeptReceipt(new_id(), receipt, 0 if allocation is None else 1, allocation)


def test_what_is_known_as_the_employers_pays_and_nothing_else_does() -> None:
    receipts = [
        kept(10_500, Allocation(tuple(OF_FUNDS), interest_sen=500)),
        kept(300, Allocation(interest_sen=300)),
        kept(50, Allocation(unallocated_for=Unallocated.LESS_THAN_DECLARED), date(2026, 8, 1)),
        kept(7_000, Allocation(unallocated_for=Unallocated.MORE_THAN_DECLARED)),
        kept(7_000, Allocation(unallocated_for=Unallocated.COUNTERED)),
        kept(7_000, None),
    ]
    assert paid_of(receipts) == ([Payment(date(2026, 8, 20), 10_000), Payment(date(2026, 8, 1), 50)], 800)


@pytest.mark.parametrize(
    ("amount", "banked", "parts", "expected"),
    [
        (10_000, [], 0, Allocation(tuple(OF_FUNDS))),
        (10_001, [], 0, Allocation(tuple(OF_FUNDS), interest_sen=1)),
        (10_500, [], 0, Allocation(tuple(OF_FUNDS), interest_sen=500)),
        (10_501, [], 0, Allocation(unallocated_for=Unallocated.MORE_THAN_DECLARED)),
        (500, OF_FUNDS, 0, Allocation(interest_sen=500)),
        (501, OF_FUNDS, 0, Allocation(unallocated_for=Unallocated.BANKED_ALREADY)),
        (500, [], 0, Allocation(unallocated_for=Unallocated.LESS_THAN_DECLARED)),
        (500, [], 10_000, Allocation(interest_sen=500)),
        (6_500, [], 4_000, Allocation(unallocated_for=Unallocated.MORE_THAN_DECLARED)),
    ],
)
def test_a_payment_goes_to_contributions_first_and_then_to_interest(
    amount: int, banked: list[FundSums], parts: int, expected: Allocation
) -> None:
    """10,000 is declared, and 500 of interest is owed with it."""
    assert allocated(amount, OF_FUNDS, banked, parts, 500) == expected


def test_interest_takes_no_parts_place() -> None:
    """Where all came in parts, interest that is paid leaves them as they are."""
    part = kept(10_000, Allocation(unallocated_for=Unallocated.LESS_THAN_DECLARED))
    (found,) = looked_at(kept(500, None), [part], OF_FUNDS, 500)
    assert found.allocation == Allocation(interest_sen=500)


@pytest.mark.parametrize(
    ("account", "amount", "left"),
    [
        # The minimum of a month that is paid with this, a day late.
        (JULY, 1_036_500, 500),
        # In time, and so nothing.
        (paid(JULY, (date(2026, 8, 15), 1_036_500)), 500, 0),
        # 8,080.00 for 5 days.
        (paid(JULY, (date(2026, 8, 20), 1_036_500)), 500, 664),
        (replace(paid(JULY, (date(2026, 8, 20), 1_036_500)), interest_paid_sen=300), 500, 364),
    ],
)
def test_what_a_payer_may_pay_of_interest(account: Account, amount: int, left: int) -> None:
    assert account.interest_to_pay(amount, date(2026, 8, 16), KNOWN) == left


def test_the_example_of_the_documentation() -> None:
    """RM1,000.00 of January 2026, whose 15 February is a Sunday (docs/registration.md): 4.9315 and 5.0958."""
    january = Account(7, Month(2026, 1), Amounts(70_000, 20_000, 5_000, 5_000, 0))
    assert due_on(january.month, KNOWN) == date(2026, 2, 16)
    paid_on = {day: stated(paid(january, (date(2026, 3, day), 100_000))).amount_sen for day in (18, 19)}
    assert paid_on == {18: 500, 19: 510}
