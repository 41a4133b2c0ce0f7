"""Opening data: the register of an earlier system from its files until all of it is queryable, in one process.

The files are written beforehand (tests/population). What is timed goes through the API as officers send it: the dry
run, the release by two officers, and the load by two lanes of due work, kind after kind.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from typing import Any

from services.registration.domain.opening import OpeningKind
from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import FIRST, SECOND, Register
from services.registration.worker import work
from shared.kernel.identifiers import person_id
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer
from tests.bench.figures import Figure, Part
from tests.bench.platform_fixture import scratch_folder
from tests.population.people import Population
from tests.population.writing import write_opening

PERSONS = 1_000_000
AS_OF, HISTORY, SEED = date(2026, 10, 31), 24, 1
# For a million people on two cores.
LIMIT_SECONDS_A_MILLION = 300.0
LANES = 2
ROWS_IN_A_FILE = 200_000
_SCOPES = ("registration:opening_file:write", "registration:opening_file:read", "registration:opening_file:decide")
_TASKS = ("registration:task:read", "registration:task:write", "registration:opening_file:decide")


async def opening(databases: Databases, persons: int) -> Part:
    """Take over so many people, and ask for the cover of the last."""
    part = Part(f"Opening data: {persons:,} persons, {HISTORY} months each, {LANES} lanes of one process")
    async with databases.fresh("registration") as database:
        with scratch_folder() as folder:
            await take_over(database, folder, persons, part)
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
        in_all = 0.0
        for kind in OpeningKind:
            files = sorted((folder / "opening").glob(f"{kind.value}-*.csv"))
            seconds, checked, rows = await _taken(register, kind, files)
            in_all += seconds
            note = f"{rows:,} rows, {rows / seconds:,.0f} a second; dry run {checked:.1f} s"
            part.figures.append(Figure(f"{kind.value} loaded", seconds, "s", note=note))
        begun = time.monotonic()
        path = f"/v1/persons/{person_id(persons)}/cover"
        answer = await register.service.call("GET", path, scopes=["registration:cover:read"])
        if answer.status_code != 200 or not answer.json()["facts"]:
            raise RuntimeError(f"nobody is covered: {answer.status_code}")
        in_all += time.monotonic() - begun
    limit = LIMIT_SECONDS_A_MILLION * persons / 1_000_000
    part.figures.append(Figure("from the first byte until queryable", in_all, "s", limit))


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
