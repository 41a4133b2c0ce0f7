"""A database stamps receipts only; an instant of the business is named by whoever writes the row (decision 20)."""

import pytest

from shared.testing.servers import Databases

pytestmark = pytest.mark.postgres

_STAMPED = """
    SELECT relname || '.' || attname AS stamped FROM pg_attrdef
    JOIN pg_class ON pg_class.oid = adrelid
    JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    WHERE relnamespace = 'public'::regnamespace
      AND pg_get_expr(adbin, adrelid) ~* '(now|timestamp|current_(date|time)|localtime)'
"""
PLATFORM = {
    "outbox.created_at",
    "inbox.handled_at",
    "in_flight.taken_at",
    "parked.parked_at",
    "parked_action.acted_at",
    "database_release.released_at",
    "freshness_forgotten.forgotten_at",
    "idempotency_key.created_at",
}
# Beside these: the receipts that watermarks are held against, and the order in which facts overwrite each other.
OF_A_SERVICE = {
    "registration": {
        *("contribution_file.stored_at", "person_fact.recorded_at", "spell_fact.recorded_at"),
        *("inbound_event.received_at", "inbound_answer.created_at", "person_merge_end.recorded_at"),
        "person_merge_statement.recorded_at",
        # Kept as long as topics are, which the machine's clock ages.
        "recalled_erased_id.read_back_at",
    },
    "claims": {"claim.stored_at", "inbound_event.received_at", "inbound_answer.created_at"},
    "benefits": set[str](),
    "rehab": set[str](),
    "jobs": set[str](),
}


@pytest.mark.parametrize("service", OF_A_SERVICE)
async def test_a_database_stamps_its_receipts_and_nothing_else(databases: Databases, service: str) -> None:
    async with databases.fresh(service) as database, database.connection("migrate") as connection:
        found = {row["stamped"] for row in await connection.fetch(_STAMPED)}
    assert found == PLATFORM | OF_A_SERVICE[service]
