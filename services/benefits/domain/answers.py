"""What a bank's answer does to a payment: moves it on, repeats what is known, or contradicts and is held.

Answers count by the bank's own time, not by their arrival: what is older than the answer that stands changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.benefits.domain.payments import Outcome, PaymentState, moved_on
from shared.kernel.money import Sen

# What stands for a code that is no code, where it is kept.
NO_CODE = "-"
_REPEATED = {Outcome.SETTLED: PaymentState.SETTLED, Outcome.RETURNED: PaymentState.RETURNED}


class HeldReason(StrEnum):
    """Why a status is held for a person; the payment stays as it is."""

    TRANSACTION_UNKNOWN = "transaction_unknown"
    BATCH_UNKNOWN = "batch_unknown"
    STATUS_UNKNOWN = "status_unknown"
    AMOUNT_DIFFERS = "amount_differs"
    STATUS_CONTRADICTED = "status_contradicted"


class Effect(StrEnum):
    """What a status does."""

    MOVES = "moves"
    REVERSES = "reverses"
    REPEATS = "repeats"
    PENDING = "pending"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a payment stands, and since when by the bank's time; None before the first final answer."""

    state: PaymentState
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """A status: its code, what that means if it is known here, and why, where something came back."""

    code: str
    outcome: Outcome | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What the bank says of one transaction; without an id that could be ours nobody knows of which.

    ``said`` is None where it only names the transaction: then it has the status of its batch. ``amounts`` are those
    that it repeats of the original, None for one that is not ringgit and sen.
    """

    end_to_end_id: str | None
    said: Said | None
    amounts: tuple[Sen | None, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a report says, and when the bank made it.

    ``group`` is said of the whole file, ``batches`` of its parts by their ids, ``statuses`` of single transactions.
    """

    id: str
    created_at: datetime
    original_message_id: str
    group: Said | None
    batches: tuple[tuple[str | None, Said], ...]
    statuses: tuple[Status, ...]


def effect(stands: Stands, outcome: Outcome, at: datetime, of_file: bool) -> Effect:
    """What an answer of this instant does; ``of_file``: it was said of a whole file or batch.

    Money that is returned after it was settled came back: that reverses the settlement, unless it was only said of the
    whole file. Whoever settles what was returned contradicts: it may have been paid again.
    """
    if outcome is Outcome.PENDING:
        return Effect.PENDING
    if moved_on(stands.state, outcome) is not None:
        return Effect.MOVES
    if _REPEATED[outcome] is stands.state or (stands.reported_at is not None and at < stands.reported_at):
        return Effect.REPEATS
    later = stands.reported_at is not None and at > stands.reported_at
    if later and not of_file and (stands.state, outcome) == (PaymentState.SETTLED, Outcome.RETURNED):
        return Effect.REVERSES
    return Effect.CONTRADICTS
