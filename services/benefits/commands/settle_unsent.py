"""Settles again what a person has instructed and in no bank file yet: it may wait for its account from now on."""

from dataclasses import dataclass

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.parties import party_of
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class SettleUnsent:
    """A person whose account was changed, or refused a payment."""

    person: int


async def settle_unsent(command: SettleUnsent, uow: BenefitsUnitOfWork) -> None:
    """Leave each of these entitlements to be settled, so that it says what it waits for."""
    for key in sorted(await uow.payments.list_unsent_of(party_of(command.person))):
        await uow.due.at(SettleEntitlement.of(key), now())
