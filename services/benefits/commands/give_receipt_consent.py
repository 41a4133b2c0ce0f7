"""Let a welfare office ask what one receives, for a purpose and until a day."""

from dataclasses import dataclass

from services.benefits.domain.receipts import ReceiptConsent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import today


@dataclass(frozen=True)
class GiveReceiptConsent:
    """What the person consents to."""

    consent: ReceiptConsent


async def give_receipt_consent(command: GiveReceiptConsent, uow: BenefitsUnitOfWork) -> ReceiptConsent:
    """Keep it; raises ConsentDaysUnfit, ConsentReceiverUnfit."""
    command.consent.must_hold(today())
    await uow.receipts.give(command.consent)
    uow.decided("receipt_consent_given", consent=str(command.consent.id), purpose=command.consent.purpose.value)
    return command.consent
