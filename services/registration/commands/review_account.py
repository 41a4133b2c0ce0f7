"""Look at an employer's month: what of it is known as banked, what interest is charged, whether people are asked."""

from dataclasses import dataclass, replace
from datetime import date

from services.registration.domain import queues, subjects
from services.registration.domain.arrears import NOTHING_OWED, WAIVER_CLAIMED, Account, InterestStatement
from services.registration.domain.contribution import number_of
from services.registration.events.contribution_received import contribution_interest
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.periods import Month
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class ReviewAccount:
    """The employer, the month as 2026-07, and the day of the run that looks at it; "" where a payment or line does."""

    employer: int
    month: str
    run_on: str = ""


async def review_account(command: ReviewAccount, uow: RegistrationUnitOfWork) -> None:
    """Keep how the month stands, and charge the interest that its payments, or the run, ask for."""
    employer, month = command.employer, Month.of(command.month)
    account = await uow.accounts.lock(employer, month)
    if account is None:
        return
    account = account.paid_by(await uow.receipts.of_month(employer, number_of(month)))
    run_on = date.fromisoformat(command.run_on) if command.run_on else None
    said = account.statement(run_on, now(), today())
    account = account if said is None else await state_interest(account, said, uow)
    await uow.accounts.keep(account, today())
    await _ask(account, uow)


async def state_interest(account: Account, said: InterestStatement, uow: RegistrationUnitOfWork) -> Account:
    """Keep and publish the next revision of a month's interest; the account with it."""
    await uow.accounts.state(said)
    uow.publish(contribution_interest(said))
    return replace(account, stated=said)


async def _ask(account: Account, uow: RegistrationUnitOfWork) -> None:
    """A claim of a waiver waits for officers while something is charged."""
    if account.appeal is None:
        return
    about = subjects.interest(account.employer, account.month)
    if account.stated is not None and account.waivable_sen:
        await open_task(OpenTask(queues.INTEREST, about, WAIVER_CLAIMED, account.stated.revision, account.facts), uow)
    else:
        await uow.accounts.answer(account)
        await close_task(CloseTask(queues.INTEREST, about, NOTHING_OWED), uow)
