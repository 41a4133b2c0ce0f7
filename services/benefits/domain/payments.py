"""Payments of benefits: what names one, where it stands, and whom it may still reach."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.kernel.money import Sen


class PaymentKind(StrEnum):
    """Why a payment is made: an entitlement is due, or an earlier payment came back."""

    PAYMENT = "payment"
    REISSUE = "reissue"


class PaymentState(StrEnum):
    """Where a payment stands: not in a bank file yet, in one, paid, come back, or withdrawn before it was sent."""

    UNSENT = "unsent"
    SENT = "sent"
    SETTLED = "settled"
    RETURNED = "returned"
    VOIDED = "voided"


class Outcome(StrEnum):
    """What the bank says of a payment."""

    SETTLED = "settled"
    RETURNED = "returned"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class PaymentKey:
    """The natural key of a payment: it names the cause, never a counter (rules S3).

    ``replaces`` is the end-to-end id of the payment that came back, for a reissue, else empty.
    """

    claim: UUID
    benefit: str
    person: int
    kind: PaymentKind
    revision: int
    period_first: date
    period_last: date
    replaces: str = ""

    @property
    def end_to_end_id(self) -> str:
        """The id that the bank carries to the payee and back: 32 hexadecimal digits of the key's hash (rules S5)."""
        parts = (self.claim, self.benefit, self.person, self.kind, self.revision)
        periods = (self.period_first, self.period_last, self.replaces)
        return hashlib.sha256("|".join(map(str, (*parts, *periods))).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands in the books; ``amount_sen`` is above zero."""

    key: PaymentKey
    amount_sen: Sen
    state: PaymentState
