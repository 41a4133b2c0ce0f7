"""Charge the interest of months that are not paid, up to the last day of each calendar month that is over."""

from dataclasses import dataclass
from datetime import timedelta

from services.registration.commands.review_account import ReviewAccount
from services.registration.domain.arrears import is_waived
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.periods import Month

# Each look takes so many; the timer looks every minute, and at once where there may be more.
_AT_ONCE = 500


@dataclass(frozen=True)
class RunArrears:
    """The day of the run follows from the business day."""


async def run_arrears(command: RunArrears, uow: RegistrationUnitOfWork) -> None:
    """Leave each month in arrears to be looked at, once for the day; a day of grace has no run."""
    day, known = Month.of(today()).first_day - timedelta(days=1), today()
    if is_waived(day, known):
        return
    taken = await uow.accounts.take_for_run(day, _AT_ONCE)
    for employer, month in taken:
        await uow.due.at(ReviewAccount(employer, str(month), str(day)), now())
    if len(taken) == _AT_ONCE:
        await uow.due.at(command, now())
    if taken:
        uow.decided("arrears_run", run_on=str(day), months=len(taken))
