"""Opening data beside what stands: companies that are known, and what officers decided before a restore."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.registration.commands.forget_record_class import ForgetRecordClass, forget_record_class
from services.registration.storage.opening_rows import ALIKE
from services.registration.tests.api.test_erasures import erased
from services.registration.tests.api.test_opening_files import (
    EMPLOYERS,
    PERSONS,
    checked,
    everything,
    everything_again,
    loaded,
    number_behind,
    read,
    released,
)
from services.registration.tests.support import CODE, OTHER_CODE, Register, number_of, party_of, register_on
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import employer_id, person_id
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

COMPANY, THIRD_CODE = "202001012345", "C3333333333C"


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    async with register_on(databases, issuer) as restored:
        yield restored


async def test_employers_of_one_company_are_set_aside_but_the_first(register: Register) -> None:
    rows = [f"{CODE},KILANG MAJU SDN BHD,{COMPANY}", f"{OTHER_CODE},KILANG MAJU CAWANGAN JOHOR,{COMPANY}"]
    file = await checked(register, "employers", rows)
    assert file["checked"] == {"new": 1, "known": 0, "rejected": 1}
    errors = (await read(register, file["opening_file"], "/errors")).text.split()
    assert errors[1:] == ["2,mycoid,company_number_registered"]
    await released(register)
    await register.work_off()
    found = (await read(register, file["opening_file"])).json()
    assert (found["state"], found["loaded"]) == ("loaded", {"new": 1, "known": 0, "rejected": 1})
    other = await checked(register, "employers", [rows[0], f"{THIRD_CODE},KILANG MAJU UTARA,{COMPANY}"])
    assert other["checked"] == {"new": 0, "known": 1, "rejected": 1}
    await released(register)
    # Without the number it is taken, and states it afterwards.
    assert (await loaded(register, "employers", [f"{OTHER_CODE},KILANG MAJU CAWANGAN JOHOR,"]))["loaded"]["new"] == 1


async def test_a_company_registered_between_dry_run_and_load_sets_the_line_aside_then(register: Register) -> None:
    file = await checked(register, "employers", EMPLOYERS)
    body = {"name": "KILANG LAIN SDN BHD", "employer_code": THIRD_CODE, "mycoid": COMPANY}
    answer = await register.as_party("POST", "/v1/employers", "registration:employer:write", json=body)
    assert answer.status_code == 201, answer.text
    await released(register)
    await register.work_off()
    found = (await read(register, file["opening_file"])).json()
    assert (found["state"], found["loaded"]) == ("loaded", {"new": 1, "known": 0, "rejected": 1})


# What is shown of an employer and its spells.
_EMPLOYERS = "SELECT code, state, sector, ended_on FROM employer ORDER BY code"
_SPELLS = """
    SELECT spell, days, verified, refused, kind_of_work, spouse_of_employer, act4_has, end_stated_on, end_verified
    FROM spell ORDER BY spell
"""


async def test_files_loaded_again_after_a_restore_leave_what_was_decided(register: Register, again: Register) -> None:
    await everything(register)
    number = (await register.rows("SELECT employer FROM employer WHERE code = $1", CODE))[0][0]
    open_ones = "SELECT spell FROM spell WHERE employer = $1 AND upper_inf(days) ORDER BY person"
    refused, other = [str(row[0]) for row in await register.rows(open_ones, number)]
    path, party = f"/v1/employers/{employer_id(number)}", party_of(employer_id(number))
    scopes = {"spell": "registration:spell:write", "employer": "registration:employer:state"}
    body = {"reason": "not_stated_before", "kind_of_work": "part_time"}
    ended = {"ended_on": "2026-10-31", "evidence": "SSM-2026-0193"}
    state = {"attribute": "state", "value": "melaka", "evidence": "SSM-2026-0193"}
    for answer in (
        await register.as_party("POST", f"/v1/spells/{refused}/verification/refusal", scopes["spell"]),
        await register.as_party("POST", f"/v1/spells/{other}/corrections", scopes["spell"], party, json=body),
        await register.as_party("POST", f"{path}/facts", scopes["employer"], party, json=state),
        await register.as_party("POST", f"{path}/end", scopes["employer"], party, json=ended),
    ):
        assert answer.status_code < 300, answer.text
    await register.work_off()
    assert (await register.rows(_EMPLOYERS))[1]["state"] == "melaka"
    assert {row["kind_of_work"] for row in await register.rows(_SPELLS)} == {None, "part_time"}
    waiting = await register.rows("SELECT spell, ended_on FROM waiting_end")
    assert [str(row["spell"]) for row in waiting] == [other]
    await recall(register.service, again.service)
    await everything_again(again)
    for what in (_EMPLOYERS, _SPELLS, "SELECT spell, ended_on FROM waiting_end"):
        assert await again.rows(what) == await register.rows(what)
    told = {each["code"]: each for each in await again.events("employer.registered")}
    assert (told[CODE]["state"], told[CODE]["ended_on"]) == ("melaka", "2026-10-31")
    assert {each["spell"]: each["refused"] for each in await again.events("spell.started")} == {
        refused: True,
        other: False,
    }
    # What is derived from the facts again is the same.
    async with again.service.database.connection("migrate") as connection:
        await connection.execute("SELECT derive_employer($1, date '2026-11-01')", number)
    assert await again.rows(_EMPLOYERS) == await register.rows(_EMPLOYERS)


async def test_an_end_published_before_a_restore_is_the_spells_again(register: Register, again: Register) -> None:
    await everything(register)
    (spell,) = (await register.rows("SELECT spell FROM spell WHERE upper_inf(days) ORDER BY person DESC LIMIT 1"))[0]
    await register.ended(str(spell), "2026-09-30")
    await recall(register.service, again.service)
    await everything_again(again)
    ends = "SELECT days, end_stated_on, end_verified FROM spell WHERE spell = $1"
    assert await again.rows(ends, spell) == await register.rows(ends, spell)


async def test_a_file_that_is_loaded_again_after_a_restore_registers_nobody_who_was_erased(
    register: Register, again: Register
) -> None:
    """Of a backup of before the file: who was erased since is known by what the topic holds of the id, for a while."""
    await loaded(register, "persons", PERSONS)
    await erased(register, person_id(await number_behind(register, 0)), reason="registered_by_mistake")
    await recall(register.service, again.service)
    file = await loaded(again, "persons", PERSONS)
    assert file["loaded"] == {"new": 2, "known": 0, "rejected": 1}
    assert (await read(again, file["opening_file"], "/errors")).text.split()[1:] == ["1,id_number,person_erased"]
    # Whoever comes back is registered by itself, and is known to a file from then on.
    assert number_of(await again.person()) > 3
    assert (await checked(again, "persons", PERSONS[:1]))["checked"] == {"new": 0, "known": 1, "rejected": 0}


async def test_an_id_of_who_was_erased_is_forgotten_once_the_topic_holds_nothing_of_it(
    register: Register, again: Register
) -> None:
    await loaded(register, "persons", PERSONS)
    await erased(register, person_id(await number_behind(register, 0)), reason="registered_by_mistake")
    await recall(register.service, again.service)
    for days, left in ((13, 1), (2, 0)):
        async with again.service.database.connection("migrate") as owner:
            aged = "UPDATE recalled_erased_id SET read_back_at = read_back_at - make_interval(days => $1)"
            await owner.execute(aged, days)
        worker = again.service.worker
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await forget_record_class(ForgetRecordClass("erased_ids"), uow)
        assert len(await again.rows("SELECT FROM recalled_erased_id")) == left


async def test_who_came_back_before_a_restore_is_known_by_the_number_of_since(
    register: Register, again: Register
) -> None:
    await loaded(register, "persons", PERSONS)
    await erased(register, person_id(await number_behind(register, 0)), reason="registered_by_mistake")
    back = number_of(await register.person())
    await recall(register.service, again.service)
    file = await loaded(again, "persons", PERSONS)
    assert file["loaded"] == {"new": 3, "known": 0, "rejected": 0}
    assert back in {row[0] for row in await again.rows("SELECT person FROM person")}


async def test_who_looks_alike_is_sought_among_the_names_of_the_file(register: Register) -> None:
    """However many are registered: a register of many small files is not read through for each of them."""
    names = ("BIN ALI", "BIN ABU", "A/L RAMU", "A/P MUTHU", "BINTI OMAR")
    many = [f"passport,ZZ1{at:06},P{letters(at)} {names[at % 5]},1990-01-01,citizen" for at in range(200)]
    await loaded(register, "persons", many)
    few = ["passport,ZZ2000001,PAA BIN ALI,1990-01-01,citizen", "passport,ZZ2000002,LIM AH KOW,1991-02-03,citizen"]
    file = await loaded(register, "persons", few)
    assert [task["reason"] for task in await register.waiting("duplicate_person")] == ["same_name_and_birth"]
    asked = str(ALIKE).replace(":file", f"'{file['opening_file']}'")
    async with register.service.database.connection("migrate") as owner:
        # Of so few rows a plan that reads them all is taken to be as good.
        await owner.execute("SET enable_seqscan = off")
        (plan,) = json.loads(await owner.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked}"))
    for table, most in (("person_name_token", 10), ("national_id", 10), ("person_attribute", 20)):
        assert 0 < rows_read(plan["Plan"], table) <= most, table


def letters(number: int) -> str:
    return chr(ord("A") + number // 20) + chr(ord("A") + number % 20)


def rows_read(node: dict[str, Any], table: str) -> int:
    """What a plan that ran has read of a table, before anything else was asked of the rows."""
    beneath = sum(rows_read(each, table) for each in node.get("Plans", ()))
    if node.get("Relation Name") != table:
        return beneath
    return beneath + int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
