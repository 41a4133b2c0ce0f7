"""What stood in the tables of the first releases still means the same after the migrations that came since."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.kernel.identifiers import new_id
from shared.persistence.migrate import migrate
from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

# Each service's last migration before records in flight and republishing were named so.
BEFORE = {
    "registration": "registration_0002",
    "claims": "claims_0001",
    "benefits": "benefits_0001",
    "rehab": "rehab_0001",
    "jobs": "jobs_0001",
}
_DUE = """
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
    VALUES ($1, '{}', clock_timestamp(), '{}', 'test', '{}')
"""
_IN_HAND = """
    INSERT INTO in_hand (topic, kafka_partition, first_offset, last_offset, attempts)
    VALUES ('registration', 3, 7, 9, 2)
"""
_CLAIM = """
    INSERT INTO claim (id, notice, tenant, state, id_token, happened_on, place, worked_with_wages)
    VALUES ($1, $1, 'hospital:1', 'awaiting_identity', 'token', '2026-07-15', 'workplace', '{}')
"""


@asynccontextmanager
async def of_an_earlier_release(databases: Databases, service: str) -> AsyncIterator[TestDatabase]:
    """A database as the release left it that had only the migrations of ``BEFORE``."""
    async with databases.unmigrated(service) as earlier:
        await migrate(service, earlier.url("migrate"), BEFORE[service])
        yield earlier


@pytest.mark.parametrize("service", BEFORE)
async def test_records_in_flight_and_waiting_commands_are_taken_over(databases: Databases, service: str) -> None:
    async with of_an_earlier_release(databases, service) as database:
        async with database.connection("migrate") as owner:
            await owner.execute(_IN_HAND)
            for kind in (f"announce_{service}", "keep_house", "another"):
                await owner.execute(_DUE, kind)
        await migrate(service, database.url("migrate"))
        async with database.connection("migrate") as owner:
            kinds = {row["kind"] for row in await owner.fetch("SELECT kind FROM due_work")}
        async with database.connection("worker") as worker:
            taken = await worker.fetchrow("SELECT first_offset, last_offset, attempts FROM in_flight")
    # The timer that went starts again by itself, under its new name.
    assert kinds == {f"republish_{service}", "another"}
    assert taken is not None
    assert tuple(taken) == (7, 9, 2)


async def test_a_claim_of_before_has_its_receipt_for_both_clocks(databases: Databases) -> None:
    async with of_an_earlier_release(databases, "claims") as database:
        async with database.connection("migrate") as owner:
            await owner.execute(_CLAIM, new_id())
        await migrate("claims", database.url("migrate"))
        async with database.connection("migrate") as owner:
            assert await owner.fetchval("SELECT stored_at = received_at FROM claim") is True
