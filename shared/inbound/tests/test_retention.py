"""What partners pushed is forgotten when its time is over, and not before, whoever asks."""

from uuid import uuid4

import asyncpg
import pytest

from shared.contracts.envelope import Cause
from shared.inbound.retention import ForgetInbound, forget_inbound
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.servers import Databases

pytestmark = pytest.mark.postgres

_EVENT = """
    INSERT INTO inbound_event (event, tenant, source, id, type, digest, about, key, received_at, received_on, state,
                               at_door, answer, sealed)
    VALUES ($1::uuid, 'employer:1', '/x', $4, 'wage.paid', '\\x00', '\\x00', '\\x00', now() - $2::text::interval,
            '2026-01-01', $3, false, '{}', CASE WHEN $3 = 'parked' THEN '\\x00'::bytea END)
"""
_ANSWER = (
    "INSERT INTO inbound_answer (tenant, payload, created_at) VALUES ('employer:9', $1, now() - $2::text::interval)"
)


async def test_what_is_worked_off_goes_after_thirteen_months_and_what_waits_stays(databases: Databases) -> None:
    kept = {"young": ("12 months", "accepted"), "waits": ("20 months", "parked")}
    gone = {"old": ("14 months", "accepted"), "refused": ("14 months", "refused")}
    async with databases.fresh("claims") as database:
        async with database.connection("migrate") as connection:
            for id_, (age, state) in (kept | gone).items():
                await connection.execute(_EVENT, uuid4(), age, state, id_)
            for name, age in (("young", "13 days"), ("old", "15 days")):
                await connection.execute(_ANSWER, name, age)
        worker = Database(database.url("worker"), "claims", 2)
        try:
            async with worker.begin(UnitOfWork, Cause("test")) as uow:
                await forget_inbound(ForgetInbound(), uow)
        finally:
            await worker.close()
        async with database.connection("migrate") as connection:
            left = await connection.fetch("SELECT state FROM inbound_event ORDER BY received_at")
            assert [row["state"] for row in left] == ["parked", "accepted"]
            assert await connection.fetchval("SELECT array_agg(payload) FROM inbound_answer") == ["young"]
            with pytest.raises(asyncpg.RestrictViolationError):
                await connection.execute("DELETE FROM inbound_event")
