"""What a restore carries, loads or does for good acts only where it stands as it was found; what was published wins.

Each begins with something that is half done, goes on with what comes after it, and puts the backup back.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.api import test_erasures as erasures
from services.registration.tests.api.test_carried_months import (
    AT_2600_THEN,
    CONTENT,
    NOTHING,
    account,
    may,
    merged_and_sent,
)
from services.registration.tests.api.test_person_merges import decide, merged, split
from services.registration.tests.api.test_spell_corrections import COUNTS, correct
from services.registration.tests.support import OTHER_MYKAD, Register, line, number_of, since_backup
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
    async with put_back(held_erasure) as (register, again, (_, erasure)):
        assert (await register.decided("person_correction", "correction_counts")).status_code == 201
        await recall_since(register.service, again.service)
        await again.work_off()
        assert (await again.decided("erasure", "erasure_granted")).status_code == 201
        await again.work_off()
        assert (await erasures.certificate(again, erasure))["state"] == "erased"


async def test_an_erasure_that_was_done_since_is_asked_of_nobody(put_back: Any) -> None:
    async with put_back(held_erasure) as (register, again, (_, erasure)):
        assert (await register.decided("person_correction", "correction_counts")).status_code == 201
        await register.work_off()
        await register.rows("UPDATE due_work SET due_at = now() WHERE kind = 'erase_person'")
        await register.work_off()
        assert (await erasures.certificate(register, erasure))["state"] == "erased"
        await recall_since(register.service, again.service)
        await again.work_off()
        assert (await erasures.certificate(again, erasure))["state"] == "erased"
        assert await again.waiting("erasure") == []


async def split_of_a_month(register: Register) -> tuple[str, str, str]:
    """Of the one the employer stated May since the merge; a split that waits assigns it to the other."""
    employer, survivor, other = await merged_and_sent(register)
    lines = [{"employer": employer, "month": "2026-05", "person": survivor}]
    assert (await split(register, other, assigned_lines=lines)).status_code == 202
    await register.work_off()
    return employer, survivor, other


_MONTHS = "SELECT person, revision, wage_sen FROM contribution_line WHERE month = 202605 ORDER BY person"


@pytest.mark.parametrize(
    "since",
    [
        [],
        # The employer withdraws the other one's, and states that of the first.
        [render([line("2026-05", NOTHING, id_=OTHER_MYKAD)]), CONTENT],
        [render([line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)]), CONTENT],
        [render([line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)])],
    ],
)
async def test_a_month_that_a_split_carried_since_is_carried_once(put_back: Any, since: list[bytes]) -> None:
    async with put_back(split_of_a_month) as (register, again, (employer, _, _)):
        assert (await decide(register, "persons_split")).status_code == 201
        await register.work_off()
        for content in since:
            await register.sent(employer, content)
        before = len(await again.events("contributions.received"))
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await may(again) == await may(register)
        assert await again.rows(_MONTHS) == await register.rows(_MONTHS)
        assert await account(again) == await account(register)
        assert len(await again.events("contributions.received")) == before, "nothing is published of it"


async def test_a_month_that_nobody_had_carried_by_then_is_carried(put_back: Any) -> None:
    """The split counts, and what it assigns was not carried when the database was lost."""
    async with put_back(split_of_a_month) as (register, again, (_, _, other)):
        assert (await decide(register, "persons_split")).status_code == 201
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await may(again) == {number_of(other): 248_000}


async def test_a_month_that_was_stated_since_is_not_carried(put_back: Any) -> None:
    """The split counts; before anything is carried the employer states more of the first one."""
    async with put_back(split_of_a_month) as (register, again, (employer, survivor, _)):
        assert (await decide(register, "persons_split")).status_code == 201
        await register.rows("UPDATE due_work SET due_at = 'infinity' WHERE kind = 'assign_stated'")
        await register.sent(employer, render([line("2026-05", AT_2600_THEN)]))
        await recall_since(register.service, again.service)
        await again.work_off()
        assert list(await may(again)) == [number_of(survivor)]


async def split_of_an_employment(register: Register) -> tuple[str, str, str]:
    """One that was stated of the one since the merge; a split that waits assigns it to the other."""
    employer = await register.employer()
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    await merged(register, other, survivor)
    spell = await register.spell(survivor, employer, "2026-03-01")
    assert (await split(register, other, assigned_spells=[spell])).status_code == 202
    await register.work_off()
    return employer, other, spell


_SPELLS = "SELECT spell, person, days, verified, refused FROM spell ORDER BY spell"


async def word(register: Register, spell: str, path: str) -> None:
    """An officer's on a spell."""
    scopes = ["registration:spell:verify", "registration:spell:write"]
    answer = await register.service.call("POST", f"/v1/spells/{spell}/{path}", scopes=scopes, json={})
    assert answer.is_success, answer.text


async def given_back(register: Register, spell: str, carried: str) -> None:
    """Officers find the employment to be that of the first after all."""
    await word(register, carried, "verification/refusal")
    await word(register, spell, "verification")


async def ended(register: Register, _: str, carried: str) -> None:
    """What was carried ends."""
    await register.ended(carried, "2026-07-31")


async def begun_earlier(register: Register, _: str, carried: str) -> None:
    """Two officers let what was carried begin earlier."""
    await correct(register, carried, started_on="2026-02-01", subject="officer-3")
    assert (await register.decided("spell_correction", COUNTS)).status_code == 201


async def nothing(*_: object) -> None:
    """It stands as it was carried."""


@pytest.mark.parametrize("since", [nothing, given_back, ended, begun_earlier])
async def test_an_employment_that_a_split_carried_since_stands_as_it_was_published(put_back: Any, since: Any) -> None:
    async with put_back(split_of_an_employment) as (register, again, (_, other, spell)):
        assert (await decide(register, "persons_split")).status_code == 201
        await register.work_off()
        query = "SELECT spell FROM spell WHERE person = $1"
        (carried,) = [str(row[0]) for row in await register.rows(query, number_of(other))]
        await since(register, spell, carried)
        await register.work_off()
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await again.rows(_SPELLS) == await register.rows(_SPELLS)


async def test_an_employment_that_was_refused_before_its_split_is_nobodys(put_back: Any) -> None:
    """Whoever the other one works for later is hired by itself, and sent again."""
    async with put_back(split_of_an_employment) as (register, again, (employer, other, spell)):
        await word(register, spell, "verification/refusal")
        assert (await decide(register, "persons_split")).status_code == 201
        await register.work_off()
        hired = await register.spell(other, employer, "2026-07-01")
        await recall_since(register.service, again.service)
        await again.work_off()
        assert [str(row[0]) for row in await again.rows("SELECT spell FROM spell")] == [spell]
        assert await again.spell(other, employer, "2026-07-01") == hired
