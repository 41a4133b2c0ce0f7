"""Payments of benefits: what names one, where it stands, and whom it may still reach."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate

from services.benefits.domain.entitled import EntitlementKey
from shared.kernel.money import Sen
from shared.kernel.periods import Days

# RM10,000,000,000.00: no one is paid more at once, and what is stated as more waits for its owner to correct it.
MOST_SEN: Sen = 10**12
# Of all in one bank file; no event can tell of more (shared/contracts/envelope.py).
MOST_IN_A_FILE_SEN: Sen = 10**15


class PaymentKind(StrEnum):
    """Why a payment is made: days or months are due, nothing but what is owed once, or an earlier one came back, or was
    withdrawn and part of it set off."""

    PAYMENT = "payment"
    ONCE = "once"
    REISSUE = "reissue"


class PaymentState(StrEnum):
    """Where a payment stands: not in a bank file yet, in one, paid, come back, or withdrawn before it was sent."""

    UNSENT = "unsent"
    SENT = "sent"
    SETTLED = "settled"
    RETURNED = "returned"
    VOIDED = "voided"


class BankFileState(StrEnum):
    """Where a bank file stands: rendered, fetched by the bank, answered for each of its payments."""

    READY = "ready"
    FETCHED = "fetched"
    ANSWERED = "answered"


class Outcome(StrEnum):
    """What the bank says of a payment."""

    SETTLED = "settled"
    RETURNED = "returned"
    PENDING = "pending"


# The one state from which each is entered: every change is conditional on it (rules S3). Nothing leads back to unsent,
# so that a payment whose outcome is unknown stays sent and is never sent again (rules S5). Only money that comes back
# after it was settled enters `returned` from elsewhere (domain/answers.py).
ENTERED_FROM = {
    PaymentState.SENT: PaymentState.UNSENT,
    PaymentState.VOIDED: PaymentState.UNSENT,
    PaymentState.SETTLED: PaymentState.SENT,
    PaymentState.RETURNED: PaymentState.SENT,
}
_ANSWERS = {Outcome.SETTLED: PaymentState.SETTLED, Outcome.RETURNED: PaymentState.RETURNED}


def moved_on(stands: PaymentState, outcome: Outcome) -> PaymentState | None:
    """Where the bank's word moves a payment; None where it is pending, a repeat or a contradiction."""
    state = _ANSWERS.get(outcome)
    return state if state is not None and ENTERED_FROM[state] is stands else None


def contradicts(stands: PaymentState, outcome: Outcome) -> bool:
    """Whether the bank says what can neither follow from where the payment stands nor repeat how it got there."""
    return _ANSWERS.get(outcome, stands) is not stands and moved_on(stands, outcome) is None


# Of a payment in one of these nothing reached the party, and nothing is on its way: what it names was not paid.
GONE = (PaymentState.RETURNED, PaymentState.VOIDED)


@dataclass(frozen=True, slots=True)
class PaymentKey:
    """The natural key of a payment: it names the cause, never a counter (rules S3).

    ``replaces`` is the end-to-end id of the payment that it replaces, for a reissue, else empty.
    """

    entitlement: EntitlementKey
    kind: PaymentKind
    revision: int
    period_first: date
    period_last: date
    replaces: str = ""

    @property
    def period(self) -> Days:
        """From the first to the last day that it pays."""
        return Days(self.period_first, self.period_last)

    @property
    def end_to_end_id(self) -> str:
        """The id that the bank carries to the payee and back: 32 hexadecimal digits of the key's hash (rules S5)."""
        owed = self.entitlement
        entitlement = (owed.claim, owed.scheme, owed.benefit, owed.party)
        cause = (self.kind, self.revision, self.period_first, self.period_last, self.replaces)
        return hashlib.sha256("|".join(map(str, (*entitlement, *cause))).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands in the books; ``amount_sen`` is above zero."""

    key: PaymentKey
    amount_sen: Sen
    state: PaymentState


def fit_into_a_file(amounts: Iterable[Sen]) -> int:
    """How many of these, in their order, one bank file can hold together."""
    return sum(whole <= MOST_IN_A_FILE_SEN for whole in accumulate(amounts))
