"""Lines that were posted before a birth or a residence was corrected: what differs is seen, and settled by a file."""

from typing import Any

from services.registration.files.contribution_file import render
from services.registration.tests.support import (
    AT_2480,
    AT_3050,
    MYKAD,
    OTHER_CODE,
    Register,
    line,
    months_at_2480,
    party_of,
)

# Worked by hand from the table of 1 October 2024 (act4 §2.2): of the second category the employer alone pays, for
# employment injury; Act 800 insures nobody at 60.
AT_2480_SECOND = {"wage": 248_000, "act4_employer": 3_060, "act4_employee": 0, "act800_employer": 0}
AT_2480_SECOND |= {"act800_employee": 0}


async def _differences(register: Register, party: str = "") -> list[dict[str, Any]]:
    answer = await register.as_party("GET", "/v1/line-differences", "registration:contribution:read", party)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_a_birth_that_moves_a_month_to_the_second_category_is_seen_and_refunded(register: Register) -> None:
    """RM42.85 + 12.25 + 4.90 + 4.90 were posted, RM30.60 is due: the employer sends the month again, and claims."""
    employer, person = await register.worker_of(started_on="2015-03-01")
    await register.sent(employer, months_at_2480("2026-05", "2026-01"))
    assert await _differences(register) == []
    await register.corrected(person, "born_on", "1966-02-10")
    (found,) = await _differences(register, party_of(employer))
    assert (found["month"], found["person"], found["reason"]) == ("2026-05", person, "cover_changed")
    assert found["declared"]["act4_employer"]["amount"] == "42.85"
    assert found["due"]["act4_employer"]["amount"] == "30.60"
    assert found["due"]["act4_employee"]["amount"] == found["due"]["act800_employer"]["amount"] == "0.00"
    assert await _differences(register) == [found]
    assert await _differences(register, party_of(await register.employer(OTHER_CODE))) == []
    job = await register.sent(employer, render([line("2026-05", AT_2480_SECOND)]))
    assert job["state"] == "accepted"
    assert await _differences(register) == [], "the month as it is now is the table's"
    (refund,) = await register.refunds(party_of(employer))
    assert refund["month"] == "2026-05"


async def test_a_correction_that_is_taken_back_takes_the_difference_with_it(register: Register) -> None:
    employer, person = await register.worker_of(started_on="2015-03-01")
    await register.sent(employer, render([line("2026-05", AT_2480)]))
    await register.corrected(person, "born_on", "1966-02-10")
    assert len(await _differences(register)) == 1
    await register.corrected(person, "born_on", "1990-01-01")
    assert await _differences(register) == []


async def _hear(register: Register, spell: str, what: str) -> None:
    answer = await register.as_party("POST", f"/v1/spells/{spell}/verification{what}", "registration:spell:write")
    assert answer.status_code in (200, 201), answer.text
    await register.work_off()


async def _begun(register: Register, person: str, employer: str, started_on: str, number: str = MYKAD) -> str:
    """A spell that an employer states, which an officer may refuse."""
    how = {"party": party_of(employer), "number": number, "name": "Ahmad bin Ali"}
    answer = await register.try_spell(person, employer, started_on, **how)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["spell"])


async def test_an_employment_that_an_officer_refused_makes_nothing_due(register: Register) -> None:
    """Who was first liable in 2025, at 58, is of the second category and outside Act 800; by the refused one not."""
    late, false = await register.employer(), await register.employer(OTHER_CODE)
    person = await register.person("670101145678", born_on="1967-01-01")
    refused = await _begun(register, person, false, "2020-01-01", "670101145678")
    await register.spell(person, late, "2025-01-01")
    whose = {"id_": "670101145678"}
    assert (await register.sent(late, render([line("2026-04", AT_2480, **whose)])))["state"] == "accepted"
    of_false = render([line("2026-04", AT_2480, code=OTHER_CODE, **whose)])
    assert (await register.sent(false, of_false))["state"] == "accepted"
    assert await _differences(register) == []
    await _hear(register, refused, "/refusal")
    assert [(each["month"], each["due"]["act4_employer"]["amount"]) for each in await _differences(register)] == [
        ("2026-04", "30.60"),
        ("2026-04", "0.00"),
    ]
    job = await register.sent(late, render([line("2026-05", AT_2480_SECOND, **whose)]))
    assert (job["state"], await register.errors(job["file"], party_of(late))) == ("accepted", [])
    job = await register.sent(false, render([line("2026-05", AT_2480, code=OTHER_CODE, **whose)]))
    assert await register.errors(job["file"], party_of(false)) == [["1", "month", "month_outside_employment"]]
    nothing = dict.fromkeys(AT_2480, 0)
    assert (await register.sent(false, render([line("2026-04", nothing, code=OTHER_CODE, **whose)])))[
        "state"
    ] == "accepted", "what was declared by it can be taken back"
    await _hear(register, refused, "")
    assert [(each["month"], each["due"]["act4_employer"]["amount"]) for each in await _differences(register)] == [
        ("2026-05", "42.85")
    ]


async def test_another_employer_that_an_officer_refused_deducts_no_skbbk(register: Register) -> None:
    employer, person = await register.worker_of()
    refused = await _begun(register, person, await register.employer(OTHER_CODE), "2026-01-01")
    without = render([line("2026-07", AT_3050 | {"skbbk_employee": 0})])
    assert (await register.sent(employer, without))["state"] == "accepted"
    await _hear(register, refused, "/refusal")
    job = await register.sent(employer, without)
    assert await register.errors(job["file"], party_of(employer)) == [["1", "skbbk_employee", "amount_differs"]]
