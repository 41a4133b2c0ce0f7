"""What a restore carries, loads or does for good acts only where it stands as it was found; what was published wins.

Each begins with something that is half done, goes on with what comes after it, and puts the backup back.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.api import test_erasures as erasures
from services.registration.tests.api import test_events as pushed
from services.registration.tests.api import test_opening_files as opening
from services.registration.tests.api.test_carried_months import (
    AT_2600_THEN,
    CONTENT,
    account,
    may,
    merged_and_sent,
)
from services.registration.tests.api.test_person_merges import decide, merge, merged, split
from services.registration.tests.api.test_person_merges import person as read_person
from services.registration.tests.api.test_spell_corrections import COUNTS, correct
from services.registration.tests.support import (
    NOTHING,
    OTHER_MYKAD,
    Register,
    line,
    number_of,
    party_of,
    register_on,
    since_backup,
)
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall, recall_since
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


async def file_of_people(register: Register) -> None:
    """One that was looked over, and that two officers have not released."""
    await opening.checked(register, "persons", opening.PERSONS)


async def corrected_since(register: Register, person: str) -> None:
    """Birth and residence, by two officers."""
    await register.corrected(person, "born_on", "1961-02-02")
    await register.corrected(person, "residence", "permanent_resident", first_day="2025-01-01", reason="changed")


async def stands(register: Register, person: str) -> tuple[str, str]:
    """The birth and the residence of somebody."""
    found = (await read_person(register, person)).json()
    return found["born_on"], found["residence"]


async def test_people_whom_a_restore_loads_are_as_they_were_published_since(put_back: Any) -> None:
    async with put_back(file_of_people) as (register, again, _):
        await opening.released(register)
        await register.work_off()
        person = person_id(await opening.number_behind(register, 0))
        await corrected_since(register, person)
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await stands(again, person) == await stands(register, person) == ("1961-02-02", "permanent_resident")
        (event,) = await again.events("people.taken_over")
        told = next(each for each in event["persons"] if each["person"] == number_of(person))
        assert (told["born_on"], told["residence"]) == ("1961-02-02", "permanent_resident")
        assert told["residence_since"] == "2025-01-01"
        others = {each["born_on"] for each in event["persons"]}
        assert others == {"1961-02-02", "1985-06-15", "1991-02-03"}, "of whom nothing was corrected the file says it"


async def test_who_is_registered_again_after_a_restore_is_as_it_was_published(
    register: Register, databases: Databases, issuer: TestIssuer
) -> None:
    """Sent again as it was sent first, by who does not know what two officers decided since."""
    person = await register.person()
    await corrected_since(register, person)
    async with register_on(databases, issuer) as again:
        await recall(register.service, again.service)
        assert await again.person() == person
        assert await stands(again, person) == await stands(register, person)
        (told,) = await again.events("person.registered")
        assert (told["born_on"], told["residence"]) == ("1961-02-02", "permanent_resident")
        assert told["residence_since"] == "2025-01-01"


_DAYS = "SELECT spell, days, end_stated_on, end_verified FROM spell ORDER BY spell"


async def test_a_spell_that_is_stated_again_begins_as_it_was_corrected(
    register: Register, databases: Databases, issuer: TestIssuer
) -> None:
    """Under its id, whatever its employer had stated first."""
    employer, person = await register.worker_of()
    ((spell, first),) = await register.rows("SELECT spell, lower(days) FROM spell")
    await correct(register, str(spell), started_on="2024-02-01", subject="officer-3")
    assert (await register.decided("spell_correction", COUNTS)).status_code == 201
    async with register_on(databases, issuer) as again:
        await recall(register.service, again.service)
        assert (await again.worker_of()) == (employer, person)
        assert str(first) != "2024-02-01"
        assert await again.rows(_DAYS) == await register.rows(_DAYS)


@pytest.mark.parametrize("corrected", [{"started_on": "2019-12-01"}, {"ended_on": "2020-09-30"}, {"goes_on": True}])
async def test_spells_of_a_file_that_is_loaded_again_are_of_the_days_that_were_published(
    register: Register, databases: Databases, issuer: TestIssuer, corrected: dict[str, Any]
) -> None:
    await opening.everything(register)
    ((spell,),) = await register.rows("SELECT spell FROM spell WHERE lower(days) = '2020-01-01'")
    answer = await correct(register, str(spell), subject="officer-3", **corrected)
    assert answer.status_code == 201, answer.text
    assert (await register.decided("spell_correction", COUNTS)).status_code == 201
    await register.work_off()
    async with register_on(databases, issuer) as again:
        await recall(register.service, again.service)
        await opening.everything_again(again)
        assert await again.rows(_DAYS) == await register.rows(_DAYS)


@pytest.mark.parametrize("ahead", [0, 40])
async def test_what_a_merge_kept_of_the_other_one_goes_with_it_when_they_are_split(
    put_back: Any, business_clock: BusinessClock, ahead: int
) -> None:
    """Whose fact officers kept was not published; the survivor's birth was, and it is the other one's. Facts are
    recorded by the database's clock, of which the business clock may be ahead."""
    if ahead:
        business_clock.advance(days=ahead)

    async def begun(register: Register) -> tuple[str, str]:
        survivor, other = await register.person(), await register.person(OTHER_MYKAD, born_on="1985-06-15")
        assert (await merge(register, other, survivor)).status_code == 202
        return survivor, other

    async with put_back(begun) as (register, again, (survivor, other)):
        assert (await decide(register, "persons_merge", keep={"born_on": other})).status_code == 201
        await register.work_off()
        await recall_since(register.service, again.service)
        await again.work_off()
        for each in (register, again):
            assert (await read_person(each, survivor)).json()["born_on"] == "1985-06-15"
            assert (await split(each, other)).status_code == 202
            assert (await decide(each, "persons_split")).status_code == 201
            await each.work_off()
            born = [(await read_person(each, one)).json()["born_on"] for one in (survivor, other)]
            assert born == ["1990-01-01", "1985-06-15"]


async def test_a_birth_that_was_corrected_after_a_merge_stays_the_survivors(put_back: Any) -> None:
    async def begun(register: Register) -> tuple[str, str]:
        survivor, other = await register.person(), await register.person(OTHER_MYKAD, born_on="1985-06-15")
        assert (await merge(register, other, survivor)).status_code == 202
        return survivor, other

    async with put_back(begun) as (register, again, (survivor, other)):
        assert (await decide(register, "persons_merge", keep={"born_on": other})).status_code == 201
        await register.work_off()
        await register.corrected(survivor, "born_on", "1961-02-02")
        await recall_since(register.service, again.service)
        await again.work_off()
        assert (await split(again, other)).status_code == 202
        assert (await decide(again, "persons_split")).status_code == 201
        assert (await read_person(again, survivor)).json()["born_on"] == "1961-02-02"


@pytest.mark.parametrize("is_pushed", [False, True])
@pytest.mark.parametrize("answer", ["erasure_granted", "erasure_refused"])
async def test_who_was_erased_and_is_sent_again_after_a_restore_is_asked_about(
    put_back: Any, is_pushed: bool, answer: str
) -> None:
    """Its employer sends again what it sent since the backup, and learns nothing; two officers are asked, once."""

    async def begun(register: Register) -> str:
        return await register.employer()

    async with put_back(begun) as (register, again, employer):
        person = await register.person(party=party_of(employer))
        assert (await erasures.erased(register, person, reason="registered_by_mistake"))["state"] == "erased"
        await recall_since(register.service, again.service)
        await again.work_off()
        if is_pushed:
            (became,) = await pushed.became(again, employer, pushed.hired())
            assert became["state"] == "accepted"
        else:
            assert await again.person(party=party_of(employer)) != person
        await again.work_off()
        ((number,),) = await again.rows("SELECT person FROM person WHERE erased_at IS NULL")
        (task,) = await again.waiting("erasure")
        assert task["facts"] == {"person": person_id(number), "why": "registered_by_mistake"}
        assert (await again.decided("erasure", answer)).status_code == 201
        await again.work_off()
        stays = answer == "erasure_refused" or is_pushed
        assert (await read_person(again, person_id(number))).status_code == (200 if stays else 404)
        assert await again.waiting("erasure") == []


async def test_who_comes_back_without_a_restore_is_asked_about_by_nobody(register: Register) -> None:
    employer = await register.employer()
    person = await register.person(party=party_of(employer))
    assert (await erasures.erased(register, person, reason="registered_by_mistake"))["state"] == "erased"
    await register.person(party=party_of(employer))
    await register.work_off()
    assert await register.waiting("erasure") == []
