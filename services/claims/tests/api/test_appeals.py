"""Appeals from the filing to the order that counts: life 4, who may do and see what, and what nobody can do."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from services.claims.tests.api.test_tasks import OPERATOR, SENIOR, an_apprentice
from services.claims.tests.commands.test_adjacent_accidents import both
from services.claims.tests.commands.test_death import notice_of, reported_invalid
from services.claims.tests.commands.test_kinds import stated_and_approved
from services.claims.tests.commands.test_merged_persons import OTHER, merge, other_registered
from services.claims.tests.files.letters import letters_after, listed, said_in, words_of
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    FIRST,
    OF_TASKS,
    OFFICER,
    PERSON,
    SECOND,
    amounts,
    answer_task,
    apply_events,
    approve,
    certificate,
    claim_of,
    decide,
    decisions_of,
    let_count,
    propose,
    report,
    role_of,
    tasks_of,
)
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

SCOPES = ["claims:appeal:read", "claims:appeal:write"]
HERSELF, THIRD, FOURTH = f"person:{PERSON}", "officer-3", "officer-4"
BOARD: dict[str, Any] = {
    "forum": "social_security_appellate_board",
    "ground": "wages",
    "question": "temporary_disablement",
}
Told = tuple[int, dict[str, Any]]


async def call(claims: ServiceUnderTest, method: str, path: str, party: str = HERSELF, **more: Any) -> Told:
    """What a party, or an officer, is answered; what is due of it runs."""
    scopes = [*SCOPES, "claims:statistics:read"]
    answer = await claims.call(method, f"/v1/{path}", scopes=scopes, party=party, role=role_of(party), **more)
    await claims.work_off()
    return answer.status_code, answer.json()


async def appeal(claims: ServiceUnderTest, claim: str, party: str = HERSELF, subject: str = "x", **said: Any) -> Told:
    return await call(claims, "POST", f"claims/{claim}/appeals", party, subject=subject, json={**BOARD, **said})


async def acted(claims: ServiceUnderTest, what: str, officer: str, **body: Any) -> tuple[int, str | None]:
    """What an officer does to the one task about appeals."""
    [task] = await tasks_of(claims, "appeal")
    scopes = [*OF_TASKS, "claims:appeal:decide"]
    if what in ("proposals", "approvals"):
        body = {"revision": task["revision"], **body}
    more: dict[str, Any] = {"json": body} if body else {}
    answer = await claims.call("POST", f"/v1/tasks/{task['task']}/{what}", scopes=scopes, subject=officer, **more)
    await claims.work_off()
    return answer.status_code, answer.json().get("code")


async def two(claims: ServiceUnderTest, by: tuple[str, str] = (THIRD, FOURTH), **says: Any) -> tuple[int, str | None]:
    """One officer proposes, another one approves."""
    assert await acted(claims, "takings", by[0]) == (201, None)
    assert await acted(claims, "proposals", by[0], says=says) == (201, None)
    told = await acted(claims, "approvals", by[1])
    if told[0] != 201:
        assert await acted(claims, "releases", by[0]) == (201, None)
    return told


async def reasons(claims: ServiceUnderTest) -> list[tuple[str, int]]:
    return [(each["reason"], each["charter_days"]) for each in await tasks_of(claims, "appeal")]


def ordered(on: date = date(2026, 11, 20), outcome: str = "varied", **states: Any) -> dict[str, Any]:
    """What two officers record of an order."""
    return {
        "kind": "appeal_ordered",
        "outcome": outcome,
        "ordered_on": on.isoformat(),
        "reference": "JRKS-12-2026",
        **states,
    }


async def paid_by_operators_wages(claims: ServiceUnderTest, business_clock: BusinessClock) -> str:
    """Life 4, steps 1 and 2: P is named; the approval of revision 1 is refused, that of revision 2 stands."""
    business_clock.set_day(2026, 8, 11)
    reported = await an_apprentice(claims)
    [task] = await tasks_of(claims, "no_wage_month")
    await propose(claims, task, {"kind": "similar_worker", "person": person_id(OPERATOR)})
    business_clock.set_day(2026, 8, 12)
    await report(claims, certificate=certificate("2026-08-12", "2026-08-31"))
    await claims.work_off()
    assert (await approve(claims, task))[1]["code"] == "revision_stale"
    business_clock.set_day(2026, 8, 13)
    [newest] = await tasks_of(claims, "no_wage_month")
    assert (await approve(claims, newest, FIRST))[1]["code"] == "approver_is_proposer"
    assert (await approve(claims, newest))[0] == 201
    assert amounts(await decisions_of(claims, reported)) == [("60.00", 47, "2820.00", False)]
    return str(reported["claim"])


async def test_life_4_the_appellate_board_orders_another_similar_worker(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """2,250.00 / 30 × 80 % × 47 = 2,820.00 by the operator; the board names the senior: 68.00 × 47 = 3,196.00."""
    claim = await paid_by_operators_wages(claims, business_clock)
    business_clock.set_day(2026, 9, 21)
    status, filed = await appeal(claims, claim, revision=1, represented_by="union_officer", authority="KS-2026-0193")
    assert status == 201, filed
    [decision] = await decisions_of(claims, {"claim": claim})
    [answer] = [each for each in decision["answers"] if each["question"] == "temporary_disablement"]
    assert (filed["state"], filed["revision"], filed["record"]) == ("filed", 1, answer["hash"])
    assert filed["last_day"] == "2029-08-13", "three years"
    assert await reasons(claims) == [("answer_due", 30)]

    status, flips = await call(claims, "GET", f"appeals/{filed['appeal']}/what-would-change", OFFICER)
    assert (status, flips["outcome"], flips["amount"]["amount"]) == (200, "entitled", "2820.00")
    assert (flips["is_alike"], flips["is_whole"]) == (True, True)
    [senior] = [each for each in flips["flips"] if each["because"] == "similar_worker"]
    assert (senior["now"], senior["then"]) == ("2250.00", "2550.00")
    assert (senior["amount"]["amount"], senior["difference"]["amount"]) == ("3196.00", "376.00")
    assert "Act 4" in senior["law"]
    status, own = await call(claims, "GET", f"appeals/{filed['appeal']}/what-would-change")
    assert "similar_worker" not in {each["because"] for each in own["flips"]}, "another's wages"
    assert own["flips"], "but what rests on its own facts"

    business_clock.set_day(2026, 10, 5)
    assert await two(claims, kind="appeal_answered", document="JW-2026-0193") == (201, None)
    assert await reasons(claims) == [("hearing_awaited", 90)]
    business_clock.set_day(2026, 10, 19)
    heard = {"json": {"heard_on": "2026-10-19"}, "subject": THIRD}
    assert (await call(claims, "POST", f"appeals/{filed['appeal']}/hearings", OFFICER, **heard))[0] == 201
    assert await reasons(claims) == [("order_awaited", 60)]
    assert amounts(await decisions_of(claims, {"claim": claim}))[1:] == [], "what stands goes on"

    business_clock.set_day(2026, 11, 20)
    order = ordered(similar_worker=person_id(SENIOR))
    # Who decided what is appealed neither proposes nor approves.
    assert await two(claims, (FIRST, FOURTH), **order) == (409, "appeal_of_oneself")
    assert await two(claims, (THIRD, SECOND), **order) == (409, "appeal_of_oneself")
    assert len(await decisions_of(claims, {"claim": claim})) == 1
    assert await two(claims, **order) == (201, None)
    assert await tasks_of(claims, "appeal") == []
    assert amounts(await decisions_of(claims, {"claim": claim})) == [
        ("60.00", 47, "2820.00", False),
        ("68.00", 47, "3196.00", False),
    ]
    newest = (await decisions_of(claims, {"claim": claim}))[-1]
    [answer] = [each for each in newest["answers"] if each["question"] == "temporary_disablement"]
    sources = {source["kind"] for fact in answer["record"]["facts"] for source in fact["sources"]}
    assert "social_security_appellate_board" in sources, "the revision names its authority"
    status, decided = await call(claims, "GET", f"appeals/{filed['appeal']}")
    assert (decided["state"], decided["outcome"], decided["ordered_on"]) == ("decided", "varied", "2026-11-20")

    business_clock.set_day(2026, 11, 23)
    await letters_after(claims)
    letters = await listed(claims, HERSELF, f"claim/{claim}")
    newest_letter = max(letters, key=lambda each: each["revision"])
    assert newest_letter["kind"] == "revision"
    said = words_of(await said_in(claims, newest_letter["letter"]), "en")
    assert "the order JRKS-12-2026 of the Social Security Appellate Board" in said
    assert f"/v1/claims/{claim}/appeals" in said


async def test_each_ground_has_its_forum_and_each_answer_its_party(worker: ServiceUnderTest) -> None:
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    claim = str(reported["claim"])
    wrong = {
        "ground": ("medical_assessment", "appellate_medical_board"),
        "forum": ("high_court", "social_security_appellate_board"),
    }
    for member, (value, forum) in wrong.items():
        status, told = await appeal(worker, claim, **{member: value})
        assert (status, told["code"]) == (409, "appeal_forum_wrong")
        assert forum in told["detail"]
    status, told = await appeal(worker, claim, forum="high_court", ground="question_of_law")
    assert (status, told["code"]) == (409, "appeal_without_order")
    assert (await appeal(worker, claim, question="funeral_benefit"))[1]["code"] == "appeal_answer_unknown"
    assert (await appeal(worker, claim, revision=9))[1]["code"] == "appeal_answer_unknown"
    # A stranger learns nothing, and who reported it appeals nothing of another's.
    assert (await appeal(worker, claim, "person:99"))[1]["code"] == "claim_unknown"
    status, told = await appeal(worker, claim, f"employer:{EMPLOYER}")
    assert (status, told.get("code")) == (403, "appeal_not_of_this_party")
    assert (await appeal(worker, claim, OFFICER))[1]["code"] == "appeal_not_of_this_party"
    assert (await appeal(worker, claim, OFFICER, person=person_id(99)))[1]["code"] == "claim_unknown"
    status, filed = await appeal(worker, claim, OFFICER, subject=THIRD, person=person_id(PERSON))
    assert (status, filed["party"]) == (201, HERSELF)
    assert (await appeal(worker, claim))[1]["code"] == "appeal_open"
    for party, seen in ((HERSELF, 1), (OFFICER, 1), ("person:99", 0), (f"employer:{EMPLOYER}", 0)):
        assert len((await call(worker, "GET", f"claims/{claim}/appeals", party))[1]["data"]) == seen, party
        status, _ = await call(worker, "GET", f"appeals/{filed['appeal']}", party)
        assert status == (200 if seen else 404)
        status, _ = await call(worker, "GET", f"appeals/{filed['appeal']}/what-would-change", party)
        assert status == (200 if seen else 404)
    # Who typed it for her does not decide it, and takes it not back.
    assert await two(worker, (THIRD, FOURTH), kind="appeal_answered", document="JW-1") == (409, "appeal_of_oneself")
    path = f"appeals/{filed['appeal']}/withdrawal"
    assert (await call(worker, "POST", path, OFFICER))[1]["code"] == "appeal_of_another"
    assert (await call(worker, "POST", path, "person:99"))[1]["code"] == "appeal_unknown"
    status, taken = await call(worker, "POST", path)
    assert (status, taken["state"]) == (201, "withdrawn")
    assert await tasks_of(worker, "appeal") == []
    assert (await call(worker, "POST", path))[1]["code"] == "appeal_over"


async def test_what_comes_late_goes_to_two_officers_with_its_grounds(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 1)
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    claim = str(reported["claim"])
    business_clock.set_day(2029, 9, 2)
    status, told = await appeal(worker, claim)
    assert (status, told["code"]) == (409, "appeal_late")
    assert "2029-09-01" in told["detail"]
    status, late = await appeal(worker, claim, late_for="not_told")
    assert (status, late["state"]) == (201, "late")
    assert await reasons(worker) == [("late_grounds", 5)]
    status, told = await call(
        worker, "POST", f"appeals/{late['appeal']}/hearings", OFFICER, json={"heard_on": "2029-09-02"}
    )
    assert (status, told["code"]) == (409, "appeal_over")
    assert await two(worker, kind="appeal_not_admitted") == (201, None)
    assert (await call(worker, "GET", f"appeals/{late['appeal']}"))[1]["state"] == "not_admitted"
    status, again = await appeal(worker, claim, late_for="illness")
    assert (status, again["state"]) == (201, "late"), "no dead end"
    assert await two(worker, kind="appeal_admitted") == (201, None)
    assert await reasons(worker) == [("answer_due", 30)]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (ordered(date(2026, 9, 2), "varied"), "order_contradicts"),
        (ordered(date(2026, 9, 2), "upheld", facts=[{"fact": "category", "found": "none"}]), "order_contradicts"),
        (ordered(date(2026, 9, 2), facts=[{"fact": "employment injury", "found": "no"}]), "order_fact_not_of_claim"),
        (ordered(date(2026, 9, 2), facts=[{"fact": "loss", "found": "20"}]), "order_fact_not_of_claim"),
        (
            ordered(date(2026, 9, 2), facts=[{"fact": "average of similar work", "found": "9999.00"}]),
            "order_fact_not_of_claim",
        ),
        (ordered(date(2026, 9, 2), facts=[{"fact": "category", "found": "third"}]), "order_fact_not_readable"),
        (ordered(date(2026, 8, 30), facts=[{"fact": "category", "found": "none"}]), "appeal_dated_otherwise"),
        (ordered(date(2026, 9, 3), facts=[{"fact": "category", "found": "none"}]), "appeal_dated_otherwise"),
        (ordered(date(2026, 9, 2), similar_worker=person_id(PERSON + 1)), "similar_worker_without_wages"),
    ],
)
async def test_an_order_that_states_what_it_cannot_leaves_nothing_half_written(
    worker: ServiceUnderTest, business_clock: BusinessClock, order: dict[str, Any], code: str
) -> None:
    business_clock.set_day(2026, 9, 2)
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    claim = str(reported["claim"])
    _, filed = await appeal(worker, claim)
    assert (await two(worker, **order))[1] == code
    assert (await call(worker, "GET", f"appeals/{filed['appeal']}"))[1]["state"] == "filed"
    assert len(await decisions_of(worker, reported)) == 1
    with pytest.raises(asyncpg.PostgresError):
        async with worker.database.connection("migrate") as owner:
            await owner.execute("UPDATE appeal SET record = 'another'")


async def test_the_high_courts_order_takes_the_place_of_the_boards_and_amounts_are_owed_as_they_are_named(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """19 days at 84.00 = 1,596.00; the board names 90.00 a day, 1,710.00; the court sets that aside."""
    business_clock.set_day(2026, 9, 2)
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    claim, by_law = str(reported["claim"]), [("84.00", 19, "1596.00", False)]
    assert amounts(await decisions_of(worker, reported)) == by_law
    _, filed = await appeal(worker, claim, ground="benefit")
    named = {
        "question": "temporary_disablement",
        "per": "day",
        "amount": {"amount": "90.00", "currency": "MYR"},
        "first": "2026-08-06",
        "last": "2026-08-24",
    }
    assert await two(worker, **ordered(date(2026, 9, 2), amounts=[named])) == (201, None)
    decisions = await decisions_of(worker, reported)
    assert amounts(decisions)[1:] == [("90.00", 19, "1710.00", False)]
    [answer] = [each for each in decisions[1]["answers"] if each["question"] == "temporary_disablement"]
    assert (answer["record"]["kind"], answer["record"]["outcome"]) == ("act4.ordered_amount", "entitled")
    business_clock.set_day(2026, 9, 20)
    status, court = await appeal(worker, claim, forum="high_court", ground="question_of_law")
    assert (status, court["about"], court["revision"]) == (201, filed["appeal"], 2), court
    of_court = ordered(date(2026, 9, 20), "set_aside")
    assert await two(worker, **of_court) == (409, "appeal_of_oneself"), "who recorded what is appealed now"
    assert await two(worker, ("officer-5", "officer-6"), **of_court) == (201, None)
    assert amounts(await decisions_of(worker, reported))[2:] == by_law, "what stood before the order stands again"
    status, rates = await call(worker, "GET", "appeal-rates?by=forum&from=2026-09-01&until=2026-09-30", OFFICER)
    counted = {each["name"]: (each["filed"], each["decided"], each["overturned"]) for each in rates["items"]}
    assert counted == {"social_security_appellate_board": (1, 1, 1), "high_court": (1, 1, 1)}
    status, rates = await call(worker, "GET", "appeal-rates?by=benefit&from=2026-09-01&until=2026-09-30", OFFICER)
    [rate] = [each for each in rates["items"] if each["name"] == "temporary_disablement"]
    assert (rate["decisions"], rate["filed"], rate["appeal_rate"], rate["overturn_rate"]) == (3, 2, "0.6666", "1.0000")


async def test_an_order_of_a_fact_outranks_what_was_stated_and_what_is_stated_later(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """SKBBK, 50.40 a day, for a journey that was interrupted; the board finds that it was not: 84.00 a day."""
    business_clock.set_day(2026, 9, 2)
    reported = await report(worker, **ACCIDENT, place="commuting", interrupted=True)
    await worker.work_off()
    claim = str(reported["claim"])
    status, filed = await appeal(worker, claim, ground="benefit")
    assert status == 201, filed
    _, flips = await call(worker, "GET", f"appeals/{filed['appeal']}/what-would-change")
    [flip] = [each for each in flips["flips"] if each["fact"] == "interrupted or deviated"]
    assert (flips["outcome"], flip["outcome"], flip["amount"]["amount"]) == ("refused", "entitled", "1596.00")
    facts = [{"fact": flip["fact"], "found": flip["then"]}]
    assert await two(worker, **ordered(date(2026, 9, 2), "set_aside", facts=facts)) == (201, None)
    newest = (await decisions_of(worker, reported))[-1]
    owed = {each["question"]: each["outcome"] for each in newest["answers"]}
    assert owed["temporary_disablement"] == "entitled", "just what was shown"
    assert owed["non_employment_injury_temporary_disablement"] == "refused"
    assert amounts([newest]) == [("84.00", 19, flip["amount"]["amount"], False)]


async def test_who_acts_for_the_person_appeals_for_it_by_whichever_notice(worker: ServiceUnderTest) -> None:
    reported = await report(worker, **ACCIDENT)
    guardian = await report(worker, "person:50", **{**ACCIDENT, "wages_paid_for": []}, capacity="guardian")
    await worker.work_off()
    own = str(guardian["claim"])
    assert (await appeal(worker, own, "person:50"))[1]["code"] == "appeal_answer_unknown", "officers were shown nothing"
    assert await decide(worker, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    status, filed = await appeal(worker, own, "person:50")
    assert (status, filed["claim"], filed["party"]) == (201, str(reported["claim"]), "person:50"), filed
    for party in ("person:50", HERSELF):
        assert len((await call(worker, "GET", f"claims/{own}/appeals", party))[1]["data"]) == 1, party
    status, told = await call(worker, "GET", f"appeals/{filed['appeal']}/what-would-change", "person:50")
    assert (status, told["code"]) == (403, "appeal_workings_not_shown"), "wages are the person's own to read"
    status, taken = await call(worker, "POST", f"appeals/{filed['appeal']}/withdrawal")
    assert (status, taken["state"]) == (201, "withdrawn"), "what was filed for her is hers"


async def test_after_a_death_who_was_written_to_appeals_for_itself_and_sees_no_other(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """The widow's 3/5 of 994.50: she is told 596.70, and appeals without seeing the claim of the death."""
    invalidity = await reported_invalid(claims, business_clock)
    business_clock.set_day(2026, 11, 2)
    death = await notice_of(claims, "death", "2026-10-20")
    for person, relation in ((21, "widow"), (22, "child")):
        who = {"person": person_id(person), "relation": relation}
        born = {"born": "2015-01-01"} if relation == "child" else {}
        await stated_and_approved(claims, death, dependant={**who, **born})
    widow, child = "person:21", "person:22"
    of_pension = {"ground": "benefit", "question": "survivors_pension"}
    assert (await appeal(claims, death, widow, **of_pension))[1]["code"] == "claim_unknown", "she was told nothing yet"
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    await letters_after(claims)
    status, filed = await appeal(claims, death, widow, **of_pension)
    assert (status, filed["party"]) == (201, widow), filed
    status, of_child = await appeal(claims, death, OFFICER, subject=THIRD, person=person_id(22), **of_pension)
    assert (status, of_child["party"]) == (201, child), of_child
    seen = {party: (await call(claims, "GET", "appeals", party))[1]["data"] for party in (widow, child, "person:23")}
    assert {party: [each["party"] for each in found] for party, found in seen.items()} == {
        widow: [widow],
        child: [child],
        "person:23": [],
    }
    status, told = await call(claims, "GET", f"appeals/{filed['appeal']}/what-would-change", widow)
    assert (status, told["code"]) == (403, "appeal_workings_not_shown")
    assert (await appeal(claims, death, "person:23", **of_pension))[1]["code"] == "claim_unknown"


async def test_a_claim_that_joins_another_takes_its_appeal_along_and_the_order_counts_there(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """The employer's accident was that of the next day: 26 days at 84.00; the board names 90.00 a day."""
    business_clock.set_day(2026, 9, 2)
    first, second = await both(worker)
    _, filed = await appeal(worker, str(first["claim"]), ground="benefit")
    [task] = await tasks_of(worker, "doubt")
    says = {"kind": "same_accident", "claim": first["claim"], "is_other_day": False}
    assert await answer_task(worker, task, **says) == (201, None)
    assert (await claim_of(worker, first))["joined_to"] == second["claim"]
    for claim in (first, second):
        listed_ = (await call(worker, "GET", f"claims/{claim['claim']}/appeals", OFFICER))[1]["data"]
        assert [each["appeal"] for each in listed_] == [filed["appeal"]]
    named = {
        "question": "temporary_disablement",
        "per": "day",
        "amount": {"amount": "90.00", "currency": "MYR"},
        "first": "2026-08-06",
        "last": "2026-08-31",
    }
    assert await two(worker, **ordered(date(2026, 9, 2), amounts=[named])) == (201, None)
    assert amounts(await decisions_of(worker, second))[-1:] == [("90.00", 26, "2340.00", False)]


async def test_a_person_has_the_appeals_of_both_its_numbers(worker: ServiceUnderTest) -> None:
    reported = await report(worker, **ACCIDENT)
    await apply_events(worker, other_registered())
    await worker.work_off()
    _, filed = await appeal(worker, str(reported["claim"]))
    other = f"person:{OTHER}"
    assert (await call(worker, "GET", f"appeals/{filed['appeal']}", other))[0] == 404
    await apply_events(worker, merge())
    await worker.work_off()
    assert (await call(worker, "GET", f"appeals/{filed['appeal']}", other))[0] == 200
    status, taken = await call(worker, "POST", f"appeals/{filed['appeal']}/withdrawal", other)
    assert (status, taken["state"]) == (201, "withdrawn")


async def test_an_order_that_was_entered_wrongly_is_taken_back_by_two(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 2)
    reported = await report(worker, **ACCIDENT, place="commuting", interrupted=True)
    await worker.work_off()
    await appeal(worker, str(reported["claim"]), ground="benefit")
    facts = [{"fact": "interrupted or deviated", "found": "no"}]
    assert await two(worker, **ordered(date(2026, 9, 2), "set_aside", facts=facts)) == (201, None)
    [decided] = (await call(worker, "GET", "appeals", OFFICER))[1]["data"]
    path, scopes = f"/v1/evidence/{decided['order']}/withdrawal", ["claims:notice:write"]
    taken = await worker.call("POST", path, scopes=scopes, subject=FIRST)
    assert taken.status_code == 202, taken.text
    await worker.work_off()
    assert amounts(await decisions_of(worker, reported))[-1][0] == "84.00", "one officer's word of it"
    assert await let_count(worker, taken.json()["evidence"]) == (201, None)
    newest = (await decisions_of(worker, reported))[-1]
    owed = {each["question"]: each["outcome"] for each in newest["answers"]}
    assert owed["temporary_disablement"] == "refused", "as it stood before the order"


async def upheld(claims: ServiceUnderTest, business_clock: BusinessClock) -> str:
    """A claim of which the Appellate Board upheld the answer."""
    business_clock.set_day(2026, 9, 2)
    reported = await report(claims, **ACCIDENT)
    await claims.work_off()
    claim = str(reported["claim"])
    assert (await appeal(claims, claim, ground="benefit"))[0] == 201
    assert await two(claims, **ordered(date(2026, 9, 2), "upheld")) == (201, None)
    return claim


async def test_who_recorded_an_order_keeps_away_from_the_appeal_against_it(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Also of one that states nothing, on whose word no answer rests."""
    claim = await upheld(worker, business_clock)
    assert (await appeal(worker, claim, ground="question_of_law", forum="high_court"))[0] == 201
    order = ordered(date(2026, 9, 2), "upheld")
    assert await two(worker, **order) == (409, "appeal_of_oneself")
    assert await two(worker, ("officer-5", FOURTH), **order) == (409, "appeal_of_oneself")
    assert await two(worker, ("officer-5", "officer-6"), **order) == (201, None)


async def test_what_a_forum_upheld_it_hears_again_only_of_another_revision(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    claim = await upheld(worker, business_clock)
    assert (await appeal(worker, claim))[1]["code"] == "appeal_upheld"
    assert (await appeal(worker, claim, OFFICER, subject=THIRD, person=person_id(PERSON)))[1]["code"] == "appeal_upheld"
    await report(worker, **{**ACCIDENT, "certificate": certificate("2026-08-25", "2026-08-31")})
    await worker.work_off()
    status, filed = await appeal(worker, claim)
    assert (status, filed["revision"]) == (201, 2), filed


async def test_a_party_appeals_in_no_other_name(worker: ServiceUnderTest) -> None:
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    status, told = await appeal(worker, str(reported["claim"]), person=person_id(99))
    assert (status, told["code"]) == (403, "appeal_not_of_this_party")
    assert (await call(worker, "GET", "appeals", "person:99"))[1]["data"] == []
    assert (await appeal(worker, str(reported["claim"]), person=person_id(PERSON)))[0] == 201


async def test_a_hearing_that_one_officer_records_ends_no_duty_to_answer(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 2)
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    _, filed = await appeal(worker, str(reported["claim"]))
    [before] = await tasks_of(worker, "appeal")
    path, on = f"appeals/{filed['appeal']}", {"heard_on": "2026-09-02"}
    assert (await call(worker, "POST", f"{path}/hearings", OFFICER, subject=THIRD, json=on))[0] == 201
    [task] = await tasks_of(worker, "appeal")
    assert (task["task"], task["reason"], task["due_at"]) == (before["task"], "answer_due", before["due_at"])
    assert await two(worker, kind="appeal_answered", document="JW-1") == (201, None)
    answered = (await call(worker, "GET", path))[1]
    assert (answered["state"], answered["answer"], answered["heard_on"]) == ("heard", "JW-1", "2026-09-02")
    assert await reasons(worker) == [("order_awaited", 60)]
    assert (await two(worker, kind="appeal_answered", document="JW-2"))[1] == "appeal_over"
