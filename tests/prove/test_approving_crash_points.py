"""In every queue officers take, propose and approve while processes die at each point of it: what is decided is once.

Each queue of each service is brought to wait as where all its rules are gone through (tests/api/test_two_officers.py).
An API dies before it commits what an officer does and after it, and the officer, who heard nothing, does the same
again; a worker dies at each point of each command that an approval leaves.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.benefits.api.tasks import QUEUES as OF_BENEFITS
from services.benefits.tests.api import test_two_officers as of_benefits
from services.benefits.tests.api import years
from services.benefits.tests.support import benefits_on
from services.claims.api.tasks import QUEUES as OF_CLAIMS
from services.claims.tests.api import test_two_officers as of_claims
from services.claims.tests.support import claims_on
from services.registration.api.tasks import QUEUES as OF_REGISTRATION
from services.registration.tests.api import test_two_officers as of_registration
from services.registration.tests.support import register_on
from services.rehab.api.tasks import QUEUES as OF_REHAB
from services.rehab.tests.api.test_bills import CAP
from services.rehab.tests.support import rehab_on
from shared.tasks.queues import Queues
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer
from shared.testing.two_officers import ANOTHER, PROPOSER, Desk, Waiting
from tests.prove.dying import DUE, REQUEST, Dying, VictimStarter

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

Brought = tuple[ServiceUnderTest, Waiting]
Bring = Callable[[Databases, TestIssuer, BusinessClock, str], AbstractAsyncContextManager[Brought]]
STEPS = ("takings", "proposals", "approvals")
_HISTORY = "SELECT what FROM task_event WHERE task = $1 ORDER BY number"
_LEFT = "SELECT kind, failed FROM due_work WHERE failed IS NOT NULL"


@asynccontextmanager
async def claims(databases: Databases, issuer: TestIssuer, _: BusinessClock, queue: str) -> AsyncIterator[Brought]:
    async with claims_on(databases, issuer) as service, claims_on(databases, issuer) as again:
        says, *_of_whom = await of_claims.WAYS[queue](service, again)
        await service.work_off()
        scopes = [OF_CLAIMS.queues[queue].scope, "claims:task:read"]
        waiting = (await service.call("GET", f"/v1/tasks?queue={queue}", scopes=scopes)).json()["data"]
        yield service, Waiting(waiting[0], says)


@asynccontextmanager
async def benefits(
    databases: Databases, issuer: TestIssuer, clock: BusinessClock, queue: str
) -> AsyncIterator[Brought]:
    clock.set_day(2026, 10, 5)
    async with benefits_on(databases, issuer) as service:
        kind, _ = await of_benefits.WAYS[queue](service)
        (task,) = await years.tasks(service, queue)
        yield service, Waiting(task, {"kind": kind})


@asynccontextmanager
async def registration(
    databases: Databases, issuer: TestIssuer, clock: BusinessClock, queue: str
) -> AsyncIterator[Brought]:
    async with register_on(databases, issuer) as register:
        says, *_of_whom = await of_registration.WAYS[queue](register, clock)
        (task,) = await register.waiting(queue)
        yield register.service, Waiting(task, says)


@asynccontextmanager
async def rehab(databases: Databases, issuer: TestIssuer, _: BusinessClock, __: str) -> AsyncIterator[Brought]:
    async with rehab_on(databases, issuer) as centre:
        await centre.bill()
        (task,) = await centre.tasks()
        yield centre.service, Waiting(task, CAP)


SERVICES: Mapping[str, tuple[Bring, Queues]] = {
    "claims": (claims, OF_CLAIMS),
    "benefits": (benefits, OF_BENEFITS),
    "registration": (registration, OF_REGISTRATION),
    "rehab": (rehab, OF_REHAB),
}


@pytest.mark.parametrize(
    ("service", "queue"), [(name, queue) for name, (_, queues) in SERVICES.items() for queue in queues.queues]
)
async def test_what_two_officers_decide_is_decided_once_whoever_dies(
    databases: Databases,
    issuer: TestIssuer,
    business_clock: BusinessClock,
    victims: VictimStarter,
    tmp_path: Path,
    service: str,
    queue: str,
) -> None:
    bring, queues = SERVICES[service]
    async with bring(databases, issuer, business_clock, queue) as (of_service, waiting):
        dying = Dying.of(of_service, victims, tmp_path)
        desk = Desk(dying, queues, waiting)
        assert (await desk.act("takings", PROPOSER))[0] == 201
        assert await desk.propose() == (201, None)
        assert await desk.approve() == (201, None)
        await dying.work_off()
        wanted = {(f"POST /v1/tasks/{{}}/{step}", point) for step in STEPS for point in REQUEST}
        assert wanted <= dying.died
        assert {point for kind, point in dying.died if kind not in {name for name, _ in wanted}} <= set(DUE)
        assert await desk.approve(ANOTHER) == (409, "task_over")
        assert await _history(of_service, waiting) == ["taken", "proposed", "approved"]


async def _history(service: ServiceUnderTest, waiting: Waiting) -> list[Any]:
    """What officers did of the task, each once; nothing that it left has failed."""
    async with service.database.connection() as connection:
        assert await connection.fetch(_LEFT) == []
        rows = await connection.fetch(_HISTORY, waiting.task["task"])
    return [row["what"] for row in rows if row["what"] in ("taken", "proposed", "approved")]
