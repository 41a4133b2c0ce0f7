"""Adds up what was booked on the days that are over, once nobody can book on them any more (decision 47)."""

from dataclasses import dataclass
from datetime import date

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


@dataclass(frozen=True)
class CloseBooks:
    """The days before this one; every transaction that was open when it was over has ended."""

    before: date


async def close_books(command: CloseBooks, uow: BenefitsUnitOfWork) -> None:
    """Add up each of these days that is not yet: balances read the sums in the place of the transfers."""
    await uow.ledger.close(command.before)
