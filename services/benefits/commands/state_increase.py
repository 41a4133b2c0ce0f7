"""Enters an order that raises benefits; it waits for two officers."""

from dataclasses import dataclass

from services.benefits.commands.ask_of_increase import AskOfIncrease, ask_of_increase
from services.benefits.domain.errors import IncreaseUnfit
from services.benefits.domain.increases import IncreaseOrder, check_beside
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book


@dataclass(frozen=True)
class StateIncrease:
    """The order, and the party of the officer who enters it."""

    order: IncreaseOrder
    tenant: str


async def state_increase(command: StateIncrease, uow: BenefitsUnitOfWork) -> IncreaseOrder:
    """Keep it and ask two officers.

    Raises IncreaseUnfit, IncreaseOrderUnknown, IncreaseReplaced, IncreaseStands.
    """
    order = command.order
    order.must_fit(book().on(order.in_force, today()), today())
    if order.replaces is not None and not (await uow.increases.get(order.replaces)).counts:
        raise IncreaseUnfit("What is replaced counts.")
    check_beside(order, await uow.increases.list_all())
    await uow.increases.add(order, command.tenant)
    await ask_of_increase(AskOfIncrease(order.id), uow)
    return order
