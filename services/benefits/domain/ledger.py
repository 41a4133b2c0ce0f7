"""The chart of accounts, and the transfers that each thing that happens to money makes (rules S2)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.benefits.domain.entitled import is_loan
from shared.kernel.funds import CLEARING
from shared.kernel.money import Sen


class Account(StrEnum):
    """The accounts of the ledger; the comment says what a balance means."""

    BANK = "bank"  # what left the organisation's account, until statements bring in the rest (credit)
    CONTRIBUTIONS_RECEIVABLE = "contributions_receivable"  # declared by employers, not seen at the bank yet (debit)
    CONTRIBUTIONS_UNALLOCATED = "contributions_unallocated"  # banked, and not what was declared: no fund's yet (credit)
    BENEFIT_EXPENSE = "benefit_expense"  # granted to insured persons, net of what is to come back (debit)
    PAYABLE_EXPENSE = "payable_expense"  # what other owners state as owed, a bill or a fee, likewise (debit)
    LOANS_RECEIVABLE = "loans_receivable"  # lent, and neither called in nor paid back yet (debit)
    BENEFITS_PAYABLE = "benefits_payable"  # instructed and not settled yet (credit)
    RECOVERIES_RECEIVABLE = "recoveries_receivable"  # paid beyond the entitlement, Act 4 s.50; a loan called in (debit)
    RECEIPTS_UNALLOCATED = "receipts_unallocated"  # paid back, and more than is to come back: whose is open (credit)
    RECOVERIES_SET_OFF = "recoveries_set_off"  # between two entitlements of a party; of a fund, what it owes another
    FUND_ACT4_EMPLOYER = "fund_act4_employer"  # Act 4: employment injury and invalidity, employers' share (credit)
    FUND_ACT4_EMPLOYEE = "fund_act4_employee"  # Act 4: invalidity, employees' share (credit)
    FUND_ACT800 = "fund_act800"  # Act 800: employment insurance, both shares (credit)
    FUND_SKBBK = "fund_skbbk"  # Act 4 s.44A: non-employment injury, employees' share (credit)
    FUND_ACT789 = "fund_act789"  # Act 789: self-employed persons (credit)
    FUND_ACT838 = "fund_act838"  # Act 838: housewives (credit)


class TransferReason(StrEnum):
    """Why a transfer is made; it is stored as the transfer's ``cause``."""

    INSTRUCTED = "instructed"
    VOIDED = "voided"
    SETTLED = "settled"
    RETURNED = "returned"
    REVERSED = "reversed"
    RECOVERY_OPENED = "recovery_opened"
    RECOVERY_REDUCED = "recovery_reduced"
    RECOVERY_REDUCED_AGAIN = "recovery_reduced_again"
    SET_OFF = "set_off"
    RECOVERY_SET_OFF = "recovery_set_off"
    RECOVERY_SET_OFF_AGAIN = "recovery_set_off_again"
    SET_OFF_UNDONE = "set_off_undone"
    RECOVERY_SET_OFF_UNDONE = "recovery_set_off_undone"
    FUND_CHANGED = "fund_changed"
    CALLED_IN = "called_in"
    REPAID = "repaid"
    REPAID_BEYOND = "repaid_beyond"
    REPAID_COUNTERED = "repaid_countered"
    REPAID_BEYOND_COUNTERED = "repaid_beyond_countered"
    CONTRIBUTIONS = "contributions"
    CONTRIBUTIONS_BANKED = "contributions_banked"


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount above zero from one account to another, so that every entry balances by construction.

    It names the fund that bears it or gets it; CLEARING where that is not known.
    """

    debit: Account
    credit: Account
    amount_sen: Sen
    reason: TransferReason
    fund: str

    def __post_init__(self) -> None:
        if self.amount_sen <= 0 or self.debit is self.credit:
            raise ValueError("a transfer moves an amount above zero between two accounts")


_SIDES = {
    TransferReason.INSTRUCTED: (Account.BENEFIT_EXPENSE, Account.BENEFITS_PAYABLE),
    TransferReason.VOIDED: (Account.BENEFITS_PAYABLE, Account.BENEFIT_EXPENSE),
    TransferReason.SETTLED: (Account.BENEFITS_PAYABLE, Account.BANK),
    # Money that came back was never paid: it is owed, and instructed, again.
    TransferReason.RETURNED: (Account.BENEFITS_PAYABLE, Account.BENEFIT_EXPENSE),
    # And what had reached the account and came back from it.
    TransferReason.REVERSED: (Account.BANK, Account.BENEFIT_EXPENSE),
    TransferReason.RECOVERY_OPENED: (Account.RECOVERIES_RECEIVABLE, Account.BENEFIT_EXPENSE),
    TransferReason.RECOVERY_REDUCED: (Account.BENEFIT_EXPENSE, Account.RECOVERIES_RECEIVABLE),
    # What is owed of days that were paid already was never to come back: no plan counts it.
    TransferReason.RECOVERY_REDUCED_AGAIN: (Account.BENEFIT_EXPENSE, Account.RECOVERIES_RECEIVABLE),
    # What one entitlement grants and another lets come back: the books of each stay its own, and so do the funds'.
    TransferReason.SET_OFF: (Account.BENEFIT_EXPENSE, Account.RECOVERIES_SET_OFF),
    TransferReason.RECOVERY_SET_OFF: (Account.RECOVERIES_SET_OFF, Account.RECOVERIES_RECEIVABLE),
    TransferReason.RECOVERY_SET_OFF_AGAIN: (Account.RECOVERIES_SET_OFF, Account.RECOVERIES_RECEIVABLE),
    # Two numbers were split: what one person is owed paid nothing of what another is to pay back.
    TransferReason.SET_OFF_UNDONE: (Account.RECOVERIES_SET_OFF, Account.BENEFIT_EXPENSE),
    TransferReason.RECOVERY_SET_OFF_UNDONE: (Account.RECOVERIES_RECEIVABLE, Account.RECOVERIES_SET_OFF),
    # What of a loan is to be paid back by now: from here on it is a debt like any other.
    TransferReason.CALLED_IN: (Account.RECOVERIES_RECEIVABLE, Account.LOANS_RECEIVABLE),
    TransferReason.REPAID: (Account.BANK, Account.RECOVERIES_RECEIVABLE),
    TransferReason.REPAID_BEYOND: (Account.BANK, Account.RECEIPTS_UNALLOCATED),
    # Money that did not come in after all.
    TransferReason.REPAID_COUNTERED: (Account.RECOVERIES_RECEIVABLE, Account.BANK),
    TransferReason.REPAID_BEYOND_COUNTERED: (Account.RECEIPTS_UNALLOCATED, Account.BANK),
}
# What came back of a recovery by being set off, by whether it is of days that were paid already.
REDUCED = {False: TransferReason.RECOVERY_REDUCED, True: TransferReason.RECOVERY_REDUCED_AGAIN}
SET_OFF_ELSEWHERE = {False: TransferReason.RECOVERY_SET_OFF, True: TransferReason.RECOVERY_SET_OFF_AGAIN}
# What is granted stands on one of these: the side of `_SIDES` that is written as that of benefits.
GRANTED = (
    Account.BENEFIT_EXPENSE,
    Account.PAYABLE_EXPENSE,
    Account.LOANS_RECEIVABLE,
    Account.CONTRIBUTIONS_RECEIVABLE,
)
# The kind of payable that a refund is (shared/contracts/payable_stated.py).
_REFUND = "contribution_refund"


def granted_on(kind: str, *, is_benefit: bool) -> Account:
    """The account on which stands what is granted under a benefit or a kind of payable.

    A loan is to come back. A refund is no expense: the correction of the file has taken it out of the fund and has left
    it on the receivable, as owed to the employer.
    """
    if is_benefit:
        return Account.BENEFIT_EXPENSE
    if is_loan(kind):
        return Account.LOANS_RECEIVABLE
    return Account.CONTRIBUTIONS_RECEIVABLE if kind == _REFUND else Account.PAYABLE_EXPENSE


def transfer(
    reason: TransferReason, amount_sen: Sen, fund: str, *, grants: Account = Account.BENEFIT_EXPENSE
) -> Transfer:
    """The transfer that this event of a payment or a recovery makes, where what it is of is granted on ``grants``.

    Contributions have their own.
    """
    debit, credit = (grants if side is Account.BENEFIT_EXPENSE else side for side in _SIDES[reason])
    return Transfer(debit, credit, amount_sen, reason, fund)


def called_off(amount_sen: Sen, fund: str) -> Transfer:
    """What of a loan is called in no more: the other way round, so that the sum of both is what is called in."""
    debit, credit = _SIDES[TransferReason.CALLED_IN]
    return Transfer(credit, debit, amount_sen, TransferReason.CALLED_IN, fund)


def fund_changed(fund: str, books: Mapping[str, tuple[Sen, Sen]]) -> Iterator[Transfer]:
    """What brings all that stands in the books of an entitlement into those of the fund that bears it now.

    ``books`` are the net granted and the open recovery by fund, as ``net`` of the ledger. Nothing is paid and nothing
    comes back: the one fund owes the other what that paid. A payment stays in the books of the fund that instructed it
    until the bank has answered, so that money that comes back later is brought over then.
    """
    for other in sorted(books.keys() - {fund}):
        accounts = (Account.BENEFIT_EXPENSE, Account.RECOVERIES_RECEIVABLE)
        for account, amount_sen in zip(accounts, books[other], strict=True):
            if amount_sen:
                yield _owed_between_funds(account, amount_sen, fund)
                yield _owed_between_funds(account, -amount_sen, other)


def _owed_between_funds(account: Account, amount_sen: Sen, fund: str) -> Transfer:
    debit, credit = (account, Account.RECOVERIES_SET_OFF)[:: 1 if amount_sen > 0 else -1]
    return Transfer(debit, credit, abs(amount_sen), TransferReason.FUND_CHANGED, fund)


@dataclass(frozen=True, slots=True)
class Income:
    """What a file changed in an account of contributions for a month, in sen: below zero where it corrected downwards.

    ``fund`` is CLEARING where what is of two funds is told in one sum.
    """

    account: Account
    fund: str
    difference_sen: Sen


def contributed(brought: Iterable[Income]) -> list[Transfer]:
    """One transfer for each that changed: into the fund, or out of it again after a correction downwards."""
    return [_changed(each) for each in brought if each.difference_sen]


def _changed(income: Income) -> Transfer:
    receivable, account = Account.CONTRIBUTIONS_RECEIVABLE, income.account
    debit, credit = (receivable, account) if income.difference_sen > 0 else (account, receivable)
    return Transfer(debit, credit, abs(income.difference_sen), TransferReason.CONTRIBUTIONS, income.fund)


def banked(stated: Mapping[str, Sen], booked: Mapping[str, Sen]) -> list[Transfer]:
    """What brings the books of a receipt to what is stated of it, by fund; CLEARING is what is of none yet.

    What was declared for a fund is receivable no more as far as it has come; what is of no fund is owed to its owner.
    """
    differences = {fund: stated.get(fund, 0) - booked.get(fund, 0) for fund in sorted(stated.keys() | booked.keys())}
    return [_banked(fund, difference_sen) for fund, difference_sen in differences.items() if difference_sen]


def _banked(fund: str, difference_sen: Sen) -> Transfer:
    account = Account.CONTRIBUTIONS_UNALLOCATED if fund == CLEARING else Account.CONTRIBUTIONS_RECEIVABLE
    debit, credit = (Account.BANK, account)[:: 1 if difference_sen > 0 else -1]
    return Transfer(debit, credit, abs(difference_sen), TransferReason.CONTRIBUTIONS_BANKED, fund)
