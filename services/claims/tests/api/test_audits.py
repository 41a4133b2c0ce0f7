"""What an auditor draws is kept as it was drawn, and all around one decision is handed out in one piece (decisions 93,
107)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.claims.domain.audit import Population
from services.claims.storage.audits import _FRAMES
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.test_documents import send
from services.claims.tests.files.letters import READ_LETTERS, letters_after
from services.claims.tests.support import (
    ACCIDENT,
    FIRST,
    HOSPITAL,
    OF_TASKS,
    READ,
    WRITE,
    apply_events,
    certificate,
    contributed,
    decisions_of,
    report,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

AUDIT = ["claims:audit:read"]
DRAWS = ["claims:audit:write", "claims:audit:read"]
REFUSED: dict[str, Any] = {
    "happened_on": "2026-07-01",
    "certificate": certificate("2026-07-01", "2026-07-02"),
    "wages_paid_for": [],
}


async def draw(claims: ServiceUnderTest, status: int = 201, **asked: Any) -> dict[str, Any]:
    """A draw of what was decided yesterday, by the business clock; or why there is none."""
    day = str(today() - timedelta(days=1))
    more: dict[str, Any] = {"headers": {"purpose": "audit"}, "subject": "auditor-1"}
    body = {"first": day, "last": day, **asked}
    answer = await claims.call("POST", "/v1/audit-draws", scopes=DRAWS, json=body, **more)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def replayed(claims: ServiceUnderTest, seed: str, **asked: Any) -> Any:
    """What was drawn of yesterday by a seed."""
    day = str(today() - timedelta(days=1))
    query = {"seed": seed, "first": day, "last": day, **asked}
    return await claims.call("GET", "/v1/audit-samples", scopes=AUDIT, params=query)


async def listed(claims: ServiceUnderTest, path: str) -> list[dict[str, Any]]:
    """What an auditor finds of seeds or draws, the newest first."""
    answer = await claims.call("GET", path, scopes=AUDIT)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def stated_seed(claims: ServiceUnderTest, seed: str, by: str = "auditor-2") -> str:
    """A seed's id; or why it is none."""
    answer = await claims.call("POST", "/v1/audit-seeds", scopes=DRAWS, json={"seed": seed}, subject=by)
    said = answer.json()
    return str(said["seed"] if answer.is_success else said["code"])


def in_order(seed: str, keys: set[str]) -> list[str]:
    """As anybody works it out who has the seed."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}/{key}".encode()).digest())


def keys_of(sample: dict[str, Any]) -> list[str]:
    return [f"{each['claim']}/{each['revision']}" for each in sample["decisions"]]


async def bundle(claims: ServiceUnderTest, claim: str, revision: int, *scopes: str) -> dict[str, Any]:
    """Everything around a decision."""
    path = f"/v1/claims/{claim}/decisions/{revision}/bundle"
    answer = await claims.call("GET", path, scopes=[*AUDIT, *scopes], subject="auditor-1")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_draw_is_kept_as_it_was_drawn_and_read_by_its_seed(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    early = {said: await stated_seed(worker, said, said) for said in ("a", "b", "audit-2026-q3")}
    business_clock.advance(days=1)
    reported = [await report(worker, **ACCIDENT), await report(worker, **REFUSED)]
    await worker.work_off()
    keys = {
        f"{each['claim']}/{decision['revision']}" for each in reported for decision in await decisions_of(worker, each)
    }
    assert len(keys) >= 2
    assert (await draw(worker, 422, last=str(today())))["code"] == "sample_period_open"
    business_clock.advance(days=1)
    whole = hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()
    for number, (said, seed) in enumerate(early.items(), start=1):
        assert (await replayed(worker, said)).json()["code"] == "draw_unknown", "no seed is tried out"
        drawn = await draw(worker, seed=seed)
        assert keys_of(drawn) == in_order(said, keys)
        assert (drawn["whole"], drawn["frame_hash"], drawn["number"]) == (len(keys), whole, number)
        assert (drawn["drawn_by"], drawn["seed"], drawn["stated"]) == ("auditor-1", said, seed)
        assert drawn["stated_by"] == said
        again = (await replayed(worker, said)).json()
        assert (again["decisions"], again["whole"]) == (drawn["decisions"], len(keys))
        assert (await replayed(worker, said, size=1)).json()["decisions"] == drawn["decisions"][:1]
    (refusal,) = (await draw(worker, population="refusals"))["decisions"]
    assert (refusal["claim"], refusal["owed"]) == (reported[1]["claim"], False)
    assert (await draw(worker, benefit="invalidity_pension"))["whole"] == 0
    assert (await draw(worker, benefit="temporary_disablement", size=1))["whole"] == len(keys)
    hospitals = await worker.call("POST", "/v1/audit-draws", scopes=DRAWS, json={}, **HOSPITAL)
    assert hospitals.json()["code"] == "officers_only"


async def test_whoever_draws_again_is_seen_to_and_a_late_seed_draws_nothing(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await report(worker, **ACCIDENT)
    await worker.work_off()
    late = await stated_seed(worker, "late")
    business_clock.advance(days=1)
    assert (await draw(worker, 409, seed=late))["code"] == "seed_late"
    assert (await draw(worker, 404, seed=str(new_id())))["code"] == "seed_unknown"
    drawn = [await draw(worker, size=1) for _ in range(2)]
    assert [(each["number"], each["stated"]) for each in drawn] == [(1, None), (2, None)]
    seeds = {each["seed"] for each in drawn}
    assert len(seeds) == 2, "the machine draws a seed each time"
    assert all(keys_of(each) == in_order(each["seed"], set(keys_of(each))) for each in drawn)
    known = await listed(worker, "/v1/audit-draws")
    assert [(each["draw"], each["number"]) for each in known] == [
        (each["draw"], each["number"]) for each in drawn[::-1]
    ]
    assert [(each["text"], each["stated_by"]) for each in await listed(worker, "/v1/audit-seeds")] == [
        ("late", "auditor-2")
    ]
    path = f"/v1/audit-draws/{drawn[0]['draw']}"
    assert (await worker.call("GET", path, scopes=AUDIT)).json() == drawn[0]
    unknown = await worker.call("GET", f"/v1/audit-draws/{new_id()}", scopes=AUDIT)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "draw_unknown")
    async with worker.database.connection("migrate") as owner:
        for statement in ("DELETE FROM audit_draw", "UPDATE audit_draw SET number = 1", "DELETE FROM audit_seed"):
            with pytest.raises(Exception, match="never changed"):
                await owner.execute(statement)


async def test_an_auditor_has_one_seed_at_a_time_and_it_draws_once(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Whoever has many knows what each draws before it chooses."""
    first = await stated_seed(worker, "first")
    assert await stated_seed(worker, "second") == await stated_seed(worker, "second", "AUDITOR-2") == "seed_unused"
    business_clock.advance(days=1)
    await report(worker, **ACCIDENT)
    await worker.work_off()
    business_clock.advance(days=1)
    assert (await draw(worker, seed=first))["stated_by"] == "auditor-2"
    assert (await draw(worker, 409, seed=first, population="refusals"))["code"] == "seed_used"
    assert UUID(await stated_seed(worker, "second"))


async def test_a_frame_that_differs_by_a_day_without_decisions_is_drawn_of_again(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await report(worker, **ACCIDENT)
    await worker.work_off()
    business_clock.advance(days=1)
    days = [str(today() - timedelta(days=ago)) for ago in (1, 2, 3)]
    drawn = [await draw(worker, first=day) for day in (*days, days[0])]
    assert len({each["frame_hash"] for each in drawn}) == 1
    assert [each["number"] for each in drawn] == [1, 2, 3, 4]
    nothing = [await draw(worker, first=day, benefit="invalidity_pension") for day in days]
    assert [(each["whole"], each["number"]) for each in nothing] == [(0, 1)] * 3, "of nothing nothing is drawn"


async def test_since_when_an_office_has_a_claim_is_found_once_for_all_decisions(worker: ServiceUnderTest) -> None:
    claim = (await report(worker, "hospital:1", **{**ACCIDENT, "wages_paid_for": []}))["claim"]
    await worker.work_off()
    stated = {"permanent_loss": {"percent": 12}}
    await worker.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, subject=FIRST, json=stated)
    await worker.work_off()
    before = await decisions_of(worker, {"claim": claim}), await times_tasks_were_read(worker)
    await apply_events(worker, *(contributed(f"2026-0{month}", 390_000, revision=3) for month in range(2, 8)))
    await worker.work_off()
    after = await decisions_of(worker, {"claim": claim}), await times_tasks_were_read(worker)
    assert (len(before[0]), len(after[0])) == (1, 2)
    assert before[1] == after[1] > 0


async def times_tasks_were_read(claims: ServiceUnderTest) -> int:
    """How often the plan of a draw of an office read the table of tasks."""
    asked = {"begins": "2000", "ends": "9", "benefit": None, "office": "melaka", "seed": "s", "size": 1}
    explain = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {_FRAMES[Population.DECISIONS].text}")
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        plan = (await uow.connection.execute(explain, asked)).scalar_one()[0]["Plan"]
    return sum(each["Actual Loops"] for each in nodes_of(plan) if each.get("Relation Name") == "task")


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes_of(each)


async def test_an_office_has_what_it_had_when_it_was_decided(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Melaka got the task after the first decision and before the second; on the next day Johor gets it."""
    claim = (await report(worker, "hospital:1", **{**ACCIDENT, "wages_paid_for": []}))["claim"]
    await worker.work_off()
    stated = {"permanent_loss": {"percent": 12}}
    await worker.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, subject=FIRST, json=stated)
    await worker.work_off()
    [task] = await tasks_of(worker, "evidence")
    everywhere = [*OF_TASKS, "claims:task:all_offices"]

    async def transferred(office: str) -> None:
        body = {"office": office, "reason": "residence"}
        path = f"/v1/tasks/{task['task']}/transfers"
        answer = await worker.call("POST", path, scopes=everywhere, subject=FIRST, json=body)
        assert answer.status_code == 201, answer.text

    await transferred("melaka")
    await apply_events(worker, *(contributed(f"2026-0{month}", 390_000, revision=3) for month in range(2, 8)))
    await worker.work_off()
    revisions = [each["revision"] for each in await decisions_of(worker, {"claim": claim})]
    assert revisions == [1, 2]
    business_clock.advance(days=1)
    before = await draw(worker, office="melaka")
    assert keys_of(before) == [f"{claim}/2"]
    await transferred("johor")
    after = await draw(worker, office="melaka")
    assert (after["frame_hash"], keys_of(after)) == (before["frame_hash"], keys_of(before))
    assert (await draw(worker, office="johor"))["whole"] == 0


async def test_the_evidence_of_a_decision_comes_in_one_piece_with_its_hash(worker: ServiceUnderTest) -> None:
    claim = (await report(worker, **ACCIDENT))["claim"]
    await worker.work_off()
    stated = {"permanent_loss": {"percent": 12}}
    answer = await worker.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, subject=FIRST, json=stated)
    assert answer.status_code == 202, answer.text
    await worker.work_off()
    (*_, newest) = await decisions_of(worker, {"claim": claim})
    told = await bundle(worker, claim, newest["revision"])
    found = told["bundle"]
    assert set(found) == {
        *("claim", "decision", "evidence", "documents", "tasks", "inconsistencies", "appeals", "letters"),
        *("payments", "reads"),
    }
    assert found["decision"]["hash"] == newest["hash"]
    assert found["decision"]["records"]["temporary_disablement"]["facts"]
    assert {each["kind"] for each in found["evidence"]} >= {"certificate", "circumstances", "permanent_loss"}
    # As anybody reckons it who has the answer.
    for said, part in ((told["hash"], found), *((told["part_hashes"][name], found[name]) for name in found)):
        canonical = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(canonical.encode()).hexdigest() == said
    assert FIRST not in json.dumps(found)
    again = await bundle(worker, claim, newest["revision"])
    changed = {name for name in found if again["part_hashes"][name] != told["part_hashes"][name]}
    assert changed == {"reads"}, "the first reading is in the second"
    (sealed,) = {each["officer"] for each in again["bundle"]["reads"] if each["route"].endswith("/bundle")}
    assert sealed.startswith("sealed:")
    named = (await bundle(worker, claim, newest["revision"], "claims:audit_names:read"))["bundle"]
    assert FIRST in {each.get("officer") for each in named["evidence"]}
    assert "auditor-1" in {each["officer"] for each in named["reads"]}


async def test_the_evidence_says_who_read_whichever_way_led_to_the_claim(worker: ServiceUnderTest) -> None:
    """By its id in capitals, in a list, by a task, a document, a letter and a request; and nobody of another claim."""
    claim = (await report(worker, "hospital:1", **{**ACCIDENT, "wages_paid_for": []}))["claim"]
    other = (await report(worker, **REFUSED))["claim"]
    await worker.work_off()
    stated = {"permanent_loss": {"percent": 12}}
    await worker.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, subject=FIRST, json=stated)
    document = (await send(worker, party="hospital:1", claim=claim)).json()["document"]
    await worker.work_off()
    [letter] = [each["letter"] for each in await letters_after(worker) if each["about"] == f"claim/{claim}"]
    [task] = await tasks_of(worker, "evidence")
    ways = {
        f"/v1/claims/{claim.upper()}": READ,
        "/v1/claims": READ,
        f"/v1/tasks/{task['task'].upper()}": OF_TASKS,
        f"/v1/documents/{document}/content": ["claims:notice:read"],
        f"/v1/letters/{letter}": READ_LETTERS,
        "/v1/evidence-requests": ["claims:notice:read"],
    }
    for number, (path, scopes) in enumerate(ways.items()):
        answer = await worker.call("GET", path, scopes=scopes, subject=f"reader-{number}")
        assert answer.status_code == 200, answer.text
    await worker.call("GET", f"/v1/claims/{other}", scopes=READ, subject="reader-of-another")
    found = (await bundle(worker, claim, 1, "claims:audit_names:read"))["bundle"]["reads"]
    readers = {each["officer"] for each in found}
    assert {f"reader-{number}" for number in range(len(ways))} <= readers
    assert "reader-of-another" not in readers
