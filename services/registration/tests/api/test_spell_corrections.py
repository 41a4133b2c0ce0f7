"""What kind of work a spell is, what the law leaves out, corrections of spells, and a pass that ended."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.registration.files.contribution_file import render
from services.registration.tests.api.test_register_statements import push
from services.registration.tests.support import (
    AT_2480,
    OTHER_CODE,
    Register,
    line,
    months_at_2480,
    number_of,
    party_of,
    register_on,
)
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

WRITE, READ = "registration:spell:write", "registration:spell:read"
QUEUE, COUNTS, REFUSED = "spell_correction", "spell_correction_counts", "spell_correction_refused"
WORKS_HERE = "registration:cover:read"
PASSPORT = "A12345678"
FOREIGNER = {"kind": "passport", "residence": "foreign_worker"}
PASS = {"kind": "pass_ended", "passport": PASSPORT, "name": "AHMAD BIN ALI", "ended_on": "2026-05-31"}


async def correct(register: Register, spell: str, party: str = "", **says: Any) -> httpx.Response:
    """State a spell otherwise, as its employer or as an officer (`subject`: which one)."""
    how = {"subject": says.pop("subject")} if "subject" in says else {}
    body = {"reason": "mistyped", **says}
    return await register.as_party("POST", f"/v1/spells/{spell}/corrections", WRITE, party, json=body, **how)


async def hired(register: Register, started_on: str = "2024-03-01", **work: Any) -> tuple[str, str, str]:
    """An employer, a person, and the spell that the employer stated."""
    employer, person = await register.employer(), await register.person()
    answer = await register.try_spell(person, employer, started_on, party_of(employer), **work)
    assert answer.status_code == 201, answer.text
    return employer, person, str(answer.json()["spell"])


async def covered(register: Register, person: str, at: str, **query: str) -> dict[str, tuple[bool | None, str]]:
    """What covers on a day, and why."""
    path, asked = f"/v1/persons/{person}/cover", {"at": at, **query}
    answer = await register.as_party("GET", path, WORKS_HERE, params=asked)
    assert answer.status_code == 200, answer.text
    return {each["fund"]: (each["covered"], each["reason"]) for each in answer.json()["schemes"]}


async def periods(register: Register, scheme: str = "act4") -> list[tuple[str, str | None]]:
    """The days of the newest membership, as it was published."""
    told = await register.memberships(scheme)
    return [(each["first"], each.get("last")) for each in told[-1]["periods"]] if told else []


@pytest.mark.parametrize("kind", ["civil_servant", "self_employed", "sole_proprietor", "partner", "prisoner"])
async def test_whom_the_law_leaves_out_is_no_member_and_is_told_why(register: Register, kind: str) -> None:
    """Act 4 First Schedule; Act 800 First Schedule."""
    _, person, _ = await hired(register, kind_of_work=kind)
    assert await register.memberships("act4") == await register.memberships("act800") == []
    told = await covered(register, person, "2026-07-15")
    assert told["employment_injury"] == (False, "kind_of_work_excluded")
    assert told["employment_insurance"][0] is False
    (event,) = await register.events("spell.started")
    assert event["kind_of_work"] == kind


async def test_a_kind_of_work_that_nobody_stated_is_permanent_and_said_to_be_assumed(register: Register) -> None:
    _, person, spell = await hired(register)
    path = f"/v1/persons/{person}/cover"
    assumed = (await register.as_party("GET", path, WORKS_HERE)).json()["assumed"]
    assert "kind of work" in assumed
    assert (await correct(register, spell, "", kind_of_work="part_time")).json()["state"] == "counts"
    told = (await register.as_party("GET", path, WORKS_HERE)).json()
    assert told["assumed"] == ["passport and pass valid"]
    assert [fact["says"] for fact in told["facts"] if fact["kind"] == "spell"] == ["part_time"]


async def test_the_employers_spouse_is_a_member_since_2018_and_never_insured_under_act_800(register: Register) -> None:
    _, person, _ = await hired(register, "2016-05-01", spouse_of_employer=True)
    assert (await periods(register))[0][0] == "2018-01-01"
    assert await register.memberships("act800") == []
    assert (await covered(register, person, "2017-07-15"))["employment_injury"] == (False, "spouse_of_employer")
    told = await covered(register, person, "2026-07-15")
    assert (told["employment_injury"][0], told["employment_insurance"]) == (True, (False, "spouse_of_employer"))


async def test_a_domestic_worker_is_a_member_since_june_2021(register: Register) -> None:
    """P.U.(A) 247/2021 and 249/2021."""
    _, person, _ = await hired(register, "2020-02-01", kind_of_work="domestic_worker")
    assert (await periods(register))[0][0] == (await periods(register, "act800"))[0][0] == "2021-06-01"
    assert (await covered(register, person, "2021-05-31"))["employment_injury"][0] is False
    assert (await covered(register, person, "2021-06-01"))["employment_injury"] == (True, "covered")


async def test_a_foreign_worker_is_a_member_since_2019_and_never_insured_under_act_800(register: Register) -> None:
    employer = await register.employer()
    person = await register.person(residence="foreign_worker")
    await register.spell(person, employer, "2015-02-01")
    assert (await periods(register))[0][0] == "2019-01-01"
    assert await register.memberships("act800") == []
    told = await covered(register, person, "2024-06-30")
    assert (told["employment_injury"][0], told["invalidity"]) == (True, (False, "closed_to_foreign_workers"))
    assert (await covered(register, person, "2024-07-01"))["invalidity"] == (True, "covered")


@pytest.mark.parametrize(("allowance", "is_covered"), [("30.00", False), ("30.01", True)])
async def test_an_intern_is_covered_above_the_allowance_of_the_book(
    register: Register, allowance: str, is_covered: bool
) -> None:
    _, person, _ = await hired(register, kind_of_work="intern", allowance={"amount": allowance, "currency": "MYR"})
    assert (await covered(register, person, "2026-07-15"))["employment_injury"][0] is is_covered
    assert bool(await register.memberships("act4")) is is_covered


async def test_an_intern_without_allowance_and_an_allowance_of_anybody_else_are_refused(register: Register) -> None:
    employer, person = await register.employer(), await register.person()
    for work in ({"kind_of_work": "intern"}, {"allowance": {"amount": "900.00", "currency": "MYR"}}):
        answer = await register.try_spell(person, employer, "2024-03-01", **work)
        assert (answer.status_code, answer.json()["code"]) == (422, "allowance_needed")


async def test_nothing_is_due_for_a_month_of_work_that_the_law_leaves_out(register: Register) -> None:
    employer, _, spell = await hired(register, kind_of_work="civil_servant")
    job = await register.sent(employer, months_at_2480("2026-05"))
    assert job["state"] == "rejected"
    assert await register.errors(job["file"], party_of(employer)) == [["1", "month", "work_not_insured"]]
    await correct(register, spell, kind_of_work="permanent", subject="officer-3")
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    assert (await register.sent(employer, months_at_2480("2026-05")))["state"] == "accepted"


async def test_lines_of_what_turns_out_to_be_left_out_are_listed_as_not_due(register: Register) -> None:
    employer, _, spell = await hired(register, kind_of_work="permanent")
    await register.sent(employer, months_at_2480("2026-05"))
    await correct(register, spell, party_of(employer), kind_of_work="partner")
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    await register.work_off()
    listed = await register.as_party(
        "GET", "/v1/line-differences", "registration:contribution:read", party_of(employer)
    )
    (found,) = listed.json()["data"]
    assert {each["amount"] for each in found["due"].values()} == {"0.00"}


@pytest.mark.parametrize("is_officer", [True, False])
@pytest.mark.parametrize(
    ("says", "stands"),
    [
        ({"started_on": "2024-02-01"}, ("2024-02-01", "2026-06-30")),
        ({"started_on": "2024-04-01"}, ("2024-04-01", "2026-06-30")),
        ({"ended_on": "2026-05-31"}, ("2024-03-01", "2026-05-31")),
        ({"ended_on": "2026-07-10"}, ("2024-03-01", "2026-07-10")),
        ({"goes_on": True}, ("2024-03-01", None)),
    ],
)
async def test_a_day_moves_only_when_two_officers_let_it(
    register: Register, says: dict[str, Any], stands: tuple[str, str | None], is_officer: bool
) -> None:
    employer, _, spell = await hired(register)
    await register.ended(spell, "2026-06-30")
    whose = {"subject": "officer-3"} if is_officer else {"party": party_of(employer)}
    stated = await correct(register, spell, **whose, **says)
    assert (stated.status_code, stated.json()["state"]) == (201, "waiting")
    assert await days_of(register, spell) == ("2024-03-01", "2026-06-30")
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    assert await days_of(register, spell) == stands
    first, last = stands
    told = (await register.events("spell."))[-1]
    assert (told["started_on"], told.get("ended_on"), told["end_verified"]) == (first, last, True)
    assert (await periods(register))[0][0] == first


async def days_of(register: Register, spell: str) -> tuple[str, str | None]:
    """The days of a spell as they stand, by the facts that nothing retracts."""
    listed = await register.as_party("GET", f"/v1/spells/{spell}/facts", READ)
    (holds,) = (fact for fact in listed.json()["data"] if fact["retracted_by"] is None)
    return holds["started_on"], holds["ended_on"]


async def test_a_correction_is_a_fact_that_retracts_and_what_was_known_before_is_known_still(
    register: Register, business_clock: BusinessClock
) -> None:
    employer, person, spell = await hired(register)
    ((before,),) = await register.rows("SELECT max(recorded_at) FROM spell_fact")
    await correct(register, spell, party_of(employer), kind_of_work="partner", evidence="KB-1")
    assert (await register.decided(QUEUE, COUNTS)).status_code == 201
    listed = await register.as_party("GET", f"/v1/spells/{spell}/facts", READ, party_of(employer))
    old, new = listed.json()["data"]
    assert (old["retracted_by"], new["retracted_by"], new["kind_of_work"]) == (new["fact"], None, "partner")
    assert (new["officer"], new["approved_by"], new["evidence"]) == (None, None, "KB-1"), "officers are for officers"
    listed = await register.as_party("GET", f"/v1/spells/{spell}/facts", READ)
    assert [(each["officer"], each["approved_by"]) for each in listed.json()["data"]][-1] == ("officer-1", "officer-2")
    business_clock.advance(hours=2)
    assert (await covered(register, person, "2026-07-15"))["employment_injury"][0] is False
    known_at = before.isoformat().replace("+00:00", "Z")
    assert (await covered(register, person, "2026-07-15", known_at=known_at))["employment_injury"][0] is True
    assert await periods(register) == [], "who was a member and is none any more is told"


async def test_who_stated_a_correction_does_not_approve_it_and_a_refused_one_changes_nothing(
    register: Register,
) -> None:
    _, _, spell = await hired(register)
    await correct(register, spell, started_on="2024-02-01", subject="officer-2")
    refused = await register.decided(QUEUE, COUNTS)
    assert (refused.status_code, refused.json()["code"]) == (403, "spell_correction_of_oneself")
    waits = await correct(register, spell, started_on="2024-01-01")
    assert (waits.status_code, waits.json()["code"]) == (409, "spell_correction_waits")
    (task,) = await register.waiting(QUEUE)
    scopes = ["registration:spell_correction:decide", "registration:task:write"]
    path = f"/v1/tasks/{task['task']}/approvals"
    body = {"revision": task["revision"]}
    assert (await register.service.call("POST", path, scopes=scopes, subject="officer-4", json=body)).is_success
    assert (await days_of(register, spell))[0] == "2024-02-01"


async def test_a_refused_correction_leaves_the_spell_and_lets_another_one_come(register: Register) -> None:
    employer, _, spell = await hired(register)
    await correct(register, spell, party_of(employer), started_on="2024-02-01")
    assert (await register.decided(QUEUE, REFUSED)).status_code == 201
    assert (await days_of(register, spell))[0] == "2024-03-01"
    listed = await register.as_party("GET", "/v1/spell-corrections", READ, party_of(employer))
    assert [each["state"] for each in listed.json()["data"]] == ["refused"]
    assert (await correct(register, spell, party_of(employer), started_on="2024-02-02")).status_code == 201


async def test_what_was_decided_of_an_older_spell_is_looked_at_once_more(register: Register) -> None:
    """An approval names the spell's revision: it moved meanwhile."""
    employer, _, spell = await hired(register)
    await correct(register, spell, party_of(employer), started_on="2024-02-01")
    (task,) = await register.waiting(QUEUE)
    await register.ended(spell, "2026-06-30")
    scopes = ["registration:spell_correction:decide", "registration:task:write"]
    for what, officer, body in (
        ("takings", "officer-1", {}),
        ("proposals", "officer-1", {"revision": task["revision"], "says": {"kind": COUNTS}}),
    ):
        path = f"/v1/tasks/{task['task']}/{what}"
        answer = await register.service.call("POST", path, scopes=scopes, subject=officer, json=body or None)
    assert (answer.status_code, answer.json()["code"]) == (412, "revision_stale")


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ({}, "spell_correction_empty"),
        ({"started_on": "2024-03-01"}, "spell_correction_empty"),
        ({"started_on": "1980-01-01"}, "spell_starts_before_birth"),
        ({"ended_on": "2024-02-29"}, "spell_ends_before_start"),
        ({"ended_on": "2099-01-01"}, "spell_ends_too_far_ahead"),
        ({"kind_of_work": "intern"}, "allowance_needed"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused_at_once(
    register: Register, says: dict[str, Any], code: str
) -> None:
    _, _, spell = await hired(register)
    answer = await correct(register, spell, **says)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await register.rows("SELECT FROM spell_correction") == []


async def test_nobody_corrects_or_reads_anothers_spell(register: Register) -> None:
    employer, _, spell = await hired(register)
    other = party_of(await register.employer(OTHER_CODE))
    answer = await correct(register, spell, other, kind_of_work="partner")
    assert (answer.status_code, answer.json()["code"]) == (404, "spell_unknown")
    answer = await register.as_party("GET", f"/v1/spells/{spell}/facts", READ, other)
    assert (answer.status_code, answer.json()["code"]) == (404, "spell_unknown")
    await correct(register, spell, party_of(employer), kind_of_work="partner")
    assert (await register.as_party("GET", "/v1/spell-corrections", READ, other)).json()["data"] == []


async def test_leaving_and_coming_back_in_one_month_is_two_spells_and_one_month_of_wages(register: Register) -> None:
    """Public cases, 11: 900.00 and 1,100.00 are one class of 2,000.00, and never half a pair."""
    employer, person = await register.employer(), await register.person()
    first = await register.spell(person, employer, "2026-05-01")
    await register.ended(first, "2026-06-10")
    await register.spell(person, employer, "2026-06-20")
    for day, is_covered in (("2026-06-10", True), ("2026-06-15", False), ("2026-06-20", True)):
        assert (await covered(register, person, day))["employment_injury"][0] is is_covered, day
    nothing = {"act800_employer": 0, "act800_employee": 0, "skbbk_employee": 0}
    parts = [{"wage": wage, "act4_employer": 1, "act4_employee": 1, **nothing} for wage in (90_000, 110_000)]
    job = await register.sent(employer, render([line("2026-06", part) for part in parts]))
    codes = {code for _, _, code in await register.errors(job["file"], party_of(employer))}
    assert (job["state"], codes) == ("rejected", {"duplicate_line"})
    whole = {"wage": 200_000, "act4_employer": 3_415, "act4_employee": 975, "act800_employer": 390}
    whole |= {"act800_employee": 390, "skbbk_employee": 1_465}
    assert (await register.sent(employer, render([line("2026-06", whole)])))["state"] == "accepted"
    assert [(month, wage) for month, _, wage, _, _ in await register.lines()] == [(202606, 200_000)]


async def test_hired_and_left_on_one_day_is_a_day_of_cover_and_a_month_of_wages(register: Register) -> None:
    employer, person, spell = await hired(register, "2026-06-10")
    await register.ended(spell, "2026-06-10")
    assert (await covered(register, person, "2026-06-10"))["employment_injury"][0] is True
    assert (await covered(register, person, "2026-06-11"))["employment_injury"] == (False, "no_employment")
    assert await periods(register) == [("2026-06-10", "2026-06-10")]
    job = await register.sent(employer, render([line("2026-06", AT_2480 | {"skbbk_employee": 1_835})]))
    assert job["state"] == "accepted"


async def test_two_employers_at_once_contribute_each_and_skbbk_comes_from_one(register: Register) -> None:
    """Public cases, 11: the other employer contributes on its own wages, and deducts no SKBBK."""
    one, person = await register.worker_of()
    other = await register.employer(OTHER_CODE)
    await register.spell(person, other, "2026-06-01")
    with_skbbk = AT_2480 | {"skbbk_employee": 1_835}
    assert (await register.sent(one, render([line("2026-06", with_skbbk)])))["state"] == "accepted"
    without = AT_2480 | {"skbbk_employee": 0}
    assert (await register.sent(other, render([line("2026-06", without, code=OTHER_CODE)])))["state"] == "accepted"
    assert await periods(register) == await periods(register)
    ended = await register.rows("SELECT spell FROM spell WHERE employer = $1", int(party_of(other).split(":")[1]))
    await register.ended(str(ended[0][0]), "2026-07-31")
    assert (await covered(register, person, "2026-08-15"))["employment_injury"][0] is True, "the other one goes on"


async def test_a_worker_of_whom_nothing_was_contributed_is_covered_and_sees_the_missing_months(
    register: Register, business_clock: BusinessClock
) -> None:
    """Public cases, 7: never "no contributions, refused"."""
    business_clock.set_day(2026, 7, 20)
    employer = await register.employer()
    person = await register.person(residence="foreign_worker")
    await register.spell(person, employer, "2025-01-01")
    assert (await covered(register, person, "2026-07-15"))["employment_injury"] == (True, "covered")
    own = f"person:{number_of(person)}"
    answer = await register.as_party(
        "GET", f"/v1/persons/{person}/months", "registration:contribution:read", own, params={"limit": 100}
    )
    states = {each["state"] for each in answer.json()["data"] if each["month"] <= "2026-06"}
    assert states == {"missing"}


async def test_wages_after_the_end_of_a_spell_are_set_aside(register: Register) -> None:
    """Public cases: June declared after the spell ended on 31 May."""
    employer, _, spell = await hired(register)
    await register.ended(spell, "2026-05-31")
    job = await register.sent(employer, render([line("2026-06", AT_2480 | {"skbbk_employee": 1_835})]))
    assert await register.errors(job["file"], party_of(employer)) == [["1", "month", "month_outside_employment"]]


async def foreigner(register: Register) -> tuple[str, str, str]:
    """An employer, and a foreign worker whose pass ended on 31 May 2026, who works on."""
    employer, person = await register.employer(), await register.person(PASSPORT, **FOREIGNER)
    spell = await register.spell(person, employer, "2024-03-01")
    assert (await push(register, PASS, "I-1", "register:3")).status_code == 202
    return employer, person, spell


async def test_a_pass_that_ended_is_asked_about_and_shown(register: Register) -> None:
    """A state with a reason, an owner and a deadline; nobody loses cover by it alone."""
    _, person, _ = await foreigner(register)
    (task,) = await register.waiting("foreign_pass")
    assert (task["reason"], task["facts"]["ended_on"], task["facts"]["person"]) == ("pass_ended", "2026-05-31", person)
    path = f"/v1/persons/{person}/cover"
    told = (await register.as_party("GET", path, WORKS_HERE, params={"at": "2026-06-01"})).json()
    assert (told["doubts"], told["schemes"][0]["covered"]) == (["pass_ended"], True)
    told = (await register.as_party("GET", path, WORKS_HERE, params={"at": "2026-05-31"})).json()
    assert told["doubts"] == []


async def test_an_end_that_was_stated_of_a_spell_waits_on_where_the_pass_is_over(register: Register) -> None:
    employer, _, spell = await foreigner(register)
    says = {"ended_on": "2024-12-31"}
    stated = await register.as_party(
        "POST", f"/v1/spells/{spell}/end", "registration:spell:write", party_of(employer), json=says
    )
    assert stated.status_code == 202, stated.text
    assert (await register.decided("foreign_pass", "pass_over")).status_code == 201
    waits = await register.as_party("GET", "/v1/waiting-ends", READ, party_of(employer))
    (end,) = waits.json()["data"]
    assert (end["spell"], end["ended_on"], end["cause"]) == (spell, "2024-12-31", None)


async def test_a_pass_that_two_officers_find_over_lets_the_ends_of_employment_wait(register: Register) -> None:
    employer, person, spell = await foreigner(register)
    assert (await register.decided("foreign_pass", "pass_over")).status_code == 201
    waits = await register.as_party("GET", "/v1/waiting-ends", READ, party_of(employer))
    (end,) = waits.json()["data"]
    assert (end["spell"], end["ended_on"], end["cause"]) == (spell, "2026-05-31", "pass_ended")
    await register.ended(spell, "2026-05-31")
    assert (await covered(register, person, "2026-06-01"))["employment_injury"] == (False, "no_employment")
    assert await register.waiting("foreign_pass") == []


async def test_a_pass_that_was_renewed_is_asked_about_no_more(register: Register) -> None:
    employer, person, _ = await foreigner(register)
    (task,) = await register.waiting("foreign_pass")
    scopes = ["registration:foreign_pass:decide", "registration:task:write"]
    says = {"kind": "pass_renewed", "evidence": "PLKS-1"}
    for what, officer, body in (
        ("takings", "officer-1", None),
        ("proposals", "officer-1", {"revision": task["revision"], "says": says}),
        ("approvals", "officer-2", {"revision": task["revision"]}),
    ):
        path = f"/v1/tasks/{task['task']}/{what}"
        assert (await register.service.call("POST", path, scopes=scopes, subject=officer, json=body)).is_success
    path = f"/v1/persons/{person}/cover"
    assert (await register.as_party("GET", path, WORKS_HERE, params={"at": "2026-06-01"})).json()["doubts"] == []
    await register.spell(person, await register.employer(OTHER_CODE), "2026-06-01")
    assert await register.waiting("foreign_pass") == []
    assert employer


async def test_who_is_hired_after_the_pass_ended_is_asked_about_too(register: Register) -> None:
    """Whichever is known first."""
    person = await register.person(PASSPORT, **FOREIGNER)
    await push(register, PASS, "I-1", "register:3")
    assert await register.waiting("foreign_pass") == []
    employer = await register.employer()
    proof: dict[str, Any] = {"national_id": {"kind": "passport", "number": PASSPORT}}
    answer = await register.try_spell(person, employer, "2026-06-10", party_of(employer), **proof)
    assert answer.status_code == 201
    assert len(await register.waiting("foreign_pass")) == 1


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration on a database that was put back."""
    async with register_on(databases, issuer) as fresh:
        yield fresh


async def told_of_pass(register: Register) -> list[tuple[int, str | None]]:
    """Revision and end of the pass of each time that the person was told."""
    return [(each["revision"], each.get("pass_ended_on")) for each in await register.events("person.registered")]


async def test_the_end_of_a_pass_and_its_renewal_are_told(register: Register) -> None:
    _, person, _ = await foreigner(register)
    assert await told_of_pass(register) == [(1, None), (2, "2026-05-31")]
    await push(register, PASS, "I-2", "register:3")
    assert len(await told_of_pass(register)) == 2, "another report of the same day is no news"
    (task,) = await register.waiting("foreign_pass")
    says = {"kind": "pass_renewed", "evidence": "PLKS-1"}
    for what, officer, body in (
        ("takings", "officer-1", {}),
        ("proposals", "officer-1", {"revision": task["revision"], "says": says}),
        ("approvals", "officer-2", {"revision": task["revision"]}),
    ):
        path = f"/v1/tasks/{task['task']}/{what}"
        scopes = ["registration:foreign_pass:decide", "registration:task:write"]
        content: dict[str, Any] = {"json": body} if body else {}
        done = await register.service.call("POST", path, scopes=scopes, subject=officer, **content)
        assert done.status_code == 201, done.text
    assert await told_of_pass(register) == [(1, None), (2, "2026-05-31"), (3, None)]
    assert person


@pytest.mark.parametrize("is_remembered", [True, False])
async def test_the_end_of_a_pass_is_known_again_after_a_restore(
    register: Register, again: Register, is_remembered: bool
) -> None:
    await foreigner(register)
    if is_remembered:
        await again.spell(await again.person(PASSPORT, **FOREIGNER), await again.employer(), "2024-03-01")
    for _ in range(2):
        await recall(register.service, again.service)
    await again.work_off()
    if not is_remembered:
        person, employer = await again.person(PASSPORT, **FOREIGNER), await again.employer()
        await again.spell(person, employer, "2024-03-01")
        await again.work_off()
        assert (await told_of_pass(again))[-1] == (3, "2026-05-31")
    facts = await again.rows("SELECT plain, source FROM person_fact WHERE attribute = 'pass_ended_on'")
    assert [tuple(row) for row in facts] == [("2026-05-31", "registration")]
    (task,) = await again.waiting("foreign_pass")
    assert task["facts"]["ended_on"] == "2026-05-31"


async def test_the_end_of_a_pass_is_said_again_alike(register: Register) -> None:
    await foreigner(register)
    answer = await register.as_party("POST", "/v1/announcements", "registration:announcement:write")
    assert answer.is_success, answer.text
    await register.work_off()
    told, again = await register.events("person.registered"), await register.events("person.registered", announced=True)
    assert again == told[-1:]
