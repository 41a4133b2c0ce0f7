"""A burst of accidents worked off by one claims worker process and by two, in turn, on servers of their own.

The burst is committed at one instant, as an upload's would be: every process then works as hard as it can, and nothing
else is measured with it, neither the API nor the other services.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import asyncpg
import httpx
import psutil

from deploy.local.ports import LOOPBACK, choose
from deploy.local.processes import end_with_parent
from deploy.local.servers import tail
from deploy.local.state import CHECKOUT
from services.claims.commands.submit_notice import submit_notice
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.topics import TOPICS
from shared.kernel.clock import now
from shared.persistence.engine import Database
from shared.testing.servers import Broker, Databases, TestDatabase
from tests.bench.facts import notice_of, project_facts
from tests.bench.figures import Figure, Part
from tests.bench.platform_fixture import scratch_folder
from tests.bench.servers import CAUSE, ROUNDS, each_round

READY_SECONDS, PATIENCE_SECONDS, LOOK_SECONDS = 60.0, 300.0, 0.1

_PROGRESS = """
    SELECT (SELECT count(*) FROM decision) AS decided,
           (SELECT count(*) FROM due_work WHERE kind = 'assess_claim'
               AND (recheck_after IS NOT NULL OR due_at < 'infinity')) AS waiting,
           (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unsent
"""
_INSTANTS = """
    SELECT extract(epoch FROM max(created_at) - $1)::float8 AS decided,
           extract(epoch FROM max(published_at) - $1)::float8 AS relayed
    FROM outbox WHERE topic = 'claim.assessed'
"""


class Stuck(RuntimeError):
    """The burst was not worked off, or a worker did not start: there is nothing to measure."""


@dataclass(frozen=True)
class Burst:
    """Seconds until the last was decided, was relayed, and was looked at a second time; processor seconds meanwhile."""

    decided: float
    relayed: float
    at_rest: float
    workers_cpu: float
    servers_cpu: float


@dataclass(frozen=True)
class Member:
    """A worker process, the page that says whether it is ready, and its log."""

    process: subprocess.Popen[bytes]
    page: str
    log: Path


async def burst(databases: Databases, broker: Broker, accidents: int) -> Part:
    """Rounds of one and of two worker processes in turn; the middle of each, and of their ratios."""
    taken = [
        (await _round(databases, broker, accidents, 1), await _round(databases, broker, accidents, 2))
        for _ in each_round()
    ]
    part = Part(f"Claims workers: a burst of {accidents:,} accidents, {ROUNDS} rounds of each")
    for number, name in enumerate(("one worker", "two workers")):
        part.figures.extend(_figures(name, accidents, [each[number] for each in taken]))
    for what in ("decided", "relayed", "at_rest"):
        ratios = [getattr(one, what) / getattr(two, what) for one, two in taken]
        note = "rounds: " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
        name = what.replace("_", " ")
        part.figures.append(Figure(f"two workers beside one: {name}", median(ratios), "times as fast", note=note))
    return part


def _figures(name: str, accidents: int, rounds: Sequence[Burst]) -> Iterator[Figure]:
    note = "rounds: " + ", ".join(f"{accidents / each.decided:,.1f}" for each in rounds)
    yield Figure(f"{name}: decided", accidents / median(each.decided for each in rounds), "claims/s", note=note)
    yield Figure(f"{name}: the last one decided after", median(each.decided for each in rounds), "s")
    yield Figure(f"{name}: the last one relayed after", median(each.relayed for each in rounds), "s")
    yield Figure(f"{name}: at rest, second looks done, after", median(each.at_rest for each in rounds), "s")
    ours = median(each.workers_cpu / accidents for each in rounds) * 1000
    theirs = median(each.servers_cpu / accidents for each in rounds) * 1000
    busy = median((each.workers_cpu + each.servers_cpu) / each.at_rest for each in rounds)
    yield Figure(f"{name}: processor time of the workers for an accident", ours, "ms")
    yield Figure(f"{name}: processor time of PostgreSQL and Kafka for it", theirs, "ms")
    yield Figure(f"{name}: cores in use by these", busy, "", note=f"of {os.cpu_count()}")


async def _round(databases: Databases, broker: Broker, accidents: int, workers: int) -> Burst:
    async with databases.fresh("claims") as database:
        opened = Database(database.url("worker"), "claims")
        try:
            await project_facts(opened, accidents)
            with running("claims", database, broker, await broker.prefix(TOPICS), workers) as members:
                await until_ready(members)
                return await _measure(
                    opened, database, accidents, [psutil.Process(each.process.pid) for each in members]
                )
        finally:
            await opened.close()


async def _measure(
    opened: Database, database: TestDatabase, accidents: int, workers: Sequence[psutil.Process]
) -> Burst:
    async with database.connection() as connection:
        async with opened.begin(ClaimsUnitOfWork, CAUSE) as uow:
            for person in range(1, accidents + 1):
                await submit_notice(notice_of(person), uow)
            before = _seconds(workers), _servers_seconds(workers)
            begun, start = now(), time.monotonic()
        await _until_at_rest(connection, accidents, start)
        at_rest = time.monotonic() - start
        decided, relayed = (await connection.fetch(_INSTANTS, begun))[0]
    after = _seconds(workers), _servers_seconds(workers)
    return Burst(decided, relayed, at_rest, after[0] - before[0], after[1] - before[1])


async def _until_at_rest(connection: asyncpg.Connection, accidents: int, start: float) -> None:
    while True:
        decided, waiting, unsent = (await connection.fetch(_PROGRESS))[0]
        if decided >= accidents and not waiting and not unsent:
            return
        if time.monotonic() - start > PATIENCE_SECONDS:
            raise Stuck(f"after {PATIENCE_SECONDS:g} s: {decided} decided, {waiting} waiting, {unsent} unsent")
        await asyncio.sleep(LOOK_SECONDS)


def _seconds(processes: Iterable[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def _servers_seconds(workers: Sequence[psutil.Process]) -> float:
    """What all other processes that this one started have used: the servers and their sessions."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += _seconds([process]) if process not in workers else 0.0
    return total


@contextmanager
def running(service: str, database: TestDatabase, broker: Broker, prefix: str, count: int) -> Iterator[list[Member]]:
    """That many worker processes of a service, as the platform starts them."""
    ports = choose({f"{service}-{number}": 18112 + number for number in range(count)})
    with scratch_folder() as folder:
        settings = {"DATABASE_URL": database.url("worker"), "KAFKA": broker.bootstrap, "TOPIC_PREFIX": prefix}
        members = [
            start(f"services.{service}.worker", {**settings, "MEMBER": f"{prefix}{name}"}, port, folder / f"{name}.log")
            for name, port in ports.items()
        ]
        try:
            yield members
        finally:
            for member in members:
                member.process.terminate()
            for member in members:
                member.process.wait(30)


def start(module: str, settings: Mapping[str, str], port: int, log: Path) -> Member:
    """A process of a service on this port, with these settings and keys of its own."""
    key = b64encode(secrets.token_bytes(32)).decode()
    usual = {
        "ENVIRONMENT": "local",
        "HTTP_HOST": LOOPBACK,
        "HTTP_PORT": str(port),
        "TOKEN_ISSUER": "http://nobody.invalid",
        "TOKEN_KEYS": "nowhere.json",
        **dict.fromkeys(("CURSOR_KEY", "ID_TOKEN_KEY", "FIELD_KEY", "BLIND_INDEX_KEY"), key),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JARING_")}
    environment |= {f"JARING_{name}": value for name, value in {**usual, **settings}.items()}
    command = [sys.executable, "-m", module]
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=CHECKOUT,
            env=environment,
            stdout=file,
            stderr=file,
            # As the platform starts its own: whoever is measured shares nobody's part of the processor.
            start_new_session=True,
            # Nobody else would end it where this process is killed.
            preexec_fn=partial(end_with_parent, signal.SIGTERM, os.getpid()),
        )
    return Member(process, f"http://{LOOPBACK}:{port}/readyz", log)


async def until_ready(members: Sequence[Member]) -> None:
    """Raises Stuck where one does not become ready."""
    end = time.monotonic() + READY_SECONDS
    async with httpx.AsyncClient() as http:
        for member in members:
            while not await _is_ready(http, member):
                if time.monotonic() > end or member.process.poll() is not None:
                    raise Stuck(f"a worker does not become ready:\n{tail(member.log)}")
                await asyncio.sleep(LOOK_SECONDS)


async def _is_ready(http: httpx.AsyncClient, member: Member) -> bool:
    try:
        return (await http.get(member.page)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
