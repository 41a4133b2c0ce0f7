"""Add what lines brought to their employer's account; a month that is paid, or charged with interest, is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.registration.commands.review_account import ReviewAccount
from services.registration.domain.contribution import MonthSums
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class BringToAccount:
    """Whose lines were taken, the day on which they were received, and the difference that they made, by month."""

    employer: int
    received_on: date
    brought: Sequence[MonthSums]


async def bring_to_account(command: BringToAccount, uow: RegistrationUnitOfWork) -> None:
    """Whoever takes lines calls this in the same transaction: the account is derived from them (rules F1)."""
    for month in await uow.accounts.bring(command.employer, command.brought, command.received_on):
        await uow.due.at(ReviewAccount(command.employer, str(month)), now())
