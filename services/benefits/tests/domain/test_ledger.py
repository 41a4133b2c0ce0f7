"""Which transfers contributions make."""

import pytest

from services.benefits.domain.ledger import Account, Contributions, Transfer, TransferReason, contributed
from shared.contracts import claim_assessed
from shared.kernel.funds import Fund

RECEIVABLE = Account.CONTRIBUTIONS_RECEIVABLE


def test_what_a_file_adds_goes_into_the_fund_and_what_it_takes_away_comes_out_of_it() -> None:
    """Each transfer is above zero (rules S2), and a fund that did not change has none."""
    assert contributed(Contributions(5335, -300, -240, 0)) == [
        Transfer(RECEIVABLE, Account.FUND_ACT4_EMPLOYER, 5335, TransferReason.CONTRIBUTIONS, None),
        Transfer(Account.FUND_ACT4_EMPLOYEE, RECEIVABLE, 300, TransferReason.CONTRIBUTIONS, Fund.INVALIDITY),
        Transfer(Account.FUND_ACT800, RECEIVABLE, 240, TransferReason.CONTRIBUTIONS, Fund.EMPLOYMENT_INSURANCE),
    ]


def test_the_employers_share_of_act_4_is_of_two_funds_and_names_neither() -> None:
    funds = [each.fund for each in contributed(Contributions(1, 1, 1, 1))]
    assert funds == [None, Fund.INVALIDITY, Fund.EMPLOYMENT_INSURANCE, Fund.NON_EMPLOYMENT_INJURY]


def test_the_funds_are_those_of_the_events() -> None:
    assert [each.value for each in Fund] == [each.value for each in claim_assessed.Fund]


def test_a_file_that_changed_nothing_makes_no_transfer() -> None:
    assert contributed(Contributions(0, 0, 0, 0)) == []


@pytest.mark.parametrize("amount_sen", [0, -1])
def test_a_transfer_of_nothing_or_less_does_not_exist(amount_sen: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        Transfer(RECEIVABLE, Account.FUND_SKBBK, amount_sen, TransferReason.CONTRIBUTIONS, None)
