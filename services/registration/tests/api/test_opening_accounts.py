"""Months that were taken over are owed by nobody: what comes on top of them, or is taken off, is a difference."""

import asyncio
from typing import Any

import pytest

from services.registration.commands.load_opening import LoadOpening, load_opening
from services.registration.commands.process_contribution_file import (
    ProcessContributionFile,
    process_contribution_file,
)
from services.registration.files.contribution_file import render
from services.registration.tests.api.test_enforcement import assessed, confirmed, sums, wage
from services.registration.tests.api.test_opening_files import (
    EMPLOYERS,
    PERSONS,
    SPELLS,
    checked,
    loaded,
    number_behind,
    read,
    released,
)
from services.registration.tests.support import (
    AT_2480,
    AT_3050,
    CODE,
    MYKAD,
    Register,
    line,
    party_of,
    register_on,
)
from shared.contracts.envelope import Cause
from shared.inbound.handling import HandleInbound
from shared.kernel.clock import today
from shared.kernel.identifiers import employer_id, employer_number, person_id, person_number
from shared.kernel.periods import Month
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

AT_3050_TAKEN = f"mykad,{MYKAD},{CODE},2026-01,2026-07,3050.00,53.35,15.25,6.10,6.10,22.85"
AT_2480_TAKEN = f"mykad,{MYKAD},{CODE},2026-01,2026-07,2480.00,42.85,12.25,4.90,4.90,0.00"
WITH_SKBBK = AT_2480 | {"skbbk_employee": 1_835}
# What a line at 3,050 declares beyond one at 2,480, as they were taken over.
MORE = "38.75"


@pytest.fixture
def clock(business_clock: BusinessClock) -> BusinessClock:
    business_clock.set_day(2026, 8, 3)
    return business_clock


async def taken_over(register: Register, *months: str) -> tuple[str, str]:
    """An employer and a worker with such months of an earlier system."""
    for kind, rows in (("employers", EMPLOYERS), ("persons", PERSONS), ("spells", SPELLS), ("months", list(months))):
        if rows:
            await loaded(register, kind, rows)
    (found,) = await register.rows("SELECT employer FROM employer WHERE code = $1", CODE)
    return employer_id(found[0]), person_id(await number_behind(register, 0))


async def account(register: Register, employer: str) -> dict[str, Any]:
    """July, as its employer sees it."""
    path = f"/v1/employers/{employer}/account?month=2026-07"
    answer = await register.as_party("GET", path, "registration:account:read", party_of(employer))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_what_is_assessed_of_a_month_that_was_taken_over_is_owed_beyond_it(
    register: Register, clock: BusinessClock
) -> None:
    employer, person = await taken_over(register, AT_3050_TAKEN)
    await confirmed(register, clock, employer, wage(person))
    found = await account(register, employer)
    assert (sums(found), found["interest"]["worked_out"]["amount"]) == (("0.00", "0.00", "0.00"), "0.00")
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    assert sums(await account(register, employer)) == ("0.00", "0.00", "0.00")


async def test_what_was_assessed_before_a_month_was_taken_over_is_owed_no_more(
    register: Register, clock: BusinessClock
) -> None:
    employer, person = await taken_over(register)
    await confirmed(register, clock, employer, wage(person))
    assert sums(await account(register, employer)) == ("0.00", "103.65", "103.65")
    await loaded(register, "months", [AT_2480_TAKEN])
    assert sums(await account(register, employer)) == ("0.00", MORE, MORE)


async def test_the_difference_of_a_month_that_was_taken_over_reaches_its_funds(
    register: Register, clock: BusinessClock
) -> None:
    """It is what is declared: a receipt of exactly that is of its funds, and what is corrected back is refunded."""
    employer, _ = await taken_over(register, AT_2480_TAKEN)
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    assert sums(await account(register, employer)) == (MORE, "0.00", MORE)
    await register.banked(employer, "2026-07", MORE)
    (banked,) = await register.events("contribution.banked")
    of_funds = sum(each["employer_sen"] + each["employee_sen"] for each in banked["funds"])
    assert (banked["unallocated_sen"], of_funds) == (0, 3_875)
    await register.sent(employer, render([line("2026-07", WITH_SKBBK)]))
    (refund,) = await register.refunds()
    over = [(each["declared"]["amount"], each["due"]["amount"]) for each in refund["funds"]]
    assert sum(float(before) - float(after) for before, after in over) > 0
    assert refund["claimable"]


async def test_a_line_of_less_than_was_taken_over_leaves_an_account_below_zero(
    register: Register, clock: BusinessClock
) -> None:
    employer, _ = await taken_over(register, AT_3050_TAKEN)
    await register.sent(employer, render([line("2026-07", WITH_SKBBK)]))
    found = await account(register, employer)
    assert found["declared"]["amount"] == found["outstanding"]["amount"] == "-20.40"
    assert sum(float(each[who]["amount"]) for each in found["funds"] for who in ("employer", "employee")) < 0
    (refund,) = await register.refunds()
    assert refund["claimable"]


async def to_be_loaded(register: Register, *months: str) -> str:
    """A file of months that two officers released; nobody has loaded it."""
    file = str((await checked(register, "months", list(months)))["opening_file"])
    await released(register)
    return file


async def load(register: Register, file: str) -> None:
    """Its one piece, as a worker."""
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await load_opening(LoadOpening(file, 0), uow)


async def declared(register: Register, employer: str) -> int:
    """What July declares in the one account; it is what is worked out from the lines that stand."""
    kept = await register.rows("SELECT declared_sen FROM contribution_account")
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await uow.accounts.restate(employer_number(employer), Month.of("2026-07"), today())
    again = await register.rows("SELECT declared_sen FROM contribution_account")
    assert [row[0] for row in kept] == [row[0] for row in again]
    return int(kept[0][0])


async def test_months_are_held_against_the_lines_that_a_file_is_taking(
    register: Register, clock: BusinessClock
) -> None:
    """Neither saw the other: the account had all of the line, and of what stands it would be the difference."""
    employer, _ = await taken_over(register)
    file = await to_be_loaded(register, AT_2480_TAKEN)
    sent = (await register.send(employer, render([line("2026-07", AT_3050)]))).json()["file"]
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await process_contribution_file(ProcessContributionFile(sent), uow)
        await uow.flush()
        loading = asyncio.create_task(load(register, file))
        await register.over_or_waiting(loading)
    await loading
    found = (await read(register, file)).json()
    assert found["loaded"] == {"new": 0, "known": 0, "rejected": 1}
    assert (await read(register, file, "/errors")).text.split()[1:] == ["1,first_month,months_declared_here"]
    assert await declared(register, employer) == 10_365


async def test_a_file_waits_for_months_that_are_being_loaded_and_brings_the_difference(
    register: Register, clock: BusinessClock
) -> None:
    employer, _ = await taken_over(register)
    file = await to_be_loaded(register, AT_2480_TAKEN)
    sent = (await register.send(employer, render([line("2026-07", AT_3050)]))).json()["file"]
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await load_opening(LoadOpening(file, 0), uow)
        await uow.flush()
        taking = asyncio.create_task(register.process(sent))
        await register.over_or_waiting(taking)
    await taking
    assert (await read(register, file)).json()["loaded"] == {"new": 1, "known": 0, "rejected": 0}
    assert await declared(register, employer) == 3_875


async def test_months_are_loaded_beside_whoever_looks_after_the_table(register: Register, clock: BusinessClock) -> None:
    """A vacuum or an index that is built beside them: a load that waited for it had every file wait behind itself."""
    await taken_over(register)
    file = await to_be_loaded(register, AT_2480_TAKEN)
    async with register.service.database.connection("migrate") as owner, owner.transaction():
        await owner.execute("LOCK TABLE contribution_line IN SHARE UPDATE EXCLUSIVE MODE")
        loading = asyncio.create_task(load(register, file))
        await register.over_or_waiting(loading)
        is_through = loading.done()
    await loading
    assert is_through


async def test_who_took_lines_and_then_holds_a_person_waits_for_no_load(
    register: Register, clock: BusinessClock
) -> None:
    """As pushed events do that come in this order: each had what the other one waited for."""
    employer, person = await taken_over(register)
    file = await to_be_loaded(register, AT_2480_TAKEN)
    sent = (await register.send(employer, render([line("2026-07", AT_3050)]))).json()["file"]
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await process_contribution_file(ProcessContributionFile(sent), uow)
        await uow.flush()
        loading = asyncio.create_task(load(register, file))
        await register.over_or_waiting(loading)
        await uow.persons.lock(person_number(person))
    await loading


async def test_pushed_events_hold_nobody_while_months_are_loaded(register: Register, clock: BusinessClock) -> None:
    """Those that hold people first would wait for the load with their lines, and it for their people."""
    employer, _ = await taken_over(register)
    worker = register.service.worker
    handle = next(due.handler for due in worker.work.due if due.command is HandleInbound)

    async def pushed() -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await handle(HandleInbound(party_of(employer), "test"), uow)

    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await uow.opening_rows.wait_for_lines()
        beside = asyncio.create_task(pushed())
        await register.over_or_waiting(beside)
        assert not beside.done()
    await beside


async def test_the_difference_is_what_is_declared_after_a_restore_too(
    register: Register, databases: Databases, issuer: TestIssuer, clock: BusinessClock
) -> None:
    employer, _ = await taken_over(register, AT_2480_TAKEN)
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    async with register_on(databases, issuer) as again:
        await recall(register.service, again.service)
        (found,) = await again.rows("SELECT declared_sen FROM contribution_account")
        assert found[0] == 3_875


async def test_of_two_assessments_the_one_that_was_stated_last_counts(register: Register, clock: BusinessClock) -> None:
    """Whichever of both is confirmed last."""
    employer, person = await register.worker_of()
    await assessed(register, employer, wage(person, "6000.00"))
    await assessed(register, employer, wage(person))
    clock.set_day(2026, 8, 18)
    newer, older = sorted(await register.waiting("enforcement"), key=lambda task: task["facts"]["total_sen"])
    for task in (newer, older):
        answer = await register.decided_task(task, "assessment_confirmed")
        assert answer.status_code == 201, answer.text
        await register.work_off()
    assert sums(await account(register, employer)) == ("0.00", "103.65", "103.65")
