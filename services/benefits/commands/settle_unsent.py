"""Settles again what a party has instructed and in no bank file yet: it may wait for its account from now on."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.benefits.commands.settle_entitlement import settle_unsent_of
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now


@dataclass(frozen=True)
class SettleUnsent:
    """A party whose account was changed, or refused a payment, or whose account's holder receives no longer."""

    party: str


async def settle_unsent(command: SettleUnsent, uow: BenefitsUnitOfWork) -> None:
    """Leave each of these entitlements to be settled, so that it says what it waits for.

    The same again on the day after the last on which the holder of the newest account receives for the party.
    """
    await settle_unsent_of(command.party, uow)
    newest = await uow.payees.newest(command.party)
    if newest is not None and newest.until_on is not None:
        ended = datetime.combine(newest.until_on + timedelta(days=1), time.min, BUSINESS_ZONE)
        if ended > now():
            await uow.due.at(command, ended)
