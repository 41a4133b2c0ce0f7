"""Topic ``benefit.paid``: what happened to the money."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import PersonEvent
from shared.contracts.topics import BENEFIT_PAID


class PaymentEvent(PersonEvent):
    """What every event about a payment states; ``amount_sen`` is above zero."""

    topic = BENEFIT_PAID

    claim: UUID
    benefit: str
    amount_sen: int
    happened_at: datetime

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("entitlement", f"{self.claim}/{self.benefit}")

    @property
    def money_sen(self) -> int:
        return self.amount_sen


class BenefitSettledV1(PaymentEvent):
    """The bank confirmed that a payment reached the payee's account."""

    name: ClassVar[str] = "benefit.settled"

    instruction: UUID
    claim_revision: int
    period_first: date
    period_last: date


class BenefitReturnedV1(PaymentEvent):
    """The bank refused or returned a payment; ``reason`` is the bank's code (ISO 20022 external status reason)."""

    name: ClassVar[str] = "benefit.returned"

    instruction: UUID
    claim_revision: int
    reason: str


class BenefitRecoveredV1(PaymentEvent):
    """Money paid beyond the entitlement came back (Act 4 s.50)."""

    name: ClassVar[str] = "benefit.recovered"

    recovery: UUID
