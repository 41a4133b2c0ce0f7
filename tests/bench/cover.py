"""``GET /v1/persons/{person}/cover`` of a register with a nation's persons: at a steady rate, as known now and then.

The persons are written set-based (`populated.py` of registration's tests of storage), each request asks for another one
at random, and one process of registration's API answers on servers of its own.
"""

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from services.registration.tests.storage.populated import FIRST_PERSON, populate
from shared.kernel.clock import now
from shared.kernel.identifiers import person_id
from shared.testing.servers import Broker, Databases
from tests.bench.figures import Figure, Part, spread
from tests.bench.load import as_fast_as_it_goes, at_a_rate, request
from tests.bench.platform_fixture import scratch_folder
from tests.bench.scaling import registration_api
from tests.bench.workers import until_ready

PERSONS, RATE, P99_LIMIT_MS = 1_000_000, 500.0, 20.0
SECONDS, WARM_SECONDS = 10.0, 3.0
_SCOPES = ("registration:cover:read",)


async def cover(databases: Databases, broker: Broker, persons: int) -> Part:
    """Loading, then the rates."""
    part = Part(f"Cover among {persons:,} persons, {RATE:g} requests a second for {SECONDS:g} s, one API process")
    async with databases.fresh("registration") as database:
        begun = time.monotonic()
        async with database.connection("migrate") as owner:
            await populate(owner, persons)
        part.figures.append(Figure("persons written beforehand", time.monotonic() - begun, "s", note="set-based"))
        with scratch_folder() as folder, registration_api(database, broker, folder, 1) as (member, issuer):
            await until_ready([member])
            address = member.page.removesuffix("/readyz")
            headers = {"authorization": f"Bearer {issuer.token(_SCOPES)}"}
            then = (now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            for name, query in (("as known now", ""), ("as known an hour ago", f"?known_at={then}")):
                asked = _requests(persons, query, headers)
                (await as_fast_as_it_goes(address, asked, WARM_SECONDS)).must_be(200)
                answers = (await at_a_rate(address, asked, RATE, SECONDS)).must_be(200)
                middle, slow = spread(name, answers.milliseconds, note=f"{answers.rate:.0f} requests/s")
                part.figures.extend((middle, replace(slow, limit=P99_LIMIT_MS)))
                fastest = (await as_fast_as_it_goes(address, asked, WARM_SECONDS)).must_be(200)
                part.figures.append(Figure(f"{name}, as fast as it goes", fastest.rate, "requests/s"))
            part.figures.append(Figure("length of an answer", len(answers.last) / 1024, "KiB"))
    return part


def _requests(persons: int, query: str, headers: Mapping[str, str]) -> Iterator[bytes]:
    dice = random.Random(1)
    while True:
        person = person_id(FIRST_PERSON + dice.randrange(persons))
        yield request("GET", f"/v1/persons/{person}/cover{query}", headers)
