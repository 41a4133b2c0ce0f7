"""The funds' money in (topic ``contribution.received``): what a file changed, booked once for each month in it, and
what was banked of it.

Differences add up whatever their order, so that a correction may come before the file that it corrects; of a receipt
the higher revision counts.
"""

from collections.abc import Iterator, Sequence

from services.benefits.domain.ledger import Account, Income, contributed
from services.benefits.storage.ledger import BankedReceipt, FileMonth
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.contribution_received import ContributionBankedV1, ContributionTotalsV1
from shared.contracts.envelope import Event
from shared.kernel.clock import business_day
from shared.kernel.funds import CLEARING, Fund


async def apply(events: Sequence[Event], uow: BenefitsUnitOfWork) -> None:
    """Book totals and receipts; what is booked already changes nothing, so repeats do no harm."""
    totals = [event for event in events if isinstance(event, ContributionTotalsV1)]
    await uow.ledger.post_contributions(
        [(_about(event), business_day(event.received_at), contributed(_brought(event))) for event in totals]
    )
    await uow.ledger.post_receipts(_receipt(event) for event in events if isinstance(event, ContributionBankedV1))


def _about(event: ContributionTotalsV1) -> FileMonth:
    return FileMonth(event.file, event.employer, event.month)


def _brought(event: ContributionTotalsV1) -> Iterator[Income]:
    shares = {Fund(each.fund): each.employer_sen for each in event.funds}
    if shares:
        yield Income(Account.FUND_ACT4_EMPLOYER, Fund.EMPLOYMENT_INJURY, shares.get(Fund.EMPLOYMENT_INJURY, 0))
        yield Income(Account.FUND_ACT4_EMPLOYER, Fund.INVALIDITY, shares.get(Fund.INVALIDITY, 0))
    else:
        yield Income(Account.FUND_ACT4_EMPLOYER, CLEARING, event.act4_employer_sen)
    yield Income(Account.FUND_ACT4_EMPLOYEE, Fund.INVALIDITY, event.act4_employee_sen)
    act800_sen = event.act800_employer_sen + event.act800_employee_sen
    yield Income(Account.FUND_ACT800, Fund.EMPLOYMENT_INSURANCE, act800_sen)
    yield Income(Account.FUND_SKBBK, Fund.NON_EMPLOYMENT_INJURY, event.skbbk_employee_sen)


def _receipt(event: ContributionBankedV1) -> BankedReceipt:
    by_fund = {Fund(each.fund).value: each.employer_sen + each.employee_sen for each in event.funds}
    # Interest is no contribution of a fund's: until its law says whose it is, it is under clearing.
    stated = {**by_fund, CLEARING: event.unallocated_sen + event.interest_sen}
    return BankedReceipt(event.receipt, event.revision, event.employer, event.month, event.banked_on, stated)
