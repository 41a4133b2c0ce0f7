"""Events that employers push to registration: how many a second are kept, and how many are worked off, in one process.

Everybody is hired by an event, then everybody's wage is paid by one. Requests come one after another, and one lane of
due work follows: more of both is a matter of processes.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import orjson

from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import Register, party_of
from services.registration.worker import work
from shared.kernel.identifiers import new_id
from shared.testing.servers import Databases
from shared.testing.service import service_under_test
from shared.testing.tokens import TestIssuer
from tests.bench.figures import Figure, Part

# A second, kept and worked off: what a nation's payrolls push at their peak.
LIMIT = 700.0
BATCH, EMPLOYERS = 100, 4
FORM = {"content-type": "application/cloudevents-batch+json"}


async def pushing(databases: Databases, events: int, folder: Path) -> Part:
    """Hire so many people and pay each a wage."""
    part = Part(f"Pushed events: {events:,} hires, {events:,} wages, batches of {BATCH}")
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(databases.fresh("registration"))
        built = service_under_test(RegistrationSettings, build, work, database, TestIssuer(folder))
        register = Register(await stack.enter_async_context(built))
        employers = [await register.employer(f"F970210381{number}F") for number in range(EMPLOYERS)]
        for name, batches in (("hired", _hires(events)), ("wages", _wages(events))):
            part.figures.extend(await _figures(register, employers, name, list(batches)))
    return part


async def _figures(
    register: Register, employers: Sequence[str], name: str, batches: Sequence[Sequence[dict[str, Any]]]
) -> list[Figure]:
    count = sum(map(len, batches))
    begun = time.perf_counter()
    for number, batch in enumerate(batches):
        await _push(register, employers[number % EMPLOYERS], batch)
    kept = time.perf_counter()
    await register.work_off()
    done = time.perf_counter()
    ((answered,),) = await register.rows("SELECT count(*) FROM inbound_event WHERE state = 'accepted'")
    return [
        Figure(f"{name}: kept", count / (kept - begun), "events/s", LIMIT, at_least=True),
        Figure(f"{name}: worked off by one lane", count / (done - kept), "events/s", LIMIT, at_least=True),
        Figure(f"{name}: accepted so far, of all kinds", answered, "events"),
    ]


async def _push(register: Register, employer: str, batch: Sequence[dict[str, Any]]) -> None:
    answer = await register.as_party(
        "POST",
        "/v1/events",
        "registration:event:write",
        party_of(employer),
        content=orjson.dumps(batch),
        headers=FORM,
    )
    if answer.status_code != 202:
        raise RuntimeError(answer.text)


def _hires(count: int) -> Iterator[Sequence[dict[str, Any]]]:
    more = {"born_on": "1990-01-01", "residence": "citizen", "started_on": "2024-03-01"}
    return _batches("employee.hired", count, more)


def _wages(count: int) -> Iterator[Sequence[dict[str, Any]]]:
    wage = {"amount": "2480.00", "currency": "MYR"}
    return _batches("wage.paid", count, {"for_month": "2026-05", "wage": wage, "paid_on": "2026-05-28"})


def _batches(type_: str, count: int, more: dict[str, Any]) -> Iterator[Sequence[dict[str, Any]]]:
    for begin in range(0, count, BATCH):
        yield [_event(type_, number, more) for number in range(begin, min(begin + BATCH, count))]


def _event(type_: str, number: int, more: dict[str, Any]) -> dict[str, Any]:
    day, last = divmod(number, 9_999)
    who = {"kind": "mykad", "number": f"9001{day + 1:02d}14{last + 1:04d}"}
    data = {"national_id": who, "name": "AHMAD BIN ALI", **more}
    return {"specversion": "1.0", "id": str(new_id()), "source": "/payroll", "type": type_, "data": data}
