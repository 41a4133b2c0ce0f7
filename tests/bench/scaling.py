"""What one more process of a kind brings on this machine, and what is in its way next: one beside two, in turn.

Each kind works as hard as it can, on servers of its own with nothing beside: workers on a burst that is committed at
one instant, an API on requests over sixteen connections. Whoever has nearly a whole core, or as many as there are
between them, is in the way; where nobody has, they wait for each other: for a disk, a lock, a round trip.
"""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

import asyncpg
import psutil

from deploy.local.ports import choose
from services.benefits.consumers import claim_assessed
from services.benefits.domain.parties import party_of
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.claims.commands.submit_notice import submit_notice
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, TermV1
from shared.contracts.topics import TOPICS
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.persistence.engine import Database
from shared.testing.servers import Broker, Databases, TestDatabase
from shared.testing.tokens import ISSUER, TestIssuer
from tests.bench.employers import SCOPES, writes
from tests.bench.facts import FIT, HAPPENED, notice_of, project_facts
from tests.bench.figures import Figure, Part
from tests.bench.load import as_fast_as_it_goes
from tests.bench.platform_fixture import scratch_folder
from tests.bench.servers import CAUSE, ROUNDS, each_round
from tests.bench.workers import LOOK_SECONDS, PATIENCE_SECONDS, Member, Stuck, running, start, until_ready

WRITE_SECONDS, WARM_SECONDS = 8.0, 2.0
# Of a core, of all of them: more than so much is never measured, since somebody always changes places.
FULL, ALL_FULL = 0.85, 0.95
CLIENT, ELSE = "the client that measures", "other work on this machine"
# Processor seconds of each process, by its number, and of each server.
Uses = defaultdict[tuple[str, int], float]

_DUE = "SELECT count(*) FROM due_work WHERE kind = $1 AND (due_at < 'infinity' OR recheck_after IS NOT NULL)"


@dataclass(frozen=True)
class Turn:
    """What was done in a second, and how many cores each had of it."""

    rate: float
    cores: Mapping[str, float]


@dataclass(frozen=True)
class Bursts:
    """Work of a service's worker: what is there before, what is left at one instant, and how many of it are done."""

    service: str
    kind: str
    prepare: Callable[[Database, int], Awaitable[None]]
    leave: Callable[[Database, int], Awaitable[None]]
    done: str


async def _accidents(database: Database, count: int) -> None:
    async with database.begin(ClaimsUnitOfWork, CAUSE) as uow:
        for person in range(1, count + 1):
            await submit_notice(notice_of(person), uow)


async def _nothing(_: Database, __: int) -> None:
    """Benefits knows nothing before it is told."""


async def _decisions(database: Database, count: int) -> None:
    events = [_decided(person) for person in range(1, count + 1)]
    async with database.begin(BenefitsUnitOfWork, CAUSE) as uow:
        await claim_assessed.apply(events, uow)
        for event in events:
            await claim_assessed.handle(event, uow)


def _decided(person: int) -> ClaimAssessedV1:
    term = TermV1(per=Per.DAY, sen=6_533, first=HAPPENED, last=FIT)
    owed = EntitlementV1(
        scheme="act4",
        benefit="temporary_disablement",
        party=party_of(person),
        fund=Fund.EMPLOYMENT_INJURY,
        law="Act 4 s.22",
        provisional=False,
        terms=(term,),
        decision_hash="ab" * 32,
    )
    return ClaimAssessedV1(
        claim=new_id(),
        person=person,
        revision=1,
        event="accident",
        happened_on=date(2026, 7, 15),
        decided_at=now(),
        revision_hash="cd" * 32,
        entitlements=(owed,),
        refusals=(),
    )


WORKERS = {
    "claims worker": Bursts("claims", "assess_claim", project_facts, _accidents, "SELECT count(*) FROM decision"),
    "benefits worker": Bursts(
        "benefits", "settle_entitlement", _nothing, _decisions, "SELECT count(*) FROM settlement"
    ),
}


async def scaling(databases: Databases, broker: Broker, pieces: int) -> Part:
    """Each kind with one process and with two: pieces a second, how many times as many, and what is full."""
    part = Part(f"One process more: bursts of {pieces:,} and {WRITE_SECONDS:g} s of writes, {ROUNDS} rounds of each")
    for name, bursts in WORKERS.items():
        turns = [[await _burst(databases, broker, bursts, pieces, count) for count in (1, 2)] for _ in each_round()]
        part.figures.extend(figures(name, "pieces/s", turns))
    turns = [[await _writes(databases, broker, count) for count in (1, 2)] for _ in each_round()]
    part.figures.extend(figures("registration API", "requests/s", turns))
    return part


def figures(name: str, unit: str, turns: Sequence[Sequence[Turn]]) -> Iterator[Figure]:
    """Of rounds of one and of two in turn: the middle of each, and of their ratios."""
    for number, count in enumerate(("one", "two")):
        middle = sorted((each[number] for each in turns), key=lambda turn: turn.rate)[len(turns) // 2]
        note = "rounds: " + ", ".join(f"{each[number].rate:,.1f}" for each in turns)
        yield Figure(f"{name}, {count}: held", middle.rate, unit, note=note)
        yield Figure(f"  {name}, {count}: cores in use", sum(middle.cores.values()), "", note=in_the_way(middle.cores))
        for who, cores in sorted(middle.cores.items(), key=lambda each: -each[1]):
            yield Figure(f"  {name}, {count}: {who}", cores, "cores")
    ratios = [two.rate / one.rate for one, two in turns]
    note = "rounds: " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
    yield Figure(f"{name}: two beside one", median(ratios), "times as fast", note=note)


def in_the_way(cores: Mapping[str, float], of: int | None = None) -> str:
    """What one more process would not help against; ``cores`` are those that each process, or server, had."""
    there = of or os.cpu_count() or 1
    dearest = sorted(cores, key=cores.__getitem__, reverse=True)
    if sum(cores.values()) >= ALL_FULL * there:
        return "all cores are full: " + ", ".join(f"{who} {cores[who]:.2f}" for who in dearest[:3])
    # A server has as many processes as it has sessions, and so several cores.
    full = [who for who in dearest if cores[who] >= FULL and who not in ("PostgreSQL", "Kafka", ELSE)]
    if full:
        return "full: " + ", ".join(full)
    return "nobody is full: they wait for a disk, a lock, or a round trip"


async def _burst(databases: Databases, broker: Broker, bursts: Bursts, pieces: int, workers: int) -> Turn:
    async with databases.fresh(bursts.service) as database:
        opened = Database(database.url("worker"), bursts.service)
        try:
            await bursts.prepare(opened, pieces)
            with running(bursts.service, database, broker, await broker.prefix(TOPICS), workers) as members:
                await until_ready(members)
                before = uses(members)
                await bursts.leave(opened, pieces)
                begun = time.monotonic()
                async with database.connection() as connection:
                    await _until_done(connection, bursts, pieces, begun)
                return _turn(pieces, time.monotonic() - begun, before, uses(members))
        finally:
            await opened.close()


async def _until_done(connection: asyncpg.Connection, bursts: Bursts, pieces: int, begun: float) -> None:
    while await connection.fetchval(bursts.done) < pieces or await connection.fetchval(_DUE, bursts.kind):
        if time.monotonic() - begun > PATIENCE_SECONDS:
            raise Stuck(f"after {PATIENCE_SECONDS:g} s not all of {pieces} are done")
        await asyncio.sleep(LOOK_SECONDS)


async def _writes(databases: Databases, broker: Broker, processes: int) -> Turn:
    async with databases.fresh("registration") as database:
        with scratch_folder() as folder, registration_api(database, broker, folder, processes) as (member, issuer):
            await until_ready([member])
            address = member.page.removesuffix("/readyz")
            requests = writes({"authorization": f"Bearer {issuer.token(SCOPES)}"})
            (await as_fast_as_it_goes(address, requests, WARM_SECONDS)).must_be(201)
            before = uses([member])
            answers = (await as_fast_as_it_goes(address, requests, WRITE_SECONDS)).must_be(201)
            return _turn(answers.count, answers.seconds, before, uses([member]))


@contextmanager
def registration_api(
    database: TestDatabase,
    broker: Broker,
    folder: Path,
    processes: int,
    more: Mapping[str, str] | None = None,
    module: str = "services.registration.main",
) -> Iterator[tuple[Member, TestIssuer]]:
    issuer = TestIssuer(folder)
    ports = choose({"api": 18201, "metrics": 18211})
    settings = {
        "DATABASE_URL": database.url("api"),
        "KAFKA": broker.bootstrap,
        "HTTP_PROCESSES": str(processes),
        "METRICS_PORT": str(ports["metrics"]),
        "TOKEN_ISSUER": ISSUER,
        "TOKEN_KEYS": str(issuer.keys_file),
        **(more or {}),
    }
    member = start(module, settings, ports["api"], folder / "api.log")
    try:
        yield member, issuer
    finally:
        member.process.terminate()
        member.process.wait(30)


def uses(members: Sequence[Member]) -> Uses:
    """What each process, with those that it started, and each server has used."""
    found: Uses = defaultdict(float, {(CLIENT, 0): time.process_time()})
    ours = {each.process.pid for each in members}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times, name = process.cpu_times(), process.name()
            if process.pid in ours or process.ppid() in ours:
                key = ("process", process.pid)
            else:
                key = ("PostgreSQL" if name == "postgres" else "Kafka" if name == "java" else ELSE, 0)
            found[key] += times.user + times.system
    of_all = psutil.cpu_times()
    found[(ELSE, 0)] = sum(of_all) - of_all.idle - of_all.iowait - sum(found.values())
    return found


def _turn(pieces: int, seconds: float, before: Uses, after: Uses) -> Turn:
    used = {key: (after[key] - before[key]) / seconds for key in after}
    ours = sorted((cores for (kind, _), cores in used.items() if kind == "process" and cores >= 0.01), reverse=True)
    rest = {kind: cores for (kind, _), cores in used.items() if kind != "process"}
    return Turn(pieces / seconds, {f"process {number}": cores for number, cores in enumerate(ours, 1)} | rest)
