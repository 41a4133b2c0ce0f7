"""A person's months of employment: declared, paid, missing; who sees them, and whom an employer forgot."""

from typing import Any

import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.api.test_opening_files import EMPLOYERS, PERSONS, loaded, number_behind
from services.registration.tests.support import (
    AT_2480,
    AT_3050,
    CODE,
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    party_of,
    self_of,
)
from shared.kernel.identifiers import employer_id, person_id
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

SCOPE = "registration:contribution:read"


@pytest.fixture
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, on the day on which July is due."""
    business_clock.set_day(2026, 8, 15)
    return business_clock


async def months(register: Register, person: str, party: str) -> list[tuple[str, str, str, Any]]:
    """Month, employer, state and owner of each month, as a party sees them."""
    answer = await register.as_party("GET", f"/v1/persons/{person}/months", SCOPE, party)
    assert answer.status_code == 200, answer.text
    return [(each["month"], each["employer"], each["state"], each["owner"]) for each in answer.json()["data"]]


async def missing(register: Register, employer: str, month: str, party: str) -> list[str]:
    """Who has no line, as a party sees it."""
    path = f"/v1/employers/{employer}/missing-lines?month={month}"
    answer = await register.as_party("GET", path, SCOPE, party)
    assert answer.status_code == 200, answer.text
    return [each["person"] for each in answer.json()["data"]]


async def test_what_was_deducted_and_not_paid_shows_from_the_day_after_it_was_due(
    register: Register, clock: BusinessClock
) -> None:
    """Two employers at once: one declares and does not pay, the other declares nothing."""
    first, person = await register.worker_of(started_on="2026-07-10")
    second = await register.employer(OTHER_CODE)
    await register.spell(person, second, "2026-06-20")
    await register.sent(first, render([line("2026-07", AT_3050)]))
    own = self_of(person)
    assert await months(register, person, own) == [
        ("2026-06", second, "missing", "employer"),
        ("2026-07", first, "not_due", None),
        ("2026-07", second, "not_due", None),
        ("2026-08", first, "not_due", None),
        ("2026-08", second, "not_due", None),
    ]
    clock.set_day(2026, 8, 16)
    july = {
        (employer, state, owner)
        for month, employer, state, owner in await months(register, person, own)
        if month == "2026-07"
    }
    assert july == {(first, "unpaid", "employer"), (second, "missing", "employer")}
    await register.banked(first, "2026-07", "50.00")
    assert ("2026-07", first, "partly_paid", "employer") in await months(register, person, own)
    await register.banked(first, "2026-07", "99.00", "FPX 2")
    assert ("2026-07", first, "partly_paid", "organisation") in await months(register, person, own)
    assert await months(register, person, party_of(first)) == [
        each for each in await months(register, person, "") if each[1] == first
    ]


async def test_a_month_that_is_paid_or_without_wages_is_nobodys_to_do(register: Register, clock: BusinessClock) -> None:
    employer, person = await register.worker_of(started_on="2026-07-01")
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    await register.banked(employer, "2026-07", "103.65")
    clock.set_day(2026, 9, 1)
    assert (await months(register, person, self_of(person)))[0] == ("2026-07", employer, "paid", None)
    assert await missing(register, employer, "2026-07", party_of(employer)) == []
    await register.sent(employer, render([line("2026-07", dict.fromkeys(AT_3050, 0))]))
    assert (await months(register, person, self_of(person)))[0] == ("2026-07", employer, "no_wages", None)
    assert await missing(register, employer, "2026-07", party_of(employer)) == [person]


async def test_nobody_else_sees_a_persons_months(register: Register, clock: BusinessClock) -> None:
    """The same answer as for a person who does not exist; and no row by the function itself."""
    _, person = await register.worker_of(started_on="2026-07-01")
    stranger, other = await register.worker_of(OTHER_CODE, OTHER_MYKAD)
    for party in (party_of(stranger), self_of(other), "bank:1"):
        answer = await register.as_party("GET", f"/v1/persons/{person}/months", SCOPE, party)
        assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")
    async with register.service.database.connection("api") as connection, connection.transaction():
        await connection.execute("SELECT set_config('jaring.tenant', 'employer:999', true)")
        assert await connection.fetch("SELECT * FROM months_of_person(1, '2026-09-01')") == []


async def test_an_employer_sees_whom_it_forgot_and_not_another_employers(
    register: Register, clock: BusinessClock
) -> None:
    employer, person = await register.worker_of(started_on="2026-07-31")
    forgotten = await register.person(OTHER_MYKAD)
    await register.spell(forgotten, employer, "2026-06-30")
    await register.sent(employer, render([line("2026-07", AT_3050)]))
    assert await missing(register, employer, "2026-07", party_of(employer)) == [forgotten]
    assert await missing(register, employer, "2026-06", party_of(employer)) == [forgotten]
    assert await missing(register, employer, "2026-05", "") == []
    assert await missing(register, employer, "2026-08", "") == [person, forgotten]
    other = await register.employer(OTHER_CODE)
    path = f"/v1/employers/{employer}/missing-lines?month=2026-07"
    answer = await register.as_party("GET", path, SCOPE, party_of(other))
    assert (answer.status_code, answer.json()["code"]) == (404, "employer_unknown")


# Of the employer months from April 2026 on are taken over, for Ahmad not of June; of the other employer none.
SPELLS = [
    f"mykad,{MYKAD},{CODE},2025-12-01,",
    f"mykad,{OTHER_MYKAD},{CODE},2026-02-01,2026-05-31",
    f"mykad,{MYKAD},{OTHER_CODE},2026-05-01,",
]
AMOUNTS = "42.85,12.25,4.90,4.90,0.00"
MONTHS = [
    f"mykad,{MYKAD},{CODE},2026-05,2026-05,2480.00,{AMOUNTS}",
    f"mykad,{MYKAD},{CODE},2026-07,2026-07,2480.00,{AMOUNTS}",
    f"mykad,{OTHER_MYKAD},{CODE},2026-04,2026-04,2480.00,{AMOUNTS}",
]


async def taken_over(register: Register) -> tuple[str, str, str, str]:
    """Both employers and both people, taken over on 15 August 2026."""
    for kind, rows in (("employers", EMPLOYERS), ("persons", PERSONS), ("spells", SPELLS), ("months", MONTHS)):
        assert (await loaded(register, kind, rows))["loaded"]["new"] == len(rows)
    numbers = await register.rows("SELECT employer FROM employer ORDER BY code = $1 DESC", CODE)
    employers = [employer_id(row[0]) for row in numbers]
    return (*employers, *[person_id(await number_behind(register, place)) for place in (0, 1)])  # type: ignore[return-value]


async def reasons(register: Register, person: str, employer: str) -> dict[str, tuple[str, Any, Any]]:
    """State, reason and owner of each month with an employer, as the person reads them."""
    answer = await register.as_party("GET", f"/v1/persons/{person}/months", SCOPE, self_of(person))
    return {
        each["month"]: (each["state"], each["reason"], each["owner"])
        for each in answer.json()["data"]
        if each["employer"] == employer
    }


async def test_what_is_of_before_a_take_over_is_not_missing(register: Register, clock: BusinessClock) -> None:
    """Its months begin where those of the employer do: what is not there from then on is missing."""
    first, second, ahmad, other = await taken_over(register)
    clock.set_day(2026, 8, 18)
    before = ("not_known_here", "before_first_month_taken_over", None)
    taken, missing_ = ("taken_over", "stated_by_earlier_system", None), ("missing", None, "employer")
    assert await reasons(register, ahmad, first) == {
        **dict.fromkeys(("2025-12", "2026-01", "2026-02", "2026-03"), before),
        "2026-04": missing_,
        "2026-05": taken,
        "2026-06": missing_,
        "2026-07": taken,
        "2026-08": ("not_due", None, None),
    }
    assert await reasons(register, other, first) == {
        **dict.fromkeys(("2026-02", "2026-03"), before),
        "2026-04": taken,
        "2026-05": missing_,
    }
    none = ("not_known_here", "no_months_taken_over", None)
    assert await reasons(register, ahmad, second) == {
        **dict.fromkeys(("2026-05", "2026-06"), none),
        "2026-07": missing_,
        "2026-08": ("not_due", None, None),
    }, "July was due on 17 August, after it was taken over"


async def test_a_line_that_is_sent_for_a_month_that_was_taken_over_is_what_it_says(
    register: Register, clock: BusinessClock
) -> None:
    first, _, ahmad, _ = await taken_over(register)
    clock.set_day(2026, 8, 18)
    await register.sent(first, render([line("2026-05", AT_3050 | {"skbbk_employee": 0}), line("2026-03", AT_2480)]))
    found = await reasons(register, ahmad, first)
    assert [found[month] for month in ("2026-03", "2026-05")] == [("unpaid", None, "employer")] * 2


async def test_whom_somebody_states_here_has_missing_months_also_of_before_a_take_over(
    register: Register, clock: BusinessClock
) -> None:
    """The earlier system knew nothing of it."""
    first, _, _, _ = await taken_over(register)
    clock.set_day(2026, 8, 18)
    third = await register.person("880101145676")
    await register.spell(third, first, "2026-03-10")
    assert (await reasons(register, third, first))["2026-03"] == ("missing", None, "employer")
    assert await missing(register, first, "2026-03", "") == [third]


async def test_nobody_is_listed_as_forgotten_in_a_month_of_before_a_take_over(
    register: Register, clock: BusinessClock
) -> None:
    first, second, ahmad, other = await taken_over(register)
    clock.set_day(2026, 8, 18)
    for employer, month, listed in (
        (first, "2026-03", []),
        (first, "2026-04", [ahmad]),
        (first, "2026-05", [other]),
        (second, "2026-06", []),
        (second, "2026-07", [ahmad]),
    ):
        for party in ("", party_of(employer)):
            assert await missing(register, employer, month, party) == listed, month
