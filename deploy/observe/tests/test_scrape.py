"""Every series that an alarm or a panel names is in what a real process of the platform shows."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.servers import tail
from deploy.local.state import CHECKOUT
from shared.testing.servers import Broker, Databases, TestDatabase
from shared.testing.service import environment, eventually
from shared.testing.tokens import TestIssuer
from tests.architecture.promql import ITS_OWN, expressions, metrics_in

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


CLAIM = UUID(int=7)
WAITING = (
    # As its worker counts it, every ten minutes.
    """
    INSERT INTO control_total (kind, holder, things, since, counted_at)
    SELECT 'question', 'nobody', 1, now(), now() WHERE $1::uuid IS NOT NULL
    """,
    """
    INSERT INTO claim (id, notice, tenant, state, kind, person, name_tokens, relation, happened_on, place, received_at,
                       joined_at_revision, decided_days, awaits, bucket, shown_bucket, stands_since)
    VALUES ($1, $1, 'hospital:1', 'assessing', 'accident', 7, '{}', 'hospital', '2026-07-15', 'at_work', now(), 0, '{}',
            '{}', 'assessing', 'assessing', now())
    """,
    """
    INSERT INTO question (claim, question, tenant, state, reason, waits_for, since, queues, facts, revision)
    VALUES ($1, 'temporary_disablement', 'hospital:1', 'awaiting', '', 'topic:registration', now(), '{}', '{}', 0)
    """,
    """
    INSERT INTO letter (id, kind, about, revision, is_whole, tenant, dated, content, content_hash, written_at)
    VALUES ($1, 'award', 'claim/7', 1, true, 'person:7', '2026-08-12', '{}', repeat('0', 64), now())
    """,
    """
    INSERT INTO message (id, letter, tenant, channel, wording, state, attempts, next_at, made_at)
    VALUES ($1, $1, 'person:7', 'post', 'both', 'waiting', 0, now() + interval '1 day', now())
    """,
    """
    INSERT INTO charter_clock (id, claim, name, number, promise, days, complete_at, due_at, state)
    VALUES ($1, $1, 'temporary_disablement', 1, 'temporary_disablement', 5, now(), now(), 'missed')
    """,
    """
    INSERT INTO appeal (id, claim, tenant, filed_by, by_officer, forum, ground, question, revision, reason, filed_at,
                        state, changed_at, number)
    VALUES ($1, $1, 'person:7', 'x', false, 'social_security_appellate_board', 'wages', 'temporary_disablement', 1,
            'entitled', now(), 'filed', now(), 1)
    """,
    r"""
    INSERT INTO inbound_event (event, tenant, source, id, type, digest, about, key, received_on, state, at_door, answer,
                               sealed)
    VALUES ($1, 'hospital:1', '/x', '1', 'accident.happened', '\x00', '\x00', '\x00', '2026-07-15', 'parked', false,
            '{}', '\x00')
    """,
)


def start(module: str, values: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """The process, which writes into that file."""
    with log.open("wb") as file:
        command = [sys.executable, "-m", module]
        return subprocess.Popen(command, cwd=CHECKOUT, env=values, stdout=file, stderr=file)  # noqa: S603


@asynccontextmanager
async def process(module: str, settings: dict[str, str], log: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A process as the platform starts it, once it is ready; ended with the block."""
    port = free_port()
    told = {**settings, "http_host": LOOPBACK, "http_port": str(port)}
    values = {name: value for name, value in os.environ.items() if not name.startswith("JARING_")}
    values |= {f"JARING_{name.upper()}": value for name, value in told.items()}
    started = start(module, values, log)
    try:
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=10) as client:

            async def is_ready() -> bool:
                try:
                    return (await client.get("/readyz")).status_code == httpx.codes.OK
                except httpx.TransportError:
                    return False

            try:
                await eventually(is_ready, within=60)
            except AssertionError:
                raise AssertionError(f"{module} does not become ready:\n{tail(log)}") from None
            yield client
    finally:
        started.terminate()
        await asyncio.to_thread(started.wait, 30)


async def series(client: httpx.AsyncClient) -> set[str]:
    """The names of the samples on /metrics."""
    lines = (await client.get("/metrics")).text.splitlines()
    return {line.partition(" ")[0].partition("{")[0] for line in lines if line and line[0] != "#"}


async def shown(
    claims: TestDatabase, benefits: TestDatabase, issuer: TestIssuer, broker: Broker, prefix: str, folder: Path
) -> set[str]:
    """What an API and a worker of claims show, a request after they started, and a worker of benefits."""
    api, worker, paying = (
        environment(issuer, url, broker.bootstrap, prefix)
        for url in (claims.url("api"), claims.url("worker"), benefits.url("worker"))
    )
    async with (
        process("services.claims.main", api, folder / "api.log") as first,
        process("services.claims.worker", worker, folder / "worker.log") as second,
        process("services.benefits.worker", paying, folder / "benefits.log") as third,
    ):
        await first.get("/v1/claims")
        return await series(first) | await series(second) | await series(third)


async def test_every_series_that_is_named_is_shown(
    databases: Databases, broker: Broker, issuer: TestIssuer, topic_prefix: str, tmp_path: Path
) -> None:
    async with databases.fresh("claims") as database, databases.fresh("benefits") as benefits:
        # What is counted by its reason is shown while something waits.
        async with database.connection("migrate") as connection:
            for statement in WAITING:
                await connection.execute(statement, CLAIM)
        found = await shown(database, benefits, issuer, broker, topic_prefix, tmp_path)
    named = {name for expression in expressions(CHECKOUT) for name in metrics_in(expression)} - ITS_OWN
    assert len(named) > 20
    assert named - found == set()
    assert "jaring_made_up" not in found
