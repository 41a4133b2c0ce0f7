"""`make conformance` and a vendor's own run, as commands, against addresses: green, and red where the law has a bug."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from deploy.local import sandbox
from deploy.local.conformance import command, prepare
from deploy.local.state import State
from services.registration.files import line_checks
from services.registration.queries import contributions
from shared.testing.tokens import TestIssuer
from tests.conformance.conftest import Ground, ran
from tests.journeys.addresses import addressed

pytestmark = pytest.mark.postgres
SOME = ["--only", "corrections/lower-nothing-higher", "--only", "events/certificate", "--only", "names/swapped"]
# Over sockets: a connection that is cut, and a second employer.
MORE = ["--only", "uploads/cut-at-every-tenth", "--only", "archives/for-another-employer", "--only", "two-employers"]


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
        code, said = await ran(sys.executable, "-m", "conformance", "--settings", str(told), *MORE)
        assert code == 0, said
        assert said.splitlines()[-1].endswith(", 0 failed, 0 skipped")
        wrong = tmp_path / "wrong.env"
        wrong.write_text(told.read_text().replace("CLIENT_SECRET=", "CLIENT_SECRET=x"))
        code, said = await ran(sys.executable, "-m", "conformance", "--settings", str(wrong))
        assert code == 2
        assert "check the client's id and secret" in said


async def test_an_installation_that_answers_otherwise_is_told_line_by_line(
    ground: Ground, issuer: TestIssuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its engine has another figure, or nothing stands: the exit code is 1, and lines and months are named."""
    due = line_checks._due

    def five_sen_more(*asked: Any) -> Any:
        found = due(*asked)
        return {**found, "act4_employer": found["act4_employer"] + 5 * (found["act4_employer"] == 4285)}

    async with addressed(ground, issuer, tmp_path / ".state") as state, at_work(ground):
        settings = await prepare(state)
        with monkeypatch.context() as wrong:
            wrong.setattr(line_checks, "_due", five_sen_more)
            code, said = await ran(*command(state, settings, ["--only", "corrections/one-line-more"]))
        assert code == 1, said
        assert "line 1 (one 2026-09 2500.00): told act4_employer amount_differs 42.90, which is not expected" in said
        assert "expected by: docs/files.md (platform; worked: " in said
        with monkeypatch.context() as wrong:
            wrong.setattr(contributions, "list_contributions", nothing)
            code, said = await ran(*command(state, settings, ["--only", "corrections/one-line-more"]))
        assert code == 1, said
        assert "one 2026-09: expected 2500.00: 42.85 / 12.25 / 4.90 / 4.90 / 18.35, revision 1, stands nothing" in said


async def nothing(*_: Any) -> list[Any]:
    """In the place of a query."""
    return []


def counts(state: State) -> dict[str, int]:
    """The counts of the report."""
    found: dict[str, int] = json.loads((state.root / "conformance.json").read_text())["counts"]
    return found
