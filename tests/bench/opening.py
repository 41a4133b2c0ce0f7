"""Opening data: the register of an earlier system from its files until all of it is queryable, in one process.

The files are written beforehand (tests/population). What is timed goes through the API as officers send it: the dry
run, the release by two officers, and the load by two lanes of due work, kind after kind. Then claims keeps what was
told, by the whole way of a consumer behind the broker. Beside the seconds stand those of the processors, of this
process and of PostgreSQL.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import date
from pathlib import Path
from typing import Any, Self

import orjson
import psutil

from services.claims.consumers import contribution_received, registration
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.registration.domain.opening import OpeningKind
from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import FIRST, SECOND, Register
from services.registration.worker import work
from shared.kernel.identifiers import person_id
from shared.messaging.batch import BatchHandler
from shared.messaging.consumer import bounded
from shared.messaging.consumer_core import MAX_EVENTS
from shared.messaging.received import Raw, read
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.process.memory import spare_what_stays
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer
from tests.bench.figures import Figure, Part
from tests.bench.platform_fixture import scratch_folder
from tests.bench.servers import CAUSE
from tests.population.people import Population
from tests.population.writing import write_opening

PERSONS = 1_000_000
AS_OF, HISTORY, SEED = date(2026, 10, 31), 24, 1
# For a million people on two cores.
LIMIT_SECONDS_A_MILLION = 300.0
LANES = 2
ROWS_IN_A_FILE = 200_000
_APPLIED = {"registration": registration.apply, "contribution.received": contribution_received.apply}
_OUTBOX = """
    SELECT id, key, CAST(headers AS text) AS headers, payload FROM outbox
    WHERE topic = $1 AND id > $2 ORDER BY id LIMIT $3
"""
_SCOPES = ("registration:opening_file:write", "registration:opening_file:read", "registration:opening_file:decide")
_TASKS = ("registration:task:read", "registration:task:write", "registration:opening_file:decide")


async def opening(databases: Databases, persons: int) -> Part:
    """Take over so many people, and ask for the cover of the last."""
    part = Part(f"Opening data: {persons:,} persons, {HISTORY} months each, {LANES} lanes of one process")
    # As a worker does that is started.
    spare_what_stays()
    async with databases.fresh("registration") as database, databases.fresh("claims") as claims:
        with scratch_folder() as folder:
            await take_over(database, folder, persons, part)
        await _told(database, claims, persons, part)
    return part


async def take_over(database: TestDatabase, folder: Path, persons: int, part: Part) -> None:
    """Load a population as officers would; the seconds of each kind into the part."""
    begun = time.monotonic()
    population = Population(SEED, persons, AS_OF)
    await asyncio.to_thread(write_opening, population, HISTORY, folder / "opening", ROWS_IN_A_FILE)
    part.figures.append(Figure("files written beforehand", time.monotonic() - begun, "s"))
    async with AsyncExitStack() as stack:
        built = service_under_test(RegistrationSettings, build, work, database, TestIssuer(folder))
        register = Register(await stack.enter_async_context(built))
        in_all, spent = 0.0, await Spent.begun(database)
        for kind in OpeningKind:
            files = sorted((folder / "opening").glob(f"{kind.value}-*.csv"))
            seconds, checked, rows = await _taken(register, kind, files)
            in_all += seconds
            note = f"{rows:,} rows, {rows / seconds:,.0f} a second; dry run {checked:.1f} s; {await spent.since()}"
            part.figures.append(Figure(f"{kind.value} loaded", seconds, "s", note=note))
        begun = time.monotonic()
        path = f"/v1/persons/{person_id(persons)}/cover"
        answer = await register.service.call("GET", path, scopes=["registration:cover:read"])
        if answer.status_code != 200 or not answer.json()["facts"]:
            raise RuntimeError(f"nobody is covered: {answer.status_code}")
        in_all += time.monotonic() - begun
    limit = LIMIT_SECONDS_A_MILLION * persons / 1_000_000
    part.figures.append(Figure("from the first byte until queryable", in_all, "s", limit, note=spent.in_all))


async def _told(database: TestDatabase, claims: TestDatabase, persons: int, part: Part) -> None:
    """Have claims keep what registration told, as its consumer does with what the broker brings."""
    opened = Database(claims.url("worker"), "claims")
    handler = BatchHandler(opened, ClaimsUnitOfWork)
    await handler.start()
    # Of `take_over` the process that told is gone: what is left of it is the outbox.
    spent, begun = await Spent.begun(claims), time.monotonic()
    for topic, apply in _APPLIED.items():
        subscription: Subscription[ClaimsUnitOfWork] = Subscription(topic, apply=apply)
        await handler.begin_reading({(topic, 0)})
        async for raws in _records(database, topic):
            for batch in bounded([read(raw) for raw in raws]):
                await handler.handle(subscription, batch)
    seconds = time.monotonic() - begun
    async with opened.begin(ClaimsUnitOfWork, CAUSE) as uow:
        known = await uow.known_persons.of(persons, AS_OF)
    if known.revision < 1 or known.born_on is None:
        raise RuntimeError(f"claims knows nothing of the last: {known}")
    await opened.close()
    note = f"beside it, by a process of its own: {await spent.since()}"
    part.figures.append(Figure("claims: all that was told is kept", seconds, "s", note=note))


async def _records(database: TestDatabase, topic: str) -> AsyncIterator[list[Raw]]:
    """What the broker would bring of a topic, as many at once as a consumer takes."""
    after = 0
    while True:
        async with database.connection("migrate") as connection:
            rows = await connection.fetch(_OUTBOX, topic, after, MAX_EVENTS)
        if not rows:
            return
        after = rows[-1]["id"]
        yield [Raw(topic, 0, row["id"], row["key"], _headers(row["headers"]), row["payload"]) for row in rows]


def _headers(stored: str) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode()) for name, value in orjson.loads(stored).items())


class Spent:
    """Seconds of the processors: of this process, and of PostgreSQL with all its sessions."""

    def __init__(self, postmaster: psutil.Process) -> None:
        self._postmaster = postmaster
        self._first = self._last = self._now()

    @classmethod
    async def begun(cls, database: TestDatabase) -> Self:
        """From now on."""
        async with database.connection("migrate") as connection:
            session = await connection.fetchval("SELECT pg_backend_pid()")
        parent = psutil.Process(session).parent()
        if parent is None:
            raise RuntimeError("a session of PostgreSQL has a postmaster")
        return cls(parent)

    async def since(self) -> str:
        """What was spent since this was last asked."""
        before, self._last = self._last, await asyncio.to_thread(self._now)
        return _spent(before, self._last)

    @property
    def in_all(self) -> str:
        """What was spent since the beginning, as it was last asked."""
        return _spent(self._first, self._last)

    def _now(self) -> tuple[float, float]:
        server = 0.0
        for number, process in enumerate([self._postmaster, *self._postmaster.children(recursive=True)]):
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                server += times.user + times.system
                # Sessions that ended meanwhile are the postmaster's.
                server += 0.0 if number else times.children_user + times.children_system
        return time.process_time(), server


def _spent(before: tuple[float, float], after: tuple[float, float]) -> str:
    return f"processors {after[0] - before[0]:.1f} s here, {after[1] - before[1]:.1f} s PostgreSQL"


async def _taken(register: Register, kind: OpeningKind, files: Sequence[Path]) -> tuple[float, float, int]:
    """Seconds of it all and of the dry run, and how many rows were loaded."""
    begun = time.monotonic()
    sent = []
    for file in files:
        answer = await register.service.call(
            "POST",
            f"/v1/opening-files?kind={kind.value}",
            scopes=[_SCOPES[0]],
            content=file.read_bytes(),
            headers={"content-type": "text/csv"},
        )
        if answer.status_code != 202:
            raise RuntimeError(answer.text)
        sent.append(answer.json()["opening_file"])
    await _work_off(register.service)
    checked = time.monotonic() - begun
    for _ in sent:
        await _release(register)
    await _work_off(register.service)
    rows = 0
    for each in sent:
        answer = await register.service.call("GET", f"/v1/opening-files/{each}", scopes=[_SCOPES[1]])
        found = answer.json()
        if found["state"] != "loaded" or found["loaded"]["rejected"]:
            raise RuntimeError(f"not all of {kind.value} is loaded: {found}")
        rows += found["loaded"]["new"]
    return time.monotonic() - begun, checked, rows


async def _release(register: Register) -> None:
    call = register.service.call
    listed = await call("GET", "/v1/tasks?queue=opening_file", scopes=_TASKS)
    task = next(each for each in listed.json()["data"] if each["state"] not in ("approved", "closed"))
    said = {"revision": task["revision"], "says": {"kind": "opening_released"}}
    for what, officer, body in (
        ("takings", FIRST, None),
        ("proposals", FIRST, said),
        ("approvals", SECOND, {"revision": task["revision"]}),
    ):
        more: dict[str, Any] = {} if body is None else {"json": body}
        answer = await call("POST", f"/v1/tasks/{task['task']}/{what}", scopes=_TASKS, subject=officer, **more)
        if not answer.is_success:
            raise RuntimeError(answer.text)


async def _work_off(service: ServiceUnderTest) -> None:
    """All that is due, by as many lanes as a worker has."""

    async def lane() -> None:
        while await service.worker.runner.run_one():
            pass

    await asyncio.gather(*(lane() for _ in range(LANES)))
