"""Waive the interest of a month, or let it stand, as two officers decided."""

from dataclasses import dataclass

from services.registration.commands.review_account import state_interest
from services.registration.domain.errors import NothingToWaive
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.officers import Officers
from shared.kernel.periods import Month


@dataclass(frozen=True)
class DecideInterest:
    """Whose month, whether its interest is waived, and both officers."""

    whose: tuple[int, Month]
    is_waived: bool
    officers: Officers


async def decide_interest(command: DecideInterest, uow: RegistrationUnitOfWork) -> None:
    """Answer the claim; what is waived is what is charged by now, and no day after. Raises NothingToWaive."""
    account = await uow.accounts.lock(*command.whose)
    if account is None:
        raise NothingToWaive()
    await uow.accounts.answer(account)
    if not command.is_waived:
        return
    said = account.waiver(command.officers.at, today(), command.officers.both)
    if said is None:
        raise NothingToWaive()
    await uow.accounts.keep_interest(await state_interest(account, said, uow))
