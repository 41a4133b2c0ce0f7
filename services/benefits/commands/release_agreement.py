"""A second officer lets what is agreed about a recovery count, or it is withdrawn before."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.commands.begin_agreement import begin_on_its_day
from services.benefits.commands.settle_entitlement import settle_unsent_of
from services.benefits.domain.errors import AgreementAnswered, AgreementUnknown, SecondOfficerNeeded
from services.benefits.domain.recoveries import Agreement, Word
from services.benefits.events.benefit_paid import recovery_agreed
from services.benefits.storage.agreements import Agreed
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import must_be_another


@dataclass(frozen=True)
class ReleaseAgreement:
    """An agreement about a recovery, what is said of it, and the officer and party that say it.

    Who stated it may withdraw it.
    """

    recovery: UUID
    agreement: UUID
    word: Word
    officer: str
    tenant: str


async def release_agreement(command: ReleaseAgreement, uow: BenefitsUnitOfWork) -> Agreement:
    """Note the word; released it counts and is published, and what is in no bank file yet is settled again, now and on
    its first day.

    Raises AgreementUnknown, SecondOfficerNeeded, AgreementAnswered.
    """
    agreement = await uow.agreements.find(command.recovery, command.agreement)
    recovery = await uow.recoveries.find(command.recovery)
    if agreement is None or recovery is None:
        raise AgreementUnknown(facts={"agreement": str(command.agreement)})
    if command.word is Word.RELEASED:
        must_be_another(command.officer, {agreement.stated_by}, SecondOfficerNeeded, agreement=str(agreement.id))
    at = now()
    if not await uow.agreements.say(agreement.id, command.word, command.officer, command.tenant, at):
        raise AgreementAnswered(facts={"agreement": str(agreement.id)})
    if command.word is Word.RELEASED:
        uow.publish(recovery_agreed(Agreed(agreement, recovery, at)))
        await settle_unsent_of(recovery.key.party, uow)
        await begin_on_its_day(agreement, recovery.key.party, uow)
    uow.decided(f"recovery_agreement_{command.word}", recovery=str(recovery.id), kind=str(agreement.kind))
    return agreement
