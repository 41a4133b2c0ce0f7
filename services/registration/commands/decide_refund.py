"""State the refund that two officers decided."""

from dataclasses import dataclass, replace

from services.registration.commands.state_refund import StateRefund, state_refund
from services.registration.domain.errors import BankedUnknown, NothingToRefund
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.money import Sen
from shared.kernel.officers import Officers
from shared.kernel.periods import Month


@dataclass(frozen=True)
class DecideRefund:
    """Whose month, what the employer paid for it as they found, in sen, and both officers; None: as is known banked."""

    whose: tuple[int, Month]
    paid_sen: Sen | None
    officers: Officers


async def decide_refund(command: DecideRefund, uow: RegistrationUnitOfWork) -> None:
    """Refund of each fund what was declared too much, and in all no more than was paid; raises NothingToRefund,
    BankedUnknown."""
    found = await uow.refunds.lock(*command.whose)
    if found is None:
        raise NothingToRefund()
    if command.paid_sen is None and found.figures.banked_sen is None:
        raise BankedUnknown()
    paid_sen = None if command.paid_sen is None else found.paid(command.paid_sen)
    refund = replace(found, paid_sen=paid_sen, recalled=found.is_forgotten(command.paid_sen))
    await uow.refunds.decide(refund)
    await uow.refunds.answer(refund)
    await state_refund(StateRefund(refund, found.decided(command.paid_sen), command.officers.both), uow)
