"""Asks two officers whether an order raises benefits."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.domain import queues, subjects
from services.benefits.domain.errors import IncreaseOfOneself, IncreaseOver
from services.benefits.domain.increases import shown_beside
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfIncrease:
    """The order's id."""

    order: UUID


async def ask_of_increase(command: AskOfIncrease, uow: BenefitsUnitOfWork) -> None:
    """Open its task."""
    about = subjects.increase_order(command.order)
    await ask(queues.INCREASE_ORDER, about, await state_of_increase(about, uow), uow)


async def state_of_increase(subject: Subject, uow: BenefitsUnitOfWork) -> SubjectState:
    """Of an order; orders are locked, and the revision moves on with each that is decided."""
    await uow.increases.lock()
    order = await uow.increases.get(subjects.id_of(subject))
    return SubjectState(
        await uow.increases.answered() + 1,
        order.facts(shown_beside(order, await uow.increases.list_all())),
        reason=queues.WITHDRAWN if order.withdrawn else queues.STATED,
        stated_by={order.stated_by},
        of_oneself=IncreaseOfOneself,
        is_decided=order.counts is not None,
        over=IncreaseOver,
    )
