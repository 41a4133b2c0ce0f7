"""One officer alone changes nothing that is owed, by whichever route: what one says another one lets count."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from services.claims.tests.support import (
    ACCIDENT,
    FIRST,
    OFFICER,
    PERSON,
    SECOND,
    approve,
    certificate,
    days_stated_of,
    notice,
    propose,
    read,
    report,
    submit,
    tasks_of,
)
from shared.kernel.identifiers import person_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

WRITE = ["claims:notice:write", "claims:notice:read"]
THIRD = "officer-3"
LONGER = {**ACCIDENT, "certificate": certificate("2026-08-05", "2026-08-31")}
SHORTER = {"certificate": certificate("2026-08-05", "2026-08-09")}
Says: TypeAlias = dict[str, Any]
"""What has to be proposed so that it counts."""


async def said(claims: ServiceUnderTest, path: str, **body: Any) -> Says:
    """An officer says something of evidence or of a claim."""
    more: dict[str, Any] = {"json": body} if body else {}
    answer = await claims.call("POST", path, scopes=WRITE, subject=SECOND, **more)
    assert answer.status_code == 202, answer.text
    return {"kind": "evidence_counts", "evidence": answer.json()["evidence"]}


async def reports(claims: ServiceUnderTest, **changes: Any) -> Says:
    """An officer sends a notice."""
    answer = await submit(claims, notice(**changes), party=OFFICER, role="officer", subject=SECOND)
    assert answer.status_code == 202, answer.text
    return {"kind": "relation_shown", "person": person_id(PERSON)}


async def reports_an_accident(claims: ServiceUnderTest, _: dict[str, Any]) -> Says:
    return await reports(claims, happened_on="2026-07-01", certificate=certificate("2026-07-01", "2026-07-10"))


async def corrects_circumstances(claims: ServiceUnderTest, reported: dict[str, Any]) -> Says:
    shown = await read(claims, f"/v1/claims/{reported['claim']}/evidence")
    (stated,) = (each["evidence"] for each in shown if each["kind"] == "circumstances")
    return await said(claims, f"/v1/evidence/{stated}/correction", circumstances={"place": "at_work"})


async def withdraws_days(claims: ServiceUnderTest, reported: dict[str, Any]) -> Says:
    stated = (await days_stated_of(claims, reported))[0]["evidence"]
    return await said(claims, f"/v1/evidence/{stated}/withdrawal")


async def finds_a_fact(claims: ServiceUnderTest, reported: dict[str, Any]) -> Says:
    finding = {"fact": "conduct under section 93", "found": "yes"}
    stated = await said(claims, f"/v1/claims/{reported['claim']}/evidence", finding=finding)
    return {**stated, "kind": "finding_counts"}


async def lets_a_hospitals_days_count(claims: ServiceUnderTest, _: dict[str, Any]) -> Says:
    """Behind a gap of one day."""
    behind = certificate("2026-08-26", "2026-08-31")
    joined = await report(claims, "hospital:1", **{**ACCIDENT, "certificate": behind})
    await claims.work_off()
    (waits,) = (each for each in await days_stated_of(claims, joined) if each["standing"] == "waits")
    return {"kind": "evidence_counts", "evidence": waits["evidence"]}


async def decisions_in(claims: ServiceUnderTest) -> int:
    async with claims.database.connection() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM decision"))


async def refused_without_scope(claims: ServiceUnderTest, queue: str, task: dict[str, Any]) -> list[tuple[int, str]]:
    """What an officer is answered who works in other queues."""
    others = ["claims:task:read", "claims:task:write", "claims:wages:decide"]
    listed = await claims.call("GET", f"/v1/tasks?queue={queue}", scopes=others)
    path, body = f"/v1/tasks/{task['task']}/approvals", {"revision": task["revision"]}
    approved = await claims.call("POST", path, scopes=others, subject=THIRD, json=body)
    return [(each.status_code, each.json()["code"]) for each in (listed, approved)]


@pytest.mark.parametrize(
    ("act", "queue", "of_oneself"),
    [
        (reports_an_accident, "identity", "notice_of_oneself"),
        (corrects_circumstances, "evidence", "evidence_of_oneself"),
        (withdraws_days, "evidence", "evidence_of_oneself"),
        (finds_a_fact, "doubt", "evidence_of_oneself"),
        (lets_a_hospitals_days_count, "evidence", None),
    ],
)
async def test_what_one_officer_says_counts_when_another_of_the_queue_approves_it(
    worker: ServiceUnderTest,
    act: Callable[[ServiceUnderTest, dict[str, Any]], Awaitable[Says]],
    queue: str,
    of_oneself: str | None,
) -> None:
    reported = await report(worker, **ACCIDENT, place="other")
    await worker.work_off()
    says = await act(worker, reported)
    await worker.work_off()
    assert await decisions_in(worker) == 1, "the employer's notice alone"
    [task] = await tasks_of(worker, queue)
    await propose(worker, task, says)
    assert await refused_without_scope(worker, queue, task) == [(403, "scope_missing"), (404, "task_unknown")]
    assert (await approve(worker, task, FIRST))[1]["code"] == "approver_is_proposer"
    if of_oneself is not None:
        assert (await approve(worker, task, SECOND))[1]["code"] == of_oneself, "what that officer said itself"
    assert await decisions_in(worker) == 1
    assert (await approve(worker, task, THIRD))[0] == 201
    assert await decisions_in(worker) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"certificate": certificate("2026-08-05", "2026-08-31")},
        {"place": "at_work"},
        {"wages_paid_for": ["2026-08-05", "2026-08-10"]},
    ],
)
async def test_whoever_confirms_a_notice_changes_nothing_of_a_claim_that_it_joins(
    worker: ServiceUnderTest, changes: dict[str, Any]
) -> None:
    """It has seen event, day, sender and a count: what differs is another officer's of the evidence."""
    reported = await report(worker, **ACCIDENT, place="other")
    await worker.work_off()
    says = await reports(worker, **{**ACCIDENT, "place": "other", **changes})
    await worker.work_off()
    [task] = await tasks_of(worker, "identity")
    await propose(worker, task, says)
    assert (await approve(worker, task, THIRD))[0] == 201
    assert await decisions_in(worker) == 1
    stated = await read(worker, f"/v1/claims/{reported['claim']}/evidence")
    waits = [each for each in stated if each["standing"] == "waits"]
    assert [each["waits_because"] for each in waits] == ["unapproved"], "the rest says what counts already"
    [task] = await tasks_of(worker, "evidence")
    await propose(worker, task, {"kind": "evidence_counts", "evidence": waits[0]["evidence"]})
    assert (await approve(worker, task, SECOND))[1]["code"] == "evidence_of_oneself"
    assert (await approve(worker, task, THIRD))[0] == 201
    assert await decisions_in(worker) == 2


async def test_a_finding_is_let_count_where_findings_are(worker: ServiceUnderTest) -> None:
    reported = await report(worker, **ACCIDENT, place="other")
    await worker.work_off()
    finding = await finds_a_fact(worker, reported)
    days = await lets_a_hospitals_days_count(worker, reported)
    await worker.work_off()
    for queue, says in (("evidence", finding), ("doubt", days)):
        [task] = await tasks_of(worker, queue)
        kind = {"evidence": "evidence_counts", "doubt": "finding_counts"}[queue]
        await propose(worker, task, {**says, "kind": kind})
        assert (await approve(worker, task, THIRD))[1]["code"] == "evidence_of_another_queue"
    assert await decisions_in(worker) == 1


@pytest.mark.parametrize(
    ("change", "by", "body", "counts"),
    [
        ("withdrawal", SECOND, None, []),
        ("correction", SECOND, SHORTER, ["2026-08-09"]),
        ("correction", THIRD, SHORTER, []),
    ],
    ids=["withdrawn", "corrected", "corrected by who confirms it"],
)
async def test_of_a_notice_that_is_confirmed_what_its_officers_left_standing_counts(
    worker: ServiceUnderTest, change: str, by: str, body: dict[str, Any] | None, counts: list[str]
) -> None:
    reported = await submit(worker, notice(**LONGER), party=OFFICER, role="officer", subject=SECOND)
    await worker.work_off()
    (stated,) = (each for each in await days_stated_of(worker, reported.json()) if each["kind"] == "certificate")
    path = f"/v1/evidence/{stated['evidence']}/{change}"
    assert (await worker.call("POST", path, scopes=WRITE, subject=by, json=body)).status_code == 202
    await worker.work_off()
    [task] = await tasks_of(worker, "identity")
    await propose(worker, task, {"kind": "relation_shown", "person": person_id(PERSON)})
    assert (await approve(worker, task, THIRD))[0] == 201
    found = await days_stated_of(worker, reported.json())
    counted = [each for each in found if each["kind"] == "certificate" and each["standing"] == "counts"]
    assert [each["last"] for each in counted] == counts


async def test_who_confirms_a_notice_lets_nothing_of_its_own_count(worker: ServiceUnderTest) -> None:
    """An officer states an invalidity while the notice waits, and is the one who confirms it."""
    says = await reports(worker, **ACCIDENT)
    await worker.work_off()
    [task] = await tasks_of(worker, "identity")
    path, body = f"/v1/claims/{task['subject']['id']}/evidence", {"permanent_loss": {"percent": 90}}
    loss = await worker.call("POST", path, scopes=WRITE, subject=THIRD, json=body)
    assert (loss.status_code, loss.json()["code"]) == (409, "evidence_without_relation"), "other claims would count it"
    body = {"invalidity": {"certified": True, "earning_capacity": 20}}
    stated = await worker.call("POST", path, scopes=WRITE, subject=THIRD, json=body)
    assert stated.status_code == 202, stated.text
    await worker.work_off()
    [task] = await tasks_of(worker, "identity")
    await propose(worker, task, says)
    assert (await approve(worker, task, THIRD))[0] == 201
    standing = {each["kind"]: each["standing"] for each in await read(worker, path)}
    assert standing == {
        "certificate": "counts",
        "circumstances": "counts",
        "wages_paid": "counts",
        "approval": "counts",
        "invalidity": "waits",
    }
