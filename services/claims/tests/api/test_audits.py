"""An auditor draws the same decisions by the same seed, and is handed all around one in one piece (decision 93)."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from services.claims.tests.support import ACCIDENT, FIRST, HOSPITAL, WRITE, certificate, decisions_of, report
from shared.kernel.clock import today
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

AUDIT = ["claims:audit:read"]
REFUSED: dict[str, Any] = {
    "happened_on": "2026-07-01",
    "certificate": certificate("2026-07-01", "2026-07-02"),
    "wages_paid_for": [],
}


async def drawn(claims: ServiceUnderTest, seed: str, **asked: Any) -> dict[str, Any]:
    """A sample of what was decided yesterday, by the business clock."""
    day = str(today() - timedelta(days=1))
    query = {"seed": seed, "first": day, "last": day, **asked}
    answer = await claims.call("GET", "/v1/audit-samples", scopes=AUDIT, params=query, headers={"purpose": "audit"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def bundle(claims: ServiceUnderTest, claim: str, revision: int, *scopes: str) -> dict[str, Any]:
    """Everything around a decision."""
    path = f"/v1/claims/{claim}/decisions/{revision}/bundle"
    answer = await claims.call("GET", path, scopes=[*AUDIT, *scopes], subject="auditor-1")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_whoever_has_the_seed_draws_the_same_decisions(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    reported = [await report(worker, **ACCIDENT), await report(worker, **REFUSED)]
    await worker.work_off()
    decided = {
        f"{each['claim']}/{decision['revision']}" for each in reported for decision in await decisions_of(worker, each)
    }
    assert len(decided) >= 2
    day = {"seed": "a", "first": str(today()), "last": str(today())}
    open_ = await worker.call("GET", "/v1/audit-samples", scopes=AUDIT, params=day)
    assert (open_.status_code, open_.json()["code"]) == (422, "sample_period_open")
    business_clock.advance(days=1)
    for seed in ("a", "b", "audit-2026-q3"):
        sample = await drawn(worker, seed)
        # As anybody works it out who has the seed.
        placed = sorted(decided, key=lambda key: hashlib.sha256(f"{seed}/{key}".encode()).digest())
        assert [f"{each['claim']}/{each['revision']}" for each in sample["decisions"]] == placed
        assert sample["whole"] == len(decided)
        assert (await drawn(worker, seed, size=1))["decisions"] == sample["decisions"][:1]
    (refusal,) = (await drawn(worker, "a", population="refusals"))["decisions"]
    assert (refusal["claim"], refusal["owed"]) == (reported[1]["claim"], False)
    assert (await drawn(worker, "a", benefit="invalidity_pension"))["whole"] == 0
    assert (await drawn(worker, "a", benefit="temporary_disablement"))["whole"] == len(decided)
    assert (await drawn(worker, "a", office="melaka"))["whole"] == 0
    hospitals = await worker.call("GET", "/v1/audit-samples", scopes=AUDIT, params=day, **HOSPITAL)
    assert hospitals.json()["code"] == "officers_only"


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
