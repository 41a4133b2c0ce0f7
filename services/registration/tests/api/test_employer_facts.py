"""What is known of employers on two axes, who may say it, what waits for two officers, and an employer that ends."""

import asyncio
from typing import Any

import httpx
import pytest

from services.registration.tests.api.test_register_statements import push, stands
from services.registration.tests.support import CODE, OTHER_CODE, Register, number_of, party_of
from shared.kernel.identifiers import employer_number, person_id
from shared.testing.clock import BusinessClock

STATE, READ, REGISTER = "registration:employer:state", "registration:employer:read", "registration:employer:write"
QUEUE, COUNTS, REFUSED = "employer_statement", "employer_statement_counts", "employer_statement_refused"
SPELLS = "registration:spell:read"
NUMBER = "202001012345"
MELAKA = {"name": "CAWANGAN MELAKA", "code": "A2401000124K", "state": "melaka"}
BRANCH: dict[str, Any] = {"attribute": "branch", "details": MELAKA}
DIRECTOR: dict[str, Any] = {"attribute": "director", "details": {"name": "TAN AH KOW"}, "evidence": "SSM-1"}


async def state(register: Register, employer: str, party: str = "", what: str = "facts", **says: Any) -> httpx.Response:
    """State something of an employer, as a party or as an officer (`subject`: which one)."""
    how = {"subject": says.pop("subject")} if "subject" in says else {}
    return await register.as_party("POST", f"/v1/employers/{employer}/{what}", STATE, party, json=says, **how)


async def profile(register: Register, employer: str, party: str = "", **query: str) -> dict[str, list[Any]]:
    """What holds of an employer, by attribute."""
    path = f"/v1/employers/{employer}/profile"
    answer = await register.as_party("GET", path, READ, party, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, list[Any]] = {}
    for fact in answer.json()["facts"]:
        details = {name: value for name, value in (fact["details"] or {}).items() if value is not None}
        found.setdefault(fact["attribute"], []).append(fact["value"] or details)
    return found


async def of_company(register: Register, code: str, mycoid: str = NUMBER) -> httpx.Response:
    """Ask for an employer of a company to be registered."""
    body = {"name": "KILANG MAJU SDN BHD", "employer_code": code, "mycoid": mycoid}
    return await register.as_party("POST", "/v1/employers", REGISTER, json=body)


async def told(register: Register) -> dict[str, Any]:
    """What was published last of an employer."""
    return (await register.events("employer.registered"))[-1]


@pytest.mark.parametrize("is_officer", [True, False])
async def test_where_an_employer_is_and_what_it_does_counts_at_once_and_is_published(
    register: Register, is_officer: bool
) -> None:
    employer = await register.employer()
    party = "" if is_officer else party_of(employer)
    for says in ({"attribute": "state", "value": "melaka"}, {"attribute": "sector", "value": "C"}):
        answer = await state(register, employer, party, **says)
        assert (answer.status_code, answer.json()["state"]) == (201, "counts"), answer.text
    assert await profile(register, employer, party) == {"state": ["melaka"], "sector": ["C"]}
    event = await told(register)
    assert (event["revision"], event["state"], event["sector"], "ended_on" in event) == (3, "melaka", "C", False)


async def test_what_is_stated_later_takes_the_place_from_its_day_on_and_is_known_since_it_was_recorded(
    register: Register, business_clock: BusinessClock
) -> None:
    """Two axes: true of a day, known at an instant."""
    business_clock.set_day(2026, 7, 20)
    employer = await register.employer()
    await state(register, employer, attribute="state", value="melaka")
    ((first,),) = await register.rows("SELECT max(recorded_at) FROM employer_fact")
    await state(register, employer, attribute="state", value="johor", first_day="2026-07-01")
    assert await profile(register, employer, at="2026-06-30") == {"state": ["melaka"]}
    assert await profile(register, employer, at="2026-07-01") == {"state": ["johor"]}
    then = first.isoformat().replace("+00:00", "Z")
    assert await profile(register, employer, at="2026-07-01", known_at=then) == {"state": ["melaka"]}
    assert (await told(register))["state"] == "johor"


async def test_what_is_stated_from_a_later_day_takes_effect_on_it_and_is_over_after_its_last(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 3)
    employer = await register.employer()
    await state(register, employer, attribute="state", value="johor")
    await state(register, employer, attribute="state", value="melaka", first_day="2026-08-05", last_day="2026-08-20")
    renamed = await state(register, employer, attribute="name", value="KILANG BARU SDN BHD", first_day="2026-08-10")
    assert renamed.json()["state"] == "waiting", renamed.text
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    found = []
    for day, stood in ((4, "johor"), (5, "melaka"), (10, "melaka"), (20, "melaka"), (21, "johor")):
        business_clock.set_day(2026, 8, day)
        await register.work_off()
        ((stands, name),) = await register.rows("SELECT state, name FROM employer")
        found.append(((await told(register))["state"], name))
        assert stands == stood
    assert [each for each, _ in found] == ["johor", "melaka", "melaka", "melaka", "johor"]
    assert [each for _, each in found][1:3] == [found[0][1], "KILANG BARU SDN BHD"]


async def test_branches_are_several_each_stated_otherwise_by_its_own_id_and_sealed(register: Register) -> None:
    employer = await register.employer()
    party = party_of(employer)
    await state(register, employer, party, **BRANCH)
    await state(register, employer, party, attribute="branch", details={"name": "CAWANGAN JOHOR"})
    listed = await register.as_party("GET", f"/v1/employers/{employer}/facts", READ, party)
    melaka = listed.json()["data"][0]["item"]
    renamed = {"name": "CAWANGAN AYER KEROH", "code": "A2401000124K"}
    await state(register, employer, party, attribute="branch", item=melaka, details=renamed)
    found = await profile(register, employer, party)
    assert sorted(each["name"] for each in found["branch"]) == ["CAWANGAN AYER KEROH", "CAWANGAN JOHOR"]
    rows = await register.rows("SELECT plain, sealed FROM employer_fact")
    assert all(plain is None and b"CAWANGAN" not in bytes(sealed) for plain, sealed in rows)
    assert "CAWANGAN" not in str(await register.events()), "no name leaves"


async def test_a_director_counts_when_two_officers_have_let_it(register: Register) -> None:
    """Who directs is liable with the company (Act 4 s.108A)."""
    employer = await register.employer()
    stated = await state(register, employer, party_of(employer), **DIRECTOR)
    assert (stated.json()["state"], stated.json()["reason"]) == ("waiting", "names_a_director")
    assert await profile(register, employer) == {}
    (task,) = await register.waiting(QUEUE)
    assert "TAN" not in str(task["facts"])
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    assert (await profile(register, employer))["director"] == [{"name": "TAN AH KOW"}]


async def test_a_director_who_is_registered_is_named_by_number_and_only_by_who_may_see_the_person(
    register: Register,
) -> None:
    employer, person = await register.employer(), await register.person()
    for number in (person, person_id(number_of(person) + 1)):
        answer = await state(register, employer, party_of(employer), attribute="director", details={"person": number})
        assert (answer.status_code, answer.json()["code"]) == (404, "person_unknown")
    await register.spell(person, employer)
    answer = await state(register, employer, party_of(employer), attribute="director", details={"person": person})
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")


async def test_who_stated_it_does_not_approve_it_and_a_refused_one_changes_nothing(register: Register) -> None:
    employer = await register.employer()
    await state(register, employer, subject="officer-2", **DIRECTOR)
    refused = await register.decided(QUEUE, COUNTS)
    assert (refused.status_code, refused.json()["code"]) == (403, "employer_statement_of_oneself")
    other = await register.employer(OTHER_CODE)
    listed = await register.as_party("GET", "/v1/employer-statements", READ, party_of(other))
    assert listed.json()["data"] == []
    (task,) = await register.waiting(QUEUE)
    scopes = ["registration:employer_statement:decide", "registration:task:write"]
    path = f"/v1/tasks/{task['task']}/refusals"
    body = {"reason": "facts_differ"}
    assert (await register.service.call("POST", path, scopes=scopes, subject="officer-3", json=body)).is_success
    assert await profile(register, employer) == {}


async def test_a_fact_is_taken_back_when_two_officers_have_let_it(register: Register) -> None:
    employer = await register.employer()
    await state(register, employer, attribute="sector", value="C")
    await state(register, employer, attribute="sector", value="F")
    listed = await register.as_party("GET", f"/v1/employers/{employer}/facts", READ)
    newest = listed.json()["data"][-1]["fact"]
    back = await state(register, employer, party_of(employer), f"facts/{newest}/retractions", evidence="KB-1")
    assert (back.json()["state"], back.json()["reason"]) == ("waiting", "takes_back")
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    assert await profile(register, employer) == {"sector": ["C"]}
    assert (await told(register))["sector"] == "C"
    again = await state(register, employer, "", f"facts/{newest}/retractions", evidence="KB-1")
    assert (again.status_code, again.json()["code"]) == (404, "employer_fact_unknown")


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ({"attribute": "state", "value": "singapura"}, "employer_fact_unfit"),
        ({"attribute": "sector", "value": "Z"}, "employer_fact_unfit"),
        ({"attribute": "sector"}, "employer_fact_unfit"),
        ({"attribute": "branch", "value": "X"}, "employer_fact_unfit"),
        ({"attribute": "director", "details": {"telephone": "+60 6 123"}}, "employer_fact_unfit"),
        ({"attribute": "state", "value": "melaka", "details": {"name": "X"}}, "employer_fact_unfit"),
        ({"attribute": "state", "value": "melaka", "first_day": "2099-01-01"}, "employer_fact_in_future"),
    ],
)
async def test_what_is_none_is_refused(register: Register, says: dict[str, Any], code: str) -> None:
    employer = await register.employer()
    answer = await state(register, employer, **says)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_an_employer_states_and_reads_its_own_and_nobody_elses(register: Register) -> None:
    employer, other = await register.employer(), await register.employer(OTHER_CODE)
    await state(register, employer, **BRANCH)
    mine = party_of(other)
    asked = [
        await state(register, employer, mine, attribute="state", value="melaka"),
        await state(register, employer, mine, "end", ended_on="2026-06-30"),
        await state(register, employer, mine, "resumption", employs_from="2026-06-30"),
        await register.as_party("GET", f"/v1/employers/{employer}/facts", READ, mine),
        await register.as_party("GET", f"/v1/employers/{employer}/profile", READ, mine),
    ]
    assert {(each.status_code, each.json()["code"]) for each in asked} == {(404, "employer_unknown")}


async def test_a_company_number_is_registered_once_and_a_second_employer_of_it_is_looked_at(register: Register) -> None:
    assert (await of_company(register, CODE)).status_code == 201
    taken = await of_company(register, OTHER_CODE)
    assert (taken.status_code, taken.json()["code"]) == (409, "company_number_registered")
    other = await register.employer(OTHER_CODE)
    stated = await state(register, other, party_of(other), attribute="company_number", value=NUMBER)
    assert (stated.json()["state"], stated.json()["reason"]) == ("waiting", "changes_its_identity"), "it learns nothing"
    (task,) = await register.waiting(QUEUE)
    assert task["reason"] == "same_company_number"
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    read = await register.as_party("GET", f"/v1/employers/{other}", READ)
    assert read.json()["mycoid"] == NUMBER


async def test_of_two_who_register_one_company_at_once_one_is_refused(register: Register) -> None:
    answers = await asyncio.gather(of_company(register, CODE), of_company(register, OTHER_CODE))
    assert sorted(each.status_code for each in answers) == [201, 409]


async def waiting_ends(register: Register, party: str = "") -> list[tuple[str, str, str]]:
    """Spell, day and cause of each end that waits."""
    answer = await register.as_party("GET", "/v1/waiting-ends", SPELLS, party)
    return [(each["spell"], each["ended_on"], each["cause"]) for each in answer.json()["data"]]


async def test_an_employer_that_ends_ends_no_employment_and_each_waits_for_an_officer(
    register: Register, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 7, 20)
    employer, person = await register.worker_of()
    ((spell,),) = await register.rows("SELECT spell FROM spell")
    ended = await state(register, employer, party_of(employer), "end", ended_on="2026-06-30")
    assert (ended.json()["state"], ended.json()["late"]) == ("counts", False)
    event = await told(register)
    assert (event["revision"], event["ended_on"]) == (2, "2026-06-30")
    assert await register.events("spell.ended") == []
    assert await waiting_ends(register, party_of(employer)) == [(str(spell), "2026-06-30", "employer_ended")]
    waits = (await register.as_party("GET", "/v1/waiting-ends", SPELLS)).json()["data"][0]
    assert (waits["owner"], waits["due_on"]) == ("organisation", "2026-07-23")
    hired = await register.try_spell(person, await register.employer(OTHER_CODE), "2026-07-01")
    assert hired.status_code == 201, "the person may work for another one"
    other = await register.person("850615105432", name="Siti binti Omar", born_on="1985-06-15")
    refused = await register.try_spell(other, employer, "2026-07-01")
    assert (refused.status_code, refused.json()["code"]) == (409, "employer_has_ended")
    late = await register.try_spell(other, employer, "2026-06-01")
    assert late.status_code == 201, "what began before it is stated, and waits for its end too"
    assert len(await waiting_ends(register)) == 2


async def test_an_end_that_is_stated_later_than_the_law_asks_is_said_to_be_late(
    register: Register, business_clock: BusinessClock
) -> None:
    """Form 1A in 30 days of ceasing."""
    business_clock.set_day(2026, 7, 20)
    employer = await register.employer()
    for ended_on, late in (("2026-06-20", False), ("2026-06-15", True)):
        answer = await state(register, employer, party_of(employer), "end", ended_on=ended_on)
        assert answer.json()["late"] is late, ended_on


async def test_an_employer_begins_again_and_nothing_waits_any_more(register: Register) -> None:
    employer, person = await register.worker_of()
    await state(register, employer, party_of(employer), "end", ended_on="2026-06-30")
    again = await state(register, employer, party_of(employer), "resumption", employs_from="2026-07-10")
    assert again.json()["state"] == "counts"
    assert await waiting_ends(register) == []
    assert "ended_on" not in await told(register)
    assert (await profile(register, employer, at="2026-07-05"))["activity"] == ["ended"]
    assert (await profile(register, employer, at="2026-07-10"))["activity"] == ["employs"]
    assert person


async def test_one_officer_alone_ends_no_employer(register: Register) -> None:
    employer, _ = await register.worker_of()
    stated = await state(register, employer, "", "end", ended_on="2026-06-30", subject="officer-3")
    assert (stated.json()["state"], stated.json()["reason"]) == ("waiting", "officer_says_ended")
    assert await waiting_ends(register) == []
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    assert len(await waiting_ends(register)) == 1


COMPANY_ENDED = {"kind": "company_ended", "mycoid": NUMBER, "ended_on": "2026-06-30"}


async def test_the_companies_register_ends_the_employer_whichever_is_known_first(register: Register) -> None:
    employer = str((await of_company(register, CODE)).json()["employer"])
    await register.spell(await register.person(), employer)
    pushed = await push(register, COMPANY_ENDED, "C-1", "register:2")
    assert await stands(register, pushed, "register:2") == ("applied", None)
    assert (await told(register))["ended_on"] == "2026-06-30"
    assert [each[1:] for each in await waiting_ends(register)] == [("2026-06-30", "employer_ended")]
    facts = await register.rows("SELECT source, plain FROM employer_fact")
    assert [tuple(row) for row in facts] == [("register:2", "ended")]
    other = {**COMPANY_ENDED, "mycoid": "202001099999"}
    assert await stands(register, await push(register, other, "C-2", "register:2"), "register:2") == ("applied", None)
    late = await of_company(register, OTHER_CODE, "202001099999")
    read = await register.as_party("GET", f"/v1/employers/{late.json()['employer']}", READ)
    assert read.json()["ended_on"] == "2026-06-30"


async def test_a_company_that_contradicts_what_the_employer_says_is_parked(register: Register) -> None:
    employer = str((await of_company(register, CODE)).json()["employer"])
    await state(register, employer, party_of(employer), "end", ended_on="2026-05-31")
    pushed = await push(register, COMPANY_ENDED, "C-1", "register:2")
    assert await stands(register, pushed, "register:2") == ("parked", "contradicts_what_is_known")
    assert (await told(register))["ended_on"] == "2026-05-31"


async def test_what_is_published_of_an_employer_is_said_again_alike(register: Register) -> None:
    employer = await register.employer()
    await state(register, employer, attribute="state", value="melaka")
    await state(register, employer, party_of(employer), "end", ended_on="2026-06-30")
    before = await told(register)
    answer = await register.as_party("POST", "/v1/announcements", "registration:announcement:write")
    assert answer.is_success, answer.text
    await register.work_off()
    again = await register.events("employer.registered", announced=True)
    assert again == [before]
    assert before["employer"] == employer_number(employer)
