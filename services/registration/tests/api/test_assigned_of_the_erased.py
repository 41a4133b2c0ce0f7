"""What a split assigned, of two of whom one or both are erased by the time it is carried: it ends, and says so."""

import pytest

from services.registration.commands.assign_stated import AssignStated, assign_stated
from services.registration.files.contribution_file import render
from services.registration.tests.api.test_carried_months import may, spells, two_of_one_employer
from services.registration.tests.api.test_erasure_files import later
from services.registration.tests.api.test_erasures import erased
from services.registration.tests.api.test_person_merges import decide, merged, split
from services.registration.tests.support import AT_2480, Register, line, number_of
from shared.contracts.envelope import Cause
from shared.testing.clock import BusinessClock
from shared.testing.logs import logged

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, after the wage month of July 2026."""
    business_clock.set_day(2026, 8, 3)
    return business_clock


async def assigned(register: Register) -> tuple[str, str, str]:
    """A split that counts and is not carried yet: May was the other one's. Both numbers, and the statement."""
    employer, survivor, other = await two_of_one_employer(register)
    await merged(register, other, survivor)
    await register.sent(employer, render([line("2026-05", AT_2480)]))
    said = [{"employer": employer, "month": "2026-05", "person": survivor}]
    stated = (await split(register, other, assigned_lines=said)).json()["statement"]
    assert (await decide(register, "persons_split")).status_code == 201
    return survivor, other, stated


async def is_erased(register: Register, *numbers: str) -> None:
    """As a restore leaves it: erased first, and then what was assigned is carried."""
    async with register.service.database.connection("migrate") as owner:
        for number in map(number_of, numbers):
            await owner.execute("DELETE FROM person_attribute WHERE person = $1", number)
            await owner.execute("UPDATE person SET erased_at = now() WHERE person = $1", number)


async def carry(register: Register, stated: str) -> None:
    """As the worker does."""
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await assign_stated(AssignStated(stated), uow)


@pytest.mark.parametrize("of_survivor", [False, True])
async def test_what_is_the_other_ones_is_carried_where_one_is_erased(register: Register, *, of_survivor: bool) -> None:
    survivor, other, stated = await assigned(register)
    await is_erased(register, survivor if of_survivor else other)
    await carry(register, stated)
    assert await may(register) == {number_of(other): 248_000}


async def test_where_both_are_erased_it_ends_and_says_so(register: Register) -> None:
    survivor, other, stated = await assigned(register)
    await is_erased(register, survivor, other)
    before = await spells(register)
    with logged() as lines:
        await register.work_off()
    assert "assignment_ended" in lines.getvalue()
    assert await register.rows("SELECT FROM due_work WHERE kind = 'assign_stated'") == []
    assert (await may(register), await spells(register)) == ({number_of(survivor): 248_000}, before)
    await carry(register, stated)


async def test_an_erasure_waits_for_what_is_to_be_carried(register: Register, clock: BusinessClock) -> None:
    _, other, _ = await assigned(register)
    await later(register, "assign_stated")
    found = await erased(register, other)
    assert {"reason": "assignment_waits", "about": None, "owner": "service:registration"} in found["holds"]
    await register.rows("UPDATE due_work SET due_at = '2026-01-01' WHERE kind = 'assign_stated'")
    clock.advance(minutes=11)
    await register.work_off()
    assert await may(register) == {number_of(other): 248_000}
