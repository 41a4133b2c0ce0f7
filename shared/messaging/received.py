"""A record as it came from the broker, and what became of reading it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import orjson
from pydantic import ValidationError

from shared.contracts.envelope import Envelope, Event, envelope_of
from shared.contracts.heartbeat import DAILY_TOTALS_TYPE, HEARTBEAT_TYPE, DailyTotals, Heartbeat
from shared.contracts.registry import UnknownVersion, event_class
from shared.contracts.topics import TOPICS
from shared.kernel.clock import now, system_now

# How far ahead of this service's clock another's may be. A watermark that runs ahead lets claims refuse on missing
# facts, so it is held closer than an event.
_EVENT_AHEAD = timedelta(hours=1)
_WATERMARK_AHEAD = timedelta(minutes=1)
# An epoch is 1, or the second of its database's clock in which that was put back (restore.py).
_EPOCH_AHEAD_SECONDS = 3600
_PARTITIONS = {topic.name: topic.partitions for topic in TOPICS}
_SOURCES = {topic.name: f"/{topic.owner}" for topic in TOPICS}


class Fault(StrEnum):
    """Why a record was set aside: the class in the tables, logs and metrics (docs/operations.md lists them)."""

    BAD_ENVELOPE = "bad_envelope"
    NO_DATA = "no_data"
    BAD_DATA = "bad_data"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    WRONG_TOPIC = "wrong_topic"
    WRONG_SOURCE = "wrong_source"
    WRONG_KEY = "wrong_key"
    IN_THE_FUTURE = "in_the_future"
    FAILED = "failed"
    ENDED_THE_PROCESS = "ended_the_process"
    BEHIND = "behind"
    FIXED = "fixed"


# What these say is no fact that this release, or this topic, could have: nobody waits for it (decision 25).
_NOBODY_WAITS_FOR = (Fault.UNKNOWN_TYPE, Fault.WRONG_TOPIC, Fault.WRONG_SOURCE)


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
class Aside:
    """A record that is set aside, and why; ``states_key`` is the key that its event itself states, where it differs."""

    raw: Raw
    fault: Fault
    detail: str = ""
    states_key: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the later records of its key wait behind it: without a key nothing can."""
        return self.raw.key != "" and self.fault not in _NOBODY_WAITS_FOR

    @property
    def reason(self) -> str:
        """The class and what more is known; nothing of the record's content."""
        return f"{self.fault}: {self.detail}" if self.detail else self.fault.value


@dataclass(frozen=True)
class Unreadable(Aside):
    """A record that is no event of ours, or none for this release: it is set aside, never dropped."""


@dataclass(frozen=True)
class Totals:
    """What the topic's owner published on a day."""

    raw: Raw
    totals: DailyTotals


@dataclass(frozen=True)
class Foreign:
    """A record of somebody else's topic: no event of ours, read by whoever takes it in."""

    raw: Raw


# What an owner says about its topic itself.
Control = ReceivedHeartbeat | Totals
Reading = Received | Control | Unreadable | Foreign


def read(raw: Raw) -> Reading:
    """What a record says, or why it cannot be taken."""
    try:
        envelope = envelope_of(raw.headers)
    except (KeyError, ValueError) as reason:
        return Unreadable(raw, Fault.BAD_ENVELOPE, type(reason).__name__)
    if envelope.source != _SOURCES.get(raw.topic, envelope.source):
        return Unreadable(raw, Fault.WRONG_SOURCE)
    try:
        kind = event_class(envelope.type)
    except UnknownVersion:
        return Unreadable(raw, Fault.UNKNOWN_VERSION)
    if kind is None and envelope.type not in (HEARTBEAT_TYPE, DAILY_TOTALS_TYPE):
        return Unreadable(raw, Fault.UNKNOWN_TYPE)
    if not raw.payload:
        return Unreadable(raw, Fault.NO_DATA)
    try:
        if kind is not None:
            return _event(raw, envelope, kind)
        if envelope.type == HEARTBEAT_TYPE:
            return _heartbeat(raw)
        return Totals(raw, DailyTotals.model_validate_json(raw.payload))
    except ValidationError as reason:
        return Unreadable(raw, Fault.BAD_DATA, f"{reason.error_count()} errors")


def _event(raw: Raw, envelope: Envelope, kind: type[Event]) -> Reading:
    if kind.topic.name != raw.topic:
        return Unreadable(raw, Fault.WRONG_TOPIC)
    event = kind.model_validate_json(raw.payload)
    if event.key != raw.key:
        return Unreadable(raw, Fault.WRONG_KEY, states_key=event.key)
    if envelope.time > now() + _EVENT_AHEAD:
        return Unreadable(raw, Fault.IN_THE_FUTURE)
    return Received(raw, envelope, event)


def _heartbeat(raw: Raw) -> Reading:
    heartbeat = Heartbeat.model_validate_json(raw.payload)
    if heartbeat.complete_until.tzinfo is None:
        return Unreadable(raw, Fault.BAD_DATA, "an instant without an offset")
    if heartbeat.partitions > _PARTITIONS.get(raw.topic, heartbeat.partitions):
        return Unreadable(raw, Fault.BAD_DATA, "more partitions than the topic has for life")
    if heartbeat.epoch > system_now().timestamp() + _EPOCH_AHEAD_SECONDS:
        return Unreadable(raw, Fault.IN_THE_FUTURE, "an epoch that no clock has reached")
    if heartbeat.complete_until > now() + _WATERMARK_AHEAD:
        return Unreadable(raw, Fault.IN_THE_FUTURE)
    return ReceivedHeartbeat(raw, heartbeat)


def headers_text(headers: Sequence[tuple[str, bytes]]) -> Mapping[str, str]:
    """Headers as text, for storing beside the payload."""
    return {storable(name): storable(value.decode("utf-8", "replace")) for name, value in headers}


def fingerprint(raw: Raw) -> bytes:
    """By what a record is known again, if it comes again: where it stands, and all that it says."""
    headers = sorted(headers_text(raw.headers).items())
    parts = orjson.dumps([raw.topic, raw.partition, raw.offset, raw.key, headers]), raw.payload
    return hashlib.sha256(b"\n".join(parts)).digest()


def storable(value: str) -> str:
    """The text without what PostgreSQL cannot store: a foreign record's NUL must not keep it from being parked."""
    return value.replace("\x00", "\ufffd")
