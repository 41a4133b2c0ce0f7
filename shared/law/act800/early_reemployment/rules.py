"""Early re-employment allowance: a share of the job search allowance that is not paid any more (Act 800 s.35)."""

from collections.abc import Sequence

from shared.kernel.money import Sen, half_up
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2018-01-01")
def paid_months(reported_in: int, law: LawOn) -> int:
    """The months of job search allowance paid to who takes up work in a month of benefit, 0 being the waiting period.

    The month in which work is taken up is still paid (s.35).
    """
    if reported_in == 0 or law.says("act800.early_reemployment.month_of_reporting_is_paid"):
        return reported_in
    return reported_in - 1


@rule("2018-01-01")
def unpaid_balance(amounts: Sequence[Sen], reported_in: int, law: LawOn) -> Sen:
    """The job search allowance in sen of the months that are not paid any more; all of it in the waiting period."""
    return sum(amounts[paid_months(reported_in, law) :])


@rule("2018-01-01")
def allowance(balance: Sen, law: LawOn) -> Sen:
    """The allowance in sen, rounded half up, once (s.35)."""
    return half_up(balance * law.share("act800.early_reemployment.share"))
