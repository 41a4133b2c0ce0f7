"""Which transfers contributions make."""

import pytest

from services.benefits.domain.ledger import Account, Income, Transfer, TransferReason, contributed
from shared.contracts import claim_assessed
from shared.kernel.funds import Fund

RECEIVABLE = Account.CONTRIBUTIONS_RECEIVABLE


def test_what_a_file_adds_goes_into_the_fund_and_what_it_takes_away_comes_out_of_it() -> None:
    """Each transfer is above zero (rules S2), and a fund that did not change has none."""
    brought = [
        Income(Account.FUND_ACT4_EMPLOYER, Fund.EMPLOYMENT_INJURY, 3810),
        Income(Account.FUND_ACT4_EMPLOYER, Fund.INVALIDITY, -300),
        Income(Account.FUND_ACT800, Fund.EMPLOYMENT_INSURANCE, 0),
        Income(Account.FUND_ACT4_EMPLOYER, None, 5335),
    ]
    assert contributed(brought) == [
        Transfer(RECEIVABLE, Account.FUND_ACT4_EMPLOYER, 3810, TransferReason.CONTRIBUTIONS, Fund.EMPLOYMENT_INJURY),
        Transfer(Account.FUND_ACT4_EMPLOYER, RECEIVABLE, 300, TransferReason.CONTRIBUTIONS, Fund.INVALIDITY),
        Transfer(RECEIVABLE, Account.FUND_ACT4_EMPLOYER, 5335, TransferReason.CONTRIBUTIONS, None),
    ]


def test_the_funds_are_those_of_the_events() -> None:
    assert [each.value for each in Fund] == [each.value for each in claim_assessed.Fund]


@pytest.mark.parametrize("amount_sen", [0, -1])
def test_a_transfer_of_nothing_or_less_does_not_exist(amount_sen: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        Transfer(RECEIVABLE, Account.FUND_SKBBK, amount_sen, TransferReason.CONTRIBUTIONS, None)
