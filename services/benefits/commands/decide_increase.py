"""Two officers let an order raise benefits, or refuse it."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.give_increase import GiveIncrease
from services.benefits.domain.increases import check_beside
from services.benefits.events.benefit_paid import benefits_increased
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideIncrease:
    """The order, whether it counts, and both officers."""

    order: UUID
    counts: bool
    officers: Officers


async def decide_increase(command: DecideIncrease, uow: BenefitsUnitOfWork) -> None:
    """Keep their word, and begin to settle all that the order concerns; orders are locked.

    Raises IncreaseOrderUnknown, IncreaseReplaced, IncreaseStands: what it was stated beside may have changed since.
    """
    order = await uow.increases.get(command.order)
    if command.counts:
        check_beside(order, await uow.increases.list_all())
    await uow.increases.answer(order, command.counts, command.officers)
    uow.decided("increase_order", order=str(order.id), counts=str(command.counts))
    if command.counts:
        uow.publish(benefits_increased(order, command.officers.at))
        await uow.due.at(GiveIncrease(order.id), now())
