"""A database put back behind the platform's back, and what leaves its service meanwhile.

Another takes its place. `pg_restore --clean` where the old one stands: shared/messaging/tests/test_restore.py.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg
import httpx
import pytest

from deploy.local import backup
from deploy.local.client import HttpClient
from deploy.local.state import address_of
from deploy.local.story import OFFICER
from shared.contracts.topics import physical, topics_of
from tests.prove.broker import ends_of
from tests.prove.platform_fixture import PlatformFixture

WHOLE_LIMIT_S = 120.0
# What a service says and does for good. Of the old database all of it; of the one that was put back, while it is held,
# nothing that is not among that.
SAID = "SELECT event_id::text FROM outbox WHERE published_at IS NOT NULL"
DONE: dict[str, Sequence[str]] = {
    "benefits": (
        "SELECT end_to_end_id FROM payment",
        "SELECT cause || ' ' || payment::text FROM transfer WHERE payment IS NOT NULL",
    ),
    "claims": ("SELECT claim::text || ' ' || revision FROM decision",),
}
ASKED = {"benefits": "/v1/payments", "claims": "/v1/claims"}

Said = Mapping[str, set[str]]


@dataclass(frozen=True)
class PutBack:
    """What stood in the database that was taken away, and its epoch: one that is held since has a higher one."""

    known: Said
    epoch: int


@dataclass(frozen=True)
class Look:
    """The service at one moment: what it has said and done, where its topics end, what it answers, who is paid."""

    said: Said
    ends: Mapping[object, int]
    status: int
    booked: set[str]


async def put_back_by_hand(platform: PlatformFixture, service: str) -> PutBack:
    """Exchange the database for what the newest backup holds; neither it nor anybody is told of it."""

    async def without_a_hold(*_: object) -> None:
        return

    epoch = (await platform.fetch(service, "SELECT epoch FROM epoch"))[0][0]
    dump = backup.find_backup(platform.state, "latest", service) / f"{service}.dump"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "_hold", without_a_hold)
        aside = await backup._put_back(platform.state, platform.plan, service, dump)
    administrator = await asyncpg.connect(platform.postgres.url("postgres"), timeout=10)
    try:
        await administrator.execute(f"ALTER DATABASE {aside} ALLOW_CONNECTIONS true")
    finally:
        await administrator.close()
    return PutBack(await _said(platform, service, aside, unsent_too=True), epoch)


async def watch_until_whole(platform: PlatformFixture, service: str, put_back: PutBack, person: str) -> list[str]:
    """The reasons for which it was held, in their order.

    Raises AssertionError when nobody notices, when it answers, or when it says, does or pays anything that the old
    database did not know of.
    """
    client, reasons = HttpClient(platform.state), list[str]()
    first: Look | None = None
    was_held = False
    end = time.monotonic() + WHOLE_LIMIT_S
    try:
        while True:
            seen = await _look(platform, service, client, person)
            epoch, held = (await platform.fetch(service, "SELECT epoch, held FROM epoch"))[0]
            if epoch > put_back.epoch and held is None:
                answer = await _ask(client, service, person)
                assert answer.is_success, f"{service} is whole and answered {answer.status_code}"
                return reasons
            # It was not whole yet when it was looked at.
            _check(service, seen, put_back.known)
            if was_held:
                first = first or seen
                assert seen.ends == first.ends, f"{service} sent something while it was held"
            was_held = held is not None
            reasons += [held] if was_held and held not in reasons else []
            assert time.monotonic() < end, f"{service} is not whole: held for {held}, epoch {epoch}"
    finally:
        await client.close()


def _check(service: str, seen: Look, known: Said) -> None:
    assert seen.status == httpx.codes.SERVICE_UNAVAILABLE, f"{service} answered {seen.status}"
    for query, found in seen.said.items():
        assert found <= known[query], f"{query}: {sorted(found - known[query])[:3]}"
    if service == "benefits":
        paid = known[DONE["benefits"][0]]
        assert seen.booked <= paid, f"the bank was given {sorted(seen.booked - paid)[:3]}"


async def _look(platform: PlatformFixture, service: str, client: HttpClient, person: str) -> Look:
    """In this order: what is sent or paid after it was said is no news."""
    topics = [physical(topic.name, platform.plan.topic_prefix) for topic in topics_of(service)]
    ends = await ends_of(platform, topics)
    async with httpx.AsyncClient(timeout=30) as bank:
        received = (await bank.get(f"{address_of(platform.state, 'bank')}/received")).json()["received"]
    answer = await _ask(client, service, person)
    booked = {each["end_to_end_id"] for each in received}
    return Look(await _said(platform, service, service), ends, answer.status_code, booked)


async def _ask(client: HttpClient, service: str, person: str) -> httpx.Response:
    return await client.call(service, "GET", f"{ASKED[service]}?person={person}", party=OFFICER)


async def _said(platform: PlatformFixture, service: str, database: str, *, unsent_too: bool = False) -> Said:
    """What stands in a database of a service, by query."""
    found = {}
    for query in (SAID, *DONE[service]):
        asked = "SELECT event_id::text FROM outbox" if unsent_too and query == SAID else query
        found[query] = {row[0] for row in await platform.fetch(database, asked)}
    return found
