"""No claim disappears: each is in one bucket of the figure, and lists find it by what the caller is shown of it."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.claims.commands.close_claim import CloseClaim, close_claim
from services.claims.domain.buckets import Bucket, Sought, With, bucket_of
from services.claims.domain.claim import ClaimState
from services.claims.migrations.claims_stand_in_buckets_that_are_counted import _BUCKETS
from services.claims.storage.buckets import _LISTED, _PAGE, Viewer
from services.claims.storage.control_totals import CONTROL_TOTALS
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    MYKAD,
    OFFICER,
    PERSON,
    a_claim,
    all_has_arrived,
    apply_events,
    certificate,
    claims_of,
    contributed,
    employed,
    january_to_may,
    notice,
    read,
    registered,
    report,
    role_of,
    spell_of,
    stated_by_employer,
    submit,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import person_id
from shared.process.gauges import WorkerGauges
from shared.telemetry import metrics
from shared.testing.clock import BusinessClock, moved_clock
from shared.testing.control_totals import held_by_nobody, standing
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

EMPLOYER, HOSPITAL, STRANGER, LATE = "employer:3", "hospital:1", "employer:8", "employer:9"
SAME, OTHER = f"person:{PERSON}", {"kind": "mykad", "number": "900101145999"}


async def opened(claims: ServiceUnderTest, party: str, **changes: object) -> None:
    answer = await submit(claims, notice(**changes), party=party, role=role_of(party))
    assert answer.status_code == 202, answer.text


def on(day: str, last: str | None = None) -> dict[str, object]:
    """An accident of its own."""
    return {"happened_on": day, "certificate": certificate(day, last or day), "wages_paid_for": []}


@pytest.fixture(scope="module")
async def whole(databases: Databases, issuer: TestIssuer) -> AsyncIterator[TestDatabase]:
    """Claims of every party, in every state that a claim may be in."""
    async with databases.fresh("claims") as database:
        async with claims_of(database, issuer) as claims:
            with moved_clock() as clock:
                await open_everywhere(claims, clock)
        yield database


@pytest.fixture
async def everywhere(
    whole: TestDatabase, databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> AsyncIterator[ServiceUnderTest]:
    """The same, an hour later."""
    business_clock.set_day(2026, 9, 25, hour=13)
    async with databases.copied(whole) as database, claims_of(database, issuer) as claims:
        yield claims


async def open_everywhere(claims: ServiceUnderTest, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 20)
    # An employment that its employer states after the event, and one that nobody doubts.
    late = stated_by_employer(spell_of(9, date.fromisoformat("2026-07-01")), date.fromisoformat("2026-08-01"))
    wages = [contributed(f"2025-0{month}", 248_000) for month in range(3, 9)]
    await apply_events(claims, registered(), *employed(), *january_to_may(), *wages, late)
    for day in ("2026-08-01", "2026-08-02"):
        await opened(claims, HOSPITAL, national_id=OTHER, **on(day))
    business_clock.set_day(2026, 9, 25)
    # Decided; joined to it; refused; decided while a person looks at days of a relapse or beyond the 180th.
    await opened(claims, EMPLOYER)
    await opened(claims, HOSPITAL)
    await opened(claims, HOSPITAL, **on("2019-12-01"))
    await opened(claims, EMPLOYER, **on("2025-09-01", "2026-06-30"))
    # With officers: what one of them reported, a disease, another employer, an employment stated late, whoever speaks
    # for the person.
    await opened(claims, OFFICER, **on("2026-01-01"))
    await opened(claims, EMPLOYER, kind="disease", place=None, **on("2026-02-02"))
    await opened(claims, HOSPITAL, employer="E0000000076", **on("2026-03-03"))
    await opened(claims, LATE, **on("2026-07-20"))
    await opened(claims, STRANGER, capacity="agent", **on("2026-04-04"))
    # Of no relation; and of somebody who is not registered, who looks the same to a stranger.
    await opened(claims, STRANGER, **on("2026-05-05"))
    await opened(claims, STRANGER, national_id=OTHER, **on("2026-05-06"))
    await opened(claims, STRANGER, national_id=OTHER, capacity="agent", **on("2026-05-07"))
    await opened(claims, SAME, national_id={"kind": "mykad", "number": MYKAD}, **on("2026-06-06"))
    await all_has_arrived(claims)
    # And what nothing has arrived for yet.
    async with claims.database.connection() as connection:
        await connection.execute("UPDATE freshness SET complete_until = now() - interval '1 hour'")
    await opened(claims, HOSPITAL, **on("2019-11-01"))
    await opened(claims, HOSPITAL, national_id=OTHER, **on("2026-08-03"))
    # And a disease that two officers have closed.
    await opened(claims, HOSPITAL, kind="disease", place=None, **on("2026-02-01"))
    await claims.work_off()
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        id_ = await uow.connection.execute(text("SELECT id FROM claim WHERE happened_on = '2026-02-01'"))
        await close_claim(CloseClaim(id_.scalar_one()), uow)


async def buckets(claims: ServiceUnderTest, column: str = "bucket") -> Counter[str]:
    async with claims.database.connection() as connection:
        query = f"SELECT {column} AS bucket, count(*) AS claims FROM claim GROUP BY 1"  # noqa: S608 - a constant
        return Counter({row["bucket"]: row["claims"] for row in await connection.fetch(query)})


async def looked_at(claims: ServiceUnderTest) -> dict[str, float]:
    """Every sample that a worker shows of claims and of their questions."""
    worker = claims.worker
    own: dict[str, Any] = {"counts": worker.work.counts, "groups": worker.work.groups}
    gauges = WorkerGauges(worker.database, relay=worker.relay, consumer=None, kinds=(), **own)
    await gauges()
    lines = metrics.body()[0].decode().splitlines()
    shown = (line.rpartition(" ") for line in lines if line.startswith(("jaring_claims", "jaring_open_questions")))
    return {name: float(value) for name, _, value in shown}


async def test_every_claim_in_every_state_is_in_one_bucket_of_the_figure(everywhere: ServiceUnderTest) -> None:
    found = await looked_at(everywhere)
    counted = {name: value for name, value in found.items() if name.startswith("jaring_claims{")}
    stored = {Bucket.read(each): number for each, number in (await buckets(everywhere)).items()}
    assert {bucket.state for bucket in stored} == set(ClaimState)
    assert {each for bucket in stored for each in bucket.waits_for} == set(With)
    assert counted == {_sample(each): number for each, number in stored.items()}
    async with everywhere.database.connection() as connection:
        assert sum(counted.values()) == await connection.fetchval("SELECT count(*) FROM claim")
    assert counted['jaring_claims{reason="identity_overdue",state="awaiting_identity",waits_for="officer"}'] == 2


def _sample(of: Bucket) -> str:
    labels = f'reason="{",".join(of.reasons)}",state="{of.state}",waits_for="{",".join(of.waits_for)}"'
    return f"jaring_claims{{{labels}}}"


async def test_open_questions_are_counted_with_the_time_that_the_oldest_waits(
    everywhere: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    waiting = 'reason="employer_without_spell",state="officer",waits_for="officer:doubt"'
    arriving = 'state="awaiting",waits_for="topic:registration"'
    before = await looked_at(everywhere)
    assert before[f"jaring_open_questions{{{waiting}}}"] >= 1
    assert any(arriving in name for name in before)
    business_clock.advance(days=3)
    after = await looked_at(everywhere)
    oldest = f"jaring_open_questions_oldest_seconds{{{waiting}}}"
    assert 3 * 86400 <= after[oldest] - before[oldest] < 3 * 86400 + 600
    of_claims = 'reason="employer_without_spell",state="needs_officer",waits_for="officer"'
    assert after[f"jaring_claims_oldest_seconds{{{of_claims}}}"] >= 3 * 86400


async def test_a_claim_stands_where_it_does_since_it_came_there(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """However often it is looked at meanwhile, and from then on where it goes."""
    business_clock.set_day(2026, 8, 20)
    reported = await report(claims, HOSPITAL)
    business_clock.advance(days=2)
    await claims.work_off()
    since = 'jaring_claims_oldest_seconds{reason="",state="awaiting_identity",waits_for="topic"}'
    assert (await looked_at(claims))[since] >= 2 * 86400
    await apply_events(claims, registered(), *employed(), *january_to_may())
    await all_has_arrived(claims)
    assert (await read(claims, f"/v1/claims/{reported['claim']}"))["state"] == "decided"
    decided = await looked_at(claims)
    assert decided['jaring_claims_oldest_seconds{reason="",state="decided",waits_for=""}'] < 600
    assert since not in decided


async def all_pages(claims: ServiceUnderTest, party: str, query: str = "") -> list[dict[str, Any]]:
    """A whole list, read in small pages."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await read(claims, f"/v1/claims?limit=2{query}{cursor}", party)
        found += page["data"]
        if not page["has_more"]:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("party", [OFFICER, HOSPITAL, STRANGER, LATE, SAME])
async def test_a_list_is_narrowed_by_exactly_what_its_caller_is_shown(everywhere: ServiceUnderTest, party: str) -> None:
    """A filter that found by what is hidden would show it: two notices that look alike would be told apart."""
    whole = await all_pages(everywhere, party)
    assert whole
    for state in ClaimState:
        found = await all_pages(everywhere, party, f"&state={state}")
        assert found == [each for each in whole if each["state"] == state], state
    codes = {code for each in await buckets(everywhere) for code in Bucket.read(each).reasons}
    for code in codes:
        found = await all_pages(everywhere, party, f"&reason={code}")
        assert found == [each for each in whole if code in (each["reason"] or "").split(", ")], code
    # With whom: of what is shown alike, alike.
    with_officer = await all_pages(everywhere, party, "&waits_for=officer")
    assert with_officer == [each for each in whole if each["state"] == "needs_officer" or is_looked_at(each)]
    both = await all_pages(everywhere, party, "&waits_for=officer&state=needs_officer")
    assert both == [each for each in whole if each["state"] == "needs_officer"]


def is_looked_at(claim: dict[str, Any]) -> bool:
    overdue = claim["reason"] == "identity_overdue"
    return overdue or (claim["state"] == "decided" and claim["reason"] is not None)


async def test_an_employment_that_was_stated_late_is_told_to_nobody_by_a_filter(everywhere: ServiceUnderTest) -> None:
    [for_officers] = await all_pages(everywhere, OFFICER, "&reason=employment_stated_late")
    assert for_officers["state"] == "needs_officer"
    assert await all_pages(everywhere, LATE, "&reason=employment_stated_late") == []
    assert await all_pages(everywhere, LATE, "&state=needs_officer") == []
    [its_own] = await all_pages(everywhere, LATE, "&state=no_relation")
    assert its_own["claim"] == for_officers["claim"]


async def test_a_person_finds_what_others_reported_of_it(everywhere: ServiceUnderTest) -> None:
    mine = await all_pages(everywhere, SAME, "&state=decided")
    assert len(mine) > 1
    assert await all_pages(everywhere, OFFICER, f"&state=decided&person={person_id(PERSON)}") == mine
    assert await all_pages(everywhere, OFFICER, "&state=decided&person=P000000012T") == []


@pytest.mark.parametrize("query", ["state=open", "reason=Late", "reason=%00", "waits_for=bank", "reason=" + "a" * 101])
async def test_what_is_no_state_no_code_and_nobody_is_refused(claims: ServiceUnderTest, query: str) -> None:
    answer = await claims.call("GET", f"/v1/claims?{query}", scopes=["claims:claim:read"])
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_the_migration_says_of_claims_that_were_there_what_the_service_says(everywhere: ServiceUnderTest) -> None:
    said = await buckets(everywhere), await buckets(everywhere, "shown_bucket")
    async with everywhere.database.connection("migrate") as connection:
        await connection.execute("UPDATE claim SET bucket = '', shown_bucket = '', awaits = '{}'")
        lines = "\n".join(line for line in _BUCKETS.splitlines() if not line.startswith("--"))
        for statement in lines.split(";"):
            if statement.strip().startswith("UPDATE claim"):
                await connection.execute(statement)
    assert (await buckets(everywhere), await buckets(everywhere, "shown_bucket")) == said


_OTHERS = """
    INSERT INTO claim (id, notice, tenant, state, kind, person, name_tokens, relation, happened_on, place, received_at,
                       joined_at_revision, decided_days, awaits, bucket, shown_bucket, stands_since)
    SELECT gen_random_uuid(), gen_random_uuid(), 'hospital:' || 1 + number % 20, 'decided', 'accident', 1000 + number,
           '{}', 'hospital', DATE '2026-07-15', 'at_work', now(), 0, '{}', '{}', 'decided||', 'decided||', now()
    FROM generate_series(1, 20000) AS number
"""


@pytest.mark.parametrize(("role", "party"), [("officer", None), ("partner", HOSPITAL)])
async def test_what_is_sought_is_found_without_reading_the_rest(
    everywhere: ServiceUnderTest, role: str, party: str | None
) -> None:
    async with everywhere.database.connection("migrate") as connection:
        await connection.execute(_OTHERS)
        await connection.execute("ANALYZE claim")
    viewer = Viewer(party)
    parts = {"column": viewer.column, "whose": viewer.whose}
    page = {"buckets": ["needs_officer|officer|employer_without_spell"], "after": UUID(int=0), "limit": 51}
    known = {} if party is None else {"party": party}
    async with everywhere.app.state.database.engine.begin() as connection:
        tenant = {"tenant": party or OFFICER, "role": role}
        await connection.execute(
            text("SELECT set_config('jaring.tenant', :tenant, true), set_config('jaring.role', :role, true)"), tenant
        )
        for statement, values in ((_LISTED, known), (_PAGE, {**known, **page})):
            asked = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement.format(**parts))
            told = (await connection.execute(asked, values)).scalar_one()
            plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
            assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 150, plan


@pytest.mark.parametrize(
    ("state", "reason", "awaits", "waits_for"),
    [
        (ClaimState.ASSESSING, None, (), ("topic",)),
        (ClaimState.ASSESSING, None, ("party",), ("party", "topic")),
        (ClaimState.NEEDS_OFFICER, "late_notice", ("officer", "topic"), ("officer", "topic")),
        (ClaimState.DECIDED, None, ("topic",), ("topic",)),
        (ClaimState.DECIDED, "over_review_days", (), ("officer",)),
        (ClaimState.REFUSED, "not_insured", (), ()),
        (ClaimState.REFUSED, "not_insured, evidence_waits", (), ("officer",)),
        (ClaimState.JOINED, None, (), ()),
    ],
)
def test_a_claim_is_with_those_who_have_to_act(
    state: ClaimState, reason: str | None, awaits: tuple[str, ...], waits_for: tuple[str, ...]
) -> None:
    assert bucket_of(a_claim(state=state, reason=reason, awaits=awaits)).waits_for == waits_for


def test_a_bucket_is_read_as_it_is_written() -> None:
    bucket = Bucket("decided", ("officer", "topic"), ("contested_days", "evidence_waits"))
    assert Bucket.read(bucket.written) == bucket
    assert Bucket.read("joined||") == Bucket("joined", (), ())
    assert Sought(reason="evidence_waits").matches(bucket)
    assert not Sought(reason="evidence").matches(bucket)
    assert not Sought(waits_for=With.PARTY).matches(bucket)


async def test_whatever_waits_is_held_by_somebody(everywhere: ServiceUnderTest) -> None:
    found = await standing(everywhere.database, CONTROL_TOTALS)
    assert {holder for holders in found.values() for holder in holders} == {
        "ended",
        "officer",
        "outside",
        "parent",
        "rule",
    }
    assert (await held_by_nobody(everywhere.database, CONTROL_TOTALS)) == []


async def test_how_much_is_decided_straight_through(everywhere: ServiceUnderTest) -> None:
    path = "/v1/straight-through?first=2026-08-20&last=2026-09-25"
    answer = await everywhere.call("GET", path, scopes=["claims:statistics:read"])
    assert answer.status_code == 200, answer.text
    found = {each["question"]: each for each in answer.json()["items"]}
    for each in found.values():
        people = sum(reason["claims"] for kind in ("looked_at", "waiting") for reason in each[kind])
        assert each["asked"] == each["straight_through"] + people
    assert found["temporary_disablement"] == {
        "question": "temporary_disablement",
        "asked": 6,
        "straight_through": 2,
        "share": "0.5000",
        "looked_at": [{"reason": "evidence_waits", "claims": 1}, {"reason": "over_review_days", "claims": 1}],
        # With another question of the claim, whose answer it needs.
        "waiting": [
            {"reason": "employed_under_a_contract_of_service_on_the_day_of_the_accident", "claims": 1},
            {"reason": "employer_without_spell", "claims": 1},
        ],
    }


async def test_nobody_but_officers_reads_how_much(everywhere: ServiceUnderTest) -> None:
    answer = await everywhere.call(
        "GET", "/v1/straight-through", scopes=["claims:statistics:read"], party=EMPLOYER, role="partner"
    )
    assert answer.status_code == 403
