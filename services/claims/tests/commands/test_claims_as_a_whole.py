"""Claims that no question answers are no dead end: no rule decides a disease yet, a notice was lost with a database."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    PERSON,
    all_has_arrived,
    apply_events,
    claims_on,
    employed,
    january_to_may,
    notice,
    registered,
    report,
    standing_of,
    submit,
)
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import new_id
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

QUEUES = ("unruled", "lost", "doubt")
DECIDES = ["claims:task:read", "claims:task:write", *(f"claims:{queue}:decide" for queue in QUEUES)]


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Claims on a database that was put back."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


async def act(claims: ServiceUnderTest, path: str, officer: str, body: object = None) -> None:
    answer = await claims.call("POST", f"/v1/tasks/{path}", scopes=DECIDES, subject=officer, json=body)
    assert answer.status_code == 201, answer.text


async def tasks_of(claims: ServiceUnderTest, queue: str) -> list[dict[str, Any]]:
    """The tasks of a queue that wait."""
    answer = await claims.call("GET", f"/v1/tasks?queue={queue}", scopes=DECIDES)
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def decide(claims: ServiceUnderTest, queue: str, kind: str) -> None:
    """Two officers decide the one task of a queue."""
    (task,) = await tasks_of(claims, queue)
    revision = {"revision": task["revision"]}
    await act(claims, f"{task['task']}/takings", "officer-1")
    await act(claims, f"{task['task']}/proposals", "officer-1", {**revision, "says": {"kind": kind}})
    await act(claims, f"{task['task']}/approvals", "officer-2", revision)
    await claims.work_off()


async def lost(claims: ServiceUnderTest, again: ServiceUnderTest) -> dict[str, Any]:
    """A claim that was decided and published, and is known to the other from that alone."""
    facts = [registered(), *employed(), *january_to_may()]
    await apply_events(claims, *facts)
    reported = (await submit(claims, notice())).json()
    await claims.work_off()
    await recall(claims, again)
    await apply_events(again, *facts)
    await again.work_off()
    return {"claim": reported["claim"]}


async def assessed(claims: ServiceUnderTest) -> list[ClaimAssessedV1]:
    return [each for each in await published_by(claims) if isinstance(each, ClaimAssessedV1)]


async def test_a_disease_waits_for_people_who_close_it_and_another_notice_opens_it_again(
    claims: ServiceUnderTest,
) -> None:
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    disease: dict[str, Any] = {"kind": "disease", "place": None, "wages_paid_for": []}
    reported = await report(claims, "employer:3", **disease)
    await claims.work_off()
    assert await standing_of(claims, reported) == ("needs_officer", "disease")
    (task,) = await tasks_of(claims, "unruled")
    assert (task["reason"], task["facts"]["event"], task["facts"]["sender"]) == ("disease", "disease", "employer:3")
    await decide(claims, "unruled", "decided_outside")
    assert await standing_of(claims, reported) == ("closed", "decided_outside")
    assert await tasks_of(claims, "unruled") == []
    path = f"/v1/claims/{reported['claim']}/evidence"
    invalidity = {"invalidity": {"certified": True, "earning_capacity": 20}}
    stated = await claims.call("POST", path, scopes=["claims:notice:write"], json=invalidity)
    assert stated.status_code == 202, stated.text
    await claims.work_off()
    assert await standing_of(claims, reported) == ("closed", "decided_outside"), "one officer opens nothing again"
    await submit(claims, notice(**disease))
    await claims.work_off()
    assert await standing_of(claims, reported) == ("needs_officer", "disease")
    assert len(await tasks_of(claims, "unruled")) == 1


async def test_a_lost_notice_is_asked_for_until_it_comes_again(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    claim = await lost(claims, again)
    (task,) = await tasks_of(again, "lost")
    assert (task["reason"], task["subject"]["id"]) == ("lost_since_backup", claim["claim"])
    await submit(again, notice())
    await again.work_off()
    assert await standing_of(again, claim) == ("decided", None)
    assert await tasks_of(again, "lost") == []


async def test_a_notice_that_is_lost_for_good_is_closed_and_what_was_published_stands(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    claim = await lost(claims, again)
    await decide(again, "lost", "not_sent_again")
    assert await standing_of(again, claim) == ("closed", "not_sent_again")
    assert await assessed(again) == []
    await submit(again, notice())
    await again.work_off()
    assert await standing_of(again, claim) == ("decided", None)
    (told,) = await assessed(again)
    assert told.revision == 2, "above what was published"


async def test_any_notice_of_the_event_opens_a_closed_claim_also_one_whose_certified_days_wait(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """She sends it herself, and her own certificate waits for officers: nobody would be asked to let it count."""
    claim = await lost(claims, again)
    await decide(again, "lost", "not_sent_again")
    answer = await submit(again, notice(wages_paid_for=[]), party=f"person:{PERSON}")
    assert answer.status_code == 202, answer.text
    await again.work_off()
    assert await standing_of(again, claim) == ("needs_officer", "less_than_published")
    assert [task["reason"] for task in await tasks_of(again, "doubt")] == ["less_than_published"]
    await submit(again, notice())
    await again.work_off()
    assert await standing_of(again, claim) == ("decided", None)


async def test_what_nobody_certifies_goes_on_when_its_notice_comes_again(claims: ServiceUnderTest) -> None:
    """Of an invalidity or a death no days are certified."""
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    happened_on, at = date(2026, 7, 15), datetime(2026, 7, 20, tzinfo=UTC)
    told = ClaimAssessedV1(
        person=PERSON,
        claim=new_id(),
        revision=1,
        event="invalidity",
        happened_on=happened_on,
        decided_at=at,
        revision_hash="0" * 64,
        entitlements=(),
        refusals=(),
    )
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("restore")) as uow:
        await claims.worker.work.recall([told], uow)
    await claims.work_off()
    assert [task["reason"] for task in await tasks_of(claims, "lost")] == ["lost_since_backup"]
    invalidity = notice(kind="invalidity", place=None, wages_paid_for=[])
    del invalidity["certificate"]
    await submit(claims, invalidity)
    await claims.work_off()
    assert await standing_of(claims, {"claim": str(told.claim)}) == ("needs_officer", "medical_board_to_certify")
    assert await tasks_of(claims, "lost") == []


async def test_two_officers_may_decide_less_than_was_published(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    claim = await lost(claims, again)
    shorter = {"first": "2026-07-15", "last": "2026-07-25", "issued_on": "2026-07-15"}
    await submit(again, notice(certificate=shorter))
    await again.work_off()
    assert await standing_of(again, claim) == ("needs_officer", "less_than_published")
    await decide(again, "doubt", "doubt_lifted")
    assert await standing_of(again, claim) == ("decided", None)
    (before,), (after,) = await assessed(claims), await assessed(again)
    assert (after.revision, after.money_sen < before.money_sen) == (2, True)
