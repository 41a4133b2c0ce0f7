"""The bytes of an event are what they always were: republished, they are compared with what stands on the broker."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import orjson
import pytest

from shared.contracts.envelope import Event
from shared.contracts.registration import EmployerRegisteredV1, SpellEndedV1
from shared.contracts.registry import EVENTS
from shared.contracts.tests.test_bounds import membership
from shared.contracts.tests.test_claim_assessed import assessed
from shared.contracts.tests.test_payable_stated import stated

NOON = datetime(2026, 7, 15, 4, tzinfo=UTC)
SIGNS = [chr(sign) for sign in range(0x11000) if not 0xD800 <= sign <= 0xDFFF]
INSTANTS = [
    NOON,
    NOON + timedelta(microseconds=1),
    NOON + timedelta(milliseconds=500),
    NOON.astimezone(timezone(timedelta(hours=8))),
    NOON.astimezone(timezone(-timedelta(hours=3, minutes=30))),
]


def by_python(event: Event) -> bytes:
    """As they were made before: by way of a dict."""
    return orjson.dumps(event.model_dump(mode="json", exclude_none=True))


@pytest.mark.parametrize("event", [assessed(), stated(), membership()], ids=lambda event: event.name)
def test_what_is_nested_is_written_as_it_was(event: Event) -> None:
    assert event.data() == by_python(event)


@pytest.mark.parametrize("at", INSTANTS)
def test_days_instants_and_ids_are_written_as_they_were(at: datetime) -> None:
    employer = EmployerRegisteredV1(employer=7, revision=1, registered_at=at)
    ended = SpellEndedV1(
        person=1, spell=UUID(int=7), employer=7, revision=2, started_on=date(1800, 1, 1), ended_on=date(2999, 1, 1)
    )
    assert [each.data() for each in (employer, ended)] == [by_python(each) for each in (employer, ended)]


def test_every_sign_is_written_as_it_was() -> None:
    for start in range(0, len(SIGNS), 5000):
        code = "".join(SIGNS[start : start + 5000])
        employer = EmployerRegisteredV1(employer=7, revision=1, registered_at=NOON, code=code)
        assert employer.data() == by_python(employer)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type())
def test_no_event_states_a_fraction(event: type[Event]) -> None:
    """Which the two would write differently."""
    assert b'"type":"number"' not in orjson.dumps(event.model_json_schema())
