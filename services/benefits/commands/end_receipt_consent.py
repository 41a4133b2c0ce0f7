"""Take back that somebody may ask what one receives."""

from dataclasses import dataclass
from uuid import UUID

from services.benefits.domain.receipts import ReceiptConsent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class EndReceiptConsent:
    """Which consent, and who of which party takes it back."""

    consent: UUID
    tenant: str
    by: str


async def end_receipt_consent(command: EndReceiptConsent, uow: BenefitsUnitOfWork) -> ReceiptConsent:
    """From now on nobody is told by it, nor by another of the same receiver and purpose; taken back again it stays as
    it was. Raises ReceiptConsentUnknown."""
    await uow.receipts.find(command.consent)
    await uow.receipts.end(command.consent, command.tenant, command.by, now())
    uow.decided("receipt_consent_ended", consent=str(command.consent))
    return await uow.receipts.find(command.consent)
