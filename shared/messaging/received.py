"""A record as it came from the broker, and what became of reading it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from shared.contracts.envelope import Envelope, Event, envelope_of
from shared.contracts.heartbeat import DAILY_TOTALS_TYPE, HEARTBEAT_TYPE, DailyTotals, Heartbeat
from shared.contracts.registry import event_class


@dataclass(frozen=True)
class Raw:
    """A record: logical topic, where it stands, and its bytes."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: tuple[tuple[str, bytes], ...]
    payload: bytes


@dataclass(frozen=True)
class Received:
    """A domain event with its envelope."""

    raw: Raw
    envelope: Envelope
    event: Event


@dataclass(frozen=True)
class ReceivedHeartbeat:
    """A heartbeat of the partition's owner."""

    raw: Raw
    heartbeat: Heartbeat


@dataclass(frozen=True)
class Unreadable:
    """A record that is no event of ours: malformed envelope or data. It is parked, never dropped."""

    raw: Raw
    reason: str


@dataclass(frozen=True)
class Totals:
    """What the topic's owner published on a day."""

    raw: Raw
    totals: DailyTotals


Reading = Received | ReceivedHeartbeat | Totals | Unreadable


def read(raw: Raw) -> Reading | None:
    """What a record says; None for a type that this release does not know. Raises UnknownVersion."""
    try:
        envelope = envelope_of(raw.headers)
    except (KeyError, ValueError) as reason:
        return Unreadable(raw, f"envelope: {type(reason).__name__}")
    try:
        if envelope.type == HEARTBEAT_TYPE:
            return ReceivedHeartbeat(raw, Heartbeat.model_validate_json(raw.payload))
        if envelope.type == DAILY_TOTALS_TYPE:
            return Totals(raw, DailyTotals.model_validate_json(raw.payload))
        kind = event_class(envelope.type)
        if kind is None:
            return None
        return Received(raw, envelope, kind.model_validate_json(raw.payload))
    except ValidationError as reason:
        return Unreadable(raw, f"data: {reason.error_count()} errors")


def headers_text(headers: Sequence[tuple[str, bytes]]) -> Mapping[str, str]:
    """Headers as text, for storing beside the payload."""
    return {storable(name): storable(value.decode("utf-8", "replace")) for name, value in headers}


def storable(value: str) -> str:
    """The text without what PostgreSQL cannot store: a foreign record's NUL must not keep it from being parked."""
    return value.replace("\x00", "\ufffd")
