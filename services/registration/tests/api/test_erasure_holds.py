"""What postpones an erasure, what the law keeps of whom, and what goes of it when nothing is kept: kind by kind."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.registration.domain.contribution import AMOUNTS
from services.registration.tests.api import test_cover as cover
from services.registration.tests.api import test_enforcement as enforcement
from services.registration.tests.api import test_register_statements as registers
from services.registration.tests.api.family import related
from services.registration.tests.api.test_erasures import (
    CLAIM,
    NAME,
    another,
    arrived,
    certificate,
    claim,
    died,
    erased,
    person,
    readable,
    run_timer,
)
from services.registration.tests.api.test_person_merges import decide, merge
from services.registration.tests.support import MYKAD, Register, months_at_2480, party_of
from shared.contracts.claim_assessed import EntitlementV1, Fund, Per, TermV1
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres


async def assessed(register: Register, clock: BusinessClock) -> tuple[str, Callable[[], Awaitable[None]]]:
    """A month of the person is assessed."""
    employer, number = await register.worker_of()
    await enforcement.assessed(register, employer, enforcement.wage(number))

    async def over() -> None:
        clock.set_day(2026, 8, 18)
        assert (await register.decided("enforcement", "assessment_confirmed")).status_code == 201

    return number, over


async def merges(register: Register, *, survives: bool) -> tuple[str, Callable[[], Awaitable[None]]]:
    """It is stated that two numbers are one person's."""
    number, other = await register.person(), await another(register)
    pair = (other, number) if survives else (number, other)
    assert (await merge(register, *pair)).status_code == 202

    async def over() -> None:
        assert (await decide(register, "persons_stay")).status_code == 201

    return number, over


async def survives(register: Register, clock: BusinessClock) -> tuple[str, Callable[[], Awaitable[None]]]:
    return await merges(register, survives=True)


async def is_merged(register: Register, clock: BusinessClock) -> tuple[str, Callable[[], Awaitable[None]]]:
    return await merges(register, survives=False)


async def corrects(register: Register, clock: BusinessClock) -> tuple[str, Callable[[], Awaitable[None]]]:
    """A name is stated otherwise."""
    number = await register.person()
    assert (await register.correct(number, "name", "Ahmad bin Alias", subject="officer-3")).status_code == 202

    async def over() -> None:
        assert (await register.decided("person_correction", "correction_refused")).status_code == 201

    return number, over


async def corrects_a_spell(register: Register, clock: BusinessClock) -> tuple[str, Callable[[], Awaitable[None]]]:
    """An employment is stated otherwise."""
    employer, number = await register.worker_of()
    ((spell,),) = await register.rows("SELECT spell FROM spell")
    path, says = f"/v1/spells/{spell}/corrections", {"started_on": "2024-02-01", "reason": "mistyped"}
    stated = await register.as_party("POST", path, "registration:spell:write", party_of(employer), json=says)
    assert stated.status_code == 201, stated.text

    async def over() -> None:
        assert (await register.decided("spell_correction", "spell_correction_refused")).status_code == 201

    return number, over


HOLDS = {
    "assessment": (assessed, "assessment_open", "officer:enforcement"),
    "merge": (is_merged, "merge_waits", "officer:person_merge"),
    "merge of the other": (survives, "merge_waits", "officer:person_merge"),
    "correction": (corrects, "correction_waits", "officer:person_correction"),
    "spell correction": (corrects_a_spell, "correction_waits", "officer:person_correction"),
}


@pytest.mark.parametrize("kind", HOLDS)
async def test_what_is_open_postpones_it_until_it_is_over(
    register: Register, business_clock: BusinessClock, kind: str
) -> None:
    business_clock.set_day(2026, 8, 3)
    opens, reason, owner = HOLDS[kind]
    number, over = await opens(register, business_clock)
    found = await erased(register, number)
    assert found["state"] == "held", found
    assert [(each["reason"], each["owner"]) for each in found["holds"]] == [(reason, owner)]
    assert found["held_until"] == "2026-11-01"
    assert await register.events("person.erased") == []
    await over()
    await register.work_off()
    business_clock.set_day(2026, 8, 20)
    await register.work_off()
    assert (await certificate(register, found["erasure"]))["state"] in ("partly", "erased")


async def as_owner(register: Register, table: str, statement: str) -> None:
    """Let stand what came long ago, without all that it takes to come."""
    async with register.service.database.connection("migrate") as owner:
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await owner.execute(statement)
        await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


REFUSED = "UPDATE spell SET refused = true, verified = false"


async def employed(register: Register) -> None:
    ((spell,),) = await register.rows("SELECT spell FROM spell")
    await register.ended(str(spell), "2020-06-30")


async def declared(register: Register) -> None:
    """By its wage month alone: its file is not here any more."""
    await as_owner(register, "spell", REFUSED)
    columns = "employer, month, person, kind, revision, receipt, wage_sen, skbbk_receipt, " + ", ".join(AMOUNTS)
    entered = f"INSERT INTO contribution_line ({columns}) VALUES (1, 202005, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0)"  # noqa: S608
    await as_owner(register, "contribution_line", entered)


async def declared_late(register: Register) -> None:
    """A month of long before, by a file of that day."""
    job = await register.sent("E000000001I", months_at_2480("2026-05"))
    assert job["state"] == "accepted", job
    await as_owner(register, "spell", REFUSED)
    await as_owner(register, "contribution_line", "UPDATE contribution_line SET month = 201001")
    late = "UPDATE contribution_file SET received_at = '2020-07-10T04:00:00Z'"
    await as_owner(register, "contribution_file", late)


async def taken_over(register: Register) -> None:
    await as_owner(register, "spell", REFUSED)
    await as_owner(
        register,
        "opening_month",
        "INSERT INTO opening_month VALUES (1, 1, 201901, 202003, 1, 0, 0, 0, 0, 0, gen_random_uuid(), now())",
    )


async def assessed_long_ago(register: Register) -> None:
    await as_owner(register, "spell", REFUSED)
    columns = "assessment, month, person, employer, tenant, wage_sen, " + ", ".join(AMOUNTS)
    entered = f"INSERT INTO assessment_line ({columns}) VALUES (gen_random_uuid(), 202002, 1, 1, 'employer:1', 1"  # noqa: S608
    await as_owner(register, "assessment_line", f"{entered}, 0, 0, 0, 0, 0)")


async def owed(register: Register) -> None:
    """A claim that is over, and owed something until a day."""
    await as_owner(register, "spell", REFUSED)
    term = TermV1(per=Per.DAY, sen=100, first=date(2020, 1, 1), last=date(2020, 1, 15))
    owes = EntitlementV1(
        scheme="act4",
        benefit="temporary_disablement",
        fund=Fund.EMPLOYMENT_INJURY,
        law="Act 4, s.22",
        party="person:1",
        decision_hash="0" * 64,
        provisional=False,
        terms=(term,),
    )
    await arrived(register, claim(1, is_open=False).model_copy(update={"entitlements": (owes,)}))


ENTRIES = {
    "an employment, to its last day": (employed, "2027-06-30"),
    "a wage month": (declared, "2027-05-31"),
    "the day on which a file came": (declared_late, "2027-07-10"),
    "a month that was taken over": (taken_over, "2027-03-31"),
    "a month that was assessed": (assessed_long_ago, "2027-02-28"),
    "the last day that a claim owed": (owed, "2027-01-15"),
}


@pytest.mark.parametrize("kind", ENTRIES)
async def test_each_kind_of_entry_keeps_the_record_for_seven_years(
    register: Register, business_clock: BusinessClock, kind: str
) -> None:
    """Of who died long ago: nothing but the entry keeps it."""
    business_clock.set_day(2026, 8, 3)
    enters, until = ENTRIES[kind]
    _, number = await register.worker_of(started_on="2009-01-01")
    await enters(register)
    await died(register, 1, "2010-01-01")
    found = await erased(register, number)
    assert found["state"] == "partly", found
    assert {each["until"] for each in found["kept"] if each["record_class"] == "identity"} == {until}
    await run_timer(register)
    assert (await person(register, number)).status_code == 200
    day = date.fromisoformat(until) + timedelta(days=1)
    business_clock.set_day(day.year, day.month, day.day)
    await run_timer(register)
    assert (await person(register, number)).json()["code"] == "person_erased"


async def test_an_employment_that_was_refused_keeps_nothing(register: Register) -> None:
    _, number = await register.worker_of()
    await as_owner(register, "spell", REFUSED)
    assert (await erased(register, number, reason="registered_by_mistake"))["state"] == "erased"


async def test_the_certificate_counts_each_class_and_nothing_of_it_is_left(register: Register) -> None:
    """Who looked, who was named, and what a register stated."""
    number = await register.person()
    nurul = {"name": "Nurul Asli", "born_on": "2017-03-09"}
    await related(register, number, kind="child", named=nurul, first_on="2017-03-09", evidence="BC-1")
    assert (await cover.inquire(register, MYKAD, NAME)).status_code == 201
    body = {"national_id": {"kind": "mykad", "number": MYKAD}}
    looked = await register.as_party("POST", "/v1/person-searches", "registration:person:search", json=body)
    assert looked.status_code == 201, looked.text
    stated = await registers.push(register, registers.death())
    assert (await registers.stands(register, stated))[0] == "applied"
    found = await erased(register, number, reason="registered_by_mistake")
    counts = {each["record_class"]: each["rows"] for each in found["erased"]}
    assert counts["accesses"] == 2
    assert (counts["named_relatives"], counts["register_statements"]) == (1, 1)
    left = await readable(register)
    for said in ("Nurul", MYKAD, NAME, NAME.upper()):
        assert said not in left, said


async def test_a_claim_without_a_number_of_the_person_holds_nobody_else(register: Register) -> None:
    number = await register.person()
    held = claim(1, is_open=True).model_copy(update={"person": 2, "claim": UUID(int=2)})
    assert held.claim != CLAIM
    await arrived(register, held)
    assert (await erased(register, number, reason="registered_by_mistake"))["state"] == "erased"
