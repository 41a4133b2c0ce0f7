"""`make conformance` and a vendor's own run, as commands, against addresses: green, and red where the law has a bug."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from deploy.local import sandbox
from deploy.local.conformance import command, prepare
from deploy.local.state import State
from services.registration.files import line_checks
from shared.testing.tokens import TestIssuer
from tests.architecture.tree import ROOT
from tests.conformance.conftest import Ground
from tests.journeys.addresses import addressed

pytestmark = pytest.mark.postgres
SOME = ["--only", "corrections/lower-nothing-higher", "--only", "events/certificate", "--only", "names/swapped"]


@asynccontextmanager
async def at_work(ground: Ground) -> AsyncIterator[None]:
    """The workers do what is due while the block lasts."""

    async def work() -> None:
        while True:
            await ground.work()
            await asyncio.sleep(0.02)

    working = asyncio.create_task(work())
    try:
        yield
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


async def ran(*words: str) -> tuple[int, str]:
    """The exit code of a command, and what it said."""
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = (await process.communicate())[0].decode()
    assert process.returncode is not None
    return process.returncode, said


async def test_make_conformance_is_green_and_red(
    ground: Ground, issuer: TestIssuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with addressed(ground, issuer, tmp_path / ".state") as state, at_work(ground):
        code, said = await ran(*command(state, await prepare(state), SOME))
        assert code == 0, said
        assert said.splitlines()[-1] == "3 cases: 3 passed, 0 failed, 0 skipped"
        assert counts(state) == {"passed": 3, "failed": 0, "skipped": 0}
        monkeypatch.setattr(line_checks, "is_named", lambda *_: True)
        code, said = await ran(*command(state, await prepare(state), SOME))
        assert code == 1, said
        assert "FAILED  names/swapped" in said
        assert counts(state)["failed"] == 1
        suite = ElementTree.parse(state.root / "conformance.xml").getroot()  # noqa: S314 - written here
        assert suite.get("failures") == "1"


async def test_a_vendor_that_was_admitted_runs_the_pack_with_what_it_was_handed(
    ground: Ground, issuer: TestIssuer, tmp_path: Path
) -> None:
    async with addressed(ground, issuer, tmp_path / ".state") as state, at_work(ground):
        (state.root / "sandbox").mkdir()
        told, other = await sandbox.admit(state, "acme-payroll"), await sandbox.admit(state, "other-payroll")
        assert await sandbox.admit(state, "acme-payroll") == told, "admitted once"
        assert told.read_text() != other.read_text()
        code, said = await ran(sys.executable, "-m", "conformance", "--settings", str(told), *SOME)
        assert code == 0, said
        # It has no hospital's client: what only a hospital pushes is passed over, and said so.
        assert "skipped events/certificate: needs hospital" in said
        wrong = tmp_path / "wrong.env"
        wrong.write_text(told.read_text().replace("CLIENT_SECRET=", "CLIENT_SECRET=x"))
        code, said = await ran(sys.executable, "-m", "conformance", "--settings", str(wrong))
        assert code == 2
        assert "check the client's id and secret" in said


def counts(state: State) -> dict[str, int]:
    """The counts of the report."""
    found: dict[str, int] = json.loads((state.root / "conformance.json").read_text())["counts"]
    return found
