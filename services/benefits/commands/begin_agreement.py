"""Settles again what a party has in no bank file yet, on the day from which something is agreed about its debt."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from services.benefits.commands.settle_entitlement import settle_unsent_of
from services.benefits.domain.recoveries import Agreement
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, today


@dataclass(frozen=True)
class BeginAgreement:
    """An agreement that was released before its first day, and the party whose recovery it is about."""

    agreement: UUID
    party: str


async def begin_on_its_day(agreement: Agreement, party: str, uow: BenefitsUnitOfWork) -> None:
    """Leave an agreement that holds from a later day on to begin then."""
    if agreement.from_on > today():
        begins = datetime.combine(agreement.from_on, time.min, BUSINESS_ZONE)
        await uow.due.at(BeginAgreement(agreement.id, party), begins)


async def begin_agreement(command: BeginAgreement, uow: BenefitsUnitOfWork) -> None:
    """What is agreed holds from now on."""
    await settle_unsent_of(command.party, uow)
