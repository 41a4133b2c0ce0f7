"""A large file of one client does not hold up the loop that answers the others (5.3 s were seen)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.benefits.main import build as build_benefits
from services.benefits.settings import BenefitsSettings
from services.benefits.tests.support import BANK, REPORT, report
from services.benefits.worker import work as benefits_work
from services.registration.main import LARGEST_UPLOAD_BYTES
from services.registration.main import build as build_registration
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import CODE, months_at_2480
from services.registration.worker import work as registration_work
from shared.kernel.identifiers import new_id
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer
from tests.hostile.target import UPLOAD

# They measure how long the loop of this process stands still.
pytestmark = [pytest.mark.postgres, pytest.mark.alone]

# Far below the 5.3 s that were seen, and above what a busy machine makes of 0.1 s.
STANDSTILL = 2.0
LINE = months_at_2480("2026-05")


@asynccontextmanager
async def opened(service: str, databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    settings, build, work = {
        "registration": (RegistrationSettings, build_registration, registration_work),
        "benefits": (BenefitsSettings, build_benefits, benefits_work),
    }[service]
    async with (
        databases.fresh(service) as database,
        service_under_test(settings, build, work, database, issuer) as under_test,  # type: ignore[arg-type]
    ):
        yield under_test


async def longest_standstill(work: Coroutine[Any, Any, Any]) -> tuple[Any, float]:
    """What the work came to, and for how long nothing else ran meanwhile."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - began - 0.01)

    watching = asyncio.create_task(watch())
    try:
        return await work, longest
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def _full(part: bytes) -> bytes:
    return part * (LARGEST_UPLOAD_BYTES // len(part))


FILES = {
    "a full file": (_full(LINE), 202),
    "a full file in ISO 8859-1": (_full(LINE.replace(b"AHMAD", b"AHM\xc1D")), 202),
    "nothing but line ends": (b"\xe9" + b"\n" * (LARGEST_UPLOAD_BYTES - 1), 422),
    "one long line": (b"\xe9" * LARGEST_UPLOAD_BYTES, 422),
    "a fault in the last line": (_full(LINE)[:-300] + b"\x00" + _full(LINE)[-299:], 422),
}


@pytest.mark.parametrize("what", FILES)
async def test_a_contribution_file_is_read_beside_the_loop(what: str, databases: Databases, issuer: TestIssuer) -> None:
    content, status = FILES[what]
    async with opened("registration", databases, issuer) as registration:
        body = {"name": "KILANG MAJU SDN BHD", "employer_code": CODE}
        scopes = ["registration:employer:write"]
        assert (await registration.call("POST", "/v1/employers", scopes=scopes, json=body)).is_success
        sending = registration.call("POST", UPLOAD, scopes=["registration:contribution_file:write"], content=content)
        answer, longest = await longest_standstill(sending)
    assert answer.status_code == status, answer.text
    assert longest < STANDSTILL


async def test_a_status_report_is_read_beside_the_loop(databases: Databases, issuer: TestIssuer) -> None:
    content = report("M1", {f"E{number}": "ACSC" for number in range(80_000)})
    async with opened("benefits", databases, issuer) as benefits:
        path = f"/v1/bank-files/{new_id()}/status-reports"
        headers = {"content-type": "application/xml"}
        sending = benefits.call("POST", path, scopes=REPORT, content=content, headers=headers, **BANK)
        answer, longest = await longest_standstill(sending)
    assert (answer.status_code, answer.json()["code"]) == (404, "bank_file_unknown")
    assert longest < STANDSTILL
