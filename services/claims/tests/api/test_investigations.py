"""Two officers decide what is in doubt: amounts that changed, investigations, and what contradicts the notice."""

from typing import Any

import pytest

from services.claims.tests.commands.test_merged_persons import OTHER, merge
from services.claims.tests.support import (
    ACCIDENT,
    FIRST,
    OF_TASKS,
    OFFICER,
    PERSON,
    SECOND,
    act,
    amounts,
    apply_events,
    approve,
    certificate,
    contributed,
    decide,
    decisions_of,
    notice,
    propose,
    read,
    report,
    standing_of,
    submit,
    tasks_of,
)
from shared.kernel.identifiers import employer_id, new_id, person_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

LOOKS_INTO = ["claims:investigation:read", "claims:investigation:write", "claims:notice:write", "claims:notice:read"]
WITNESS = {"heard": "witness", "held_on": "2026-08-20", "held_at": "office", "document": "12C-2026-0007"}
RECORD = {"kind": "attendance_record", "document": "KB-1"}


async def says(
    claims: ServiceUnderTest, path: str, body: object = None, officer: str = "officer-3", method: str = "POST"
) -> tuple[int, Any]:
    """Status and body of what an officer is answered who looks into something."""
    answer = await claims.call(method, path, scopes=LOOKS_INTO, subject=officer, json=body)
    return answer.status_code, answer.json()


async def hurt(claims: ServiceUnderTest, **changes: Any) -> str:
    """The claim of the accident of whom `worker` knows, as her employer reports it."""
    reported = await report(claims, **{**ACCIDENT, **changes})
    await claims.work_off()
    return str(reported["claim"])


async def found_in(claims: ServiceUnderTest, claim: str, party: str = OFFICER) -> list[dict[str, Any]]:
    register: list[dict[str, Any]] = await read(claims, f"/v1/claims/{claim}/inconsistencies", party)
    return register


async def test_an_approval_of_older_amounts_is_refused_with_each_that_changed(worker: ServiceUnderTest) -> None:
    """20 days at RM84.00 are held for a doubt; a second certificate makes them 30, three of them in September."""
    body = notice(**ACCIDENT, employer=employer_id(9))
    claim = str((await submit(worker, body)).json()["claim"])
    await worker.work_off()
    [task] = await tasks_of(worker, "doubt")
    assert task["reason"] == "employer_without_spell"
    await propose(worker, task, {"kind": "doubt_lifted"})
    longer = {**body, "certificate": certificate("2026-08-25", "2026-09-03")}
    assert (await submit(worker, longer)).status_code == 202
    await worker.work_off()

    status, refused = await approve(worker, task)
    assert (status, refused["code"]) == (412, "revision_stale")
    changed = {each["change"]["fact"]: each["change"] for each in refused["errors"]}
    assert changed["temporary_disablement/insured 2026-08"]["before"] == 168_000
    assert changed["temporary_disablement/insured 2026-08"]["now"] == 226_800
    assert changed["temporary_disablement/insured 2026-09"] == {
        "fact": "temporary_disablement/insured 2026-09",
        "now": 25_200,
    }
    certified = changed["temporary_disablement/certificates"]
    assert certified["before"].startswith("certified 2026-08-05 to 2026-08-24, issued on 2026-08-05 (certificate ")
    assert "; certified 2026-08-25 to 2026-09-03, " in certified["now"]
    assert "temporary_disablement/employment injury" not in changed, "it is found as it was"

    [newest] = await tasks_of(worker, "doubt")
    question = newest["subject"]["id"].split("/")[1]
    path = f"/v1/claims/{claim}/questions/{question}/held-answers"
    answer = await worker.call("GET", path, scopes=OF_TASKS)
    assert answer.status_code == 200, answer.text
    held = answer.json()
    assert held[0]["revision"] == newest["revision"]
    assert {"temporary_disablement", "employment_injury"} <= {each["question"] for each in held[0]["answers"]}
    assert {each["what"] for each in held[0]["changes"]} >= {"temporary_disablement/insured 2026-09"}
    assert held[-1]["changes"] == []
    partner = await worker.call("GET", path, scopes=OF_TASKS, party="hospital:1", role="partner")
    assert (partner.status_code, partner.json()["code"]) == (403, "officers_only")

    assert (await approve(worker, newest))[0] == 201
    assert amounts(await decisions_of(worker, {"claim": claim})) == [("84.00", 30, "2520.00", False)]


async def test_what_an_investigation_finds_takes_the_role_of_doubts(worker: ServiceUnderTest) -> None:
    """Without facts it ends by the officers of investigations alone."""
    claim = await hurt(worker, place="employer_activity")
    assert (await says(worker, f"/v1/claims/{claim}/investigations", {"reason": "circumstances"}))[0] == 201
    [task] = await tasks_of(worker, "investigation")
    without = [each for each in OF_TASKS if each != "claims:doubt:decide"]
    ends = {"kind": "investigation_ended", "conclusion": "doubt_confirmed"}
    finds = {**ends, "findings": [{"fact": "found by a person", "found": "no"}]}

    async def as_one(what: str, officer: str, body: object = None) -> tuple[int, str | None]:
        path = f"/v1/tasks/{task['task']}/{what}"
        answer = await worker.call("POST", path, scopes=without, subject=officer, json=body)
        return answer.status_code, answer.json().get("code")

    refused, revision = (403, "scope_missing"), task["revision"]
    assert await as_one("takings", FIRST) == (201, None)
    assert await as_one("proposals", FIRST, {"revision": revision, "says": finds}) == refused
    assert (await act(worker, f"{task['task']}/proposals", FIRST, {"revision": revision, "says": finds}))[0] == 201
    assert await as_one("approvals", SECOND, {"revision": revision}) == refused
    assert await as_one("releases", FIRST) == (201, None)
    assert await as_one("takings", FIRST) == (201, None)
    assert await as_one("proposals", FIRST, {"revision": revision, "says": ends}) == (201, None)
    assert await as_one("approvals", SECOND, {"revision": revision}) == (201, None)


async def test_what_an_investigation_found_counts_when_another_officer_ends_it(worker: ServiceUnderTest) -> None:
    """An activity of the employer: the interviews say that it was none of the employment (s.23)."""
    claim = await hurt(worker, place="employer_activity")
    status, opened = await says(worker, f"/v1/claims/{claim}/investigations", {"reason": "circumstances"})
    assert status == 201, opened
    twice = await says(worker, f"/v1/claims/{claim}/investigations", {"reason": "circumstances"}, "officer-4")
    assert (twice[0], twice[1]["code"]) == (409, "investigation_open")
    path = f"/v1/investigations/{opened['investigation']}"
    heard = {**WITNESS, "person": person_id(PERSON), "at_time": "22:40"}
    status, interview = await says(worker, f"{path}/interviews", heard)
    assert status == 201, interview
    [task] = await tasks_of(worker, "investigation")
    assert (task["reason"], task["facts"]["interviews"], task["revision"]) == ("doubt_of_circumstances", 1, 3)

    ends = {"kind": "investigation_ended", "conclusion": "doubt_confirmed"}
    finds = {**ends, "findings": [{"fact": "found by a person", "found": "no"}]}
    await propose(worker, task, finds)
    # What was heard since is another revision.
    assert (await says(worker, f"{path}/interviews", {**WITNESS, "replaces": interview["interview"]}))[0] == 201
    status, stale = await approve(worker, task)
    assert (status, stale["code"]) == (412, "revision_stale")
    [newest] = await tasks_of(worker, "investigation")
    assert newest["facts"]["interviews"] == 1, "the one that was replaced is not heard twice"
    assert (await approve(worker, newest, "officer-3"))[1]["code"] == "investigation_of_oneself"
    assert (await approve(worker, newest))[0] == 201

    ended = (await says(worker, path, method="GET"))[1]
    assert (ended["conclusion"], ended["recommended_by"], ended["approved_by"]) == ("doubt_confirmed", FIRST, SECOND)
    assert ended["found"] == [{"fact": "found by a person", "found": "no"}]
    assert [each["replaces"] is None for each in ended["interviews"]] == [True, False]
    stated = await read(worker, f"/v1/claims/{claim}/evidence")
    (finding,) = [each for each in stated if each["kind"] == "finding"]
    assert (finding["standing"], finding["stated"]["found"]) == ("counts", "no")
    questions = await read(worker, f"/v1/claims/{claim}/questions")
    injury = next(each for each in questions if each["question"] == "employment_injury")
    assert injury["state"] == "refused"
    again = await says(worker, f"{path}/interviews", WITNESS)
    assert (again[0], again[1]["code"]) == (409, "investigation_over")


async def test_an_investigation_holds_nothing_up_and_may_find_nothing(worker: ServiceUnderTest) -> None:
    claim = await hurt(worker)
    await says(worker, f"/v1/claims/{claim}/investigations", {"reason": "wages"})
    await worker.work_off()
    assert await standing_of(worker, {"claim": claim}) == ("decided", None)
    told = await decide(worker, "investigation", kind="investigation_ended", conclusion="undetermined")
    assert told == (201, None)
    (entry,) = (await says(worker, f"/v1/claims/{claim}/investigations", method="GET"))[1]
    assert (entry["conclusion"], entry["found"]) == ("undetermined", [])
    assert len(await decisions_of(worker, {"claim": claim})) == 1


async def test_what_no_question_reads_no_investigation_finds(worker: ServiceUnderTest) -> None:
    claim = await hurt(worker)
    await says(worker, f"/v1/claims/{claim}/investigations", {"reason": "wages"})
    for fact, code in (("colour", "finding_not_for_question"), ("average of similar work", "finding_not_for_question")):
        [task] = await tasks_of(worker, "investigation")
        finds = [{"fact": fact, "found": "1"}]
        await propose(worker, task, {"kind": "investigation_ended", "conclusion": "undetermined", "findings": finds})
        assert (await approve(worker, task))[1]["code"] == code
        assert (await act(worker, f"{task['task']}/releases", FIRST))[0] == 201


async def test_what_a_document_says_otherwise_is_entered_and_decided_by_two(worker: ServiceUnderTest) -> None:
    claim = await hurt(worker, at_time="07:40")
    path = f"/v1/claims/{claim}/particulars"
    same = await says(worker, path, {**RECORD, "day": "2026-08-05", "at_time": "07:40"})
    assert same[0] == 201, same
    await worker.work_off()
    assert await found_in(worker, claim) == []

    status, stated = await says(worker, path, {**RECORD, "day": "2026-08-06", "at_time": "22:40"})
    assert (status, [each["value"] for each in stated["particulars"]]) == (201, ["2026-08-06", "22:40"])
    await worker.work_off()
    tasks = {each["reason"]: each for each in await tasks_of(worker, "inconsistency")}
    assert tasks.keys() == {"day_differs", "time_differs"}
    day = tasks["day_differs"]
    assert (day["facts"]["notice"], day["facts"]["document"]) == ("2026-08-05", "2026-08-06")

    await propose(worker, day, {"kind": "inconsistency_decided", "stands": "neither", "why": "several_agree"})
    assert (await approve(worker, day))[1]["code"] == "corrected_value_unreadable"
    await act(worker, f"{day['task']}/releases", FIRST)
    third = {"kind": "inconsistency_decided", "stands": "neither", "why": "several_agree", "day": "2026-08-04"}
    await propose(worker, day, third)
    assert (await approve(worker, day, "officer-3"))[1]["code"] == "inconsistency_of_oneself"
    assert (await approve(worker, day))[0] == 201

    # Who read the time wrongly takes it back, and nobody else does.
    time = next(each["particular"] for each in stated["particulars"] if each["item"] == "time")
    other = await says(worker, f"/v1/particulars/{time}/withdrawal", officer="officer-4")
    assert (other[0], other[1]["code"]) == (403, "particular_of_another")
    assert (await says(worker, f"/v1/particulars/{time}/withdrawal"))[0] == 201
    assert (await says(worker, f"/v1/particulars/{time}/withdrawal"))[1]["code"] == "particular_unknown"
    await worker.work_off()
    assert await tasks_of(worker, "inconsistency") == []

    register = {each["item"]: each for each in await found_in(worker, claim)}
    assert (register["day"]["stands"], register["day"]["corrected_value"]) == ("neither", "2026-08-04")
    assert (register["time"]["stands"], register["time"]["ended_at"] is None) == (None, False)
    # The person sees what contradicts its notice, and not who decided; whoever sent the notice sees none.
    own = {each["item"]: each for each in await found_in(worker, claim, f"person:{PERSON}")}
    assert (own["day"]["corrected_value"], own["day"]["approved_by"]) == ("2026-08-04", None)
    await apply_events(worker, merge())
    by_the_other = await found_in(worker, claim, f"person:{OTHER}")
    assert {each["item"] for each in by_the_other} == set(own), "by each of her numbers"
    assert await found_in(worker, claim, "employer:3") == []
    strangers = await worker.call(
        "GET", f"/v1/claims/{claim}/inconsistencies", scopes=["claims:claim:read"], party="person:999", role="partner"
    )
    assert strangers.status_code == 404


async def test_what_contradicted_when_it_was_decided_is_shown_with_the_decision(worker: ServiceUnderTest) -> None:
    claim = await hurt(worker)
    await says(worker, f"/v1/claims/{claim}/particulars", {**RECORD, "day": "2026-08-06"})
    await worker.work_off()
    later = {**ACCIDENT, "certificate": certificate("2026-08-25", "2026-08-31")}
    await report(worker, **later)
    await worker.work_off()
    shown = [
        [each["item"] for each in decision["inconsistencies"]]
        for decision in await decisions_of(worker, {"claim": claim})
    ]
    assert shown == [[], ["day"]]
    as_employer = await decisions_of(worker, {"claim": claim}, party="employer:3")
    assert [each["inconsistencies"] for each in as_employer] == [[], []]


async def test_a_payslip_is_held_against_what_was_declared_whichever_comes_first(worker: ServiceUnderTest) -> None:
    claim = await hurt(worker)
    wage = {"month": "2026-07", "wage": {"amount": "3120.00", "currency": "MYR"}, "employer": employer_id(3)}
    payslip = {"kind": "payslip", "document": "SG-1", "wages": [wage]}
    assert (await says(worker, f"/v1/claims/{claim}/particulars", payslip))[0] == 201
    await worker.work_off()
    assert await found_in(worker, claim) == []
    await apply_events(worker, contributed("2026-07", 290_000, revision=2))
    await worker.work_off()
    (entry,) = await found_in(worker, claim)
    assert (entry["item"], entry["notice_value"], entry["document_value"]) == ("wage", "2900.00", "3120.00")
    assert entry["about"] == f"2026-07 {employer_id(3)}"
    # The employer declares it rightly: nobody needs to look any more.
    await apply_events(worker, contributed("2026-07", 312_000, revision=3))
    await worker.work_off()
    assert await tasks_of(worker, "inconsistency") == []
    (entry,) = await found_in(worker, claim)
    assert (entry["stands"], entry["ended_at"] is None) == (None, False)


async def test_a_notice_that_joins_and_names_another_employer_is_entered(worker: ServiceUnderTest) -> None:
    """A hospital has another employer in its files than the one who reported it."""
    claim = await hurt(worker)
    await submit(worker, notice(**{**ACCIDENT, "employer": employer_id(9)}))
    await worker.work_off()
    (entry,) = await found_in(worker, claim)
    assert (entry["item"], entry["source"], entry["document_value"]) == ("employer", "notice", employer_id(9))
    decided = await decide(
        worker, "inconsistency", kind="inconsistency_decided", stands="notice", why="source_unreliable"
    )
    assert decided == (201, None)
    assert (await found_in(worker, claim))[0]["corrected_value"] == employer_id(3)


@pytest.mark.parametrize("path", ["particulars", "investigations"])
async def test_only_officers_look_into_a_claim_and_only_into_one_that_counts(
    worker: ServiceUnderTest, path: str
) -> None:
    body: dict[str, Any] = {**RECORD, "day": "2026-08-06"} if path == "particulars" else {"reason": "place"}
    claim = await hurt(worker)
    for party in ("employer:3", f"person:{PERSON}"):
        for method in ("GET", "POST"):
            told = await worker.call(
                method, f"/v1/claims/{claim}/{path}", scopes=LOOKS_INTO, party=party, role="partner", json=body
            )
            assert (told.status_code, told.json()["code"]) == (403, "officers_only"), (party, method)
    nobodys = await report(
        worker,
        "employer:9",
        **{
            **ACCIDENT,
            "happened_on": "2026-08-01",
            "certificate": certificate("2026-08-01", "2026-08-03"),
            "wages_paid_for": [],
        },
    )
    await worker.work_off()
    assert (await says(worker, f"/v1/claims/{nobodys['claim']}/{path}", body))[1]["code"] == "evidence_without_relation"
    assert (await says(worker, f"/v1/claims/{new_id()}/{path}", body))[1]["code"] == "claim_unknown"


async def test_what_says_nothing_or_was_held_tomorrow_is_refused(worker: ServiceUnderTest) -> None:
    claim = await hurt(worker)
    assert (await says(worker, f"/v1/claims/{claim}/particulars", RECORD))[1]["code"] == "particulars_empty"
    opened = (await says(worker, f"/v1/claims/{claim}/investigations", {"reason": "place"}))[1]
    path = f"/v1/investigations/{opened['investigation']}/interviews"
    assert (await says(worker, path, {**WITNESS, "held_on": "2100-01-01"}))[1]["code"] == "interview_not_held"
    assert (await says(worker, path, {**WITNESS, "replaces": str(new_id())}))[1]["code"] == "interview_unknown"
    unknown = await says(worker, f"/v1/investigations/{new_id()}/interviews", WITNESS)
    assert (unknown[0], unknown[1]["code"]) == (404, "investigation_unknown")
