"""Money on the account is the payment of a compound."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain.bank_statements import KeptCredit
from services.registration.domain.enforcement import COMPOUND, Payment
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class PayCompound:
    """The compound, and the money."""

    compound: UUID
    credit: KeptCredit


async def pay_compound(command: PayCompound, uow: RegistrationUnitOfWork) -> None:
    """Once for the same money; whether the compound is paid by it the worker finds, by the value day."""
    compound = await uow.enforcement.compound(command.compound)
    said = command.credit.credit
    await uow.enforcement.pay(compound, Payment(command.credit.id, said.amount_sen, said.banked_on))
    await uow.due.at(FollowEnforcement(COMPOUND, str(compound.id)), now())
