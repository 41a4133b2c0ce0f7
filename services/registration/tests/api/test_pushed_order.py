"""What is pushed counts in the order of its receipt, whenever it is worked off, and beside files."""

import asyncio
from typing import Any

import pytest

from services.registration.commands import take_wages
from services.registration.commands.submit_contribution_file import SubmitContributionFile, submit_contribution_file
from services.registration.domain.contribution import Reading
from services.registration.files.contribution_file import read as read_file
from services.registration.files.contribution_file import render
from services.registration.tests.api.test_events import became, hired, push, read, wage, who
from services.registration.tests.support import (
    AT_2480,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    months_at_2480,
    party_of,
)
from shared.contracts.envelope import Cause
from shared.inbound.repository import InboundRepository
from shared.kernel.identifiers import employer_number
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres
MAY = 202605


def breaks(*_: Any) -> Any:
    """A defect."""
    raise RuntimeError


async def stands(register: Register, employer: str, pushed: dict[str, Any]) -> dict[str, Any]:
    """How an event stands now."""
    found: dict[str, Any] = await read(register, employer, f"/v1/events/{pushed['event']}")
    return found


async def wages(register: Register) -> list[tuple[int, int]]:
    """Month and wage of each line that stands."""
    return [(each[0], each[2]) for each in await register.lines()]


async def test_an_older_wage_does_not_replace_a_newer_file(register: Register) -> None:
    employer, _ = await register.worker_of()
    (older,) = await push(register, employer, wage("2026-05", "2600.00"))
    job = (await register.send(employer, months_at_2480("2026-05"))).json()
    await register.process(job["file"])
    await register.work_off()
    assert await wages(register) == [(MAY, 248_000)]
    found = await stands(register, employer, older)
    assert (found["state"], found["warnings"]) == ("warned", ["later_statement_stands"])


async def test_a_file_does_not_replace_a_newer_wage(register: Register) -> None:
    employer, _ = await register.worker_of()
    job = (await register.send(employer, months_at_2480("2026-05"))).json()
    (newer,) = await push(register, employer, wage("2026-05", "2600.00"))
    await register.work_off()
    await register.process(job["file"])
    assert await wages(register) == [(MAY, 260_000)]
    assert (await stands(register, employer, newer))["state"] == "accepted"


async def test_a_file_between_two_wages_of_one_page_stands_before_the_later_alone(register: Register) -> None:
    employer, _ = await register.worker_of()
    await register.spell(await register.person(OTHER_MYKAD, name="Siti binti Omar"), employer)
    await push(register, employer, wage("2026-05", "2600.00"))
    both = [line("2026-05", AT_2480), line("2026-05", AT_2480, id_=OTHER_MYKAD, name="Siti binti Omar")]
    await register.process((await register.send(employer, render(both))).json()["file"])
    await push(register, employer, wage("2026-05", "2600.00", OTHER_MYKAD, "Siti binti Omar"))
    await register.work_off()
    assert await wages(register) == [(MAY, 248_000), (MAY, 260_000)]


async def test_a_file_that_is_on_its_way_between_two_wages_is_waited_for(register: Register) -> None:
    """An archive's files are received in one transaction, which may last: what came after it does not go before."""
    employer, _ = await register.worker_of()
    await register.spell(await register.person(OTHER_MYKAD, name="Siti binti Omar"), employer)
    await push(register, employer, wage("2026-05", "2600.00"))
    both = [line("2026-05", AT_2480), line("2026-05", AT_2480, id_=OTHER_MYKAD, name="Siti binti Omar")]
    upload, reading = read_file(render(both)), Reading()
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        sent = SubmitContributionFile(upload, party_of(employer), officer=False, reading=reading)
        job = await submit_contribution_file(sent, uow)
        await push(register, employer, wage("2026-05", "2600.00", OTHER_MYKAD, "Siti binti Omar"))
        others = asyncio.create_task(register.work_off())
        await register.over_or_waiting(others)
    await others
    await register.process(str(job.id))
    assert await wages(register) == [(MAY, 248_000), (MAY, 260_000)]


async def test_nobody_waits_behind_whoever_waits_for_what_is_on_its_way(register: Register) -> None:
    """Employers 1 and 65 share a place: what the one sends is answered while the other's wages wait for an archive."""
    employer, _ = await register.worker_of()
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("SELECT setval('employer_number', 64)")
    beside = await register.employer(OTHER_CODE)
    assert (employer_number(employer), employer_number(beside)) == (1, 65)
    worker = register.service.worker

    async def wait() -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await uow.contribution_files.wait_for_what_is_received(employer_number(employer))

    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        sent = SubmitContributionFile(
            read_file(months_at_2480("2026-05")), party_of(employer), officer=False, reading=Reading()
        )
        await submit_contribution_file(sent, uow)
        waiting = asyncio.create_task(wait())
        await register.over_or_waiting(waiting)
        assert not waiting.done()
        upload = asyncio.create_task(register.send(beside, render([line("2026-05", AT_2480, code=OTHER_CODE)])))
        await register.over_or_waiting(upload, of=2)
        assert upload.done()
    await waiting
    assert (await upload).status_code == 202


async def test_what_met_a_defect_does_not_replace_what_came_meanwhile(
    register: Register, monkeypatch: pytest.MonkeyPatch, business_clock: BusinessClock
) -> None:
    employer, _ = await register.worker_of()

    monkeypatch.setattr(take_wages, "amounts_due", breaks)
    (older,) = await became(register, employer, wage("2026-05", "2600.00"))
    assert older["reason"] == "internal_error"
    monkeypatch.undo()
    await register.sent(employer, months_at_2480("2026-05"))
    business_clock.advance(hours=2)
    await register.work_off()
    assert await wages(register) == [(MAY, 248_000)]
    assert (await stands(register, employer, older))["state"] == "warned"


async def test_a_defect_that_is_not_mended_in_time_is_said_to_be_one(
    register: Register, monkeypatch: pytest.MonkeyPatch, business_clock: BusinessClock
) -> None:
    employer, _ = await register.worker_of()

    monkeypatch.setattr(take_wages, "amounts_due", breaks)
    (pushed,) = await became(register, employer, wage("2026-05", "2600.00"))
    business_clock.advance(days=46)
    await register.work_off()
    found = await stands(register, employer, pushed)
    assert (found["state"], found["reason"]) == ("refused", "internal_error")


async def test_a_refused_event_takes_nobodys_place(register: Register) -> None:
    employer = await register.employer()
    (good,) = await became(register, employer, wage("2026-05", "2480.00"))
    (bad,) = await became(register, employer, wage("2026-05", "2480.00", paid_on="2099-01-01"))
    assert (bad["state"], bad["reason"]) == ("refused", "paid_in_future")
    assert (await stands(register, employer, good))["state"] == "parked"
    await became(register, employer, hired())
    assert (await stands(register, employer, good))["state"] == "accepted"
    assert await wages(register) == [(MAY, 248_000)]


async def test_one_that_waits_no_longer_does_not_replace_a_later_one_of_its_key(
    register: Register, monkeypatch: pytest.MonkeyPatch, business_clock: BusinessClock
) -> None:
    """It goes on in the very moment in which the later one is worked off, and is not parked when that looks."""
    employer, _ = await register.worker_of()
    monkeypatch.setattr(take_wages, "amounts_due", breaks)
    (older,) = await became(register, employer, wage("2026-05", "2600.00"))
    assert older["state"] == "parked"
    monkeypatch.undo()

    async def sees_none(*_: Any) -> list[Any]:
        return []

    monkeypatch.setattr(InboundRepository, "supersede", sees_none)
    (newer,) = await became(register, employer, wage("2026-05", "2480.00"))
    assert newer["state"] == "accepted"
    monkeypatch.undo()
    business_clock.advance(hours=2)
    await register.work_off()
    found = await stands(register, employer, older)
    assert (found["state"], found["reason"]) == ("refused", "corrected_by_later")
    assert found["result"] == {"corrected_by": newer["event"]}
    assert await wages(register) == [(MAY, 248_000)]


async def test_two_wages_of_a_person_under_two_ids_are_taken_one_after_the_other(register: Register) -> None:
    employer, person = await register.worker_of()
    named = {"kind": "old_ic", "number": "A1234567"}
    body = {"national_id": named, "reason": "document_renewed", "evidence": "PP-1"}
    path = f"/v1/persons/{person}/national-ids"
    added = await register.as_party("POST", path, "registration:person:correct", json=body, subject="officer-3")
    assert added.status_code == 202, added.text
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    other = wage("2026-05", "2600.00")
    other["data"]["national_id"] = named
    found = await became(register, employer, wage("2026-05", "2480.00"), other)
    assert [each["state"] for each in found] == ["accepted", "accepted"], found
    assert await wages(register) == [(MAY, 260_000)]


async def test_a_month_is_withdrawn_also_where_nobody_worked(register: Register) -> None:
    employer, _ = await register.worker_of(started_on="2026-06-01")
    (withdrawn,) = await became(register, employer, wage("2026-05", "0.00"))
    assert withdrawn["state"] == "accepted", withdrawn
    (nobody,) = await became(register, employer, wage("2026-05", "0.00", OTHER_MYKAD, "Siti binti Omar"))
    assert nobody["state"] == "parked"


async def test_what_is_worked_off_days_later_was_stated_on_the_day_of_its_receipt(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 7, 14)
    employer = await register.employer()
    left = {"type": "employee.left", "data": {**who(), "ended_on": "2026-07-13"}}
    await push(register, employer, hired(started_on="2026-07-13"), {**hired(), **left, "id": "left"})
    business_clock.set_day(2026, 7, 17)
    await register.work_off()
    rows = await register.rows("SELECT stated_on::text, end_stated_on::text FROM spell")
    assert [tuple(row) for row in rows] == [("2026-07-14", "2026-07-14")]


async def test_an_employment_that_was_refused_is_not_known_already(register: Register) -> None:
    employer = await register.employer()
    (first,) = await became(register, employer, hired())
    path = f"/v1/spells/{first['result']['spell']}/verification/refusal"
    answer = await register.as_party("POST", path, "registration:spell:write")
    assert answer.status_code == 200, answer.text
    left = {"type": "employee.left", "data": {**who(), "ended_on": "2026-06-30"}}
    found = await became(register, employer, hired(), {**hired(), **left, "id": "left"})
    assert [(each["state"], each["reason"]) for each in found] == [("refused", "employment_refused")] * 2


async def test_a_page_of_wages_is_worked_off_at_once_and_leaves_no_file_for_later(register: Register) -> None:
    employer, _ = await register.worker_of()
    await push(register, employer, wage("2026-05", "2480.00"))
    assert await register.service.worker.runner.run_one()
    assert await wages(register) == [(MAY, 248_000)]
    assert await register.rows("SELECT kind FROM due_work WHERE kind = 'process_contribution_file'") == []
    assert await register.rows("SELECT state, accepted_lines FROM contribution_file") == [("accepted", 1)]
