"""Look at an employer's month: what was declared too much, what of its refund stands, whether people are asked."""

from dataclasses import dataclass

from services.registration.commands.state_refund import StateRefund, state_refund
from services.registration.domain import queues, subjects
from services.registration.domain.refund import NOTHING_OVER, PAID_NOT_DUE, Refund
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.periods import Month
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class ReviewRefund:
    """The employer, and the month as 2026-07."""

    employer: int
    month: str


async def review_refund(command: ReviewRefund, uow: RegistrationUnitOfWork) -> None:
    """Keep how the month stands; state at once what is owed less by now, and ask two officers about what is claimed."""
    employer, month = command.employer, Month.of(command.month)
    known = await uow.refunds.lock(employer, month)
    figures = await uow.refunds.figures(employer, month, today())
    if known is None and not any(share.over_sen for share in figures.shares):
        return
    await uow.refunds.keep(employer, month, figures)
    refund = await uow.refunds.lock(employer, month)
    if refund is not None:
        await state_refund(StateRefund(refund, refund.lowered), uow)
        await _ask(employer, month, uow)


async def _ask(employer: int, month: Month, uow: RegistrationUnitOfWork) -> None:
    """By what stands now: a claim waits for officers as long as there is something to claim."""
    refund = await uow.refunds.lock(employer, month)
    if refund is None or refund.claim is None:
        return
    if refund.is_to_be_decided:
        await open_task(_question(refund), uow)
        return
    await uow.refunds.answer(refund)
    await close_task(CloseTask(queues.REFUND, subjects.refund(employer, month), NOTHING_OVER), uow)


def _question(refund: Refund) -> OpenTask:
    about = subjects.refund(refund.employer, refund.month)
    return OpenTask(queues.REFUND, about, PAID_NOT_DUE, refund.revision, refund.facts)
