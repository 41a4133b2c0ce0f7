"""State what of an employer's month is refunded, from each fund that bears some of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.registration.domain.refund import Refund
from services.registration.events.registration_payable import payable_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.funds import Fund
from shared.kernel.money import Sen


@dataclass(frozen=True)
class StateRefund:
    """The refund, which the transaction holds, what is owed by fund, and who proposed and approved it; nobody: the
    machine lowers it."""

    refund: Refund
    owed: Mapping[Fund, Sen]
    officers: tuple[str, str] | None = None


async def state_refund(command: StateRefund, uow: RegistrationUnitOfWork) -> None:
    """Keep and publish the next revision of what changed; what is owed as it was is not stated again."""
    for said in command.refund.statements(command.owed, now(), today(), command.officers):
        await uow.refunds.state(said)
        uow.publish(payable_stated(said))
