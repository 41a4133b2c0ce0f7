"""Waive the interest of a month, or let it stand, as two officers decided."""

from dataclasses import dataclass

from services.registration.commands.review_account import state_interest
from services.registration.domain.errors import InterestOfOneself, NothingToWaive
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.periods import Month


@dataclass(frozen=True)
class DecideInterest:
    """Whose month, whether its interest is waived, and both officers."""

    employer: int
    month: Month
    is_waived: bool
    proposed_by: str
    approved_by: str


async def decide_interest(command: DecideInterest, uow: RegistrationUnitOfWork) -> None:
    """Answer the claim; what is waived is what is charged by now, and no day after.

    Raises NothingToWaive, InterestOfOneself.
    """
    account = await uow.accounts.lock(command.employer, command.month)
    if account is None:
        raise NothingToWaive()
    if command.approved_by in await uow.accounts.claimants(account):
        raise InterestOfOneself()
    await uow.accounts.answer(account)
    if not command.is_waived:
        return
    said = account.waiver(now(), today(), (command.proposed_by, command.approved_by))
    if said is None:
        raise NothingToWaive()
    await uow.accounts.keep_interest(await state_interest(account, said, uow))
