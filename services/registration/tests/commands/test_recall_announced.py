"""What is announced and read back after a restore is no news: nothing changes by it, of whatever register."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.api import family
from services.registration.tests.api import test_employer_facts as employers
from services.registration.tests.api.test_carried_months import CONTENT, account, carried, faults, may, merged_and_sent
from services.registration.tests.api.test_enforcement import offered
from services.registration.tests.api.test_erasures import certificate, erased, state
from services.registration.tests.api.test_person_merges import merge, merged
from services.registration.tests.api.test_spell_corrections import correct
from services.registration.tests.support import (
    AT_2480,
    FIRST,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    since_backup,
)
from shared.contracts.contribution_received import ContributionsReceivedV1
from shared.contracts.envelope import Cause
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall_since
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

THIRD_MYKAD, FOURTH_MYKAD, FIFTH_MYKAD = "880101145676", "880101145684", "880101145692"
# As their MyKads say.
BORN_ON = "1988-01-01"
# How far the database has read, told and worked, and what a restore keeps beside the register.
_NOT_THE_REGISTER = {"outbox", "stream", "epoch", "read_position", "due_work", "idempotency_key", "in_flight", "inbox"}


@pytest.fixture(autouse=True)
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, after the wage month of July 2026."""
    business_clock.set_day(2026, 8, 3)
    return business_clock


async def announce(register: Register) -> None:
    """State the whole register again."""
    answer = await register.as_party("POST", "/v1/announcements", "registration:announcement:write")
    assert answer.status_code == 202, answer.text
    await register.work_off()


async def of_every_register(register: Register) -> None:
    """Something that stands, and something that waits, of each."""
    employer, other = await _carried_and_ended(register)
    person = await register.person(THIRD_MYKAD, born_on=BORN_ON)
    await register.spell(person, await register.employer(OTHER_CODE))
    found = await erased(register, person)
    assert found["state"] == "partly", found["holds"]
    assert (await state(register, person)).status_code == 202
    await register.stated_skbbk(person, "release", filed_on="2026-07-31")
    await register.banked(employer, "2026-05", "64.90", "FPX 1")
    await register.banked(employer, "2026-06", "1.00", "FPX 2")
    await offered(register, await register.employer("F9999999999Z"))
    fourth, fifth = await register.person(FOURTH_MYKAD), await register.person(FIFTH_MYKAD, born_on="1991-02-02")
    await family.related(register, fourth, relative=fifth)
    assert (await family.state(register, fourth, kind="sibling", relative=person)).status_code == 202
    said = await register.correct(fourth, "residence", "citizen", subject="officer-3", first_day="2020-01-01")
    assert said.status_code == 202, said.text
    assert (await merge(register, other, fifth)).status_code == 202
    await register.work_off()


async def _carried_and_ended(register: Register) -> tuple[str, str]:
    employer, survivor, other = await merged_and_sent(register)
    await carried(register, employer, other, survivor)
    (spell,) = await register.rows("SELECT spell FROM spell WHERE person = 1")
    said = await correct(register, str(spell[0]), subject="officer-3", started_on="2024-04-01")
    assert said.json()["state"] == "waiting", said.text
    ended = await employers.state(register, employer, "", "end", ended_on="2026-07-31", subject="officer-3")
    assert ended.json()["state"] == "waiting", ended.text
    return employer, other


async def everything(register: Register) -> dict[str, Sequence[Any]]:
    """Every row of the register, by table."""
    async with register.service.database.connection("migrate") as owner:
        tables = await owner.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        named = [row[0] for row in tables if row[0] not in _NOT_THE_REGISTER and "recalled" not in row[0]]
        return {
            name: [row[0] for row in await owner.fetch(f'SELECT to_jsonb(x)::text FROM "{name}" AS x ORDER BY 1')]  # noqa: S608
            for name in named
        }


async def test_what_is_announced_of_any_register_changes_nothing_after_a_restore(
    databases: Databases, issuer: TestIssuer
) -> None:
    """Also what waits: no task is closed by it, none is opened, and nothing counts."""
    async with since_backup(databases, issuer, of_every_register) as (register, again, _):
        await announce(register)
        told = {each["type"].split(".")[1] for each in await register.events(announced=True)}
        assert told >= {"person", "employer", "spell", "membership", "contributions", "contribution", "relation"}
        before = await everything(again)
        await recall_since(register.service, again.service)
        await again.work_off()
        after = await everything(again)
        assert {name for name in before if before[name] != after[name]} == set()
        assert await again.waiting("erasure") != []


@pytest.mark.parametrize("is_before", [True, False])
async def test_a_month_that_was_carried_is_so_after_an_announcement(
    databases: Databases, issuer: TestIssuer, *, is_before: bool
) -> None:
    """Before the backup, or since: the same month once more is set aside."""

    async def begun(register: Register) -> tuple[str, str, str]:
        employer, survivor, other = await merged_and_sent(register)
        if is_before:
            await carried(register, employer, other, survivor)
        return employer, survivor, other

    async with since_backup(databases, issuer, begun) as (register, again, (employer, survivor, other)):
        if not is_before:
            await carried(register, employer, other, survivor)
        await announce(register)
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await faults(again, employer, CONTENT) == [["1", "month", "month_is_anothers"]]
        assert (await may(again), await account(again)) == ({2: 248_000}, 6_490)
        # Until the other one's is stated, which an announcement tells too.
        await register.sent(employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)]))
        assert await faults(again, employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)])) == []
        assert await faults(again, employer, CONTENT) == []


async def _announced_lines(register: Register) -> list[ContributionsReceivedV1]:
    told = [each for each in await published_by(register.service) if isinstance(each, ContributionsReceivedV1)]
    before = len(told)
    await announce(register)
    told = [each for each in await published_by(register.service) if isinstance(each, ContributionsReceivedV1)]
    return told[before:]


async def test_what_is_announced_of_a_month_says_to_whom_it_was_carried_until_that_one_is_stated(
    register: Register,
) -> None:
    employer, survivor, other = await merged_and_sent(register)
    await carried(register, employer, other, survivor)
    (told, given) = sorted(await _announced_lines(register), key=lambda each: len(each.persons), reverse=True)
    assert (told.persons, told.carried_to, told.wages_sen) == ((1, 2), 2, (0, 248_000))
    assert (given.persons, given.carried_to) == ((2,), None)
    await register.sent(employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)]))
    assert {each.carried_to for each in await _announced_lines(register)} == {None}


async def test_of_one_number_alone_nothing_is_carried_and_nothing_fails(register: Register) -> None:
    """No event of this release says so little: reading back would stop at it for good."""
    employer, survivor, other = await merged_and_sent(register)
    await carried(register, employer, other, survivor)
    (told,) = [each for each in await published_by(register.service) if getattr(each, "carried_to", None)]
    columns = {name: value[:1] for name, value in told.model_dump().items() if isinstance(value, tuple)}
    alone = told.model_copy(update=columns)
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("restore")) as uow:
        await worker.work.recall([alone], uow)
    assert await faults(register, employer, CONTENT) == [["1", "month", "month_is_anothers"]]


async def test_an_announced_erasure_of_a_part_ends_none_that_was_stated_since(
    databases: Databases, issuer: TestIssuer
) -> None:
    async def begun(register: Register) -> tuple[str, UUID]:
        _, number = await register.worker_of()
        assert (await erased(register, number))["state"] == "partly"
        second = await state(register, number)
        await register.work_off()
        return number, second.json()["erasure"]

    async with since_backup(databases, issuer, begun) as (register, again, (_, second)):
        await announce(register)
        await recall_since(register.service, again.service)
        await again.work_off()
        assert (await certificate(again, str(second)))["state"] == "waiting"
        assert len(await again.waiting("erasure")) == 1


async def test_an_announced_erasure_of_two_numbers_erases_nothing_a_second_time(
    databases: Databases, issuer: TestIssuer
) -> None:
    """What was stated of either since stays."""

    async def begun(register: Register) -> str:
        _, survivor = await register.worker_of()
        other = await register.person(OTHER_MYKAD)
        await merged(register, other, survivor)
        assert (await register.decided("person_correction", "correction_refused")).status_code == 201
        found = await erased(register, survivor)
        assert found["state"] == "partly", found["holds"]
        for number in (survivor, other):
            said = await register.correct(number, "address", "9 Jalan Baru", subject=FIRST)
            assert said.status_code in (200, 201, 202), said.text
        await register.work_off()
        return survivor

    async with since_backup(databases, issuer, begun) as (register, again, _):
        await announce(register)
        before = await again.rows("SELECT id, person, attribute FROM person_fact ORDER BY id")
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await again.rows("SELECT id, person, attribute FROM person_fact ORDER BY id") == before
        assert await again.rows("SELECT count(*) FROM erasure") == [(1,)]


async def test_what_was_stated_before_an_erasure_that_is_read_back_ends_with_it(
    databases: Databases, issuer: TestIssuer
) -> None:
    """Of a part: what was stated of the same number by then is over, whoever stated it."""

    async def begun(register: Register) -> tuple[str, str]:
        _, number = await register.worker_of()
        stated = await state(register, number)
        return number, stated.json()["erasure"]

    async with since_backup(databases, issuer, begun) as (register, again, (number, erasure)):
        assert (await register.decided("erasure", "erasure_refused")).status_code == 201
        assert (await erased(register, number))["state"] == "partly"
        await recall_since(register.service, again.service)
        await again.work_off()
        assert (await certificate(again, erasure))["state"] == "refused"
        assert await again.waiting("erasure") == []
