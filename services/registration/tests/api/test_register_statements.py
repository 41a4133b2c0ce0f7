"""Registers push what they know: it counts by id and name, and what does not match waits for two officers."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import orjson
import pytest

from services.registration.domain.register_statement import WAITS
from services.registration.tests.api.family import family, related
from services.registration.tests.api.test_events import became, hired
from services.registration.tests.api.test_person_merges import merged
from services.registration.tests.support import (
    FIRST,
    MYKAD,
    OTHER_CODE,
    OTHER_MYKAD,
    SECOND,
    Register,
    months_at_2480,
    number_of,
    party_of,
    register_on,
    self_of,
)
from shared.contracts.envelope import Cause
from shared.contracts.registration import PersonRegisteredV1
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    """Registration on a database that was put back."""
    async with register_on(databases, issuer) as fresh:
        yield fresh


WRITE, READ = "registration:register_statement:write", "registration:register_statement:read"
DECIDE = "registration:register_statement:decide"
PATH = "/v1/register-statements"
AHMAD = {"national_id": {"kind": "mykad", "number": MYKAD}, "name": "AHMAD BIN ALI"}
SITI = {"national_id": {"kind": "mykad", "number": OTHER_MYKAD}, "name": "SITI BT OMAR"}
STRANGER = {"national_id": {"kind": "mykad", "number": "770707145555"}, "name": "SITI BT OMAR"}


def death(died_on: str = "2026-06-30", who: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ahmad's death, or somebody's."""
    return {"kind": "person_died", "who": who or AHMAD, "died_on": died_on}


async def push(
    register: Register, says: dict[str, Any], reference: str = "D-1", party: str = "register:1"
) -> httpx.Response:
    """State something as a register, and let the worker look at it."""
    body = {"reference": reference, "says": says}
    answer = await register.as_party("POST", PATH, WRITE, party, json=body)
    await register.work_off()
    return answer


async def stands(register: Register, pushed: httpx.Response, party: str = "register:1") -> tuple[str, str | None]:
    """State and reason of a statement as its register reads them."""
    assert pushed.status_code == 202, pushed.text
    path = f"{PATH}/{pushed.json()['register_statement']}"
    answer = await register.as_party("GET", path, READ, party)
    assert answer.status_code == 200, answer.text
    return answer.json()["state"], answer.json()["reason"]


async def named(register: Register, pushed: httpx.Response, party: str = "") -> list[str]:
    """Whom a statement names, as a party reads it; without one as an officer."""
    path = f"{PATH}/{pushed.json()['register_statement']}"
    found: list[str] = (await register.as_party("GET", path, READ, party)).json()["names"]
    return found


async def decide(register: Register, **says: Any) -> None:
    """Two officers answer the one statement that waits."""
    scopes = [DECIDE, "registration:task:read", "registration:task:write"]
    (task,) = (await register.service.call("GET", "/v1/tasks", scopes=scopes, params={"state": "open"})).json()["data"]
    for what, officer, body in (
        ("takings", FIRST, None),
        ("proposals", FIRST, {"revision": task["revision"], "says": says}),
        ("approvals", SECOND, {"revision": task["revision"]}),
    ):
        path = f"/v1/tasks/{task['task']}/{what}"
        done = await register.service.call("POST", path, scopes=scopes, subject=officer, json=body)
        assert done.status_code == 201, done.text
    await register.work_off()


async def couple(register: Register) -> tuple[str, str]:
    """Ahmad and Siti, registered."""
    return await register.person(), await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")


async def test_a_death_is_published_and_ends_no_employment_by_itself(register: Register) -> None:
    employer, person = await register.worker_of()
    assert await stands(register, await push(register, death())) == ("applied", None)
    told = (await register.events("person.registered"))[-1]
    assert (told["person"], told["revision"], told["died_on"]) == (number_of(person), 2, "2026-06-30")
    assert await register.events("spell.ended") == []
    waits = await register.as_party("GET", "/v1/waiting-ends", "registration:spell:read", party_of(employer))
    (end,) = waits.json()["data"]
    assert (end["person"], end["ended_on"], end["stated_by"]) == (person, "2026-06-30", "register:1")
    facts = await register.rows("SELECT plain, source FROM person_fact WHERE attribute = 'died_on'")
    assert [tuple(row) for row in facts] == [("2026-06-30", "register:1")]


async def test_the_same_reference_is_the_same_statement(register: Register) -> None:
    await register.person()
    first, again = [await push(register, death()) for _ in range(2)]
    assert first.json()["register_statement"] == again.json()["register_statement"]
    assert again.json()["state"] == "applied"
    other = await push(register, death("2026-06-29"))
    assert (other.status_code, other.json()["code"]) == (409, "register_reference_taken")
    assert await stands(register, await push(register, death(), "D-2")) == ("applied", None)
    assert len(await register.events("person.registered")) == 2, "another report of the same day is no news"


async def test_another_name_is_parked_and_two_officers_say_whose_it_is(register: Register) -> None:
    person, _ = await couple(register)
    who = {**AHMAD, "name": "AHMAD BIN ABU"}
    pushed = await push(register, death(who=who))
    assert await stands(register, pushed) == ("parked", "name_differs")
    assert await named(register, pushed) == [who["name"]]
    assert await named(register, pushed, "register:1") == []
    assert len(await register.events("person.registered")) == 2
    await decide(register, kind="register_statement_applies", persons=[person])
    assert await stands(register, pushed) == ("applied", None)
    assert (await register.events("person.registered"))[-1]["died_on"] == "2026-06-30"


async def test_who_is_not_registered_is_waited_for_and_no_officer_is_asked(register: Register) -> None:
    """A birth of nobody's waits, and counts when one of the parents is registered; nobody else wakes it."""
    says = {"kind": "birth", "child": {"name": "NUR AISYAH"}, "parents": [AHMAD, SITI], "born_on": "2017-03-09"}
    pushed = await push(register, says, "B-1")
    assert await stands(register, pushed) == ("waiting", "matches_nobody")
    assert await register.waiting("register_statement") == []
    await register.person("770707145555", name="Siti binti Omar", born_on="1977-07-07")
    await register.work_off()
    assert await stands(register, pushed) == ("waiting", "matches_nobody")
    assert await stands(register, await push(register, says, "B-1")) == ("waiting", "matches_nobody")
    person = await register.person()
    await register.work_off()
    assert await stands(register, pushed) == ("applied", None)
    (seen,) = await family(register, person)
    assert (seen["kind"], seen["named"]["name"], seen["source"]) == ("child", "NUR AISYAH", "register:1")


async def test_who_is_registered_under_another_name_is_left_to_officers(register: Register) -> None:
    pushed = await push(register, death())
    await register.person(name="Ahmad bin Abu")
    await register.work_off()
    assert await stands(register, pushed) == ("parked", "name_differs")
    assert len(await register.waiting("register_statement")) == 1


async def test_nobody_is_waited_for_for_ever(register: Register, business_clock: BusinessClock) -> None:
    pushed = await push(register, death())
    business_clock.advance(days=WAITS.days - 1)
    await register.work_off()
    assert await stands(register, pushed) == ("waiting", "matches_nobody")
    business_clock.advance(days=2)
    await register.work_off()
    assert await stands(register, pushed) == ("dismissed", "matches_nobody")
    await register.person()
    await register.work_off()
    assert await stands(register, pushed) == ("dismissed", "matches_nobody")


async def test_a_death_is_not_believed_before_what_happened_after_it(register: Register) -> None:
    """A hire: who is dead is hired by nobody, so that one of both is wrong."""
    _, person = await register.worker_of(started_on="2024-03-01")
    pushed = await push(register, death("2024-02-29"))
    assert await stands(register, pushed) == ("parked", "contradicts_what_is_known")
    assert "died_on" not in (await register.events("person.registered"))[-1]
    await decide(register, kind="register_statement_applies", persons=[person])
    assert await stands(register, pushed) == ("applied", None), "two officers looked"


@pytest.mark.parametrize(
    ("kind", "first_on", "died_on", "state"),
    [
        ("spouse", "2016-05-14", "2016-05-14", "applied"),
        ("spouse", "2016-05-14", "2016-05-13", "parked"),
        ("child", "2017-03-09", "2016-05-09", "applied"),
        ("child", "2017-03-09", "2016-05-08", "parked"),
    ],
)
async def test_nobody_marries_after_death_nor_has_a_child_long_after(
    register: Register, kind: str, first_on: str, died_on: str, state: str
) -> None:
    """Whichever is stated first."""
    await register.person()
    if kind == "spouse":
        says: dict[str, Any] = {"kind": "marriage", "one": AHMAD, "other": STRANGER, "married_on": first_on}
    else:
        says = {"kind": "birth", "child": {"name": "NUR AISYAH"}, "parents": [AHMAD], "born_on": first_on}
    found = [
        await stands(register, await push(register, each, f"A-{n}")) for n, each in enumerate((death(died_on), says))
    ]
    assert [each[0] for each in found] == ["applied", state]
    await register.person(OTHER_MYKAD)
    other = {"national_id": {"kind": "mykad", "number": OTHER_MYKAD}, "name": "AHMAD BIN ALI"}
    turned = orjson.loads(orjson.dumps(says).replace(MYKAD.encode(), OTHER_MYKAD.encode()))
    found = [
        await stands(register, await push(register, each, f"B-{n}"))
        for n, each in enumerate((turned, death(died_on, other)))
    ]
    assert [each[0] for each in found] == ["applied", state]


async def test_a_death_of_before_a_word_that_nobody_died_is_looked_at_whichever_is_worked_off_first(
    register: Register,
) -> None:
    """Both waited for the person, and were woken together."""
    pushed = await push(register, death())
    alive = await push(register, {"kind": "person_alive", "who": AHMAD}, "A-1")
    await register.person()
    await register.work_off()
    found = [await stands(register, each) for each in (pushed, alive)]
    assert ("parked", "contradicts_what_is_known") in found, found


async def test_a_parent_who_is_named_twice_is_one_and_a_name_has_letters(register: Register) -> None:
    person = await register.person()
    says = {"kind": "birth", "child": {"name": "NUR AISYAH"}, "parents": [AHMAD, AHMAD], "born_on": "2017-03-09"}
    assert await stands(register, await push(register, says, "B-1")) == ("applied", None)
    assert len(await family(register, person)) == 1
    refused = await push(register, says | {"child": {"name": "-"}}, "B-2")
    assert (refused.status_code, refused.json()["code"]) == (422, "name_without_letters")


async def test_work_after_a_death_is_doubted_and_its_end_waits_with_the_wages(register: Register) -> None:
    employer, person = await register.worker_of()
    await register.sent(employer, months_at_2480("2026-07"))
    await push(register, death())
    waits = await register.as_party("GET", "/v1/waiting-ends", "registration:spell:read", party_of(employer))
    assert [each["reason"] for each in waits.json()["data"]] == ["wages_reported_after"]
    known = {}
    for day in ("2026-06-30", "2026-07-01"):
        path = f"/v1/persons/{person}/cover?at={day}"
        known[day] = (await register.as_party("GET", path, "registration:cover:read")).json()["doubts"]
    assert known == {"2026-06-30": [], "2026-07-01": ["after_death"]}
    (taken,) = await became(register, await register.employer(OTHER_CODE), hired(started_on="2026-07-01"))
    assert (taken["state"], taken["warnings"]) == ("warned", ["after_death"])


async def test_two_who_bear_the_digits_and_the_name_are_not_guessed(register: Register) -> None:
    await register.person("A1234567", kind="passport")
    await register.person("A1234567", kind="army", another_person=True)
    who = {"national_id": {"kind": "passport", "number": "A1234567"}, "name": "AHMAD BIN ALI"}
    assert await stands(register, await push(register, death(who=who))) == ("parked", "matches_several")


async def test_who_is_said_to_be_alive_again_is_looked_at_by_two_officers(register: Register) -> None:
    person = await register.person()
    await push(register, death())
    pushed = await push(register, {"kind": "person_alive", "who": AHMAD}, "A-1")
    assert await stands(register, pushed) == ("parked", "contradicts_what_is_known")
    assert (await register.events("person.registered"))[-1]["died_on"] == "2026-06-30"
    await decide(register, kind="register_statement_applies", persons=[person])
    told = (await register.events("person.registered"))[-1]
    assert (told["revision"], "died_on" in told) == (3, False)
    facts = await register.rows(
        "SELECT plain, retracts IS NULL FROM person_fact WHERE attribute = 'died_on' ORDER BY id"
    )
    assert [tuple(row) for row in facts] == [("2026-06-30", True), (None, False)]


async def test_another_day_of_death_contradicts_and_what_is_dismissed_changes_nothing(register: Register) -> None:
    await register.person()
    await push(register, death())
    pushed = await push(register, death("2026-06-29"), "D-2")
    assert await stands(register, pushed) == ("parked", "contradicts_what_is_known")
    await decide(register, kind="register_statement_dismissed")
    assert await stands(register, pushed) == ("dismissed", None)
    assert [each.get("died_on") for each in await register.events("person.registered")] == [None, "2026-06-30"]


async def test_an_id_that_was_withdrawn_names_nobody(register: Register) -> None:
    person = await register.person()
    correct, path = "registration:person:correct", f"/v1/persons/{person}/national-ids"
    wrong = {"kind": "passport", "number": "B1234567"}
    said = {"national_id": wrong, "reason": "document_renewed", "evidence": "PP-1"}
    stated = await register.as_party("POST", path, correct, json=said, subject="officer-3")
    assert stated.status_code == 202, stated.text
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    ids = (await register.as_party("GET", path, "registration:person:read")).json()["national_ids"]
    added = next(each["identity"] for each in ids if each["kind"] == "passport")
    who = {"national_id": wrong, "name": "AHMAD BIN ALI"}
    assert await stands(register, await push(register, death(who=who))) == ("applied", None)
    said = {"reason": "wrong_person", "evidence": "KB-2"}
    path = f"{path}/{added}/withdrawals"
    assert (await register.as_party("POST", path, correct, json=said, subject="officer-3")).status_code == 202
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    assert await stands(register, await push(register, death(who=who), "D-2")) == ("waiting", "matches_nobody")


async def test_an_officer_takes_back_nothing_that_a_register_stated(register: Register) -> None:
    person = await register.person()
    await push(register, death())
    read, correct = "registration:person:read", "registration:person:correct"
    facts = (await register.as_party("GET", f"/v1/persons/{person}/facts", read)).json()["data"]
    (died,) = [each for each in facts if each["attribute"] == "died_on"]
    assert (died["value"], died["source"]) == ("2026-06-30", "register:1")
    said = {"reason": "wrong_person", "evidence": "KB-2026-0193"}
    path = f"/v1/persons/{person}/facts/{died['fact']}/retractions"
    answer = await register.as_party("POST", path, correct, json=said)
    assert (answer.status_code, answer.json()["code"]) == (404, "fact_unknown")


async def test_a_marriage_of_two_registered_persons_counts(register: Register) -> None:
    person, other = await couple(register)
    says = {"kind": "marriage", "one": AHMAD, "other": SITI, "married_on": "2016-05-14"}
    assert await stands(register, await push(register, says, "M-1")) == ("applied", None)
    (seen,) = await family(register, other, self_of(other))
    assert (seen["kind"], seen["relative"], seen["first_on"], seen["source"]) == (
        "spouse",
        person,
        "2016-05-14",
        "register:1",
    )
    assert len(await register.events("relation.stated")) == 1
    assert await stands(register, await push(register, says, "M-2")) == ("applied", None)
    assert len(await register.events("relation.stated")) == 1, "it is known"


async def test_a_spouse_who_is_not_registered_is_named(register: Register) -> None:
    person = await register.person()
    says = {"kind": "marriage", "one": STRANGER, "other": AHMAD, "married_on": "2016-05-14"}
    assert await stands(register, await push(register, says, "M-1")) == ("applied", None)
    (seen,) = await family(register, person)
    assert seen["named"] == {"name": "SITI BT OMAR", "born_on": None}


async def test_a_second_marriage_is_looked_at(register: Register) -> None:
    person, other = await couple(register)
    await related(register, person, relative=other)
    says = {"kind": "marriage", "one": AHMAD, "other": STRANGER, "married_on": "2022-01-01"}
    pushed = await push(register, says, "M-1")
    assert await stands(register, pushed) == ("parked", "contradicts_what_is_known")
    await decide(register, kind="register_statement_applies", persons=[person])
    assert await stands(register, pushed) == ("applied", None)
    assert len(await family(register, person)) == 2


async def test_a_birth_is_a_child_of_each_registered_parent(register: Register) -> None:
    person, other = await couple(register)
    says = {
        "kind": "birth",
        "child": {"name": "NUR AISYAH"},
        "parents": [AHMAD, SITI],
        "born_on": "2017-03-09",
    }
    assert await stands(register, await push(register, says, "B-1")) == ("applied", None)
    for parent in (person, other):
        (seen,) = await family(register, parent)
        assert (seen["kind"], seen["named"]) == ("child", {"name": "NUR AISYAH", "born_on": "2017-03-09"})


async def test_the_end_of_a_company_and_of_a_pass_are_kept(register: Register) -> None:
    await register.person("A1234567", kind="passport", residence="foreign_worker")
    company = {"kind": "company_ended", "mycoid": "202001012345", "ended_on": "2026-06-30"}
    assert await stands(register, await push(register, company, "C-1", "register:2"), "register:2") == ("applied", None)
    says = {"kind": "pass_ended", "passport": "A1234567", "name": "AHMAD BIN ALI", "ended_on": "2026-06-30"}
    assert await stands(register, await push(register, says, "P-1", "register:3"), "register:3") == ("applied", None)
    facts = await register.rows("SELECT plain, source FROM person_fact WHERE attribute = 'pass_ended_on'")
    assert [tuple(row) for row in facts] == [("2026-06-30", "register:3")]


async def test_a_death_that_was_published_comes_back_after_a_restore(register: Register, again: Register) -> None:
    """To who is registered again, and to who is remembered as of before; the register states it again as it did."""
    await register.person()
    await push(register, death())
    await recall(register.service, again.service)
    await again.person()
    told = (await again.events("person.registered"))[-1]
    assert (told["revision"], told["died_on"]) == (3, "2026-06-30")
    assert await stands(again, await push(again, death())) == ("applied", None)
    assert len(await again.events("person.registered")) == 1


async def test_a_death_comes_back_to_who_is_remembered(register: Register, again: Register) -> None:
    for each in (register, again):
        await each.person()
    await push(register, death())
    for _ in range(2):
        await recall(register.service, again.service)
    facts = await again.rows("SELECT plain, source FROM person_fact WHERE attribute = 'died_on'")
    assert [tuple(row) for row in facts] == [("2026-06-30", "registration")]


@pytest.mark.parametrize("says_pass", [False, True])
async def test_an_event_of_an_earlier_release_takes_no_end_of_a_pass_back(register: Register, says_pass: bool) -> None:
    """It has no word for one; an event of ours that names none says that it was renewed."""
    await register.person("A1234567", kind="passport", residence="foreign_worker")
    says = {"kind": "pass_ended", "passport": "A1234567", "name": "AHMAD BIN ALI", "ended_on": "2026-06-30"}
    await push(register, says, "P-1", "register:3")
    told = [each for each in await published_by(register.service) if isinstance(each, PersonRegisteredV1)][-1]
    assert (told.pass_ended_on, told.says_pass) == (date(2026, 6, 30), True)
    later = told.model_copy(update={"revision": told.revision + 1, "pass_ended_on": None, "says_pass": says_pass})
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("restore")) as uow:
        await worker.work.recall((), uow)
        await worker.work.recall([told, later], uow)
    stands = "SELECT count(*) FROM person_attribute WHERE attribute = 'pass_ended_on'"
    kept = "SELECT pass_ended_on FROM recalled_person"
    assert (await register.rows(stands))[0][0] == (0 if says_pass else 1)
    assert [row[0] for row in await register.rows(kept)] == [None if says_pass else date(2026, 6, 30)]


@pytest.mark.parametrize("party", ["register:2", "register:9", "employer:1", "hospital:1", ""])
async def test_each_register_states_what_is_its_own(register: Register, party: str) -> None:
    answer = await push(register, death(), party=party)
    assert (answer.status_code, answer.json()["code"]) == (403, "register_statement_not_of_register")


async def test_another_register_reads_nothing_of_it(register: Register) -> None:
    pushed = await push(register, death())
    path = f"{PATH}/{pushed.json()['register_statement']}"
    answer = await register.as_party("GET", path, READ, "register:2")
    assert (answer.status_code, answer.json()["code"]) == (404, "register_statement_unknown")


async def test_a_day_that_has_not_come_is_refused(register: Register) -> None:
    answer = await push(register, death("2100-01-01"))
    assert (answer.status_code, answer.json()["code"]) == (422, "register_statement_in_future")


@pytest.mark.parametrize("number", [MYKAD, OTHER_MYKAD])
async def test_a_death_that_is_stated_of_either_number_is_the_persons(register: Register, number: str) -> None:
    """Whoever was merged died once: by whichever id the register names, and by whichever number one asks."""
    _, survivor = await register.worker_of()
    _, other = await register.worker_of(OTHER_CODE, OTHER_MYKAD, "2025-01-01")
    await merged(register, other, survivor)
    named = {"national_id": {"kind": "mykad", "number": number}, "name": "AHMAD BIN ALI"}
    assert await stands(register, await push(register, death("2026-06-30", named))) == ("applied", None)
    for asked in (survivor, other):
        path = f"/v1/persons/{asked}/cover?at=2026-07-01"
        cover = (await register.as_party("GET", path, "registration:cover:read")).json()
        assert cover["doubts"] == ["after_death"], asked
