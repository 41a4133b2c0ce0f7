"""Look at an employer's month: what was declared too much, what of its refund stands, whether people are asked."""

from dataclasses import dataclass
from datetime import timedelta

from services.registration.commands.state_refund import StateRefund, state_refund
from services.registration.domain import queues, subjects
from services.registration.domain.refund import NOTHING_OVER
from services.registration.storage.contribution_lines import FileUnderway
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.periods import Month
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task

# While some of a file stands; its end has the month looked at as well.
UNTIL_THROUGH = timedelta(seconds=10)


@dataclass(frozen=True)
class ReviewRefund:
    """The employer, and the month as 2026-07."""

    employer: int
    month: str


async def review_refund(command: ReviewRefund, uow: RegistrationUnitOfWork) -> None:
    """Keep how the month stands; state at once what is owed less by now; ask two officers what it cannot say."""
    employer, month = command.employer, Month.of(command.month)
    known = await uow.refunds.lock(employer, month)
    try:
        figures = await uow.refunds.figures(employer, month, today())
    except FileUnderway:
        # What it lowers now nothing raises again without two officers.
        await uow.due.at(command, now() + UNTIL_THROUGH)
        return
    if known is None and not any(share.over_sen for share in figures.shares):
        return
    await uow.refunds.keep(employer, month, figures)
    refund = await uow.refunds.lock(employer, month)
    if refund is not None:
        await state_refund(StateRefund(refund, refund.lowered), uow)
        await _ask(employer, month, uow)


async def _ask(employer: int, month: Month, uow: RegistrationUnitOfWork) -> None:
    """By what stands now: a claim waits for officers while there is something to claim, a doubt as long as it is."""
    refund = await uow.refunds.lock(employer, month)
    if refund is None or (refund.claim is None and not refund.recalled):
        return
    about, reason = subjects.refund(employer, month), refund.asks_officers
    if reason is None:
        await uow.refunds.answer(refund)
        await close_task(CloseTask(queues.REFUND, about, NOTHING_OVER), uow)
    else:
        await open_task(OpenTask(queues.REFUND, about, reason, refund.revision, refund.facts), uow)
