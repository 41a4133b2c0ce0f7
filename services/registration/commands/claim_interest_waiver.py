"""Claim that the interest of a month is waived: the employer does, or an officer for it."""

from dataclasses import dataclass

from services.registration.commands.review_account import ReviewAccount
from services.registration.domain.arrears import Account
from services.registration.domain.errors import NothingToWaive
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.periods import Month


@dataclass(frozen=True)
class ClaimInterestWaiver:
    """Whose month, the party that claims it, and the officer where one does."""

    employer: int
    month: Month
    source: str
    officer: str | None = None


async def claim_interest_waiver(command: ClaimInterestWaiver, uow: RegistrationUnitOfWork) -> Account:
    """Keep the claim, and have two officers asked; one that waits is left as it is. Raises NothingToWaive."""
    account = await uow.accounts.find(command.employer, command.month)
    if account is None or not account.waivable_sen:
        raise NothingToWaive()
    if account.appeal is None:
        await uow.accounts.claim(account, command.source, command.officer, now())
        # A partner's request sees no tasks: the worker opens it.
        await uow.due.at(ReviewAccount(command.employer, str(command.month)), now())
    return await uow.accounts.find(command.employer, command.month) or account
