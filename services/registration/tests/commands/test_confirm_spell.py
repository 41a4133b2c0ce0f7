"""A spell is confirmed by its earliest contribution, whichever of the two is known first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text

from services.registration.commands.end_spell import EndSpell, end_spell
from services.registration.commands.process_contribution_file import (
    ProcessContributionFile,
    process_contribution_file,
)
from services.registration.commands.start_spell import StartSpell, start_spell
from services.registration.files.contribution_file import render
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from services.registration.tests.support import (
    AT_2600,
    AT_3050,
    WAITS_FOR_A_ROW,
    Register,
    day,
    line,
    months_at_2480,
    number_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import employer_number
from shared.security.tokens import Caller, Role
from shared.testing.service import eventually

JULY, AUGUST = render([line("2026-07", AT_2600)]), render([line("2026-08", AT_3050)])
# Of a person who left on 5 July: July's line has a day of the first spell, and of the second.
SECOND_STARTS = "2026-07-20"


async def test_a_spell_that_is_registered_after_its_contributions_is_confirmed_by_the_earliest(
    register: Register,
) -> None:
    """July's and August's lines came in before an officer said that the first spell had ended on 5 July."""
    employer, person = await _worked_until_july(register, AUGUST, JULY)
    assert await register.events("spell.confirmed") == []
    spell = await register.spell(person, employer, SECOND_STARTS)
    assert await _confirmed(register) == [(spell, "2026-07", 260_000)]


async def test_a_later_file_confirms_by_the_earlier_line_that_is_stored(register: Register) -> None:
    """Though August's file is worked off before anybody looked for the lines of the new spell."""
    employer, person = await _worked_until_july(register)
    await register.sent(employer, JULY)
    spell = await register.spell(person, employer, SECOND_STARTS)
    file = (await register.send(employer, AUGUST)).json()["file"]
    async with _worker(register) as uow:
        await process_contribution_file(ProcessContributionFile(file), uow)
    assert [event["confirmed_month"] for event in await register.events("spell.confirmed")] == ["2026-07"]
    assert await _confirmed(register) == [(spell, "2026-07", 260_000)]


async def test_a_spell_is_confirmed_by_a_file_that_was_worked_on_while_it_was_registered(register: Register) -> None:
    """The file's transaction does not see the spell, nor the spell's the lines; the spell is committed first."""
    employer, person = await _worked_until_july(register)
    file = (await register.send(employer, JULY)).json()["file"]
    async with _worker(register) as uow:
        # As its runner would, which claims the row and deletes it at the end.
        await uow.connection.execute(text("DELETE FROM due_work"))
        await process_contribution_file(ProcessContributionFile(file), uow)
        spell = await register.spell(person, employer, SECOND_STARTS)
        await register.work_off()
        assert await register.events("spell.confirmed") == []
    assert await _confirmed(register) == [(spell, "2026-07", 260_000)]


async def test_a_spell_is_confirmed_by_a_file_that_was_through_while_it_was_registered(register: Register) -> None:
    """The same, and the file is committed first."""
    employer, person = await _worked_until_july(register)
    async with _api(register) as uow:
        start = day(SECOND_STARTS)
        spell = await start_spell(StartSpell(number_of(person), employer_number(employer), start, start, "test"), uow)
        assert (await register.sent(employer, JULY))["state"] == "accepted"
    assert await _confirmed(register) == [(str(spell.id), "2026-07", 260_000)]


@pytest.mark.parametrize(("last_day", "confirmed"), [("2026-05-31", []), ("2026-06-01", ["2026-06"])])
async def test_a_spell_that_ends_while_a_file_waits_for_it_is_judged_by_the_days_that_it_then_has(
    register: Register, last_day: str, confirmed: list[str]
) -> None:
    """June's file began to look when it had no end yet."""
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    file = (await register.send(employer, render([line("2026-06", AT_2600)]))).json()["file"]
    async with _api(register) as uow:
        await end_spell(EndSpell(UUID(spell), day(last_day), day(last_day), "test"), uow)
        work = asyncio.create_task(register.work_off())
        await eventually(partial(register.rows, WAITS_FOR_A_ROW))
    await work
    assert (await register.rows("SELECT state FROM contribution_file WHERE file = $1", UUID(file)))[0][0] == "accepted"
    assert [event["confirmed_month"] for event in await register.events("spell.confirmed")] == confirmed


async def test_a_spell_that_no_line_fits_stays_unconfirmed_and_leaves_nothing_waiting(register: Register) -> None:
    """A month before it proves nothing; the first file that fits does."""
    employer, person = await _worked_until_july(register)
    spell = await register.spell(person, employer, "2026-08-01")
    await register.sent(employer, JULY)
    await eventually(partial(_comes_to_rest, register))
    assert await register.events("spell.confirmed") == []
    await register.sent(employer, AUGUST)
    assert await _confirmed(register) == [(spell, "2026-08", 305_000)]


async def _worked_until_july(register: Register, *files: bytes) -> tuple[str, str]:
    """An employer and a person with an ended spell that is confirmed, of which nothing is told here.

    The files are taken before the spell ends.
    """
    employer, person = await register.employer(), await register.person()
    spell = await register.spell(person, employer)
    for content in (months_at_2480("2026-05"), *files):
        assert (await register.sent(employer, content))["state"] == "accepted"
    body = {"ended_on": "2026-07-05"}
    answer = await register.as_party("POST", f"/v1/spells/{spell}/end", "registration:spell:write", json=body)
    assert answer.status_code == 200, answer.text
    async with register.service.database.connection() as connection:
        await connection.execute("DELETE FROM outbox")
    return employer, person


async def _confirmed(register: Register) -> list[tuple[str, str, int]]:
    """Spell, month and wage of the confirmations, when all work is done."""
    await eventually(partial(_comes_to_rest, register))
    return [
        (event["spell"], event["confirmed_month"], event["wage_sen"])
        for event in await register.events("spell.confirmed")
    ]


async def _comes_to_rest(register: Register) -> bool:
    """Whether nothing is left: a recheck waits also for transactions of other tests in the same cluster."""
    await register.work_off()
    return await register.rows("SELECT 1 FROM due_work") == []


@asynccontextmanager
async def _worker(register: Register) -> AsyncIterator[RegistrationUnitOfWork]:
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        yield uow


@asynccontextmanager
async def _api(register: Register) -> AsyncIterator[RegistrationUnitOfWork]:
    caller = Caller("test", "organisation:1", Role.OFFICER, frozenset())
    app = register.service.app
    async with app.state.database.begin(app.state.unit, Cause("test"), caller) as uow:
        yield uow
