"""The nation's month: a file of each employer, as many have few people and few have many, on the whole platform.

From the first byte to where claims, and whoever else reads the lines, has caught up: first each file posted by itself,
then another month of the same employers in one archive. Everybody is written beforehand, set-based, with numbers and
names sealed as registration seals them.
"""

import asyncio
import io
import time
import zipfile
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack

import asyncpg
import httpx

from deploy.local.ring import ring_of
from deploy.local.state import address_of, key
from services.registration.storage.keys import Keys
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Month
from tests.bench.employers import API, officers_headers
from tests.bench.figures import Figure, Part, percentile
from tests.bench.files import Firm, firms_of, populate, sizes
from tests.bench.lag import Lag, lag_of
from tests.bench.load import at_a_rate, request
from tests.bench.platform_fixture import PlatformFixture
from tests.bench.resources import cost_figures, costs_of, uses_of

EMPLOYERS = 60_000
# Of the whole nation, whose month goes through in so many minutes: posted one by one, and in archives.
NATION, FILES_LIMIT, POSTED_MINUTES, PACKED_MINUTES = 600_000, 150.0, 70.0, 15.0
IN_AN_ARCHIVE, WITH_A_TOKEN = 60_000, 20_000
# Connections that people are written over: the server stores some while others are sealed.
_WRITERS = 3
PATH, ARCHIVES = "/v1/contribution-files", "/v1/contribution-archives"
PACKED_MONTH = Month.of("2026-04")
SCOPES = ("registration:contribution_file:write", "registration:contribution_file:read")
AS_FAST_AS_IT_GOES = 1_000_000.0
PATIENCE_S = 3_600.0

_ACCEPTED = "SELECT count(*) FROM contribution_file WHERE state = 'accepted'"
# The months of these files are long over: the timer of arrears would charge interest of 500 employers at a time beside
# what is measured, a minute after the worker's start. Of the nation's month as it comes in nothing is late.
_NO_ARREARS = "UPDATE due_work SET due_at = 'infinity' WHERE kind = 'run_arrears'"
_ARCHIVES_LEFT = "SELECT count(*) FROM contribution_archive WHERE state = 'received'"


async def mix(platform: PlatformFixture, employers: int = EMPLOYERS) -> list[Part]:
    """Everybody's file by itself, and everybody's in archives."""
    firms = firms_of(sizes(employers))
    await _populated(platform, firms)
    lines = sum(len(firm.people) for firm in firms)
    bodies = [firm.file() for firm in firms]
    packed = list(_archives(firms))
    parts = []
    async with lag_of(platform, "contribution.received") as lag:
        for title, limit, minutes, send in (
            ("posted one by one", FILES_LIMIT, POSTED_MINUTES, lambda: _send(platform, bodies)),
            ("in archives", None, PACKED_MINUTES, lambda: _pack(platform, lag, packed)),
        ):
            part = Part(f"The nation's month, {title}: {lines:,} lines of {len(firms):,} employers")
            part.figures.extend(await _measured(platform, lag, firms, send, limit, minutes, title))
            parts.append(part)
    return parts


async def _measured(
    platform: PlatformFixture,
    lag: Lag,
    firms: Sequence[Firm],
    send: Callable[[], Awaitable[list[Figure]]],
    limit: float | None,
    minutes: float,
    way: str,
) -> list[Figure]:
    before, accepted = uses_of(platform), await lag.owner.fetchval(_ACCEPTED)
    begun = time.perf_counter()
    sent = await send()
    await lag.drained(PATIENCE_S)
    took = time.perf_counter() - begun
    costs = costs_of(before, uses_of(platform), len(firms))
    if await lag.owner.fetchval(_ACCEPTED) - accepted != len(firms):
        raise RuntimeError("not every file was accepted whole: the rate would be that of something else")
    rate = len(firms) / took
    lines = sum(len(firm.people) for firm in firms)
    return [
        Figure("from the first byte to claims caught up", rate, "files/s", limit, at_least=True),
        Figure("the same in lines", lines / took, "lines/s"),
        Figure(f"the month of {NATION:,} employers at this rate, {way}", NATION / rate / 60, "minutes", minutes),
        *sent,
        *cost_figures("processor time of a file", costs),
    ]


async def _send(platform: PlatformFixture, bodies: Sequence[bytes]) -> list[Figure]:
    address, rate = address_of(platform.state, API), AS_FAST_AS_IT_GOES
    seconds, own_seconds = 0.0, 0.0
    # A token lives for ten minutes.
    for start in range(0, len(bodies), WITH_A_TOKEN):
        headers = await officers_headers(platform, SCOPES)
        posts = [_post(body, headers) for body in bodies[start : start + WITH_A_TOKEN]]
        answers = (await at_a_rate(address, iter(posts), rate, len(posts) / rate)).must_be(202)
        seconds, own_seconds = seconds + answers.seconds, own_seconds + answers.own_seconds
    return [
        Figure("sent and answered", len(bodies) / seconds, "files/s"),
        Figure("processor time of the client", own_seconds / len(bodies) * 1000, "ms"),
    ]


async def _pack(platform: PlatformFixture, lag: Lag, packed: Sequence[bytes]) -> list[Figure]:
    headers = {**await officers_headers(platform, SCOPES), "content-type": "application/zip"}
    address, took = address_of(platform.state, API), []
    async with httpx.AsyncClient(timeout=120) as http:
        for content in packed:
            begun = time.perf_counter()
            own = {**headers, "idempotency-key": str(new_id())}
            (await http.post(f"{address}{ARCHIVES}", content=content, headers=own)).raise_for_status()
            took.append(time.perf_counter() - begun)
    async with asyncio.timeout(PATIENCE_S):
        while await lag.owner.fetchval(_ARCHIVES_LEFT):  # noqa: ASYNC110 - another process sets no event here
            await asyncio.sleep(0.1)
    return [Figure("an archive is answered, p99", percentile(took, 99), "s")]


def _post(body: bytes, headers: Mapping[str, str]) -> bytes:
    return request("POST", PATH, {**headers, "idempotency-key": str(new_id())}, body, "text/plain")


def _archives(firms: Sequence[Firm]) -> Iterator[bytes]:
    for start in range(0, len(firms), IN_AN_ARCHIVE):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
            for firm in firms[start : start + IN_AN_ARCHIVE]:
                opened.writestr(f"{firm.code}.txt", firm.file(PACKED_MONTH))
        yield packed.getvalue()


async def _populated(platform: PlatformFixture, firms: Sequence[Firm]) -> None:
    ring = ring_of(platform.state, "registration")
    pair = ring.keys[ring.current]
    of_ids = b64decode(key(platform.state, "id-token-key"))
    keys = Keys.of(b64decode(pair["field"]), b64decode(pair["index"]), of_ids, key_id=ring.current)
    address = platform.plan.postgres.url("registration")
    async with AsyncExitStack() as stack:
        owners = [await asyncpg.connect(address) for _ in range(_WRITERS)]
        for owner in owners:
            stack.push_async_callback(owner.close)
        await populate(owners, keys, firms)
        if await owners[0].execute(_NO_ARREARS) != "UPDATE 1":
            raise RuntimeError("the timer of arrears runs beside what is measured")
