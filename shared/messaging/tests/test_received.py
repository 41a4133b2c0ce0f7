"""What a release that is older than a record makes of it (rules M7, M10)."""

import uuid
from datetime import UTC, datetime

import orjson

from shared.contracts.envelope import Envelope, headers_of
from shared.contracts.registration import SpellEndedV1
from shared.messaging.received import Fault, Raw, Received, Unreadable, read

SPELL = {"person": 7, "employer": 3, "spell": str(uuid.UUID(int=1)), "revision": 2}
ENDED = {**SPELL, "started_on": "2026-01-01", "ended_on": "2026-06-30"}


def _raw(type_: str, data: object) -> Raw:
    envelope = Envelope(
        id=uuid.UUID(int=2),
        source="/registration",
        type=type_,
        time=datetime(2026, 7, 1, tzinfo=UTC),
        subject="spell/1",
        stream_version=1,
        correlation_id="story",
    )
    return Raw("registration", 0, 5, "person:7", tuple(headers_of(envelope)), orjson.dumps(data))


def test_a_type_that_nobody_knows_holds_nothing() -> None:
    reading = read(_raw("jaring.spell.prolonged.v1", {"any": "thing"}))
    assert isinstance(reading, Unreadable)
    assert (reading.fault, reading.holds) == (Fault.UNKNOWN_TYPE, False)


def test_a_version_that_nobody_knows_of_a_known_type_holds_its_key() -> None:
    reading = read(_raw("jaring.spell.ended.v9", ENDED))
    assert isinstance(reading, Unreadable)
    assert (reading.fault, reading.holds) == (Fault.UNKNOWN_VERSION, True)


def test_a_field_that_nobody_knows_is_ignored() -> None:
    known, with_more = (read(_raw(SpellEndedV1.type(), data)) for data in (ENDED, {**ENDED, "reason": "retired"}))
    assert isinstance(known, Received)
    assert isinstance(with_more, Received)
    assert known.event == with_more.event


def test_a_field_that_lacks_makes_a_record_unreadable() -> None:
    assert isinstance(read(_raw(SpellEndedV1.type(), SPELL)), Unreadable)
