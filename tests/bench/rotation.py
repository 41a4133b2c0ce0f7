"""Rotating the keys of a register with a nation's persons while they are read, names and all, at a steady rate.

The register is taken over by opening files (opening.py) under the first key. Then the API and the worker start with a
second one as the current key, and the worker puts all that is sealed under it; when nothing stands under the first one
any more it could be retired.
"""

import asyncio
import base64
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deploy.local.ports import choose
from shared.contracts.topics import TOPICS
from shared.kernel.identifiers import person_id
from shared.testing.servers import Broker, Databases, TestDatabase
from shared.testing.service import TEST_KEY
from tests.bench.cover import RATE
from tests.bench.figures import Figure, Part, spread
from tests.bench.load import as_fast_as_it_goes, at_a_rate, request
from tests.bench.opening import take_over
from tests.bench.platform_fixture import scratch_folder
from tests.bench.scaling import registration_api
from tests.bench.workers import start, until_ready

# As for reads while a large file loads.
BUSY_P99_LIMIT_MS = 100.0
SECONDS, WARM_SECONDS, LOOK_SECONDS = 10.0, 3.0, 0.5
MOST_SECONDS = 3600.0
_NEW_KEY = base64.b64encode(b"fedcba9876543210fedcba9876543210").decode()
_FIRST = {"field": TEST_KEY, "index": TEST_KEY}
KEYS = {
    "FIELD_KEY": _NEW_KEY,
    "BLIND_INDEX_KEY": _NEW_KEY,
    "DOCUMENT_INDEX_KEY": TEST_KEY,
    "ID_TOKEN_KEY": TEST_KEY,
    "FIELD_KEY_ID": "2",
    "OTHER_KEYS": json.dumps({"1": _FIRST}),
}
_SCOPES = ("registration:person:read",)


async def rotation(databases: Databases, broker: Broker, persons: int) -> Part:
    """Loading, reads before it, reads while rows are sealed again, and how long it took until none was left."""
    part = Part(f"Key rotation: {persons:,} persons, read at {RATE:g}/s meanwhile, one API and one worker")
    async with databases.fresh("registration") as database:
        with scratch_folder() as folder:
            await take_over(database, folder, persons, part)
            async with database.connection("migrate") as owner:
                await owner.execute("ANALYZE")
            with registration_api(database, broker, folder, 1, KEYS) as (member, issuer):
                await until_ready([member])
                address = member.page.removesuffix("/readyz")
                token = issuer.token(_SCOPES, party="organisation:1", role="officer")
                asked = _requests(persons, {"authorization": f"Bearer {token}"})
                (await as_fast_as_it_goes(address, asked, WARM_SECONDS)).must_be(200)
                before = (await at_a_rate(address, asked, RATE, SECONDS)).must_be(200)
                part.figures.extend(spread("read before", before.milliseconds))
                settings = {
                    "DATABASE_URL": database.url("worker"),
                    "KAFKA": broker.bootstrap,
                    "TOPIC_PREFIX": await broker.prefix(TOPICS),
                    "MEMBER": "rotation-worker",
                    **KEYS,
                }
                begun = time.monotonic()
                with _worker(settings, folder):
                    answers = (await at_a_rate(address, asked, RATE, SECONDS)).must_be(200)
                    middle, slow = spread("read while rows are sealed again", answers.milliseconds)
                    part.figures.extend((middle, replace(slow, limit=BUSY_P99_LIMIT_MS)))
                    part.figures.extend(await _until_none_is_left(database, persons, begun))
    return part


@contextmanager
def _worker(settings: Mapping[str, str], folder: Path) -> Iterator[None]:
    port = choose({"worker": 18221})["worker"]
    worker = start("services.registration.worker", settings, port, folder / "worker.log")
    try:
        yield
    finally:
        worker.process.terminate()
        worker.process.wait(60)


async def _until_none_is_left(database: TestDatabase, persons: int, begun: float) -> Sequence[Figure]:
    async with database.connection("migrate") as connection:
        while await connection.fetchval("SELECT EXISTS (SELECT FROM resealing WHERE done_at IS NULL)"):
            if time.monotonic() - begun > MOST_SECONDS:
                raise RuntimeError("the keys are not rotated in an hour")
            await asyncio.sleep(LOOK_SECONDS)
        seconds = time.monotonic() - begun
        under = await connection.fetch("SELECT key_id, sum(sealed) AS sealed FROM sealed_values() GROUP BY 1")
    counted = {row["key_id"]: int(row["sealed"]) for row in under}
    if set(counted) != {"2"}:
        raise RuntimeError(f"not all stands under the new key: {counted}")
    return (
        Figure("until nothing stands under the first key", seconds, "s", note=f"{counted['2']:,} values"),
        Figure("sealed again", persons / seconds, "persons/s"),
    )


def _requests(persons: int, headers: Mapping[str, str]) -> Iterator[bytes]:
    dice = random.Random(1)
    while True:
        yield request("GET", f"/v1/persons/{person_id(1 + dice.randrange(persons))}", headers)
