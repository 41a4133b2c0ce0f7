"""A second officer lets what is agreed about a recovery count."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.errors import AgreementUnknown, SecondOfficerNeeded
from services.benefits.domain.recoveries import Agreement
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ReleaseAgreement:
    """An agreement about a recovery, and the officer and party that release it."""

    recovery: UUID
    agreement: UUID
    officer: str
    tenant: str


async def release_agreement(command: ReleaseAgreement, uow: BenefitsUnitOfWork) -> Agreement:
    """Let it count, and settle what is in no bank file yet; raises AgreementUnknown, SecondOfficerNeeded."""
    agreement = await uow.agreements.find(command.recovery, command.agreement)
    recovery = await uow.recoveries.find(command.recovery)
    if agreement is None or recovery is None:
        raise AgreementUnknown(facts={"agreement": str(command.agreement)})
    if agreement.stated_by == command.officer:
        raise SecondOfficerNeeded(facts={"agreement": str(agreement.id)})
    await uow.agreements.release(agreement.id, command.officer, command.tenant)
    for key in sorted(await uow.payments.list_unsent_of(recovery.key.party)):
        await uow.due.at(SettleEntitlement.of(key), now())
    uow.decided("recovery_agreement_released", recovery=str(recovery.id), kind=str(agreement.kind))
    return agreement
