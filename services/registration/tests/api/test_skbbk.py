"""Taking part in SKBBK: a release, coming back, who may say and read it, and the membership that follows."""

from typing import Any

import pytest

from services.registration.tests.support import (
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    number_of,
    party_of,
    self_of,
)
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock

JUNE = {"category": "mandatory", "first": "2026-06-01", "last": "2026-06-30"}
# Days in the window, on its last day, and after it.
IN_WINDOW, LAST_DAY, LATE = (2026, 7, 20), (2026, 8, 31), (2026, 9, 1)


@pytest.fixture
def in_window(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, on a day on which everybody may file a release."""
    business_clock.set_day(*IN_WINDOW)
    return business_clock


async def test_a_membership_follows_from_a_spell(register: Register, in_window: BusinessClock) -> None:
    """Beside that of Act 4, with a revision of its own; it goes on while the employment does."""
    _, person = await register.worker_of()
    assert await register.memberships("skbbk") == [
        {
            "type": "jaring.membership.changed.v1",
            "person": number_of(person),
            "scheme": "skbbk",
            "revision": 1,
            "periods": [JUNE, {"category": "by_default", "first": "2026-07-01"}],
            "statements": [],
        }
    ]


async def test_an_end_before_the_scheme_takes_the_membership_away(register: Register, in_window: BusinessClock) -> None:
    """It is told, so that nobody keeps what stood."""
    employer, person = await register.employer(), await register.person()
    await register.ended(await register.spell(person, employer, "2020-01-01"), "2026-05-31")
    told = [(each["revision"], each["periods"]) for each in await register.memberships("skbbk")]
    assert told == [(1, [JUNE, {"category": "by_default", "first": "2026-07-01"}]), (2, [])]


async def test_a_person_is_released_and_comes_back(register: Register, in_window: BusinessClock) -> None:
    _, person = await register.worker_of()
    await register.stated_skbbk(person, "release", self_of(person))
    released = (await register.memberships("skbbk"))[-1]
    assert (released["revision"], released["periods"]) == (2, [JUNE, {"category": "out", "first": "2026-07-01"}])
    ((said),) = released["statements"]
    assert (said["kind"], said["filed_on"], said["stated_by"]) == ("release", "2026-07-20", "person")
    assert said["stated_at"].startswith("2026-07-20T")
    in_window.set_day(2026, 11, 30)
    answer = await register.state_skbbk(person, "return", self_of(person))
    assert [(run["status"], run["first_month"], run["last_month"]) for run in answer.json()["months"]] == [
        ("mandatory", "2026-06", "2026-06"),
        ("out", "2026-07", "2026-10"),
        ("by_choice", "2026-11", None),
    ]
    assert all(run["law"] for run in answer.json()["months"])
    back = (await register.memberships("skbbk"))[-1]
    assert (back["revision"], back["periods"][-1]) == (3, {"category": "by_choice", "first": "2026-11-01"})
    assert [said["kind"] for said in back["statements"]] == ["release", "return"]
    assert len(await register.memberships("act4")) == 1, "what it says of Act 4 is as it was"
    rows = await register.rows("SELECT kind, tenant, officer FROM skbbk_statement ORDER BY id")
    assert [tuple(row) for row in rows] == [(kind, self_of(person), None) for kind in ("release", "return")]


@pytest.mark.parametrize(
    ("started_on", "filed", "code"),
    [
        ("2024-03-01", (2026, 7, 12), "skbbk_window_not_open"),
        ("2024-03-01", (2026, 7, 13), ""),
        ("2024-03-01", LAST_DAY, ""),
        ("2024-03-01", LATE, "skbbk_window_closed"),
        ("2026-10-05", (2026, 11, 4), ""),
        ("2026-10-05", (2026, 11, 5), "skbbk_window_closed"),
    ],
)
async def test_a_release_is_taken_in_its_time(
    register: Register, business_clock: BusinessClock, started_on: str, filed: tuple[int, int, int], code: str
) -> None:
    business_clock.set_day(*filed)
    _, person = await register.worker_of(started_on=started_on)
    answer = await register.state_skbbk(person, "release", self_of(person))
    assert (answer.status_code, answer.json().get("code", "")) == (422 if code else 200, code)
    assert len(await register.rows("SELECT 1 FROM skbbk_statement")) == (not code)
    assert len(await register.memberships("skbbk")) == (1 if code else 2)


async def test_a_release_that_is_too_late_says_why_and_since_when(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(*LATE)
    _, person = await register.worker_of()
    told = (await register.state_skbbk(person, "release", self_of(person))).json()
    assert told["detail"] == (
        "A release could be filed until 2026-08-31. The worker takes part since 2026-06, and stays in."
    )
    assert (told["act"], told["section"]) == ("Act 4", "s.6(2)")


async def test_a_foreign_worker_is_not_released(register: Register, in_window: BusinessClock) -> None:
    employer, person = await register.employer(), await register.person(residence="foreign_worker")
    await register.spell(person, employer)
    answer = await register.state_skbbk(person, "release", self_of(person))
    assert (answer.status_code, answer.json()["code"]) == (422, "skbbk_mandatory")
    assert (await register.memberships("skbbk"))[-1]["periods"] == [{"category": "mandatory", "first": "2026-06-01"}]


async def test_each_month_goes_by_the_residence_at_its_end(register: Register, business_clock: BusinessClock) -> None:
    """A permanent resident since 15 September; the next derivation knows it, as an end of employment makes it here."""
    business_clock.set_day(2026, 10, 5)
    employer, person = await register.employer(), await register.person(residence="foreign_worker")
    spell = await register.spell(person, employer)
    assert (await register.memberships("skbbk"))[-1]["periods"] == [{"category": "mandatory", "first": "2026-06-01"}]
    async with register.service.database.connection("migrate") as connection:
        await connection.execute(
            "INSERT INTO person_fact (id, person, attribute, valid, plain, source)"
            " VALUES (nextval('person_fact_id'), $1, 'residence', '[2026-09-15,)', 'permanent_resident', 'test')",
            number_of(person),
        )
        await connection.execute("SELECT derive_person_attributes(ARRAY[$1::integer])", number_of(person))
    await register.ended(spell, "2026-10-04")
    assert (await register.memberships("skbbk"))[-1]["periods"] == [
        {"category": "mandatory", "first": "2026-06-01", "last": "2026-08-31"},
        {"category": "by_default", "first": "2026-09-01", "last": "2026-10-04"},
    ]


async def test_who_is_released_cannot_be_released_again_and_who_is_not_cannot_come_back(
    register: Register, in_window: BusinessClock
) -> None:
    _, person = await register.worker_of()
    for what, code in (
        ("return", "skbbk_not_released"),
        ("release", ""),
        ("release", "skbbk_released_already"),
        ("return", ""),
        ("return", "skbbk_not_released"),
        ("release", "skbbk_in_for_good"),
    ):
        answer = await register.state_skbbk(person, what, self_of(person))
        assert answer.json().get("code", "") == code, (what, answer.text)
    assert (await register.memberships("skbbk"))[-1]["periods"] == [
        JUNE,
        {"category": "by_choice", "first": "2026-07-01"},
    ], "back in the month from which the release counted: no month is out"


async def test_a_release_goes_along_to_the_next_employer_and_ends_with_the_spell(
    register: Register, in_window: BusinessClock
) -> None:
    first, second = await register.employer(), await register.employer(OTHER_CODE)
    person = await register.person()
    spell = await register.spell(person, first)
    await register.stated_skbbk(person, "release", self_of(person))
    await register.ended(spell, "2026-08-10")
    await register.spell(person, second, "2026-08-20")
    assert (await register.memberships("skbbk"))[-1]["periods"] == [
        JUNE,
        {"category": "out", "first": "2026-07-01", "last": "2026-08-10"},
        {"category": "out", "first": "2026-08-20"},
    ]


async def test_the_same_statement_twice_is_one(register: Register, in_window: BusinessClock) -> None:
    """By its Idempotency-Key, as every other POST."""
    _, person = await register.worker_of()
    answers = [await register.state_skbbk(person, "release", self_of(person), key="once") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert len(await register.rows("SELECT 1 FROM skbbk_statement")) == 1


async def test_an_officer_enters_a_paper_notice_by_the_day_on_which_it_was_filed(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(*LATE)
    _, person = await register.worker_of()
    late = await register.state_skbbk(person, "release", filed_on="2026-09-01")
    assert late.json()["code"] == "skbbk_window_closed"
    ahead = await register.state_skbbk(person, "release", filed_on="2026-09-02")
    assert (ahead.status_code, ahead.json()["code"]) == (422, "filed_in_future")
    dated = await register.state_skbbk(person, "release", self_of(person), filed_on="2026-08-31")
    assert (dated.status_code, dated.json()["code"]) == (403, "officers_only"), "nobody else dates a statement back"
    await register.stated_skbbk(person, "release", filed_on="2026-08-31")
    ((officer, day),) = await register.rows("SELECT officer, filed_on FROM skbbk_statement")
    assert (officer, str(day)) == ("organisation:1", "2026-08-31")
    ((said),) = (await register.skbbk(person)).json()["statements"]
    assert (said["kind"], said["filed_on"], said["by"]) == ("release", "2026-08-31", "organisation")
    ((told),) = (await register.memberships("skbbk"))[-1]["statements"]
    assert (told["filed_on"], told["stated_at"][:10]) == ("2026-08-31", "2026-09-01"), "when, beside as of when"
    assert told["stated_by"] == "organisation", "who of it is told to nobody"


async def test_an_employer_files_the_release_of_a_new_employee_and_nothing_else(
    register: Register, business_clock: BusinessClock
) -> None:
    """The notice is the employee's own (dossier act4 §5.2)."""
    business_clock.set_day(2026, 10, 10)
    employer, new = await register.worker_of(started_on="2026-10-05")
    old = await register.person(OTHER_MYKAD)
    await register.spell(old, employer)
    refused = await register.state_skbbk(old, "release", party_of(employer))
    assert (refused.status_code, refused.json()["code"]) == (403, "skbbk_statement_of_employee")
    await register.stated_skbbk(new, "release", party_of(employer))
    refused = await register.state_skbbk(new, "return", party_of(employer))
    assert (refused.status_code, refused.json()["code"]) == (403, "skbbk_statement_of_employee")
    released = (await register.memberships("skbbk"))[-1]
    assert released["periods"] == [{"category": "out", "first": "2026-10-05"}]
    assert [said["stated_by"] for said in released["statements"]] == ["employer"]


async def test_who_has_nothing_to_do_with_a_person_learns_and_changes_nothing(
    register: Register, in_window: BusinessClock
) -> None:
    """Another employer, another person, a hospital: the same answer as for nobody at all."""
    _, person = await register.worker_of()
    other, stranger = await register.employer(OTHER_CODE), await register.person(OTHER_MYKAD)
    nobody = person_id(4_711)
    for party in (party_of(other), self_of(stranger), "hospital:1"):
        for whom in (person, nobody):
            answers = [await register.skbbk(whom, party)]
            answers += [await register.state_skbbk(whom, what, party) for what in ("release", "return")]
            assert [each.status_code for each in answers] == [404] * 3, party
            assert {each.json()["code"] for each in answers} == {"person_unknown"}
    assert await register.rows("SELECT 1 FROM skbbk_statement") == []
    assert (await register.skbbk(nobody)).status_code == 404, "nor is there anybody for an officer"


async def test_whose_employment_an_officer_refused_releases_nobody(
    register: Register, business_clock: BusinessClock
) -> None:
    """It began before the true one, and would be the work from which the time of a release counts."""
    business_clock.set_day(2026, 10, 10)
    false, person = await register.worker_of(started_on="2026-10-05")
    await register.spell(person, await register.employer(OTHER_CODE), "2026-10-06")
    async with register.service.database.connection("migrate") as owner:
        await owner.execute("UPDATE spell SET verified = false, refused = true WHERE lower(days) = '2026-10-05'")
    refused = await register.state_skbbk(person, "release", party_of(false))
    assert refused.status_code in (403, 404), refused.text


async def test_an_employer_reads_its_own_months_and_statements_only(
    register: Register, business_clock: BusinessClock
) -> None:
    """Not what the person said of months with another employer."""
    business_clock.set_day(*IN_WINDOW)
    first, second = await register.employer(), await register.employer(OTHER_CODE)
    person = await register.person(MYKAD)
    spell = await register.spell(person, first)
    await register.stated_skbbk(person, "release", self_of(person))
    await register.ended(spell, "2026-08-10")
    await register.spell(person, second, "2026-08-20")
    business_clock.set_day(2026, 9, 15)
    await register.stated_skbbk(person, "return", self_of(person))
    seen = {
        party: await _seen(register, person, party) for party in (party_of(first), party_of(second), self_of(person))
    }
    june, out = ("mandatory", "2026-06", "2026-06"), ("out", "2026-07", "2026-08")
    assert seen[party_of(first)] == ([june, out], 0)
    assert seen[party_of(second)] == ([("out", "2026-08", "2026-08"), ("by_choice", "2026-09", None)], 0)
    assert seen[self_of(person)] == ([june, out, ("by_choice", "2026-09", None)], 2)
    assert await _seen(register, person, "") == seen[self_of(person)]


async def test_a_persons_own_token_opens_nothing_else(register: Register, in_window: BusinessClock) -> None:
    """The rows that its request needs are the person's own; the routes about others stay closed."""
    _, person = await register.worker_of()
    await register.worker_of(OTHER_CODE, OTHER_MYKAD)
    async with register.service.database.connection("api") as connection, connection.transaction():
        await connection.execute(
            "SELECT set_config('jaring.tenant', $1, true), set_config('jaring.role', 'partner', true)", self_of(person)
        )
        for table in ("person", "person_fact", "person_attribute", "membership"):
            found = await connection.fetch(f"SELECT DISTINCT person FROM {table}")  # noqa: S608 - a constant
            assert [row[0] for row in found] == [number_of(person)], table
        assert await connection.fetchval("SELECT count(*) FROM spell") == 0


async def test_what_is_known_of_the_law_later_is_derived_on_that_day(
    register: Register, business_clock: BusinessClock
) -> None:
    """The Act is gazetted on 5 March 2026, and July is voluntary since 8 July: nobody states anything meanwhile."""
    business_clock.set_day(2026, 3, 4)
    await register.worker_of()
    assert await register.memberships("skbbk") == []
    for day, last in (((2026, 3, 5), "mandatory"), ((2026, 7, 8), "by_default")):
        business_clock.set_day(*day)
        await register.work_off()
        assert (await register.memberships("skbbk"))[-1]["periods"][-1]["category"] == last
    assert await register.rows("SELECT 1 FROM due_work WHERE kind = 'derive_again'") == []


async def _seen(register: Register, person: str, party: str) -> tuple[list[tuple[str, str, Any]], int]:
    body = (await register.skbbk(person, party)).json()
    runs = [(run["status"], run["first_month"], run["last_month"]) for run in body["months"]]
    return runs, len(body["statements"])
