"""A message: a letter on its way to somebody, by one channel, and what becomes of it. Pure.

| state | is entered by | is left by |
|---|---|---|
| waiting | being made; a failed attempt, until the next | the gateway takes it; the last attempt; a newer letter |
| sent | the gateway took it, also amid the coming of a newer letter | a receipt; without one it is sent once more |
| delivered | a receipt; two officers who told the person otherwise | a later receipt that it came back |
| undelivered | it came back, or the last attempt failed | two officers; a later receipt that it arrived |
| superseded | a newer letter about the same matter, before the gateway took it | word that the gateway had it already |
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.kernel.identifiers import derived_id


class Channel(StrEnum):
    """How a letter reaches somebody."""

    POST = "post"
    EMAIL = "email"
    SMS = "sms"


class MessageState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    SUPERSEDED = "superseded"


class MessageReceiptKind(StrEnum):
    """What the provider says of a message."""

    DELAYED = "delayed"
    """It is on its way, and takes longer."""
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """It came back, or nobody is at the address."""


# An attempt that fails is made again after so long, twice as long each time.
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=12)
ATTEMPTS = 8
# Without a receipt by then it is handed over once more: the gateway knows it by its id, and says what became of it.
RECEIPT_WITHIN: Mapping[Channel, timedelta] = {
    Channel.POST: timedelta(days=14),
    Channel.EMAIL: timedelta(days=1),
    Channel.SMS: timedelta(days=1),
}
# Why nobody was reached, where no provider says it. The last one: each attempt ended with the process that made it.
NO_RECEIPT, GATEWAY_AWAY = "no_receipt", "gateway_away"
NOT_LAID_OUT, ATTEMPTS_BROKE_OFF = "not_laid_out", "attempts_broke_off"
# What two officers say, who told the person otherwise.
TOLD_OTHERWISE = "told_otherwise"
# Words of the platform's own: no provider says them.
OWN_REASONS = frozenset((NO_RECEIPT, GATEWAY_AWAY, NOT_LAID_OUT, ATTEMPTS_BROKE_OFF, TOLD_OTHERWISE))
OWN_RECEIPTS = "officers-"
# By so much the provider's clock may be ahead, or behind.
CLOCKS_APART = timedelta(minutes=5)
_OF_RECEIPT = {
    MessageReceiptKind.DELIVERED: MessageState.DELIVERED,
    MessageReceiptKind.BOUNCED: MessageState.UNDELIVERED,
}
# Of two receipts of one instant the worse one counts: then a person looks.
_RANK = {MessageReceiptKind.DELAYED: 0, MessageReceiptKind.DELIVERED: 1, MessageReceiptKind.BOUNCED: 2}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the provider says of a message, by an id of its own, and at which instant it was so; or two officers do."""

    id: str
    kind: MessageReceiptKind
    at: datetime
    reason: str = ""
    by_officers: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands; ``next_at`` is when it is looked at next, None where nothing is to be done any more."""

    id: UUID
    letter: UUID
    tenant: str
    channel: Channel
    wording: str
    state: MessageState
    attempts: int
    next_at: datetime | None
    reason: str = ""


def message_id(letter: UUID, number: int) -> UUID:
    """The id of the so manieth message of a letter, by which the gateway knows it again."""
    return derived_id("message", letter, number)


def outcome(receipts: Iterable[Receipt]) -> tuple[MessageState, str] | None:
    """What the receipts of a message come to, in whatever order and however often they came: the latest word counts.

    That two officers told the person otherwise goes before what any provider says, also later.
    """
    said = [each for each in receipts if each.kind in _OF_RECEIPT]
    if not said:
        return None
    last = max(said, key=lambda each: (each.by_officers, each.at, _RANK[each.kind], each.id))
    return _OF_RECEIPT[last.kind], last.reason


def pause_after(attempts: int) -> timedelta:
    """How long after the so manieth attempt the next one is made."""
    return min(FIRST_PAUSE * (1 << max(attempts - 1, 0)), LONGEST_PAUSE)


def is_exhausted(attempts: int) -> bool:
    """Whether no further attempt is made."""
    return attempts >= ATTEMPTS
