"""A person's months of employment: declared, paid, missing; who sees them, and whom an employer forgot."""

from typing import Any

import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.support import (
    AT_3050,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    party_of,
    self_of,
)
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
