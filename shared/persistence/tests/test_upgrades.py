"""What stood in the tables of the first releases still means the same after the migrations that came since."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date, datetime

import asyncpg
import pytest

from shared.kernel.clock import business_day
from shared.kernel.identifiers import new_id, person_id
from shared.testing.servers import Databases, TestDatabase
from shared.testing.upgrading import Releases, upgraded_from

pytestmark = pytest.mark.postgres

DECIDED, RECEIVED, OWED, DIED, LETTER = new_id(), new_id(), new_id(), new_id(), new_id()
SHOWN = {"hospital:1": new_id(), "organisation:1": new_id()}
# Who stated what, whether that was approved, and whether it counts although one officer alone withdrew it.
WITHDRAWN = {
    new_id(): ("hospital:1", "certificate", False, True),
    new_id(): ("organisation:1", "final_certificate", False, True),
    new_id(): ("person:12", "choice", False, True),
    new_id(): ("person:13", "choice", True, False),
}
REASONS = {
    "behind a parked event of its key": "behind",
    "ended the process 4 times": "ended_the_process",
    "envelope: KeyError": "bad_envelope",
    "data: 1 errors": "bad_data",
    "Poison": "failed",
}
_DUE = """
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
    VALUES ($1, '{}', clock_timestamp(), '{}', 'test', '{}')
"""
_IN_HAND = """
    INSERT INTO in_hand (topic, kafka_partition, first_offset, last_offset, attempts)
    VALUES ('registration', 3, 7, 9, 2)
"""
_CLAIM = """
    INSERT INTO claim (id, notice, tenant, state, id_token, happened_on, place, worked_with_wages)
    VALUES ($1, $1, 'hospital:1', 'awaiting_identity', 'token', '2026-07-15', 'workplace', '{}')
"""
_PARKED = """
    INSERT INTO parked (topic, key, kafka_partition, kafka_offset, headers, payload, reason)
    VALUES ('registration', $1, 0, $2, '{}', '', $3)
"""
_DECIDED_BEFORE = """
    INSERT INTO claim (id, notice, tenant, state, person, happened_on, place, worked_with_wages, revision)
    VALUES ($1, $1, 'employer:3', 'decided', 7, '2026-07-15', 'at_work', '{2026-07-15}', 1)
"""
_CERTIFICATES_BEFORE = """
    INSERT INTO certificate (id, claim, tenant, issued_on, first_day, last_day, fit_from)
    VALUES (gen_random_uuid(), $1, 'employer:3', '2026-07-15', '2026-07-15', '2026-08-11', NULL),
           (gen_random_uuid(), $1, 'employer:3', '2026-07-31', NULL, NULL, '2026-08-03')
"""
_DECISION_BEFORE = """
    INSERT INTO decision (claim, revision, tenant, hash, body, envelope, event_type, event)
    VALUES ($1, 1, 'employer:3', '', '', '{}', '', convert_to('{"entitlements": [{"periods": [
        {"first": "2026-07-16", "last": "2026-07-20"}, {"first": "2026-07-22", "last": "2026-08-02"}]}]}', 'UTF8'))
"""
_LOOKED_AT_BEFORE = """
    INSERT INTO evidence (id, claim, tenant, kind, stated_at, wage_days, stated_by, stated)
    VALUES ($1, $1, 'organisation:1', 'finding', clock_timestamp(), '{}', 'officer-1',
            '{"fact": "looked at", "found": "yes"}')
"""
_LOOK_APPROVED_BEFORE = """
    INSERT INTO evidence (id, claim, tenant, kind, stated_at, wage_days, about, stated_by, stated)
    VALUES (gen_random_uuid(), $1, 'organisation:1', 'approval', clock_timestamp(), '{}', $1, 'officer-2', '{}')
"""
_STATED_BY_PARTIES = """
    SELECT said.kind, said.tenant, said.wage_days
    FROM evidence AS said LEFT JOIN evidence AS changed ON changed.id = said.about
    WHERE said.claim = $1 AND 'finding' NOT IN (said.kind, coalesce(changed.kind, ''))
    ORDER BY said.kind
"""
_LOOKED_AT = """
    SELECT finding.stated ->> 'found', finding.stated_by, approval.stated_by
    FROM evidence AS finding JOIN evidence AS approval ON approval.about = finding.id
    WHERE finding.claim = $1 AND finding.stated ->> 'fact' = 'looked at until'
"""
_OPENED_BEFORE = """
    INSERT INTO claim (id, notice, tenant, state, kind, person, name_tokens, relation, happened_on, place, received_at,
                       joined_at_revision, decided_days, awaits, bucket, shown_bucket, stands_since)
    VALUES ($1, $1, $2, 'assessing', 'accident', $3, '{}', 'officer', '2026-07-15', 'at_work', now(),
            0, '{}', '{}', '', '', now())
"""
_SHOWN_BEFORE = """
    INSERT INTO task (id, queue, subject, revision, facts, reason, state, opened_at, charter_days, due_at,
                      taken_by, proposal, proposed_by, proposed_revision, approved_by, closed_at, events)
    VALUES ($1::uuid, 'identity', 'claim/' || $1::uuid, 1, '{}', 'name_differs', 'approved', now(), 1, now(),
            'officer-1', '{}', 'officer-1', 1, 'officer-2', now(), 4)
"""
_STATED_BEFORE = """
    INSERT INTO evidence (id, claim, tenant, kind, stated_at, first_day, last_day, fit_from, wage_days, about,
                          stated_by, stated)
    VALUES ($1, $2, $3, $4, now(), CASE WHEN $4 = 'certificate' THEN date '2026-07-15' END,
            CASE WHEN $4 = 'certificate' THEN date '2026-08-11' END,
            CASE WHEN $4 = 'final_certificate' THEN date '2026-08-03' END, '{}', $5, 'officer-1',
            CASE WHEN $4 = 'choice' THEN '{"option": "periodic", "applied_on": "2026-09-14"}' ELSE '{}' END::jsonb)
"""
# A decision of a death that owes two widows, one of them since a second revision; and who read what around it.
_DIED_BEFORE = """
    INSERT INTO decision (claim, revision, tenant, hash, records, envelope, event_type, event)
    SELECT $1, revision, 'organisation:1', '', '{}', jsonb_build_object('decided_at', at), '',
           convert_to(jsonb_build_object('entitlements', (
               SELECT jsonb_agg(jsonb_build_object('party', party)) FROM unnest(parties) AS party))::text, 'UTF8')
    FROM (VALUES (1, '2026-09-01T00:00:00Z', CAST('{person:31,person:21}' AS text[])),
                 (2, '2026-10-01T00:00:00Z', '{person:21,person:22,hospital:1}')) AS made (revision, at, parties)
"""
_LETTER_BEFORE = """
    INSERT INTO letter (id, kind, about, revision, is_whole, tenant, dated, content, content_hash, written_at)
    VALUES ($1, 'recovery', 'recovery/' || $2::uuid, 1, true, 'person:50', '2026-09-20', convert_to(
        '{"reference": "' || $2::uuid || ' / R-1", "says": {"sen": 5}, "said": {"en": {"opening": [
            "It is about a benefit of ' || $3::text || ', for whom you act."]}}}', 'UTF8'), repeat('0', 64), now())
"""
_READ_BEFORE = """
    INSERT INTO read_log (id, at, tenant, role, client, subject, method, route, path, data, purpose, correlation_id)
    VALUES ($1, $2, 'organisation:1', 'officer', 'c', 'o', 'GET', $3, $4, '{claim}', 'claim', 'test')
"""
# By its number: when it was read, by which route, and from which address.
READ: dict[int, tuple[str, str, str]] = {
    1: ("2026-08-01", "/v1/claims/{claim}", f"/v1/claims/{DIED}"),
    2: ("2026-09-02", "/v1/claims/{claim}/decisions", f"/v1/claims/{str(DIED).upper()}/decisions"),
    3: ("2026-10-02", "/v1/claims/{claim}", f"/v1/claims/urn:uuid:{DIED}"),
    4: ("2026-10-03", "/v1/letters/{letter}/content", f"/v1/letters/{LETTER.hex}/content"),
    5: ("2026-10-04", "/v1/claims", "/v1/claims"),
    6: ("2026-10-05", "/v1/parties/{party}/statements", "/v1/parties/person:12/statements"),
}
_FOUND = """
    SELECT log.correlation_id, log.path,
           EXISTS (SELECT FROM read_log_about WHERE read = log.id AND kind = 'claim' AND about = $1) AS is_found,
           ARRAY (SELECT person FROM read_log_person WHERE read = log.id ORDER BY person) AS persons
    FROM read_log AS log ORDER BY log.at
"""
_OWED_BEFORE = (
    """INSERT INTO settlement (claim, benefit, person, revision, settled_on, waiting)
       VALUES ($1, 'temporary_disablement', 12, 2, '2026-08-12', '[]')""",
    """INSERT INTO bank_file (id, tenant, state, message_id, transactions, control_sum_sen, sha256, content, created_at)
       VALUES ($1, 'bank:1', 'answered', 'before', 1, 176391, '', '', clock_timestamp())""",
    """INSERT INTO payee (person, version, tenant, account_name, account_number, bank_bic, entered_at, account_version,
                          entered_by)
       VALUES (12, 1, 'organisation:1', ($1::uuid)::text::bytea, '', 'MBBEMYKL', clock_timestamp(), 1, '')""",
    """INSERT INTO payment (id, tenant, claim, benefit, person, kind, revision, period_first, period_last, replaces,
                            amount_sen, end_to_end_id, state, bank_file, payee_version, answered_at, reported_at,
                            correlation_id, created_at)
       VALUES ($1, 'bank:1', $1, 'temporary_disablement', 12, 'payment', 1, '2026-07-16', '2026-08-11', '',
               176391, 'before', 'settled', $1, 1, clock_timestamp(), '2026-08-13T01:00:00+08:00', 'test',
               clock_timestamp())""",
    """INSERT INTO recovery (id, claim, benefit, person, law, revision, opened_at)
       VALUES ($1, $1, 'temporary_disablement', 12, 'Act 4 s.50', 2, clock_timestamp())""",
    """INSERT INTO owed_days (claim, benefit, person, loss, days)
       VALUES ($1, 'temporary_disablement', 12, 'act4 earnings', '[2026-07-16,2026-08-02]')""",
    """INSERT INTO transfer (id, entry, debit, credit, amount_sen, cause, claim, benefit, revision, payment, booked_at)
       VALUES (gen_random_uuid(), $1, 'benefit_expense', 'benefits_payable', 176391, 'instructed', $1,
               'temporary_disablement', 1, $1, clock_timestamp()),
              (gen_random_uuid(), $1, 'benefits_payable', 'bank', 176391, 'settled', $1,
               'temporary_disablement', 1, $1, clock_timestamp()),
              (gen_random_uuid(), $1, 'recoveries_receivable', 'benefit_expense', 58791, 'recovery_opened', $1,
               'temporary_disablement', 2, NULL, clock_timestamp())""",
    """INSERT INTO transfer (id, entry, debit, credit, amount_sen, cause, file, employer, month, booked_at)
       VALUES (gen_random_uuid(), $1, 'contributions_receivable', 'fund_skbbk', 1840, 'contributions', $1, 3, '2026-06',
               clock_timestamp()),
              (gen_random_uuid(), $1, 'contributions_receivable', 'fund_act4_employer', 4285, 'contributions', $1, 3,
               '2026-06', clock_timestamp())""",
    """INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
       VALUES ('settle_entitlement', '{"benefit":"temporary_disablement","claim":"' || $1::uuid || '"}',
               clock_timestamp(), '{}', 'test', '{}')""",
)


async def parked(owner: asyncpg.Connection) -> None:
    for number, reason in enumerate(REASONS):
        await owner.execute(_PARKED, "person:7" if number else "", number, reason)


async def in_hand(owner: asyncpg.Connection) -> None:
    service = await owner.fetchval("SELECT split_part(current_user, '_', 1)")
    await owner.execute(_IN_HAND)
    for kind in (f"announce_{service}", "keep_house", "another"):
        await owner.execute(_DUE, kind)


async def decided(owner: asyncpg.Connection) -> None:
    for statement in (_DECIDED_BEFORE, _CERTIFICATES_BEFORE, _DECISION_BEFORE):
        await owner.execute(statement, DECIDED)


async def looked_at(owner: asyncpg.Connection) -> None:
    for statement in (_LOOKED_AT_BEFORE, _LOOK_APPROVED_BEFORE):
        await owner.execute(statement, DECIDED)


async def received(owner: asyncpg.Connection) -> None:
    await owner.execute(_CLAIM, RECEIVED)


async def shown(owner: asyncpg.Connection) -> None:
    for person, (tenant, claim) in enumerate(SHOWN.items(), start=8):
        await owner.execute(_OPENED_BEFORE, claim, tenant, person)
        await owner.execute(_SHOWN_BEFORE, claim)


async def withdrawn(owner: asyncpg.Connection) -> None:
    for person, (claim, (tenant, kind, approved, _)) in enumerate(WITHDRAWN.items(), start=10):
        stated = new_id()
        await owner.execute(_OPENED_BEFORE, claim, "hospital:1", person)
        await owner.execute(_STATED_BEFORE, stated, claim, tenant, kind, None)
        if approved:
            await owner.execute(_STATED_BEFORE, new_id(), claim, "organisation:1", "approval", stated)
        # A withdrawal has the claim's id, by which it is found.
        await owner.execute(_STATED_BEFORE, claim, claim, "organisation:1", "withdrawal", stated)


async def read(owner: asyncpg.Connection) -> None:
    await owner.execute(_OPENED_BEFORE, DIED, "organisation:1", 31)
    await owner.execute(_DIED_BEFORE, DIED)
    await owner.execute(_LETTER_BEFORE, LETTER, DIED, person_id(21))
    for at, route, path in READ.values():
        await owner.execute(_READ_BEFORE, new_id(), datetime.fromisoformat(f"{at}T00:00:00+00:00"), route, path)


async def owed(owner: asyncpg.Connection) -> None:
    for statement in _OWED_BEFORE:
        await owner.execute(statement, OWED)


# Each service first stands at its last migration before records in flight and republishing were named so.
RELEASES: dict[str, Releases] = {
    "registration": [("registration_0002", in_hand)],
    "claims": [
        *[("claims_0001", leave) for leave in (in_hand, parked, decided, received)],
        *[("claims_0019", leave) for leave in (looked_at, shown, withdrawn)],
        ("claims_0060", read),
    ],
    "benefits": [("benefits_0001", in_hand), ("benefits_0015", owed)],
    "rehab": [("rehab_0001", in_hand)],
    "jobs": [("jobs_0001", in_hand)],
}


@pytest.fixture(scope="module")
async def of_before(databases: Databases) -> AsyncIterator[dict[str, TestDatabase]]:
    """A database of each service that came through these releases; the tests only look at them."""
    async with AsyncExitStack() as stack:
        yield {
            service: await stack.enter_async_context(upgraded_from(databases, service, releases))
            for service, releases in RELEASES.items()
        }


async def test_what_was_parked_before_there_were_classes_has_one(of_before: dict[str, TestDatabase]) -> None:
    async with of_before["claims"].connection("worker") as worker:
        rows = await worker.fetch("SELECT reason, fault, holds FROM parked ORDER BY kafka_offset")
    assert {row["reason"]: row["fault"] for row in rows} == REASONS
    assert [row["holds"] for row in rows] == [False, True, True, True, True]


@pytest.mark.parametrize("service", RELEASES)
async def test_records_in_flight_and_waiting_commands_are_taken_over(
    of_before: dict[str, TestDatabase], service: str
) -> None:
    database = of_before[service]
    async with database.connection("migrate") as owner:
        waiting = "SELECT kind FROM due_work WHERE correlation_id = 'test' AND payload = '{}'"
        kinds = {row["kind"] for row in await owner.fetch(waiting)}
    async with database.connection("worker") as worker:
        taken = await worker.fetchrow("SELECT first_offset, last_offset, attempts FROM in_flight")
    # The timer that went starts again by itself, under its new name.
    assert kinds == {f"republish_{service}", "another"}
    assert taken is not None
    assert tuple(taken) == (7, 9, 2)


async def test_a_claim_that_was_decided_before_keeps_its_evidence_and_its_days(
    of_before: dict[str, TestDatabase],
) -> None:
    async with of_before["claims"].connection("migrate") as owner:
        query = "SELECT relation, decided_days, bucket, shown_bucket FROM claim WHERE id = $1"
        kept = await owner.fetchrow(query, DECIDED)
        stated = await owner.fetch(_STATED_BY_PARTIES, DECIDED)
        looked_at = await owner.fetchrow(_LOOKED_AT, DECIDED)
    days = [date(2026, 7, 16), date(2026, 7, 20), date(2026, 7, 22), date(2026, 8, 2)]
    assert tuple(kept or ()) == ("officer", days, "decided||", "decided||")
    assert [tuple(row) for row in stated] == [
        # What an officer stated alone goes on counting.
        ("approval", "organisation:1", []),
        ("certificate", "employer:3", []),
        ("circumstances", "employer:3", []),
        ("final_certificate", "organisation:1", []),
        ("wages_paid", "organisation:1", [date(2026, 7, 15)]),
    ]
    assert tuple(looked_at or ()) == ("2026-08-02", "officer-1", "officer-2"), "to the last day that was paid"


async def test_whose_relation_officers_were_shown_before_is_told_apart_from_officers(
    of_before: dict[str, TestDatabase],
) -> None:
    async with of_before["claims"].connection("migrate") as owner:
        query = "SELECT tenant, relation FROM claim WHERE id = ANY ($1) ORDER BY tenant"
        found = await owner.fetch(query, list(SHOWN.values()))
    assert [tuple(row) for row in found] == [("hospital:1", "shown"), ("organisation:1", "officer")]


async def test_what_one_officer_withdrew_before_stays_withdrawn_where_that_counted(
    of_before: dict[str, TestDatabase],
) -> None:
    query = "SELECT count(*) FROM evidence WHERE kind = 'approval' AND about = $1"
    async with of_before["claims"].connection("migrate") as owner:
        found = {withdrawal: bool(await owner.fetchval(query, withdrawal)) for withdrawal in WITHDRAWN}
    assert found == {withdrawal: goes_on for withdrawal, (_, _, _, goes_on) in WITHDRAWN.items()}


async def test_a_claim_of_before_has_its_receipt_for_both_clocks(of_before: dict[str, TestDatabase]) -> None:
    async with of_before["claims"].connection("migrate") as owner:
        assert await owner.fetchval("SELECT stored_at = received_at FROM claim WHERE id = $1", RECEIVED) is True


async def test_what_was_owed_to_a_person_before_is_owed_to_that_party(of_before: dict[str, TestDatabase]) -> None:
    """By employment injury under Act 4, the one benefit that there was; what a file brought names its fund."""
    async with of_before["benefits"].connection("migrate") as owner:
        for table in ("settlement", "payment", "recovery"):
            kept = await owner.fetchrow(f"SELECT scheme, party, fund FROM {table}")  # noqa: S608
            assert tuple(kept or ()) == ("act4", "person:12", "employment_injury"), table
        assert await owner.fetchval("SELECT scheme || ' ' || party FROM owed_days") == "act4 person:12"
        booked = await owner.fetch("SELECT cause, debit, party, credit, fund FROM transfer ORDER BY cause, credit")
        counts = await owner.fetch("SELECT cause, booked_at, value_on FROM transfer")
        due = await owner.fetchval("SELECT payload FROM due_work WHERE kind = 'settle_entitlement'")
    assert [(row["party"], row["fund"]) for row in booked] == [
        (None, "clearing"),
        (None, "non_employment_injury"),
        ("person:12", "employment_injury"),
        ("person:12", "employment_injury"),
        ("person:12", "employment_injury"),
    ]
    days = {row["cause"]: row["value_on"] for row in counts if business_day(row["booked_at"]) != row["value_on"]}
    assert days == {"settled": date(2026, 8, 13)}, "the bank's word, and else the day on which it was booked"
    named = f'"benefit":"temporary_disablement","claim":"{OWED}","party":"person:12","scheme":"act4"'
    assert due == f"{{{named}}}", "as commands are stored"


async def test_who_read_before_is_found_by_what_was_read_and_by_whom_it_was_owed_to(
    of_before: dict[str, TestDatabase],
) -> None:
    """A list of before stands where it stood: of which claims it told, no address says."""
    async with of_before["claims"].connection("migrate") as owner:
        found = [(row["is_found"], row["persons"]) for row in await owner.fetch(_FOUND, DIED)]
        parties = await owner.fetch("SELECT person FROM claim_party WHERE claim = $1 ORDER BY person", DIED)
    assert found == [(True, []), (True, [21, 31]), (True, [21, 22, 31]), (True, [21]), (False, []), (False, [])]
    assert [row["person"] for row in parties] == [21, 22, 31]
