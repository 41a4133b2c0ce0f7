"""A party is asked for what the house does not hold: once, with a reminder and a deadline, and never in silence.

The hospital reports an operator's accident, certified from 5 to 24 August; her employer has said nothing of it.
"""

from typing import Any

import pytest

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.test_documents import send
from services.claims.tests.files.letters import listed
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    OFFICER,
    act,
    answer_task,
    decisions_of,
    let_count,
    paid,
    read,
    report,
    role_of,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.messaging.consumer_store import freshness
from shared.testing.clock import BusinessClock
from shared.testing.never_changed import refused_to_every_role
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

READ, WRITE = ["claims:notice:read"], ["claims:notice:read", "claims:notice:write"]
HOSPITAL, ASKED = "hospital:1", f"employer:{EMPLOYER}"
STRANGERS = (HOSPITAL, "employer:99", "person:7", "person:8")
Answer = tuple[int, str | None]


@pytest.fixture
async def asked(worker: ServiceUnderTest, business_clock: BusinessClock) -> ServiceUnderTest:
    """The hospital's notice is decided at once, and the employer is asked which of the days it paid."""
    business_clock.set_day(2026, 8, 26)
    await report(worker, HOSPITAL, **{**ACCIDENT, "wages_paid_for": []})
    await worker.work_off()
    return worker


async def requests_of(claims: ServiceUnderTest, party: str = OFFICER, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await read(claims, f"/v1/evidence-requests{query}", party))["data"]
    return found


async def answer(claims: ServiceUnderTest, request: str, body: dict[str, Any], party: str = ASKED) -> Answer:
    path = f"/v1/evidence-requests/{request}/answers"
    got = await claims.call("POST", path, scopes=WRITE, party=party, role=role_of(party), json=body)
    return got.status_code, got.json().get("code")


async def test_the_employer_is_asked_and_nobody_else_sees_it(asked: ServiceUnderTest) -> None:
    (found,) = await requests_of(asked, ASKED)
    assert (found["item"], found["why"], found["state"]) == ("days_with_wages", "days_with_wages_not_stated", "open")
    assert found["due_on"] == "2026-09-09"
    assert (found["question"], found["law"]) == ("claim", "Act 4"), "it learns of no benefit that it never spoke of"
    assert found["outcomes"] is None, "what the law would answer is the person's"
    (seen,) = await requests_of(asked)
    assert seen["outcomes"] == ["entitled"], "with no day left: another answer than 20 days"
    path = f"/v1/evidence-requests/{found['request']}"
    for stranger in STRANGERS:
        assert await requests_of(asked, stranger) == []
        told = await asked.call("GET", path, scopes=READ, party=stranger, role="partner")
        unknown = await asked.call("GET", f"{path[:-1]}0", scopes=READ, party=stranger, role="partner")
        assert (told.status_code, told.json()["code"]) == (404, "evidence_request_unknown")
        assert told.json()["code"] == unknown.json()["code"]
        assert await answer(asked, found["request"], {"nothing_held": True}, stranger) == (
            404,
            "evidence_request_unknown",
        )
    assert await answer(asked, found["request"], {"nothing_held": True}, OFFICER) == (
        403,
        "evidence_request_of_another",
    )
    assert len(await requests_of(asked, query=f"?claim={found['claim']}&state=open")) == 1
    assert await requests_of(asked, query="?state=late") == []


async def test_what_is_answered_in_time_counts_where_nothing_was_paid_yet(
    asked: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """All that benefits had paid by then must have arrived; what is paid later, or comes back, changes nothing."""
    (request,) = await requests_of(asked)
    await arrived_until(asked, "2026-08-26")
    assert await answer(asked, request["request"], {"wages_paid_for": ["2026-08-05", "2026-08-06"]}) == (202, None)
    await asked.work_off()
    [task] = await tasks_of(asked, "evidence")
    assert [each["days"] for each in await decisions_of(asked, request)] == [20]
    await arrived_until(asked, "2026-08-27")
    business_clock.advance(hours=1)
    await paid(asked, request["claim"])
    await asked.work_off()
    assert [each["days"] for each in await decisions_of(asked, request)] == [20, 18]
    (over,) = await tasks_of(asked, "evidence", "closed")
    assert over["task"] == task["task"], "it was not looked at"
    shown = await read(asked, f"/v1/claims/{request['claim']}/evidence")
    (said,) = (each for each in shown if each["wages_paid_for"])
    assert said["standing"] == "counts"
    await arrived_until(asked, "2026-08-26")
    await asked.work_off()
    assert [each["days"] for each in await decisions_of(asked, request)] == [20, 18], "what counts goes on counting"


async def arrived_until(claims: ServiceUnderTest, day: str) -> None:
    """Of what benefits pays all has arrived up to the beginning of a day, and who waits for that is asked again."""
    async with claims.database.connection() as connection:
        statement = "UPDATE freshness SET complete_until = CAST($1 AS text)::timestamptz WHERE topic = 'benefit.paid'"
        await connection.execute(statement, f"{day} 00:00+08")
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await uow.due.wake({freshness("benefit.paid")})


async def test_what_is_answered_is_evidence_that_a_person_looks_at_where_it_lowers_what_was_paid(
    asked: ServiceUnderTest,
) -> None:
    (request,) = await requests_of(asked)
    await paid(asked, request["claim"])
    body = {"wages_paid_for": ["2026-08-05", "2026-08-06"]}
    assert await answer(asked, request["request"], {"circumstances": {"place": "other"}}) == (
        422,
        "evidence_request_other_answer",
    )
    assert await answer(asked, request["request"], {**body, "nothing_held": True}) == (422, "statement_not_one")
    assert (await answer(asked, request["request"], {"wages_paid_for": ["2026-08-04"]}))[1] == "wage_day_impossible"
    assert await answer(asked, request["request"], body) == (202, None)
    (answered,) = await requests_of(asked, ASKED)
    assert (answered["state"], answered["closed_for"]) == ("answered", "evidence")
    nothing = await answer(asked, request["request"], {"nothing_held": True})
    assert nothing == (409, "evidence_request_over"), "it has said what it holds"
    await asked.work_off()
    shown = await read(asked, f"/v1/claims/{request['claim']}/evidence")
    (said,) = (each for each in shown if each["evidence"] == answered["answered_by"])
    assert (said["standing"], said["waits_because"]) == ("waits", "lowers")
    [task] = await tasks_of(asked, "evidence")
    assert await answer_task(asked, task, kind="evidence_counts", evidence=said["evidence"]) == (201, None)
    assert [each["days"] for each in await decisions_of(asked, request)] == [20, 18]
    assert [each["state"] for each in await requests_of(asked)] == ["answered"], "it is not asked a second time"


@pytest.mark.parametrize(
    ("body", "why"), [({"nothing_held": True}, "nothing_held"), ({"wages_paid_for": []}, "evidence")]
)
async def test_that_there_is_nothing_is_an_answer_too(asked: ServiceUnderTest, body: dict[str, Any], why: str) -> None:
    (request,) = await requests_of(asked)
    assert await answer(asked, request["request"], body) == (202, None)
    await asked.work_off()
    (found,) = await requests_of(asked)
    assert (found["state"], found["closed_for"]) == ("answered", why)
    assert [each["days"] for each in await decisions_of(asked, request)] == [20]


async def test_its_own_notice_answers_what_the_employer_was_asked(asked: ServiceUnderTest) -> None:
    await report(asked, ASKED, **ACCIDENT)
    await asked.work_off()
    (found,) = await requests_of(asked)
    assert (found["state"], found["closed_for"]) == ("answered", "evidence")


async def test_who_is_silent_is_reminded_once_and_then_officers_are_asked(
    asked: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 1)
    await asked.work_off()
    (found,) = await requests_of(asked)
    assert (found["state"], found["reminded_at"]) == ("open", None)
    assert await asked_by_letter(asked) == ["E000000003E"]
    business_clock.set_day(2026, 9, 2)
    await asked.work_off()
    (found,) = await requests_of(asked)
    reminded = found["reminded_at"]
    assert reminded is not None
    assert await asked_by_letter(asked) == ["E000000003E"] * 2
    business_clock.set_day(2026, 9, 9)
    await asked.work_off()
    assert [each["state"] for each in await requests_of(asked)] == ["open"], "the last day is in time"
    assert await tasks_of(asked, "evidence_request") == []
    assert len(await asked_by_letter(asked)) == 2
    business_clock.set_day(2026, 9, 10, hour=1)
    await asked.work_off()
    (found,) = await requests_of(asked)
    assert (found["state"], found["reminded_at"]) == ("late", reminded)
    [task] = await tasks_of(asked, "evidence_request")
    assert (task["reason"], task["facts"]["party"], task["facts"]["item"]) == (
        "evidence_late",
        ASKED,
        "days_with_wages",
    )


async def asked_by_letter(claims: ServiceUnderTest) -> list[str]:
    """To whom letters went that ask for evidence."""
    return [each["party"] for each in await listed(claims) if each["kind"] == "evidence_request"]


async def late(claims: ServiceUnderTest, clock: BusinessClock) -> tuple[dict[str, Any], dict[str, Any]]:
    """The request once it is late, and its task."""
    clock.advance(days=20)
    await claims.work_off()
    [task] = await tasks_of(claims, "evidence_request")
    return (await requests_of(claims))[0], task


async def test_what_comes_late_still_answers_and_nobody_looks_any_more(
    asked: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    request, task = await late(asked, business_clock)
    assert await answer(asked, request["request"], {"wages_paid_for": []}) == (202, None)
    await asked.work_off()
    assert await tasks_of(asked, "evidence_request") == []
    (over,) = await tasks_of(asked, "evidence_request", "closed")
    assert over["task"] == task["task"]


async def test_two_officers_give_more_time_or_ask_no_more(
    asked: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    request, task = await late(asked, business_clock)
    assert await answer_task(asked, task, kind="request_extended") == (201, None)
    (found,) = await requests_of(asked, ASKED)
    assert (found["state"], found["due_on"]) == ("open", "2026-09-29")
    request, task = await late(asked, business_clock)
    assert await answer_task(asked, task, kind="request_waived") == (201, None)
    (found,) = await requests_of(asked, ASKED)
    assert (found["state"], found["closed_for"]) == ("waived", "waived_by_officers")
    assert await answer(asked, request["request"], {"nothing_held": True}) == (409, "evidence_request_over")
    await report(asked, HOSPITAL, **{**ACCIDENT, "wages_paid_for": []})
    await asked.work_off()
    assert len(await requests_of(asked)) == 1, "waived is waived"


async def test_what_comes_though_it_was_waived_is_kept_and_looked_at(
    asked: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Two days were paid by an employer that sees nothing of the claim: no other way is open to it."""
    request, task = await late(asked, business_clock)
    assert await answer_task(asked, task, kind="request_waived") == (201, None)
    assert await answer(asked, request["request"], {"wages_paid_for": ["2026-08-05", "2026-08-06"]}) == (202, None)
    await asked.work_off()
    (found,) = await requests_of(asked)
    assert (found["state"], found["closed_for"]) == ("answered", "evidence")
    [looked] = await tasks_of(asked, "evidence")
    assert await answer_task(asked, looked, kind="evidence_counts", evidence=found["answered_by"]) == (201, None)
    assert [each["days"] for each in await decisions_of(asked, request)] == [20, 18]


async def test_a_document_of_another_kind_answers_nothing_and_officers_look_at_it(asked: ServiceUnderTest) -> None:
    (request,) = await requests_of(asked, ASKED)
    first = (await send(asked, party=ASKED, answers=request["request"], kind="police_report")).json()
    await asked.work_off()
    assert [each["state"] for each in await requests_of(asked)] == ["open"]
    assert await asked_by_letter(asked) == [], "nobody is written to meanwhile"
    [task] = await tasks_of(asked, "evidence_request")
    assert (task["reason"], task["facts"]["document"]) == ("answer_to_look_at", first["document"])
    withdrawal = f"/v1/documents/{first['document']}/withdrawal"
    assert (await asked.call("POST", withdrawal, scopes=WRITE, party=ASKED, role="partner")).status_code == 200
    await asked.work_off()
    assert await tasks_of(asked, "evidence_request") == []
    second = (await send(asked, b"%PDF-2", party=ASKED, answers=request["request"], kind="other")).json()
    await asked.work_off()
    [task] = await tasks_of(asked, "evidence_request")
    assert await answer_task(asked, task, kind="answer_looked_at") == (201, None)
    (found,) = await requests_of(asked)
    assert (found["state"], found["closed_for"], found["answered_by"]) == ("answered", "looked_at", second["document"])
    third = (await send(asked, b"%PDF-3", party=ASKED, answers=request["request"], kind="payslip")).json()
    await asked.work_off()
    [task] = await tasks_of(asked, "evidence_request")
    assert task["facts"]["document"] == third["document"], "what comes when it is over is looked at too"
    for kind in ("request_extended", "request_waived"):
        assert (await answer_task(asked, task, kind=kind))[1] == "evidence_request_over"
        await act(asked, f"{task['task']}/refusals", "officer-2", {"reason": "not_for_this_queue"})
    assert await answer_task(asked, task, kind="answer_looked_at") == (201, None)
    assert (await requests_of(asked))[0]["answered_by"] == second["document"]


async def test_what_answered_is_taken_back_and_the_request_is_open_again(asked: ServiceUnderTest) -> None:
    (request,) = await requests_of(asked, ASKED)
    sent = (await send(asked, party=ASKED, answers=request["request"], kind="payslip")).json()
    await asked.work_off()
    assert [each["state"] for each in await requests_of(asked)] == ["answered"]
    withdrawal = f"/v1/documents/{sent['document']}/withdrawal"
    assert (await asked.call("POST", withdrawal, scopes=WRITE, party=ASKED, role="partner")).status_code == 200
    await asked.work_off()
    (found,) = await requests_of(asked)
    assert (found["request"], found["state"], found["answered_by"]) == (request["request"], "open", None)
    assert await asked_by_letter(asked) == ["E000000003E"]
    assert (await send(asked, b"%PDF-2", party=ASKED, answers=request["request"], kind="payslip")).status_code == 201
    assert [each["state"] for each in await requests_of(asked)] == ["answered"]


async def test_what_was_asked_is_never_changed(asked: ServiceUnderTest) -> None:
    never = (
        "UPDATE evidence_request SET why = ''",
        "UPDATE evidence_request SET item = 'application'",
        "UPDATE evidence_request SET tenant = 'employer:99'",
        "UPDATE evidence_request SET asked_at = asked_at + interval '1 day'",
        "DELETE FROM evidence_request",
    )
    await refused_to_every_role(asked.database, "claims", never)


async def test_a_straight_claim_asks_nobody(worker: ServiceUnderTest, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 26)
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    assert len(await decisions_of(worker, reported)) == 1
    assert await requests_of(worker) == []
    async with worker.database.connection() as connection:
        left = await connection.fetchval("SELECT count(*) FROM due_work WHERE kind = 'follow_evidence_request'")
    assert left == 0


async def test_a_person_is_asked_by_its_number_and_sees_what_it_is_asked(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """She reports it herself: until a doctor's certificate comes, her own days wait."""
    business_clock.set_day(2026, 8, 26)
    await report(worker, "person:7", **{**ACCIDENT, "wages_paid_for": []})
    await worker.work_off()
    (own,) = await requests_of(worker, "person:7")
    assert (own["item"], own["documents"]) == ("medical_certificate", ["medical_certificate"])
    assert await requests_of(worker, "person:8") == []


async def test_an_application_answers_in_its_own_transaction_what_the_person_was_asked(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """A board assessed 12 %: whether a lump sum or the benefit by the month is owed depends on her application."""
    business_clock.set_day(2026, 9, 14)
    claim = (await report(worker, **ACCIDENT))["claim"]
    await worker.work_off()
    path = f"/v1/claims/{claim}/evidence"
    loss = await worker.call("POST", path, scopes=WRITE, json={"permanent_loss": {"percent": 12}})
    assert await let_count(worker, loss.json()["evidence"]) == (201, None)
    (request,) = await requests_of(worker, "person:7")
    assert (request["item"], request["why"], request["statements"]) == (
        "application",
        "application_awaited",
        ["choice"],
    )
    (seen,) = await requests_of(worker)
    assert "entitled" in seen["outcomes"]
    choice = {"option": "periodic", "applied_on": "2026-09-14"}
    chosen = await worker.call("POST", path, party="person:7", role="partner", scopes=WRITE, json={"choice": choice})
    assert chosen.status_code == 202, chosen.text
    (answered,) = await requests_of(worker, "person:7")
    assert (answered["state"], answered["answered_by"]) == ("answered", chosen.json()["evidence"])
    await worker.work_off()
    assert len(await requests_of(worker)) == 1
