"""States what is agreed about a recovery: instalments, or that it is set off across Acts or owners."""

from dataclasses import dataclass

from services.benefits.domain.errors import RecoveryUnknown
from services.benefits.domain.recoveries import Agreement
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


@dataclass(frozen=True)
class AgreeOnRecovery:
    """What is agreed, and the party of the officer who states it."""

    agreement: Agreement
    tenant: str


async def agree_on_recovery(command: AgreeOnRecovery, uow: BenefitsUnitOfWork) -> Agreement:
    """Keep it; it counts when another officer has released it. Raises RecoveryUnknown."""
    agreement = command.agreement
    if await uow.recoveries.find(agreement.recovery) is None:
        raise RecoveryUnknown(facts={"recovery": str(agreement.recovery)})
    await uow.agreements.add(agreement, command.tenant)
    uow.decided("recovery_agreed", recovery=str(agreement.recovery), kind=str(agreement.kind))
    return agreement
