"""Which transfers contributions make."""

import pytest

from services.benefits.domain.ledger import (
    GRANTED,
    Account,
    Income,
    Transfer,
    TransferReason,
    banked,
    contributed,
    granted_on,
    transfer,
)
from shared.contracts import claim_assessed
from shared.kernel.funds import CLEARING, Fund

RECEIVABLE = Account.CONTRIBUTIONS_RECEIVABLE


def test_what_a_file_adds_goes_into_the_fund_and_what_it_takes_away_comes_out_of_it() -> None:
    """Each transfer is above zero (rules S2), and a fund that did not change has none."""
    brought = [
        Income(Account.FUND_ACT4_EMPLOYER, Fund.EMPLOYMENT_INJURY, 3810),
        Income(Account.FUND_ACT4_EMPLOYER, Fund.INVALIDITY, -300),
        Income(Account.FUND_ACT800, Fund.EMPLOYMENT_INSURANCE, 0),
        Income(Account.FUND_ACT4_EMPLOYER, CLEARING, 5335),
    ]
    assert contributed(brought) == [
        Transfer(RECEIVABLE, Account.FUND_ACT4_EMPLOYER, 3810, TransferReason.CONTRIBUTIONS, Fund.EMPLOYMENT_INJURY),
        Transfer(Account.FUND_ACT4_EMPLOYER, RECEIVABLE, 300, TransferReason.CONTRIBUTIONS, Fund.INVALIDITY),
        Transfer(RECEIVABLE, Account.FUND_ACT4_EMPLOYER, 5335, TransferReason.CONTRIBUTIONS, CLEARING),
    ]


def test_the_funds_are_those_of_the_events() -> None:
    assert [each.value for each in Fund] == [each.value for each in claim_assessed.Fund]


@pytest.mark.parametrize("amount_sen", [0, -1])
def test_a_transfer_of_nothing_or_less_does_not_exist(amount_sen: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        Transfer(RECEIVABLE, Account.FUND_SKBBK, amount_sen, TransferReason.CONTRIBUTIONS, CLEARING)


@pytest.mark.parametrize(
    ("kind", "is_benefit", "account"),
    [
        ("periodic_loan", True, Account.BENEFIT_EXPENSE),
        ("education_loan", False, Account.LOANS_RECEIVABLE),
        ("contribution_refund", False, Account.CONTRIBUTIONS_RECEIVABLE),
        ("physiotherapy_bill", False, Account.PAYABLE_EXPENSE),
    ],
)
def test_what_is_no_benefit_is_granted_on_an_account_of_its_own(kind: str, is_benefit: bool, account: Account) -> None:
    assert granted_on(kind, is_benefit=is_benefit) is account
    assert account in GRANTED


def test_each_thing_that_happens_to_a_payable_stands_on_its_account() -> None:
    """A refund that is paid leaves nothing on the receivable on which its correction left it."""
    refund = Account.CONTRIBUTIONS_RECEIVABLE
    steps = (TransferReason.INSTRUCTED, TransferReason.SETTLED, TransferReason.REVERSED, TransferReason.RECOVERY_OPENED)
    corrected = contributed([Income(Account.FUND_SKBBK, Fund.NON_EMPLOYMENT_INJURY, -1835)])
    paid = [transfer(step, 1835, Fund.NON_EMPLOYMENT_INJURY, grants=refund) for step in steps]
    sides = [(each.debit, each.credit) for each in (*corrected, *paid)]
    assert sides == [
        (Account.FUND_SKBBK, refund),
        (refund, Account.BENEFITS_PAYABLE),
        (Account.BENEFITS_PAYABLE, Account.BANK),
        (Account.BANK, refund),
        (Account.RECOVERIES_RECEIVABLE, refund),
    ]


def test_a_loan_that_is_called_in_becomes_a_debt_and_what_is_paid_of_it_comes_to_the_bank() -> None:
    fund, lent = Fund.SELF_EMPLOYED, Account.LOANS_RECEIVABLE
    called = transfer(TransferReason.CALLED_IN, 500, fund, grants=lent)
    assert (called.debit, called.credit) == (Account.RECOVERIES_RECEIVABLE, lent)
    assert transfer(TransferReason.REPAID, 300, fund).credit is Account.RECOVERIES_RECEIVABLE
    assert transfer(TransferReason.REPAID_BEYOND, 20, CLEARING).credit is Account.RECEIPTS_UNALLOCATED


def test_what_is_found_of_a_receipt_later_goes_from_the_open_account_to_the_funds() -> None:
    """And what is taken from a fund by it comes out of that fund's bank money: each receipt adds up to what came."""
    first = banked({CLEARING: 90}, {})
    then = banked({Fund.INVALIDITY: 150, Fund.EMPLOYMENT_INJURY: -60}, {CLEARING: 90})
    assert [(each.debit, each.credit, each.amount_sen, each.fund) for each in (*first, *then)] == [
        (Account.BANK, Account.CONTRIBUTIONS_UNALLOCATED, 90, CLEARING),
        (Account.CONTRIBUTIONS_UNALLOCATED, Account.BANK, 90, CLEARING),
        (RECEIVABLE, Account.BANK, 60, Fund.EMPLOYMENT_INJURY),
        (Account.BANK, RECEIVABLE, 150, Fund.INVALIDITY),
    ]
    assert banked({Fund.INVALIDITY: 150}, {Fund.INVALIDITY: 150}) == []
