"""Two numbers of one person: stated by one officer, decided by another, read under the survivor, split by source."""

import asyncio
from typing import Any

import httpx

from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.files.contribution_file import render
from services.registration.tests.api.family import family, related
from services.registration.tests.support import (
    AT_2480,
    FIRST,
    OTHER_CODE,
    OTHER_MYKAD,
    SECOND,
    Register,
    line,
    party_of,
    self_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import person_number

THIRD_MYKAD, THIRD_CODE = "880101145676", "F9999999999Z"
READ, WRITE, DECIDE = (f"registration:person_merge:{each}" for each in ("read", "write", "decide"))
SEE = "registration:person:read"


async def _state(
    register: Register, path: str, party: str = "", officer: str = "officer-3", **said: Any
) -> httpx.Response:
    body = {"reason": "registered_twice", "evidence": "KB-1", **said}
    how = {} if party else {"subject": officer}
    return await register.as_party("POST", path, WRITE, party, json=body, **how)


async def merge(register: Register, person: str, survivor: str, **said: Any) -> httpx.Response:
    """State a merge as a third officer."""
    return await _state(register, "/v1/person-merges", person=person, survivor=survivor, **said)


async def split(register: Register, person: str, **said: Any) -> httpx.Response:
    """State a split as a third officer."""
    return await _state(register, "/v1/person-splits", person=person, **said)


async def decide(register: Register, kind: str, approver: str = SECOND, **says: Any) -> httpx.Response:
    """Propose as the first officer, and approve as another."""
    (task,) = await register.waiting("person_merge")
    scopes = [DECIDE, "registration:task:write"]

    async def act(what: str, officer: str, **body: Any) -> httpx.Response:
        path = f"/v1/tasks/{task['task']}/{what}"
        more: dict[str, Any] = {"json": body} if body else {}
        return await register.service.call("POST", path, scopes=scopes, subject=officer, **more)

    assert (await act("takings", FIRST)).status_code == 201
    proposed = await act("proposals", FIRST, revision=task["revision"], says={"kind": kind, **says})
    assert proposed.status_code == 201, proposed.text
    return await act("approvals", approver, revision=task["revision"])


async def merged(register: Register, person: str, survivor: str, **keep: str) -> dict[str, Any]:
    """A merge that counts; the statement."""
    stated = await merge(register, person, survivor)
    assert stated.status_code == 202, stated.text
    decided = await decide(register, "persons_merge", keep=keep)
    assert decided.status_code == 201, decided.text
    await register.work_off()
    found: dict[str, Any] = stated.json()
    return found


async def parted(register: Register, person: str, **said: Any) -> None:
    """A split that counts."""
    stated = await split(register, person, **said)
    assert stated.status_code == 202, stated.text
    decided = await decide(register, "persons_split")
    assert decided.status_code == 201, decided.text
    await register.work_off()


async def both(register: Register) -> tuple[str, str, str, str]:
    """Two numbers of one person, each with an employer: survivor, other, and their employers."""
    first, survivor = await register.worker_of()
    second, other = await register.worker_of(OTHER_CODE, OTHER_MYKAD, "2025-01-01")
    return survivor, other, first, second


async def person(register: Register, number: str, party: str = "", **asked: Any) -> httpx.Response:
    """What a party reads of a person."""
    return await register.as_party("GET", f"/v1/persons/{number}", SEE, party, params=asked)


async def test_a_merge_waits_for_two_officers_and_is_told_as_held(register: Register) -> None:
    survivor, other, _, _ = await both(register)
    stated = await merge(register, other, survivor)
    assert stated.status_code == 202, stated.text
    (held,) = await register.events("person.held")
    assert (held["person"], held["merged"], held["revision"]) == (2, False, 1)
    assert held["held_until"] is not None
    assert (await person(register, other)).json()["merged_into"] is None
    again = await merge(register, other, survivor)
    assert (again.status_code, again.json()["code"]) == (409, "merge_waits")
    own = await decide(register, "persons_merge", approver="officer-3")
    assert (own.status_code, own.json()["code"]) == (403, "merge_of_oneself")


async def test_a_merge_that_is_refused_leaves_two_people_and_holds_nothing(register: Register) -> None:
    survivor, other, _, _ = await both(register)
    await merge(register, other, survivor)
    assert (await decide(register, "persons_stay")).status_code == 201
    told = (await register.events("person.split"))[-1]
    assert (told["merged"], told["revision"], told.get("held_until")) == (False, 2, None)
    assert (await person(register, other)).json()["merged_into"] is None
    again = await merge(register, other, survivor, officer="officer-4")
    assert again.status_code == 202, "another one may state it again"


async def test_a_number_that_was_merged_is_answered_with_the_survivor(register: Register) -> None:
    survivor, other, first, second = await both(register)
    await merged(register, other, survivor)
    told = (await register.events("person.merged"))[-1]
    assert (told["person"], told["survivor"], told["merged"]) == (2, 1, True)
    known, asked = (await person(register, survivor)).json(), (await person(register, other)).json()
    assert (asked["person"], asked["merged_into"], known["merged_into"]) == (other, survivor, None)
    assert asked["name"] == known["name"]
    assert (await person(register, survivor, party_of(second))).status_code == 200, "parties are carried over"
    assert (await person(register, other, party_of(first))).status_code == 200
    assert (await person(register, survivor, self_of(other))).status_code == 200


async def test_what_differs_is_decided_by_the_officers_and_taken_back_by_a_split(register: Register) -> None:
    _, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD, born_on="1985-06-15")
    before = (await person(register, survivor)).json()["born_on"]
    stated = (await merge(register, other, survivor)).json()["statement"]
    shown = await register.as_party("GET", f"/v1/person-merges/{stated}", READ)
    assert [each["attribute"] for each in shown.json()["differences"]] == ["born_on"]
    (task,) = await register.waiting("person_merge")
    assert task["facts"]["differs"] == "born_on"
    done = await decide(register, "persons_merge", keep={"born_on": other})
    assert done.status_code == 201, done.text
    assert (await person(register, survivor)).json()["born_on"] == "1985-06-15"
    told = (await register.events("person.registered"))[-1]
    assert (told["person"], told["born_on"]) == (1, "1985-06-15")
    await parted(register, other)
    assert (await person(register, survivor)).json()["born_on"] == before
    assert (await person(register, other)).json()["born_on"] == "1985-06-15"


async def test_nobody_merges_two_who_differ_without_saying_whose_fact_is_kept(register: Register) -> None:
    _, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD, born_on="1985-06-15")
    await merge(register, other, survivor)
    open_ = await decide(register, "persons_merge")
    assert (open_.status_code, open_.json()["code"]) == (409, "merge_difference_undecided")
    assert (await person(register, other)).json()["merged_into"] is None


async def test_memberships_and_cover_are_derived_from_what_both_numbers_stated_and_apart_again(
    register: Register,
) -> None:
    survivor, other, _, _ = await both(register)
    apart = await register.memberships("act4")
    await merged(register, other, survivor)
    newest = {each["person"]: each for each in await register.memberships("act4")}
    assert newest[2]["periods"] == []
    await parted(register, other)
    newest = {each["person"]: each for each in await register.memberships("act4")}
    assert newest[2]["periods"] == next(each["periods"] for each in apart if each["person"] == 2)


async def test_contributions_are_listed_of_both_numbers_each_with_its_own(register: Register) -> None:
    survivor, other, first, second = await both(register)
    await register.sent(first, render([line("2026-05", AT_2480)]))
    await register.sent(second, render([line("2026-05", AT_2480, code=OTHER_CODE, id_=OTHER_MYKAD)]))
    await merged(register, other, survivor)
    await register.sent(second, render([line("2026-06", AT_2480, code=OTHER_CODE, id_=OTHER_MYKAD)]))
    for number in (survivor, other):
        answer = await register.as_party("GET", f"/v1/persons/{number}/contributions", "registration:contribution:read")
        assert [(each["month"], each["person"]) for each in answer.json()["data"]] == [
            ("2026-05", survivor),
            ("2026-05", other),
            ("2026-06", other),
        ]
    await parted(register, other)
    answer = await register.as_party("GET", f"/v1/persons/{other}/contributions", "registration:contribution:read")
    assert [each["month"] for each in answer.json()["data"]] == ["2026-05", "2026-06"], (
        "also what came since, by source"
    )


async def test_a_split_takes_back_who_may_see_whom(register: Register) -> None:
    survivor, other, first, second = await both(register)
    await merged(register, other, survivor)
    third = await register.employer("F9999999999Z"[:12])
    await register.spell(other, third, "2025-06-01")
    assert (await person(register, survivor, party_of(third))).status_code == 200, "also by an employment since"
    await parted(register, other)
    assert (await person(register, survivor, party_of(third))).status_code == 404
    assert (await person(register, other, party_of(third))).status_code == 200
    assert (await person(register, survivor, party_of(second))).status_code == 404
    assert (await person(register, survivor, party_of(first))).status_code == 200
    assert (await person(register, survivor, self_of(other))).status_code == 404


async def test_what_was_stated_since_is_listed_and_assigned_by_a_split(register: Register) -> None:
    survivor, other, _, _ = await both(register)
    await merged(register, other, survivor)
    lives, street = (await person(register, survivor)).json()["address"], "7 Jalan Baru, 75000 Melaka"
    assert (await register.correct(other, "address", street, subject="officer-3")).status_code == 201
    assert (await person(register, survivor)).json()["address"] == street
    stated = (await split(register, other)).json()["statement"]
    shown = (await register.as_party("GET", f"/v1/person-merges/{stated}", READ)).json()["stated_since"]
    assert [(each["person"], each["attribute"], each["value"]) for each in shown] == [(survivor, "address", street)]
    assert (await decide(register, "persons_stay")).status_code == 201
    unknown = await split(register, other, officer="officer-4", assigned=[1])
    assert (unknown.status_code, unknown.json()["code"]) == (409, "assigned_fact_unknown")
    await parted(register, other, officer="officer-4", assigned=[shown[0]["fact"]])
    assert (await person(register, other)).json()["address"] == street
    assert (await person(register, survivor)).json()["address"] == lives


async def test_numbers_that_cannot_be_merged_are_refused(register: Register) -> None:
    survivor, other, _, _ = await both(register)
    itself = await merge(register, survivor, survivor)
    assert (itself.status_code, itself.json()["code"]) == (409, "merge_impossible")
    nobody = await merge(register, survivor, "P000009999C"[:10] + "X")
    assert nobody.status_code in (404, 422)
    apart = await split(register, other)
    assert (apart.status_code, apart.json()["code"]) == (409, "not_merged")
    await merged(register, other, survivor)
    third = await register.person(THIRD_MYKAD)
    await merged(register, survivor, third)
    for person_, into in ((other, survivor), (survivor, other), (third, other), (third, survivor), (other, third)):
        ring = await merge(register, person_, into)
        assert (ring.status_code, ring.json()["code"]) == (409, "merge_impossible"), "they are one already"


async def test_a_merged_number_means_the_one_that_survives_and_the_last_one_answers_for_all(register: Register) -> None:
    """Link by link: the other number into the survivor, and that into a third, whichever of both is named."""
    survivor, other, first, second = await both(register)
    await merged(register, other, survivor)
    third, employer = await register.person(THIRD_MYKAD), await register.employer(THIRD_CODE)
    await register.spell(third, employer, "2025-01-01")
    stated = await merge(register, other, third)
    assert (stated.json()["person"], stated.json()["survivor"]) == (survivor, third), "with all that went into it"
    fourth = await register.person("870101145678")
    for number in (other, survivor, third):
        waits = await merge(register, number, fourth)
        assert waits.json()["code"] == "merge_waits"
        apart = await split(register, other)
        assert apart.json()["code"] == "merge_waits"
    assert (await decide(register, "persons_merge")).status_code == 201
    await register.work_off()
    for number in (other, survivor):
        assert (await person(register, number)).json()["merged_into"] == third
    for party in (party_of(first), party_of(second), party_of(employer), self_of(other), self_of(third)):
        for number in (other, survivor, third):
            assert (await person(register, number, party)).status_code == 200
    newest = {each["person"]: each for each in await register.memberships("act4")}
    assert [newest[number]["periods"] for number in (1, 2)] == [[], []]
    assert newest[3]["periods"][0]["first"] == "2024-03-01"


async def test_a_split_of_the_middle_number_takes_along_what_went_into_it(register: Register) -> None:
    survivor, other, first, second = await both(register)
    await merged(register, other, survivor)
    third, employer = await register.person(THIRD_MYKAD), await register.employer(THIRD_CODE)
    await register.spell(third, employer, "2025-01-01")
    ((alone,),) = await register.rows("SELECT clock_timestamp()")
    await merged(register, survivor, third)
    await parted(register, survivor)
    assert (await person(register, survivor)).json()["merged_into"] is None
    assert (await person(register, other)).json()["merged_into"] == survivor
    for number, party, status in (
        (survivor, party_of(second), 200),
        (other, party_of(first), 200),
        (third, party_of(first), 404),
        (third, self_of(other), 404),
        (other, party_of(employer), 404),
        (third, party_of(employer), 200),
    ):
        assert (await person(register, number, party)).status_code == status
    assert (await person(register, other, known_at=alone.isoformat())).json()["merged_into"] == survivor
    newest = {each["person"]: each for each in await register.memberships("act4")}
    assert [newest[number]["periods"][0]["first"] for number in (1, 3)] == ["2024-03-01", "2025-01-01"]


async def test_what_was_kept_of_a_number_at_the_start_of_a_chain_leaves_its_end_with_it(register: Register) -> None:
    _, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD, born_on="1985-06-15")
    third = await register.person(THIRD_MYKAD)
    before = (await person(register, third)).json()["born_on"]
    await merged(register, other, survivor, born_on=other)
    await merged(register, survivor, third, born_on=survivor)
    assert (await person(register, third)).json()["born_on"] == "1985-06-15"
    await parted(register, other)
    assert (await person(register, third)).json()["born_on"] == before, "it was the other one's"
    assert (await person(register, survivor)).json()["merged_into"] == third
    assert (await person(register, other)).json()["born_on"] == "1985-06-15"


async def test_employments_and_months_of_the_other_one_are_carried_to_it_by_a_split(register: Register) -> None:
    survivor, other, first, second = await both(register)
    await merged(register, other, survivor)
    third = await register.employer(THIRD_CODE)
    by_third, by_first = await register.spell(survivor, third, "2025-06-01"), await register.spell(other, first)
    await register.sent(third, render([line("2026-05", AT_2480, code=THIRD_CODE)]))
    await register.sent(first, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)]))
    await register.sent(second, render([line("2026-05", AT_2480, code=OTHER_CODE, id_=OTHER_MYKAD)]))
    stated = (await split(register, other)).json()["statement"]
    shown = (await register.as_party("GET", f"/v1/person-merges/{stated}", READ)).json()
    assert {(each["spell"], each["person"], tuple(each["known_before"])) for each in shown["employed_since"]} == {
        (by_third, survivor, ()),
        (by_first, other, (survivor,)),
    }
    lines = {
        (each["employer"], each["month"], each["person"]): each["known_before"] for each in shown["contributed_since"]
    }
    assert lines == {
        (third, "2026-05", survivor): [],
        (first, "2026-05", other): [survivor],
        (second, "2026-05", other): [other],
    }
    assert (await decide(register, "persons_stay")).status_code == 201
    again = "officer-4"
    unknown = await split(
        register, other, officer=again, assigned_lines=[{"employer": third, "month": "2026-04", "person": survivor}]
    )
    assert unknown.json()["code"] == "assigned_fact_unknown"
    carried = [{"employer": third, "month": "2026-05", "person": survivor}]
    carried += [{"employer": first, "month": "2026-05", "person": other}]
    await parted(register, other, officer=again, assigned_spells=[by_third, by_first], assigned_lines=carried)
    assert {(number, wage) for _, number, wage, *_ in await register.lines() if wage} == {(1, 248_000), (2, 248_000)}
    wages = await register.rows("SELECT employer, person, wage_sen > 0 FROM contribution_line ORDER BY 1, 2")
    assert [tuple(row) for row in wages] == [(1, 1, True), (1, 2, False), (2, 2, True), (3, 1, False), (3, 2, True)]
    spells = await register.rows(
        "SELECT employer, person, refused, confirmed_month FROM spell ORDER BY employer, person, refused"
    )
    assert [tuple(row) for row in spells] == [
        (1, 1, False, 202605),
        (1, 2, True, 202605),
        (2, 2, False, 202605),
        (3, 1, True, 202605),
        (3, 2, False, 202605),
    ]
    told = [each for each in await register.events("contributions.received") if each["persons"] == [1, 2]]
    assert sorted(each["wages_sen"] for each in told) == [[0, 248_000], [248_000, 0]]


async def test_a_month_that_both_have_by_then_stays_where_it_was_sent(register: Register) -> None:
    """Of one employer and month both have wages: the employer sends it again, nothing is added up."""
    survivor, other, first, _ = await both(register)
    await merged(register, other, survivor)
    await register.spell(other, first)
    await register.sent(first, render([line("2026-05", AT_2480), line("2026-05", AT_2480, id_=OTHER_MYKAD)]))
    await parted(register, other, assigned_lines=[{"employer": first, "month": "2026-05", "person": other}])
    assert [row[1:3] for row in await register.lines()] == [(1, 248_000), (2, 248_000)]


async def test_only_officers_state_and_read_merges(register: Register) -> None:
    survivor, other, first, _ = await both(register)
    for party in (party_of(first), self_of(other)):
        stated = await _state(register, "/v1/person-merges", party, person=other, survivor=survivor)
        assert stated.status_code == 403
        assert (await register.as_party("GET", "/v1/person-merges", READ, party)).status_code == 403


async def test_one_person_in_the_queue_of_duplicates_has_a_merge_stated(register: Register) -> None:
    await register.person()
    await register.person(OTHER_MYKAD)
    await register.work_off()
    assert (await register.decided("duplicate_person", "same_person")).status_code == 201
    (task,) = await register.waiting("person_merge")
    assert task["reason"] == "merge"
    (held,) = await register.events("person.held")
    assert (held["person"], held["survivor"]) == (2, 1)


async def test_what_was_known_before_a_merge_is_known_so_still(register: Register) -> None:
    """Two axes: the other number stood for itself until two officers decided."""
    survivor, other, _, _ = await both(register)
    ((before,),) = await register.rows("SELECT clock_timestamp()")
    await merged(register, other, survivor)
    then = (await person(register, other, known_at=before.isoformat())).json()
    assert then["merged_into"] is None
    assert (await person(register, other)).json()["merged_into"] == survivor


async def test_how_numbers_stand_is_republished(register: Register) -> None:
    survivor, other, _, _ = await both(register)
    await merged(register, other, survivor)
    answer = await register.service.call(
        "POST", "/v1/announcements", scopes=["registration:announcement:write"], subject=FIRST
    )
    assert answer.status_code == 202, answer.text
    await register.work_off()
    (told,) = await register.events("person.merged", announced=True)
    assert (told["person"], told["survivor"], told["revision"]) == (2, 1, 2)


async def test_a_person_reads_all_that_was_stated_of_both_numbers_by_either(register: Register) -> None:
    survivor, other, first, second = await both(register)
    child = {"kind": "child", "named": {"name": "Nur", "born_on": "2017-03-09"}, "first_on": "2017-03-09"}
    await related(register, other, **child, evidence="SL-1")
    await merged(register, other, survivor)
    for number in (survivor, other):
        party = self_of(number)
        (relation,) = await family(register, survivor, party)
        assert (relation["kind"], relation["named"]["name"]) == ("child", "Nur")
        months = await register.as_party("GET", f"/v1/persons/{other}/months", "registration:contribution:read", party)
        assert {each["employer"] for each in months.json()["data"]} == {first, second}
    await parted(register, other)
    assert await family(register, survivor) == []


async def test_a_death_that_is_known_of_the_one_person_is_doubted_by_either_number(register: Register) -> None:
    survivor, other, _, _ = await both(register)
    async with register.service.database.connection("migrate") as connection:
        await connection.execute(
            "INSERT INTO person_fact (id, person, attribute, valid, plain, source) "
            "VALUES (nextval('person_fact_id'), 1, 'died_on', '(,)', '2026-06-30', 'register:1')"
        )
        await connection.execute("SELECT derive_person_attributes(ARRAY[1])")
    await merged(register, other, survivor)
    for number in (survivor, other):
        answer = await register.as_party("GET", f"/v1/persons/{number}/cover?at=2026-07-01", "registration:cover:read")
        assert answer.json()["doubts"] == ["after_death"], number


async def test_who_states_something_of_either_number_waits_in_one_order(register: Register) -> None:
    """One has the number that went, whose memberships are the survivor's; the other one holds both for a split."""
    survivor, other, _, _ = await both(register)
    await merged(register, other, survivor)
    database, unit = register.service.worker.database, register.service.worker.work.unit

    async def hold_both() -> None:
        async with database.begin(unit, Cause("test")) as uow:
            for number in (survivor, other):
                await uow.persons.lock(person_number(number))

    async with database.begin(unit, Cause("test")) as uow:
        await uow.persons.lock(person_number(other))
        second = asyncio.create_task(hold_both())
        await register.over_or_waiting(second)
        await derive_membership(DeriveMembership(person_number(other)), uow)
    await second


async def test_a_possible_duplicate_is_over_when_both_are_one_and_told_apart_by_a_split(register: Register) -> None:
    """Nobody is asked whether numbers of one person are two people's, nor once more when officers have split them."""
    survivor, other, _, _ = await both(register)
    (task,) = await register.waiting("duplicate_person")
    stated = await merge(register, other, survivor)
    assert stated.status_code == 202
    assert (await decide(register, "persons_merge")).status_code == 201
    assert await register.waiting("duplicate_person") == []
    found = await register.service.call(
        "GET", f"/v1/tasks/{task['task']}", scopes=["registration:duplicate:decide", "registration:task:read"]
    )
    assert found.json()["state"] == "closed"
    verdicts = "SELECT person, other, verdict, approved_by FROM duplicate_verdict ORDER BY id"
    assert [tuple(row) for row in await register.rows(verdicts)] == [(1, 2, "same_person", SECOND)]
    await register.correct(other, "name", "Ahmad bin Haji Ali", subject="officer-9")
    await parted(register, other)
    assert [tuple(row) for row in await register.rows(verdicts)][1:] == [(1, 2, "different_persons", SECOND)]
    assert await register.waiting("duplicate_person") == []


async def test_the_verdict_that_two_are_different_is_refused_while_they_are_one(register: Register) -> None:
    """Two officers looked at the pair at the same time as two others at the merge."""
    survivor, other, _, _ = await both(register)
    (task,) = await register.waiting("duplicate_person")
    scopes = ["registration:duplicate:decide", "registration:task:write"]
    path, revision = f"/v1/tasks/{task['task']}", task["revision"]
    says = {"kind": "different_persons"}
    await register.service.call("POST", f"{path}/takings", scopes=scopes, subject=FIRST)
    body: dict[str, Any] = {"revision": revision, "says": says}
    assert (
        await register.service.call("POST", f"{path}/proposals", scopes=scopes, subject=FIRST, json=body)
    ).is_success
    await merge(register, other, survivor)
    assert (await decide(register, "persons_merge")).status_code == 201
    body = {"revision": revision}
    late = await register.service.call("POST", f"{path}/approvals", scopes=scopes, subject=SECOND, json=body)
    assert (late.status_code, late.json()["code"]) == (409, "task_over"), late.text


async def test_whoever_was_refused_holds_the_same_two_people_no_more(register: Register) -> None:
    """One officer alone lowers nothing for long: after two said no, another one states it, or nobody does."""
    survivor, other, _, _ = await both(register)
    assert (await merge(register, other, survivor)).status_code == 202
    assert (await decide(register, "persons_stay")).status_code == 201
    for person_, into in ((other, survivor), (survivor, other)):
        again = await merge(register, person_, into)
        assert (again.status_code, again.json()["code"]) == (409, "merge_refused_before"), again.text
    assert len(await register.events("person.held")) == 1, "payments of both go on"
    third = await register.person(THIRD_MYKAD)
    assert (await merge(register, other, third)).status_code == 202, "somebody else is another question"
    assert (await decide(register, "persons_stay")).status_code == 201
    await register.work_off()
    assert (await merge(register, other, survivor, officer="officer-4")).status_code == 202
    assert (await decide(register, "persons_merge")).status_code == 201
    assert (await split(register, other)).status_code == 202
    assert (await decide(register, "persons_stay")).status_code == 201
    again = await split(register, other)
    assert (again.status_code, again.json()["code"]) == (409, "merge_refused_before")
    await parted(register, other, officer="officer-4")
    assert (await merge(register, other, survivor)).status_code == 202, "two officers have decided otherwise since"
