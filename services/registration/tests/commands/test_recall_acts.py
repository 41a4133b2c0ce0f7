"""What a restore carries, loads or does for good acts only where it stands as it was found; what was published wins.

Each begins with something that is half done, goes on with what comes after it, and puts the backup back.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.registration.tests.api import test_erasures as erasures
from services.registration.tests.support import Register, since_backup
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall_since
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres


@pytest.fixture
def put_back(databases: Databases, issuer: TestIssuer) -> Any:
    """What goes on after something, and the backup of then."""

    def beginning(begin: Callable[[Register], Awaitable[Any]]) -> Any:
        return since_backup(databases, issuer, begin)

    return beginning


async def held_erasure(register: Register) -> tuple[str, str]:
    """Two officers granted it, and a correction that waits postpones it."""
    person = await register.person()
    assert (await register.correct(person, "born_on", "1990-02-02", subject="officer-3")).status_code == 202
    stated = await erasures.state(register, person, reason="registered_by_mistake")
    assert (await register.decided("erasure", "erasure_granted")).status_code == 201
    await register.work_off()
    erasure = stated.json()["erasure"]
    assert (await erasures.certificate(register, erasure))["state"] == "held"
    return person, erasure


async def test_an_erasure_that_was_refused_since_erases_nobody(put_back: Any, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 4, 1)
    async with put_back(held_erasure) as (register, again, (person, erasure)):
        business_clock.set_day(2026, 7, 2)
        await register.work_off()
        assert (await register.decided("erasure", "erasure_refused")).status_code == 201
        assert (await register.decided("person_correction", "correction_counts")).status_code == 201
        await recall_since(register.service, again.service)
        business_clock.set_day(2026, 7, 4)
        await again.work_off()
        assert (await erasures.person(again, person)).status_code == 200
        found = await erasures.certificate(again, erasure)
        assert found["state"] == "waiting"
        # Both are asked, as before it was granted; and then it is done, or is not.
        assert (await again.decided("erasure", "erasure_refused")).status_code == 201
        await again.work_off()
        assert (await erasures.certificate(again, erasure))["state"] == "refused"


async def test_an_erasure_that_nobody_refused_since_is_granted_once_more_and_done(put_back: Any) -> None:
    async with put_back(held_erasure) as (register, again, (person, erasure)):
        assert (await register.decided("person_correction", "correction_counts")).status_code == 201
        await recall_since(register.service, again.service)
        await again.work_off()
        assert (await again.decided("erasure", "erasure_granted")).status_code == 201
        await again.work_off()
        assert (await erasures.certificate(again, erasure))["state"] == "erased"


async def test_an_erasure_that_was_done_since_is_asked_of_nobody(put_back: Any) -> None:
    async with put_back(held_erasure) as (register, again, (person, erasure)):
        assert (await register.decided("person_correction", "correction_counts")).status_code == 201
        await register.work_off()
        await register.rows("UPDATE due_work SET due_at = now() WHERE kind = 'erase_person'")
        await register.work_off()
        assert (await erasures.certificate(register, erasure))["state"] == "erased"
        await recall_since(register.service, again.service)
        await again.work_off()
        assert (await erasures.certificate(again, erasure))["state"] == "erased"
        assert await again.waiting("erasure") == []
