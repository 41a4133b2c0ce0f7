"""Looks at the platform while it has faults: how many events there are, how long claims wait, when all is quiet."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

import asyncpg

from deploy.platform import SERVICES
from shared.contracts.topics import TOPICS
from tests.prove.platform_fixture import PlatformFixture

LOOK_S = 1.0
STUCK_AFTER_S = 60.0
# A claim cannot move while one of these is away: such seconds do not count as its waiting.
PATH = frozenset(("kafka", "postgres", "registration-worker", "claims-worker", "benefits-worker"))
# asyncpg raises an internal error when the server is killed while a statement is prepared.
FAULTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_WRITTEN_SO_FAR = "SELECT coalesce(max(id), 0) FROM outbox"
_WRITTEN = "SELECT count(*) FROM outbox WHERE day IS NOT NULL"
_PAID = "SELECT DISTINCT claim FROM payment WHERE claim = ANY($1)"
_OPEN = {
    "unsent events": "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    "events in flight": "SELECT count(*) FROM in_flight WHERE first_offset >= 0",
    "parked events": "SELECT count(*) FROM parked",
    # Whatever waits for a watermark, or is to be looked at again, will go on by itself.
    "due work": """SELECT count(*) FROM due_work
                   WHERE due_at < clock_timestamp() OR failed IS NOT NULL OR recheck_after IS NOT NULL
                      OR waits_for && ARRAY(SELECT 'freshness/' || topic FROM freshness)""",
}
_OPEN_OF = {
    "registration": {"unfinished files": "SELECT count(*) FROM contribution_file WHERE finished_at IS NULL"},
    "claims": {"undecided claims": "SELECT count(*) FROM claim WHERE state <> 'decided'"},
    "benefits": {"unsettled payments": "SELECT count(*) FROM payment WHERE state NOT IN ('settled', 'voided')"},
    "jobs": {"unproved placements": "SELECT count(*) FROM placement WHERE state <> 'confirmed'"},
}
_SENT = "SELECT topic, coalesce(sum(version), 0)::bigint AS versions FROM stream GROUP BY topic"
_SEEN = "SELECT topic, coalesce(sum(version), 0)::bigint AS versions FROM stream_seen GROUP BY topic"


async def until(true: Callable[[], bool], every_s: float) -> None:
    """Wait for something that notifies nobody when it happens."""
    while True:
        if true():
            return
        await asyncio.sleep(every_s)


def subscriptions(service: str) -> Sequence[Any]:
    """What a service's worker listens to."""
    found: Sequence[Any] = import_module(f"services.{service}.worker").SUBSCRIPTIONS
    return found


@dataclass
class Watch:
    """Counts events, and the seconds that each claim waited for its first payment while its processes were up."""

    platform: PlatformFixture
    away: Collection[str]
    events: int = 0
    longest_wait_s: float = 0.0
    stuck: set[str] = field(default_factory=set)
    _up_s: float = 0.0
    _open: dict[str, float] = field(default_factory=dict)
    _offset: int = 0

    @property
    def open_claims(self) -> int:
        """How many accepted claims have no payment yet, as far as was seen."""
        return len(self._open)

    @property
    def oldest_wait_s(self) -> float:
        """How long the claim waits that has waited longest."""
        return self._up_s - min(self._open.values(), default=self._up_s)

    def reported(self, claim: str) -> None:
        """A claim was accepted; from now on it waits."""
        self._open[claim] = self._up_s

    async def run(self, stop: asyncio.Event) -> None:
        """Look once a second until stopped; what cannot be asked is asked again later."""
        last = time.monotonic()
        while not stop.is_set():
            await asyncio.sleep(LOOK_S)
            now = time.monotonic()
            self._up_s += 0.0 if PATH & set(self.away) else now - last
            last = now
            await self.look()

    async def look(self) -> None:
        """One look at the counters and at the claims that wait."""
        try:
            written = [(await self.platform.fetch(service, _WRITTEN_SO_FAR))[0][0] for service in SERVICES]
            self.events = sum(written) - self._offset
            waiting = [UUID(claim) for claim in self._open]
            paid = await self.platform.fetch("benefits", _PAID, waiting) if waiting else ()
        except FAULTS:
            return
        for claim in (str(row["claim"]) for row in paid):
            self._note(self._up_s - self._open.pop(claim), claim)
        for claim, since in self._open.items():
            self._note(self._up_s - since, claim)

    async def counted(self) -> int:
        """The exact number of events; ids have gaps where a transaction or a server ended early."""
        exact = sum([int((await self.platform.fetch(service, _WRITTEN))[0][0]) for service in SERVICES])
        self._offset += self.events - exact
        self.events = exact
        return exact

    def _note(self, waited_s: float, claim: str) -> None:
        self.longest_wait_s = max(self.longest_wait_s, waited_s)
        if waited_s > STUCK_AFTER_S:
            self.stuck.add(claim)


async def still_open(platform: PlatformFixture) -> dict[str, int]:
    """What is not done yet: how many of what, by service; empty when the platform is quiet."""
    found: dict[str, int] = {}
    for service in SERVICES:
        for what, query in {**_OPEN, **_OPEN_OF.get(service, {})}.items():
            found[f"{service}: {what}"] = (await platform.fetch(service, query))[0][0]
    sent = {row["topic"]: row["versions"] for service in SERVICES for row in await platform.fetch(service, _SENT)}
    for service in SERVICES:
        seen = {row["topic"]: row["versions"] for row in await platform.fetch(service, _SEEN)}
        for topic in (each.topic for each in subscriptions(service)):
            found[f"{service}: events of {topic} to come"] = sent.get(topic, 0) - seen.get(topic, 0)
    return {what: count for what, count in found.items() if count}


async def quiet(platform: PlatformFixture, patience_s: float) -> tuple[float, dict[str, int]]:
    """Wait until nothing is open: the seconds that it took, and what was still open after a minute."""
    begun, stuck = time.monotonic(), dict[str, int]()
    while True:
        try:
            left = await still_open(platform)
        except FAULTS as fault:
            left = {f"a database does not answer: {type(fault).__name__}": 1}
        waited = time.monotonic() - begun
        if not left or waited > patience_s:
            return waited, stuck
        if waited > STUCK_AFTER_S and not stuck:
            stuck = left
        await asyncio.sleep(1.0)


OWNERS = {topic.name: topic.owner for topic in TOPICS}
