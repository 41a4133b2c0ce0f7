"""One clock file moves real processes of a service: what was due in three months runs at once (decision 20)."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.state import CHECKOUT
from services.jobs.tests.support import INTERVIEW, PERSON, READ, Jobs, jobs_on
from shared.kernel.clock import today
from shared.kernel.identifiers import person_id
from shared.process.clock_file import advance, make_clock_file
from shared.testing.servers import Broker, Databases
from shared.testing.service import environment, eventually
from shared.testing.tokens import TestIssuer

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

SCOPES = [READ, "jobs:seeker:write", "jobs:placement:read"]
# After its 90th day a placement without a proof is unproved.
UNPROVED_AFTER = timedelta(days=91)
STARTS_WITHIN_S = 30.0
# Both processes look at the clock whenever they need it, and the worker looks for due work every 0.2 s.
AT_ONCE_S = 5.0


@dataclass(frozen=True)
class World:
    """The two processes of jobs over one database, and the clock that both go by."""

    jobs: Jobs
    client: httpx.AsyncClient
    issuer: TestIssuer
    clock: Path

    async def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> httpx.Response:
        """Ask the API process, as an officer."""
        token = self.issuer.token(SCOPES, party="organisation:1", role="officer", client_id="desk")
        headers = {"authorization": f"Bearer {token}", "idempotency-key": os.urandom(8).hex()}
        headers["purpose"] = "employment"
        return await self.client.request(method, path, headers=headers, json=body)

    async def placement(self) -> Mapping[str, Any]:
        """The one placement."""
        answer = await self.call("GET", f"/v1/placements?person={person_id(PERSON)}")
        [found] = answer.raise_for_status().json()["data"]
        shown: Mapping[str, Any] = found
        return shown


@contextmanager
def process(module: str, settings: Mapping[str, str], log: Path) -> Iterator[None]:
    """A process of a service while the block lasts."""
    told = {f"JARING_{name.upper()}": value for name, value in settings.items()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JARING_")}
    with log.open("wb") as output:
        command = [sys.executable, "-m", module]
        child = subprocess.Popen(command, cwd=CHECKOUT, env={**inherited, **told}, stdout=output, stderr=output)  # noqa: S603
    try:
        yield
        assert child.poll() is None, log.read_text()
    finally:
        child.terminate()
        child.wait(20)


@pytest.fixture
async def world(
    databases: Databases, broker: Broker, topic_prefix: str, issuer: TestIssuer, tmp_path: Path
) -> AsyncIterator[World]:
    clock, ports = tmp_path / "clock", {"main": free_port(), "worker": free_port()}
    make_clock_file(clock)
    async with jobs_on(databases, issuer) as jobs:
        with ExitStack() as stack:
            for module, role in (("main", "api"), ("worker", "worker")):
                settings = environment(issuer, jobs.service.database.url(role), broker.bootstrap, topic_prefix)
                settings |= {"http_port": str(ports[module]), "clock_file": str(clock)}
                stack.enter_context(process(f"services.jobs.{module}", settings, tmp_path / f"{module}.log"))
            for port in ports.values():
                async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}") as page:
                    await eventually(partial(_is_ready, page), within=STARTS_WITHIN_S)
            async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{ports['main']}") as client:
                yield World(jobs, client, issuer, clock)


async def _is_ready(page: httpx.AsyncClient) -> bool:
    try:
        return (await page.get("/readyz")).is_success
    except httpx.HTTPError:
        return False


async def test_work_due_in_three_months_runs_at_once_and_both_processes_are_in_that_day(world: World) -> None:
    search, day = await world.jobs.search(), today()
    await world.jobs.accept(search, starts_on=day.isoformat())
    later = {**INTERVIEW, "held_on": (day + UNPROVED_AFTER).isoformat()}
    waiting = "SELECT 1 FROM due_work WHERE kind = 'confirm_placement' AND isfinite(due_at) AND recheck_after IS NULL"
    await eventually(lambda: world.jobs.rows(waiting))
    assert (await world.placement())["state"] == "awaiting_proof"
    refused = await world.call("POST", f"{search}/interviews", later)
    assert (refused.status_code, refused.json()["code"]) == (422, "interview_in_future")

    moved = time.monotonic()
    advance(world.clock, UNPROVED_AFTER)
    assert (await world.call("POST", f"{search}/interviews", later)).status_code == 201

    async def unproved() -> bool:
        return bool((await world.placement())["state"] == "unproved")

    await eventually(unproved, within=AT_ONCE_S)
    assert time.monotonic() - moved < AT_ONCE_S
