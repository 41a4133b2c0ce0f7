"""What is parked keeps those from being refused whom it may be about, and nobody else (rules M5, M7, decision 25)."""

from typing import Any

import pytest

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    ALL_HAS_ARRIVED,
    EMPLOYER,
    PERSON,
    apply_events,
    claim_of,
    employed,
    registered,
    report,
)
from shared.contracts.envelope import Event
from shared.messaging.batch import BatchHandler
from shared.messaging.parked import Who, discard
from shared.messaging.received import read
from shared.testing.junk import JUNK
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

HER, HER_EMPLOYER = f"person:{PERSON}", f"employer:{EMPLOYER}"
HOLDING = sorted(name for name, junk in JUNK.items() if junk.holds)
UNCOVERED: list[Event] = [registered()]
UNPAID: list[Event] = [registered(), *employed()]


async def consume_junk(claims: ServiceUnderTest, topic: str, name: str, key: str) -> None:
    """The consumer reads one spoiled record."""
    work = claims.worker.work
    subscription: Any = next(each for each in work.subscriptions if each.topic == topic)
    handler = BatchHandler(claims.worker.database, work.unit)
    await handler.handle(subscription, [read(JUNK[name].record(topic, key))])


async def reported_with(claims: ServiceUnderTest, facts: list[Event]) -> dict[str, Any]:
    """A claim that these facts do not carry, looked at when everything has arrived."""
    await apply_events(claims, *facts)
    reported = await report(claims, "hospital:1")
    async with claims.database.connection() as connection:
        await connection.execute(ALL_HAS_ARRIVED)
    await claims.work_off()
    return reported


async def state_of(claims: ServiceUnderTest, reported: dict[str, Any]) -> tuple[str, str | None]:
    claim = await claim_of(claims, reported)
    return claim["state"], claim["reason"]


@pytest.mark.parametrize("name", HOLDING)
async def test_nobody_is_refused_while_something_of_hers_is_parked(claims: ServiceUnderTest, name: str) -> None:
    await consume_junk(claims, "registration", name, HER)
    assert await state_of(claims, await reported_with(claims, UNCOVERED)) == ("assessing", None)


@pytest.mark.parametrize("name", HOLDING)
async def test_nor_while_something_of_her_employers_wages_is(claims: ServiceUnderTest, name: str) -> None:
    await consume_junk(claims, "contribution.received", name, HER_EMPLOYER)
    assert await state_of(claims, await reported_with(claims, UNPAID)) == ("assessing", None)


@pytest.mark.parametrize("name", sorted(JUNK))
async def test_what_is_parked_of_others_refuses_nobody_and_stops_no_refusal(
    claims: ServiceUnderTest, name: str
) -> None:
    """One record of an unknown version stopped every refusal in the nation."""
    await consume_junk(claims, "registration", name, "person:4711")
    await consume_junk(claims, "contribution.received", name, "employer:4711")
    state, reason = await state_of(claims, await reported_with(claims, UNCOVERED))
    assert state == "refused"
    assert reason == "employed_under_a_contract_of_service_on_the_day_of_the_accident"


async def test_she_is_refused_once_it_is_discarded(claims: ServiceUnderTest) -> None:
    await consume_junk(claims, "registration", "eleven bytes", HER)
    reported = await reported_with(claims, UNCOVERED)
    async with claims.database.connection() as connection:
        id_ = await connection.fetchval("SELECT id FROM parked")
    await discard(claims.worker.database, ClaimsUnitOfWork, id_, Who("aminah", "foreign bytes"))
    async with claims.database.connection() as connection:
        # As the next heartbeat does.
        await connection.execute("UPDATE due_work SET due_at = clock_timestamp() WHERE kind = 'assess_claim'")
    await claims.work_off()
    assert (await state_of(claims, reported))[0] == "refused"
