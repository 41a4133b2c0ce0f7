"""Accidents at a steady rate, each followed from the request to the payment instruction.

Instants come from the sender's clock and the databases' clocks, which are one machine's.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import asyncpg

from deploy.local.client import HttpClient
from deploy.local.story import HOSPITAL
from tests.bench.figures import Figure, Part, percentile, spread
from tests.bench.platform_fixture import PlatformFixture
from tests.bench.probes import Probes
from tests.bench.resources import cost_figures, costs_of, uses_of
from tests.bench.workforce import Insured, answered, post

PATIENCE_SECONDS = 60.0
P50_LIMIT_MS, P99_LIMIT_MS = 80.0, 200.0
HOPS = ("request stored", "due work: decided", "relay: sent and marked", "consume: in the inbox", "settle: instruction")

_DECIDED = """
    SELECT DISTINCT ON (subject) subject, event_id, created_at, published_at
    FROM (SELECT headers ->> 'ce_subject' AS subject, * FROM outbox WHERE topic = 'claim.assessed') AS decided
    WHERE subject = ANY($1) ORDER BY subject, id
"""
_PAID = "SELECT claim, min(created_at) AS at FROM payment WHERE claim = ANY($1) GROUP BY claim"
_HANDLED = "SELECT event_id, handled_at FROM inbox WHERE event_id = ANY($1)"


@dataclass(frozen=True)
class Sent:
    """A notice that was accepted."""

    claim: UUID
    sent_at: datetime
    answered_at: datetime


@dataclass(frozen=True)
class Followed:
    """The instants of one accident: sent, stored, decided, relayed, in benefits' inbox, instruction recorded."""

    instants: tuple[datetime, ...]

    @property
    def whole(self) -> float:
        """From the request to the instruction, in milliseconds."""
        return _ms(self.instants[0], self.instants[-1])

    @property
    def hops(self) -> list[float]:
        """The parts of the whole. A consumer does not wait for the relay's mark, so its part may be below zero."""
        return [_ms(begin, end) for begin, end in pairwise(self.instants)]


def _ms(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds() * 1000


async def accidents(
    client: HttpClient, workers: Sequence[Insured], rate: float, happened_on: str, last: str = "2026-08-11"
) -> list[Sent]:
    """Report an accident of each worker, at a fixed rate whether or not the platform keeps up; those it answered."""
    begun = time.monotonic()
    tasks = []
    for number, worker in enumerate(workers):
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(_report(client, worker, happened_on, last)))
    return await answered(tasks)


async def _report(client: HttpClient, worker: Insured, happened_on: str, last: str) -> Sent:
    notice = {
        "national_id": {"kind": "mykad", "number": worker.mykad},
        "name": worker.name,
        "happened_on": happened_on,
        "place": "at_work",
        "certificate": {"first": happened_on, "last": last, "issued_on": happened_on},
        "wages_paid_for": [happened_on],
    }
    begun = datetime.now(UTC)
    answer = await post(client, "claims", "/v1/notices", HOSPITAL, json=notice)
    return Sent(UUID(answer["claim"]), begun, datetime.now(UTC))


async def follow(platform: PlatformFixture, sent: Sequence[Sent]) -> list[Followed]:
    """The instants of those that reached their instruction within the patience, read when all is over."""
    claims = await asyncpg.connect(platform.database("claims"))
    benefits = await asyncpg.connect(platform.database("benefits"))
    try:
        ids = [each.claim for each in sent]
        paid = await _until_paid(benefits, ids)
        received = await _instants(claims, "SELECT id, stored_at FROM claim WHERE id = ANY($1)", ids)
        decided = {row["subject"]: row for row in await claims.fetch(_DECIDED, [f"claim/{id_}" for id_ in ids])}
        handled = await _instants(benefits, _HANDLED, [row["event_id"] for row in decided.values()])
    finally:
        await claims.close()
        await benefits.close()
    return [
        Followed((each.sent_at, received[each.claim], *_of(decided[f"claim/{each.claim}"], handled), paid[each.claim]))
        for each in sent
        if each.claim in paid
    ]


async def _instants(connection: asyncpg.Connection, query: str, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    return {row[0]: row[1] for row in await connection.fetch(query, ids)}


def _of(decided: asyncpg.Record, handled: dict[UUID, datetime]) -> tuple[datetime, ...]:
    return (decided["created_at"], decided["published_at"], handled[decided["event_id"]])


async def _until_paid(benefits: asyncpg.Connection, claims: Sequence[UUID]) -> dict[UUID, datetime]:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        paid = await _instants(benefits, _PAID, claims)
        if len(paid) == len(claims) or time.monotonic() > end:
            return paid
        await asyncio.sleep(1.0)


async def latency(platform: PlatformFixture, client: HttpClient, workers: Sequence[Insured], rate: float) -> Part:
    """Accident to instruction at a rate, by hop, beside what the servers alone take under the same traffic.

    Processor time is that of the first half, in which nothing else asks the servers for anything.
    """
    half = len(workers) // 2
    before = uses_of(platform)
    alone = await accidents(client, workers[:half], rate, "2026-07-15")
    followed = await follow(platform, alone)
    costs = costs_of(before, uses_of(platform), len(alone))
    async with Probes(platform) as probes:
        probed = await accidents(client, workers[half:], rate, "2026-07-15")
    followed += await follow(platform, probed)
    sent = [*alone, *probed]
    whole = [each.whole for each in followed]
    title = f"Accident to payment instruction: {len(workers)} accidents at {rate:g}/s"
    part = Part(title, [Figure("accidents without an instruction", len(workers) - len(followed), "", limit=0)])
    part.figures.append(Figure("whole, p50", percentile(whole, 50), "ms", P50_LIMIT_MS))
    part.figures.append(Figure("whole, p99", percentile(whole, 99), "ms", P99_LIMIT_MS))
    for number, hop in enumerate(HOPS):
        part.figures.extend(spread(f"  {hop}", [each.hops[number] for each in followed]))
    part.figures.extend(spread("  answer to the hospital", [_ms(each.sent_at, each.answered_at) for each in sent]))
    part.figures.extend(spread("beside it: a bare durable commit", probes.commits))
    part.figures.extend(spread("beside it: a bare produce and consume", probes.trips))
    part.figures.extend(cost_figures("processor time for an accident", costs))
    return part
