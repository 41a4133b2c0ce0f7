"""``GET /v1/persons/{person}/cover`` of a register with a nation's persons: at steady rates, as known now and then, and
while contribution files are worked off; beside it what a request costs the API and PostgreSQL in processor time.

The register is taken over by opening files (opening.py), each request asks for another person at random, and one
process of registration's API answers on servers of its own.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from deploy.local.ports import choose
from services.registration.files.contribution_file import render
from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import Register
from services.registration.worker import work
from shared.contracts.topics import TOPICS
from shared.kernel.clock import now
from shared.kernel.identifiers import person_id
from shared.kernel.periods import Month
from shared.testing.servers import Broker, Databases, TestDatabase
from shared.testing.service import TEST_KEY, service_under_test
from shared.testing.tokens import TestIssuer
from tests.bench.figures import Figure, Part, spread
from tests.bench.files import uploaded
from tests.bench.load import Answers, as_fast_as_it_goes, at_a_rate, request
from tests.bench.opening import AS_OF, SEED, take_over
from tests.bench.platform_fixture import scratch_folder
from tests.bench.scaling import registration_api, uses
from tests.bench.workers import Member, start, until_ready
from tests.population.people import Population
from tests.population.writing import declared_by_firm

PERSONS, RATES, P99_LIMIT_MS, BUSY_P99_LIMIT_MS = 1_000_000, (200.0, 400.0, 500.0), 20.0, 100.0
RATE = RATES[-1]
LINES = 500_000
SECONDS, WARM_SECONDS, LOOK_SECONDS = 10.0, 3.0, 0.5
# The month of the file, how far the worker steps back, and what that is called.
_BESIDE = (("2026-10", 0, "as usual"), ("2026-09", 19, "worker goes second"))
_SCOPES = ("registration:cover:read",)


async def cover(databases: Databases, broker: Broker, persons: int) -> Part:
    """Loading, then the rates, then the same while files of half a million lines are worked off."""
    part = Part(f"Cover among {persons:,} persons, {RATE:g} requests a second for {SECONDS:g} s, one API process")
    async with databases.fresh("registration") as database:
        with scratch_folder() as folder:
            await take_over(database, folder, persons, part)
            # A register is not asked in the minute in which it was loaded.
            await database.settle()
            with registration_api(database, broker, folder, 1) as (member, issuer):
                await until_ready([member])
                address = member.page.removesuffix("/readyz")
                headers = {"authorization": f"Bearer {issuer.token(_SCOPES)}"}
                then = (now() - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
                for name, query in (("as known now", ""), ("as known two minutes ago", f"?known_at={then}")):
                    asked = _requests(persons, query, headers)
                    (await as_fast_as_it_goes(address, asked, WARM_SECONDS)).must_be(200)
                    for rate in RATES:
                        part.figures.extend(await _at(f"{name}, {rate:g}/s", address, asked, rate, member))
                    fastest = (await as_fast_as_it_goes(address, asked, WARM_SECONDS)).must_be(200)
                    part.figures.append(Figure(f"{name}, as fast as it goes", fastest.rate, "requests/s"))
                part.figures.append(Figure("length of an answer", len(fastest.last) / 1024, "KiB"))
                asked = _requests(persons, "", headers)
                part.figures.extend(await _while_a_file_loads(database, broker, folder, persons, address, asked))
    return part


async def _at(name: str, address: str, asked: Iterator[bytes], rate: float, member: Member) -> Sequence[Figure]:
    """Ask at a rate: how long it took, and the processor time of the API and of PostgreSQL for one."""
    before = uses([member])
    answers = (await at_a_rate(address, asked, rate, SECONDS)).must_be(200)
    after = uses([member])
    cost: defaultdict[str, float] = defaultdict(float)
    for kind, number in after:
        cost[kind] += (after[kind, number] - before[kind, number]) / answers.count * 1000
    note = f"{answers.rate:.0f} requests/s; {cost['process']:.2f} ms of the API, {cost['PostgreSQL']:.2f} of PostgreSQL"
    middle, slow = spread(name, answers.milliseconds, note=note)
    return middle, replace(slow, limit=P99_LIMIT_MS if rate == RATE else None)


async def _while_a_file_loads(
    database: TestDatabase, broker: Broker, folder: Path, persons: int, address: str, asked: Iterator[bytes]
) -> Sequence[Figure]:
    """Send a file of so many lines, start a worker, and ask meanwhile; once more of a worker that goes second."""
    settings = {
        "DATABASE_URL": database.url("worker"),
        "KAFKA": broker.bootstrap,
        "TOPIC_PREFIX": await broker.prefix(TOPICS),
        "MEMBER": "cover-worker",
        # The keys with which the register was taken over: the worker finds people by them.
        **dict.fromkeys(("ID_TOKEN_KEY", "FIELD_KEY", "BLIND_INDEX_KEY"), TEST_KEY),
    }
    figures: list[Figure] = []
    for month, nice, name in _BESIDE:
        own = folder / name
        own.mkdir()
        await _send(database, own, persons, Month.of(month))
        answers, took = await _beside_a_worker({**settings, "NICE": str(nice)}, database, own, address, asked)
        figures += _busy(f"{name}, while a file of {LINES:,} lines loads", answers, took)
    return figures


def _busy(name: str, answers: Answers, took: float) -> Sequence[Figure]:
    middle, slow = spread(name, answers.milliseconds, note=f"the file was through after {took:.1f} s")
    return middle, replace(slow, limit=BUSY_P99_LIMIT_MS)


async def _beside_a_worker(
    settings: Mapping[str, str], database: TestDatabase, folder: Path, address: str, asked: Iterator[bytes]
) -> tuple[Answers, float]:
    """What was answered meanwhile, and how long the file took."""
    port = choose({"worker": 18221})["worker"]
    worker = start("services.registration.worker", settings, port, folder / "worker.log")
    try:
        await until_ready([worker])
        begun = time.monotonic()
        answers = (await at_a_rate(address, asked, RATE, SECONDS)).must_be(200)
        while await _left(database):  # noqa: ASYNC110 - another process sets no event here
            await asyncio.sleep(LOOK_SECONDS)
        return answers, time.monotonic() - begun
    finally:
        worker.process.terminate()
        await asyncio.to_thread(worker.process.wait, 60)


async def _send(database: TestDatabase, folder: Path, persons: int, month: Month) -> None:
    """In parts, by an API of its own: the one that is measured goes on knowing the other issuer's keys."""
    path = _written(folder, persons, month)
    async with service_under_test(RegistrationSettings, build, work, database, TestIssuer(folder)) as service:
        await uploaded(Register(service), "", path)


def _written(folder: Path, persons: int, month: Month) -> Path:
    """One employer's file of so many lines: everybody's month, as the first of them declares it."""
    path, code, lines = folder / "large.txt", "", 0
    with path.open("wb") as written:
        for firm, declared in declared_by_firm(Population(SEED, persons, AS_OF), month):
            code = code or firm.code
            of_one = [replace(each, employer_code=code) for each in declared[: LINES - lines]]
            written.write(render(of_one))
            lines += len(of_one)
            if lines == LINES:
                break
    return path


async def _left(database: TestDatabase) -> int:
    async with database.connection("worker") as connection:
        return int(await connection.fetchval("SELECT count(*) FROM contribution_file WHERE finished_at IS NULL"))


def _requests(persons: int, query: str, headers: Mapping[str, str]) -> Iterator[bytes]:
    dice = random.Random(1)
    while True:
        person = person_id(1 + dice.randrange(persons))
        yield request("GET", f"/v1/persons/{person}/cover{query}", headers)
