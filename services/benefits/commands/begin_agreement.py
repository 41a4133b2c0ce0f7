"""Settles again what a party has in no bank file yet, on the day from which something is agreed about its debt."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.settle_entitlement import settle_unsent_of
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


@dataclass(frozen=True)
class BeginAgreement:
    """An agreement that was released before its first day, and the party whose recovery it is about."""

    agreement: UUID
    party: str


async def begin_agreement(command: BeginAgreement, uow: BenefitsUnitOfWork) -> None:
    """What is agreed holds from now on."""
    await settle_unsent_of(command.party, uow)
