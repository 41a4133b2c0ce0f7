"""What waits of an employment when a split carries it to another number, and whose employment a month needs."""

from typing import Any

import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.api.test_carried_months import CONTENT, spells
from services.registration.tests.api.test_person_merges import THIRD_MYKAD, merged, parted, split
from services.registration.tests.api.test_register_statements import death, push
from services.registration.tests.api.test_spell_corrections import COUNTS, QUEUE, REFUSED, correct
from services.registration.tests.support import (
    AT_2480,
    MYKAD,
    OTHER_MYKAD,
    Register,
    line,
    number_of,
    party_of,
)
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

READ, WRITE = "registration:spell:read", "registration:spell:write"


@pytest.fixture(autouse=True)
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, after the wage month of July 2026."""
    business_clock.set_day(2026, 8, 3)
    return business_clock


async def hired_since(register: Register) -> tuple[str, str, str, str]:
    """An employer, two numbers that were merged, and the employment that the employer stated of the first since."""
    employer = await register.employer()
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    await merged(register, other, survivor)
    answer = await register.try_spell(survivor, employer, "2026-03-01", party_of(employer), MYKAD)
    assert answer.status_code == 201, answer.text
    return employer, survivor, other, str(answer.json()["spell"])


async def ended(register: Register, employer: str, spell: str, on: str) -> None:
    """Wages of May were reported: the end that the employer states waits."""
    await register.sent(employer, CONTENT)
    path = f"/v1/spells/{spell}/end"
    said = await register.as_party("POST", path, WRITE, party_of(employer), json={"ended_on": on})
    assert (said.status_code, said.json()["waiting_end"]["reason"]) == (202, "wages_reported_after")


async def waits(register: Register, party: str = "") -> list[tuple[str, int, str]]:
    """Spell, person and day of the ends that wait, as a party lists them."""
    listed = await register.as_party("GET", "/v1/waiting-ends", READ, party)
    return [(each["spell"], number_of(each["person"]), each["ended_on"]) for each in listed.json()["data"]]


async def of_the_other(register: Register) -> list[str]:
    """The employments of the other one."""
    return [str(row[0]) for row in await register.rows("SELECT spell FROM spell WHERE person = 2 ORDER BY lower(days)")]


async def test_an_end_that_waits_goes_with_the_employment(register: Register) -> None:
    employer, _, other, spell = await hired_since(register)
    await ended(register, employer, spell, "2026-04-15")
    await parted(register, other, assigned_spells=[spell])
    (carried,) = await of_the_other(register)
    assert await waits(register) == await waits(register, party_of(employer)) == [(carried, 2, "2026-04-15")]
    path = f"/v1/spells/{carried}/end"
    confirmed = await register.as_party("POST", path, WRITE, json={"ended_on": "2026-04-15"})
    assert confirmed.status_code == 200, confirmed.text
    assert await spells(register) == [(1, "2026-03-01", None, True), (2, "2026-03-01", "2026-04-15", False)]
    assert await waits(register) == []


async def test_an_end_that_waits_is_asked_of_each_part_that_goes_on_behind_it(register: Register) -> None:
    """The other one was employed there itself for a while: what is left is two employments."""
    employer = await register.employer()
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    await register.ended(await register.spell(other, employer, "2026-05-01"), "2026-05-31")
    await merged(register, other, survivor)
    answer = await register.try_spell(survivor, employer, "2026-03-01", party_of(employer), MYKAD)
    spell = str(answer.json()["spell"])
    await ended(register, employer, spell, "2026-04-15")
    await parted(register, other, assigned_spells=[spell])
    before, _, behind = await of_the_other(register)
    assert await waits(register) == sorted([(before, 2, "2026-04-15"), (behind, 2, "2026-06-01")])


async def test_an_end_by_a_death_of_the_one_does_not_go_with_it(register: Register) -> None:
    """It follows from the death of the one; of the other none is known."""
    _, survivor, other, spell = await hired_since(register)
    pushed = await push(register, death(died_on="2026-07-20"))
    assert await waits(register) == [(spell, number_of(survivor), "2026-07-20")], pushed.text
    await parted(register, other, assigned_spells=[spell])
    assert await waits(register) == []


@pytest.mark.parametrize(("kind", "first"), [(COUNTS, "2026-02-01"), (REFUSED, "2026-03-01")])
async def test_a_correction_that_waits_is_asked_of_the_one_who_gets_the_employment(
    register: Register, kind: str, first: str
) -> None:
    employer, _, other, spell = await hired_since(register)
    stated = await correct(register, spell, party_of(employer), started_on="2026-02-01", evidence="K-1")
    assert stated.json()["state"] == "waiting", stated.text
    await register.work_off()
    (before,) = await register.waiting(QUEUE)
    await parted(register, other, assigned_spells=[spell])
    (task,) = await register.waiting(QUEUE)
    (carried,) = await of_the_other(register)
    assert task["task"] != before["task"]
    assert (task["facts"]["spell"], task["facts"]["person"], task["facts"]["started_on"]) == (
        carried,
        other,
        "2026-02-01",
    )
    assert (await register.decided(QUEUE, kind)).status_code == 201
    assert await spells(register) == [(1, "2026-03-01", None, True), (2, first, None, False)]
    rows = await register.rows("SELECT person, counts, evidence FROM spell_correction ORDER BY person")
    assert [tuple(row) for row in rows] == [(1, False, "K-1"), (2, kind == COUNTS, "K-1")]


async def test_what_a_correction_says_of_the_last_day_is_asked_of_the_last_part(register: Register) -> None:
    employer = await register.employer()
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    await register.ended(await register.spell(other, employer, "2026-05-01"), "2026-05-31")
    await merged(register, other, survivor)
    spell = await register.spell(survivor, employer, "2026-03-01")
    await register.ended(spell, "2026-07-31")
    await correct(register, spell, party_of(employer), goes_on=True)
    await register.work_off()
    await parted(register, other, assigned_spells=[spell])
    _, _, behind = await of_the_other(register)
    (task,) = await register.waiting(QUEUE)
    assert (task["facts"]["spell"], task["facts"]["ended_on"]) == (behind, "none")


async def three_numbers(register: Register) -> tuple[str, dict[str, str]]:
    """An employer, and three numbers of one person: the third went into the second, and that into the first."""
    employer = await register.employer()
    numbers = {name: await register.person(id_) for name, id_ in _IDS.items()}
    await register.spell(numbers["first"], employer)
    return employer, numbers


_IDS = {"first": MYKAD, "second": OTHER_MYKAD, "third": THIRD_MYKAD}


def assigned(employer: str, person: str) -> list[dict[str, Any]]:
    """May of a number."""
    return [{"employer": employer, "month": "2026-05", "person": person}]


async def test_an_employment_of_a_number_that_stays_too_is_none_of_who_leaves(register: Register) -> None:
    employer, of = await three_numbers(register)
    await register.spell(of["second"], employer)
    await merged(register, of["second"], of["first"])
    await merged(register, of["third"], of["first"])
    await register.sent(employer, CONTENT)
    answer = await split(register, of["third"], assigned_lines=assigned(employer, of["first"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "assigned_line_unemployed")
    answer = await split(register, of["second"], assigned_lines=assigned(employer, of["first"]))
    assert answer.status_code == 202, answer.text


async def test_an_employment_of_a_number_that_leaves_too_is_of_who_leaves(register: Register) -> None:
    employer, of = await three_numbers(register)
    await register.spell(of["third"], employer)
    await merged(register, of["third"], of["second"])
    await merged(register, of["second"], of["first"])
    await register.sent(employer, CONTENT)
    answer = await split(register, of["second"], assigned_lines=assigned(employer, of["first"]))
    assert answer.status_code == 202, answer.text


async def test_an_employment_that_is_assigned_away_is_none_of_the_other_one(register: Register) -> None:
    employer, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD)
    await merged(register, other, survivor)
    since = await register.spell(other, employer, "2026-01-01")
    await register.sent(employer, render([line("2026-05", AT_2480)]))
    both = {"assigned_spells": [since], "assigned_lines": assigned(employer, survivor)}
    answer = await split(register, other, **both)
    assert (answer.status_code, answer.json()["code"]) == (409, "assigned_line_unemployed")
