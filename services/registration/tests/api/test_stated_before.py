"""What a public register stated before somebody is known here: it counts, whichever of both comes first."""

import asyncio
from typing import Any

import pytest

from services.registration.commands.register_employer import RegisterEmployer, register_employer
from services.registration.tests.api.test_opening_files import loaded, number_behind
from services.registration.tests.api.test_person_merges import merged
from services.registration.tests.api.test_register_statements import death, push, stands
from services.registration.tests.support import CODE, MYKAD, OTHER_CODE, OTHER_MYKAD, Register, party_of
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import person_id

pytestmark = pytest.mark.postgres

COMPANY, PASSPORT = "202001012345", "ZZ0000001"
ENDED = {"kind": "company_ended", "mycoid": COMPANY, "ended_on": "2026-06-30"}
EMPLOYERS = [f"{CODE},KILANG MAJU SDN BHD,{COMPANY}", f"{OTHER_CODE},LADANG HIJAU SDN BHD,"]
PERSONS = [
    f"mykad,{MYKAD},Ahmad bin Ali,1990-01-01,citizen",
    f"passport,{PASSPORT},SITI A/P RAMU,1991-02-03,foreign_worker",
]
# Of Ahmad one that had ended, one that goes on, and one that begins after the death.
SPELLS = [
    f"mykad,{MYKAD},{CODE},2015-03-01,2019-12-31",
    f"mykad,{MYKAD},{OTHER_CODE},2020-01-01,",
    f"mykad,{MYKAD},{CODE},2026-07-01,",
    f"passport,{PASSPORT},{OTHER_CODE},2022-01-01,",
]
PASS = {"kind": "pass_ended", "passport": PASSPORT, "name": "SITI A/P RAMU", "ended_on": "2026-05-31"}


async def ends(register: Register) -> list[tuple[str, str, str | None, str]]:
    """Person, day, cause and who said it of each end that waits."""
    answer = await register.as_party("GET", "/v1/waiting-ends", "registration:spell:read")
    found = [(each["person"], each["ended_on"], each["cause"], each["stated_by"]) for each in answer.json()["data"]]
    return sorted(found, key=str)


async def taken_over(register: Register, **files: list[str]) -> None:
    for kind, rows in files.items():
        assert (await loaded(register, kind, rows))["loaded"]["new"] == len(rows)


async def test_a_company_that_ended_before_its_employer_is_taken_over_has_ended(register: Register) -> None:
    assert await stands(register, await push(register, ENDED, "C-1", "register:2"), "register:2") == ("applied", None)
    await taken_over(register, employers=EMPLOYERS, persons=PERSONS, spells=[f"mykad,{MYKAD},{CODE},2015-03-01,"])
    rows = await register.rows("SELECT code, ended_on FROM employer WHERE ended_on IS NOT NULL")
    assert [(code, str(day)) for code, day in rows] == [(CODE, "2026-06-30")]
    facts = await register.rows("SELECT source, plain FROM employer_fact WHERE attribute = 'activity'")
    assert [tuple(row) for row in facts] == [("register:2", "ended")]
    assert [day for _, day, cause, _ in await ends(register) if cause == "employer_ended"] == ["2026-06-30"]
    assert (await register.events("employer.registered"))[-1]["ended_on"] == "2026-06-30"


async def test_a_company_that_ends_while_its_employer_is_registered_has_ended(register: Register) -> None:
    """Neither sees what the other one has not committed: the second waits for the first."""
    api = register.service.worker
    async with api.database.begin(api.work.unit, Cause("test")) as uow:
        employer = await register_employer(RegisterEmployer("KILANG MAJU SDN BHD", CODE, COMPANY), uow)
        pushed = asyncio.create_task(push(register, ENDED, "C-1", "register:2"))
        await register.over_or_waiting(pushed)
    assert await stands(register, await pushed, "register:2") == ("applied", None)
    ((ended_on,),) = await register.rows("SELECT ended_on FROM employer WHERE employer = $1", employer.number)
    assert str(ended_on) == "2026-06-30"


async def test_the_end_of_an_employment_that_is_taken_over_after_a_death_waits(register: Register) -> None:
    await push(register, death())
    await taken_over(register, employers=EMPLOYERS, persons=PERSONS)
    ahmad = person_id(await number_behind(register, 0))
    assert await ends(register) == []
    await taken_over(register, spells=SPELLS)
    assert await ends(register) == [(ahmad, "2026-06-30", None, "register:1")], "only of what goes on behind it"


async def test_the_end_of_an_employment_that_is_stated_after_a_death_waits(register: Register) -> None:
    employer, person = await register.employer(), await register.person()
    await push(register, death())
    proof: dict[str, Any] = {"national_id": {"kind": "mykad", "number": MYKAD}}
    answer = await register.try_spell(person, employer, "2026-06-10", party_of(employer), **proof)
    assert answer.status_code == 201, answer.text
    assert await ends(register) == [(person, "2026-06-30", None, "register:1")]


async def test_a_death_that_was_stated_of_the_other_number_lets_the_end_wait_too(register: Register) -> None:
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    await merged(register, other, survivor)
    await push(register, death())
    employer = await register.employer()
    proof: dict[str, Any] = {"national_id": {"kind": "mykad", "number": OTHER_MYKAD}}
    answer = await register.try_spell(other, employer, "2026-06-10", party_of(employer), **proof)
    assert answer.status_code == 201, answer.text
    assert await ends(register) == [(other, "2026-06-30", None, "register:1")]


async def test_who_is_taken_over_with_a_pass_that_had_ended_is_asked_about(register: Register) -> None:
    await push(register, PASS, "I-1", "register:3")
    await taken_over(register, employers=EMPLOYERS, persons=PERSONS)
    assert await register.waiting("foreign_pass") == []
    await taken_over(register, spells=SPELLS)
    (task,) = await register.waiting("foreign_pass")
    siti = person_id(await number_behind(register, 1))
    assert (task["facts"]["person"], task["facts"]["ended_on"], task["facts"]["spells"]) == (siti, "2026-05-31", 1)
