"""What somebody receives in a month, and who may ask: with the person's consent, for its purpose and its days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.benefits.domain.errors import ConsentDaysUnfit, ConsentReceiverUnfit
from shared.kernel.money import Sen

# Who asks what somebody receives.
RECEIVERS = ("welfare",)
# No source says for how long consent holds; a year is assumed, then the person is asked again.
LONGEST = timedelta(days=365)


class ReceiptPurpose(StrEnum):
    """For what it is asked: that says how much is told."""

    ELIGIBILITY = "eligibility"
    """Whether anything is received at all: yes or no."""
    MEANS_TEST = "means_test"
    """How much, by benefit."""


@dataclass(frozen=True, slots=True)
class ReceiptConsent:
    """That a person lets a party ask what it receives, for a purpose and until a day."""

    id: UUID
    tenant: str
    person: int
    receiver: str
    purpose: ReceiptPurpose
    until_on: date
    given_at: datetime
    given_by: str
    ended_at: datetime | None = None

    def must_hold(self, day: date) -> None:
        """Raises ConsentDaysUnfit where it ends before it begins or lasts too long, ConsentReceiverUnfit for who asks
        nothing of the kind."""
        if not day <= self.until_on <= day + LONGEST:
            raise ConsentDaysUnfit(facts={"until_on": self.until_on.isoformat()})
        if self.receiver.partition(":")[0] not in RECEIVERS:
            raise ConsentReceiverUnfit(facts={"receiver": self.receiver})


@dataclass(frozen=True, slots=True)
class Received:
    """What was paid of one benefit in the month."""

    scheme: str
    benefit: str
    amount_sen: Sen


@dataclass(frozen=True, slots=True)
class Receipts:
    """What a person receives in a month, as the purpose lets it be told: no `benefits` where only yes or no is."""

    receives: bool
    benefits: Sequence[Received]


def told_for(purpose: ReceiptPurpose, received: Sequence[Received]) -> Receipts:
    """As much as the purpose lets be told."""
    return Receipts(bool(received), received if purpose is ReceiptPurpose.MEANS_TEST else ())
