"""What of a claim people decide: life 4, a doubt, days beyond the 180th, a notice without a relation, evidence."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen, remove

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    FIRST,
    OF_TASKS,
    PERSON,
    SECOND,
    act,
    all_has_arrived,
    amounts,
    apply_events,
    approve,
    certificate,
    claim_of,
    claims_of,
    contributed,
    days_stated_of,
    decide,
    decisions_of,
    employed,
    let_count,
    propose,
    read,
    registered,
    report,
    spell_of,
    standing_of,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall_since
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, eventually
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

OPERATOR, SENIOR = 12, 13
WRITE = ["claims:notice:write", "claims:notice:read"]


@pytest.fixture
async def apprentice(claims: ServiceUnderTest) -> dict[str, Any]:
    """Life 4: hired in July, hurt in July; two operators in similar work with the same employer."""
    return await an_apprentice(claims)


async def an_apprentice(claims: ServiceUnderTest) -> dict[str, Any]:
    similar = [spell_of(EMPLOYER, date(2025, 1, 1), person=person) for person in (OPERATOR, SENIOR)]
    months = [f"2026-0{month}" for month in range(1, 7)]
    await apply_events(
        claims,
        registered(),
        *employed(started_on=date(2026, 7, 1)),
        contributed("2026-07", 107_000),
        *similar,
        *(contributed(month, 229_000, person=OPERATOR) for month in months),
        *(contributed(month, 256_000, person=SENIOR) for month in months),
    )
    await all_has_arrived(claims)
    reported = await report(claims)
    await claims.work_off()
    return reported


async def test_a_similar_worker_is_named_of_the_newest_revision_by_two_officers(
    claims: ServiceUnderTest, apprentice: dict[str, Any]
) -> None:
    [task] = await tasks_of(claims, "no_wage_month")
    assert (task["reason"], task["facts"]["days"], task["charter_days"]) == ("no_wage_month", 27, 5)
    shown = await read(claims, f"/v1/claims/{apprentice['claim']}/questions")
    waits = {each["question"]: each["waits_for"] for each in shown}
    assert waits["temporary_disablement"] == "officer:no_wage_month"
    await propose(claims, task, {"kind": "similar_worker", "person": person_id(OPERATOR)})
    assert (await approve(claims, task, FIRST))[1]["code"] == "approver_is_proposer"
    await report(claims, certificate=certificate("2026-08-12", "2026-08-31"))
    await claims.work_off()
    status, body = await approve(claims, task)
    assert (status, body["code"]) == (412, "revision_stale")
    assert "27 → 47" in str(body["errors"]), body
    [newest] = await tasks_of(claims, "no_wage_month")
    assert newest["facts"]["days"] == 47
    assert (await approve(claims, newest, FIRST))[1]["code"] == "approver_is_proposer"
    assert (await approve(claims, newest))[0] == 201
    assert amounts(await decisions_of(claims, apprentice)) == [("60.00", 47, "2820.00", False)]
    assert await tasks_of(claims, "no_wage_month") == []


async def test_a_proposal_that_was_approved_since_a_backup_is_approved_again_and_makes_the_same_finding(
    databases: Databases, issuer: TestIssuer
) -> None:
    """What officers found is in no event: two let it count of the newer revision, and it is above what was told."""
    async with databases.fresh("claims") as database:
        async with claims_of(database, issuer) as claims:
            claim = (await an_apprentice(claims))["claim"]
            [task] = await tasks_of(claims, "no_wage_month")
            await propose(claims, task, {"kind": "similar_worker", "person": person_id(OPERATOR)})
        async with databases.copied(database) as backup, claims_of(database, issuer) as lost:
            assert (await approve(lost, task))[0] == 201
            async with claims_of(backup, issuer) as again:
                await recall_since(lost, again)
                await again.work_off()
                status, stale = await approve(again, task)
                assert (status, stale["code"]) == (412, "revision_stale")
                newest = int(stale["detail"].split()[4])
                assert (await approve(again, task, revision=newest))[0] == 201
                assert await tasks_of(again, "no_wage_month") == []
                found = "SELECT id, kind FROM evidence WHERE claim = $1::uuid ORDER BY id"
                rows = []
                for each in (lost, again):
                    async with each.database.connection("migrate") as owner:
                        rows.append(await owner.fetch(found, claim))
                assert rows[0] == rows[1]
                assert amounts(await decisions_of(again, {"claim": claim})) == [("60.00", 27, "1620.00", False)]


async def test_what_arrived_and_was_not_assessed_yet_is_a_newer_revision(
    claims: ServiceUnderTest, apprentice: dict[str, Any]
) -> None:
    [task] = await tasks_of(claims, "no_wage_month")
    await propose(claims, task, {"kind": "similar_worker", "person": person_id(OPERATOR)})
    path = f"/v1/claims/{apprentice['claim']}/evidence"
    statement = {"permanent_loss": {"percent": 12}}
    assert (await claims.call("POST", path, scopes=WRITE, subject=FIRST, json=statement)).status_code == 202
    status, body = await approve(claims, task)
    assert (status, body["code"]) == (412, "revision_stale")
    assert "statements: 3 → 4" in str(body["errors"]), body


async def test_an_approval_beside_an_assessment_waits_for_it_and_has_nothing_that_it_wants(
    claims: ServiceUnderTest, apprentice: dict[str, Any]
) -> None:
    """Both take the due work first, and then the claim: none is taken back so that the other can go on."""
    [task] = await tasks_of(claims, "no_wage_month")
    await propose(claims, task, {"kind": "similar_worker", "person": person_id(OPERATOR)})
    claim = UUID(apprentice["claim"])

    async def waits() -> bool:
        async with claims.database.connection() as connection:
            return bool(await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("worker")) as uow:
        await uow.connection.execute(text("UPDATE due_work SET due_at = 'infinity' WHERE kind = 'assess_claim'"))
        approval = asyncio.create_task(approve(claims, task))
        await eventually(waits)
        await asyncio.wait_for(uow.claims.lock(claim), 0.5)
    assert (await approval)[0] == 201


async def test_who_has_no_wages_stands_in_for_nobody(claims: ServiceUnderTest, apprentice: dict[str, Any]) -> None:
    del apprentice
    refused = await decide(claims, "no_wage_month", kind="similar_worker", person=person_id(PERSON))
    assert refused == (409, "similar_worker_without_wages")
    [task] = await tasks_of(claims, "no_wage_month")
    assert task["state"] == "proposed", "nothing was approved"


async def test_the_amount_is_that_of_the_person_who_is_named(
    claims: ServiceUnderTest, apprentice: dict[str, Any]
) -> None:
    assert (await decide(claims, "no_wage_month", kind="similar_worker", person=person_id(SENIOR)))[0] == 201
    assert amounts(await decisions_of(claims, apprentice)) == [("68.00", 27, "1836.00", False)]


async def test_an_order_of_the_appellate_board_names_another_similar_worker(
    claims: ServiceUnderTest, apprentice: dict[str, Any]
) -> None:
    """Life 4: 47 × 60.00 = 2,820.00 by the operator; he did a senior's work: 47 × 68.00 = 3,196.00."""
    await report(claims, certificate=certificate("2026-08-12", "2026-08-31"))
    await claims.work_off()
    assert (await decide(claims, "no_wage_month", kind="similar_worker", person=person_id(OPERATOR)))[0] == 201
    path = f"/v1/claims/{apprentice['claim']}/evidence"
    order = {"similar_worker": person_id(SENIOR), "ordered_on": "2026-11-20"}
    stated = await claims.call("POST", path, scopes=WRITE, subject=FIRST, json={"board_order": order})
    await claims.work_off()
    assert len(await decisions_of(claims, apprentice)) == 1, "one officer's word of it"
    assert await let_count(claims, stated.json()["evidence"]) == (201, None)
    assert amounts(await decisions_of(claims, apprentice)) == [
        ("60.00", 47, "2820.00", False),
        ("68.00", 47, "3196.00", False),
    ]
    withdrawal = f"/v1/evidence/{stated.json()['evidence']}/withdrawal"
    taken_back = await claims.call("POST", withdrawal, scopes=WRITE, subject=FIRST)
    await claims.work_off()
    assert len(await decisions_of(claims, apprentice)) == 2, "one officer's word of it"
    assert await let_count(claims, taken_back.json()["evidence"]) == (201, None)
    assert amounts(await decisions_of(claims, apprentice))[2:] == [("60.00", 47, "2820.00", False)]


async def test_what_was_asked_goes_on_while_a_fact_is_on_its_way_again(
    claims: ServiceUnderTest, apprentice: dict[str, Any]
) -> None:
    [task] = await tasks_of(claims, "no_wage_month")
    async with claims.database.connection() as connection:
        await connection.execute("DELETE FROM freshness")
    await apply_events(claims, contributed("2026-05", 0))
    await claims.work_off()
    assert await standing_of(claims, apprentice) == ("assessing", None)
    [goes_on] = await tasks_of(claims, "no_wage_month")
    assert (goes_on["task"], goes_on["opened_at"]) == (task["task"], task["opened_at"])
    late = spell_of(EMPLOYER + 1, date(2026, 1, 1), date(2026, 6, 30))
    await apply_events(claims, late, contributed("2026-06", 229_000, employer=EMPLOYER + 1))
    await all_has_arrived(claims)
    assert await tasks_of(claims, "no_wage_month") == []


async def test_wages_that_arrive_close_the_task(claims: ServiceUnderTest, apprentice: dict[str, Any]) -> None:
    late = spell_of(EMPLOYER + 1, date(2026, 1, 1), date(2026, 6, 30))
    await apply_events(claims, late, contributed("2026-06", 229_000, employer=EMPLOYER + 1))
    await claims.work_off()
    assert await tasks_of(claims, "no_wage_month") == []
    [closed] = await tasks_of(claims, "no_wage_month", "closed")
    assert closed["approved_by"] is None
    assert amounts(await decisions_of(claims, apprentice))[0][0] == "60.00"


async def test_an_employers_activity_becomes_an_employment_injury_when_two_officers_find_it(
    worker: ServiceUnderTest,
) -> None:
    reported = await report(worker, **ACCIDENT, place="employer_activity")
    await worker.work_off()
    assert amounts(await decisions_of(worker, reported))[-1][0] == "50.40"
    [task] = await tasks_of(worker, "doubt")
    assert task["subject"] == {"kind": "question", "id": f"{reported['claim']}/employment_injury"}
    assert (await decide(worker, "doubt", kind="finding", fact="found by a person", found="yes")) == (201, None)
    assert amounts(await decisions_of(worker, reported))[-1][:3] == ("84.00", 19, "1596.00")
    assert await tasks_of(worker, "doubt") == []
    assert await standing_of(worker, reported) == ("decided", None)


@pytest.mark.parametrize(
    ("says", "refused"),
    [
        ({"kind": "finding", "fact": "colour of the car", "found": "yes"}, (422, "finding_not_for_question")),
        ({"kind": "finding", "fact": "circumstance", "found": "at work"}, (422, "finding_not_for_question")),
        (
            {"kind": "finding", "fact": "average of similar work", "found": "9999.00"},
            (422, "finding_not_for_question"),
        ),
        ({"kind": "finding", "fact": "found by a person", "found": "perhaps"}, (422, "finding_not_readable")),
        ({"kind": "doubt_lifted"}, (409, "doubt_not_liftable")),
    ],
)
async def test_what_the_question_does_not_read_is_no_finding(
    worker: ServiceUnderTest, says: dict[str, Any], refused: tuple[int, str]
) -> None:
    reported = await report(worker, **ACCIDENT, place="employer_activity")
    await worker.work_off()
    before = await read(worker, f"/v1/claims/{reported['claim']}/evidence")
    assert await decide(worker, "doubt", **says) == refused
    assert await read(worker, f"/v1/claims/{reported['claim']}/evidence") == before


async def test_a_late_notice_is_owed_once_two_officers_lift_the_doubt(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 11, 28)
    wages = [contributed(f"2020-{month:02d}", 248_000) for month in range(5, 11)]
    await apply_events(claims, registered(), *employed(), *wages)
    await all_has_arrived(claims)
    late = certificate("2020-11-27", "2020-12-20")
    reported = await report(claims, happened_on="2020-11-27", certificate=late, wages_paid_for=[])
    await claims.work_off()
    assert await standing_of(claims, reported) == ("needs_officer", "late_notice")
    assert await decide(claims, "doubt", kind="doubt_lifted") == (201, None)
    assert await standing_of(claims, reported) == ("decided", None)
    assert await tasks_of(claims, "doubt") == []


async def test_an_approval_names_the_answer_that_it_lets_stand(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Wages arrive between the proposal and the approval: what is owed is another amount than was looked at."""
    business_clock.set_day(2026, 11, 28)
    wages = [contributed(f"2020-{month:02d}", 248_000) for month in range(5, 11)]
    await apply_events(claims, registered(), *employed(), *wages)
    await all_has_arrived(claims)
    late = certificate("2020-11-27", "2020-12-20")
    reported = await report(claims, happened_on="2020-11-27", certificate=late, wages_paid_for=[])
    await claims.work_off()
    [task] = await tasks_of(claims, "doubt")
    await propose(claims, task, {"kind": "doubt_lifted"})
    await apply_events(claims, contributed("2020-10", 348_000, revision=2))
    approval = f"{task['task']}/approvals", SECOND, {"revision": task["revision"]}
    status, body = await act(claims, *approval)
    assert (status, body["code"]) == (409, "subject_changing")
    await claims.work_off()
    status, body = await act(claims, *approval)
    assert (status, body["code"]) == (412, "revision_stale")
    assert f"amount_sen: {task['facts']['amount_sen']} → " in str(body["errors"]), body
    # What changes nothing of the answer needs no other look.
    await apply_events(claims, registered())
    await claims.work_off()
    [newest] = await tasks_of(claims, "doubt")
    assert (await approve(claims, newest))[0] == 201
    assert (await decisions_of(claims, reported))[-1]["amount"]["amount"].replace(".", "") == str(
        newest["facts"]["amount_sen"]
    )


async def test_days_beyond_the_180th_are_owed_when_two_officers_looked_at_them(worker: ServiceUnderTest) -> None:
    long = certificate("2026-08-05", "2027-02-20")
    reported = await report(worker, **{**ACCIDENT, "certificate": long})
    await worker.work_off()
    assert amounts(await decisions_of(worker, reported))[-1][1] == 179
    [task] = await tasks_of(worker, "over_review")
    shown = {name: task["facts"][name] for name in ("days_to_look_at", "first_day_to_look_at", "last_day_to_look_at")}
    assert list(shown.values()) == [20, "2027-02-01", "2027-02-20"]
    says = {"kind": "days_looked_at", "last_day": "2027-02-21"}
    assert await decide(worker, "over_review", **says) == (422, "days_not_to_look_at")
    [task] = await tasks_of(worker, "over_review")
    await act(worker, f"{task['task']}/releases", FIRST)
    assert await decide(worker, "over_review", kind="days_looked_at", last_day="2027-02-20") == (201, None)
    assert amounts(await decisions_of(worker, reported))[-1][1] == 199
    assert await standing_of(worker, reported) == ("decided", None)
    assert await tasks_of(worker, "over_review") == []
    # A later extension is looked at again.
    await report(worker, **{**ACCIDENT, "certificate": certificate("2027-02-21", "2027-03-02", "2026-08-05")})
    await worker.work_off()
    assert amounts(await decisions_of(worker, reported))[-1][1] == 199
    [again] = await tasks_of(worker, "over_review")
    assert (again["facts"]["days_to_look_at"], again["facts"]["first_day_to_look_at"]) == (10, "2027-02-21")


async def test_evidence_that_waits_counts_when_two_officers_say_so(worker: ServiceUnderTest) -> None:
    """A hospital certifies days behind a gap of one day."""
    reported = await report(worker, "employer:3", **ACCIDENT)
    await worker.work_off()
    await report(worker, "hospital:1", **{**ACCIDENT, "certificate": certificate("2026-08-26", "2026-08-31")})
    await worker.work_off()
    assert amounts(await decisions_of(worker, reported))[-1][1] == 19
    [waiting] = [each for each in await days_stated_of(worker, reported) if each["standing"] == "waits"]
    [task] = await tasks_of(worker, "evidence")
    assert task["reason"] == "evidence_waits"
    assert await decide(worker, "evidence", kind="evidence_counts", evidence=waiting["evidence"]) == (201, None)
    assert amounts(await decisions_of(worker, reported))[-1][1] == 25
    assert await tasks_of(worker, "evidence") == []


async def test_a_statement_is_proposed_and_approved_and_not_by_whoever_stated_it(worker: ServiceUnderTest) -> None:
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    path, body = f"/v1/claims/{reported['claim']}/evidence", {"permanent_loss": {"percent": 12}}
    stated = (await worker.call("POST", path, scopes=WRITE, subject=SECOND, json=body)).json()
    await worker.work_off()
    says = {"kind": "evidence_counts", "evidence": stated["evidence"]}
    assert await decide(worker, "evidence", **says) == (409, "evidence_of_oneself")
    [task] = await tasks_of(worker, "evidence")
    assert (await approve(worker, task, "officer-3"))[0] == 201
    [task] = await tasks_of(worker, "evidence")
    assert task["reason"] == "application_awaited"


async def test_evidence_of_another_claim_is_none_of_this_task(worker: ServiceUnderTest) -> None:
    reported = await report(worker, "employer:3", **ACCIDENT)
    another = await report(worker, happened_on="2026-07-01", certificate=certificate("2026-07-01", "2026-07-03"))
    await report(worker, "hospital:1", **{**ACCIDENT, "certificate": certificate("2026-08-26", "2026-08-31")})
    await worker.work_off()
    del reported
    of_another = (await days_stated_of(worker, another))[0]["evidence"]
    assert (await decide(worker, "evidence", kind="evidence_counts", evidence=of_another))[1] == (
        "evidence_of_another_claim"
    )


async def test_who_may_speak_of_the_person_is_found_and_the_claim_opens(worker: ServiceUnderTest) -> None:
    reported = await report(worker, "hospital:1", **ACCIDENT, name="SITI BINTI OMAR")
    await worker.work_off()
    assert await standing_of(worker, reported) == ("needs_officer", "name_differs")
    [task] = await tasks_of(worker, "identity")
    assert (task["subject"], task["facts"]["sender"]) == ({"kind": "claim", "id": reported["claim"]}, "hospital:1")
    nobody = {"kind": "relation_shown", "person": person_id(404)}
    assert await decide(worker, "identity", **nobody) == (409, "person_not_registered")
    assert (await act(worker, f"{task['task']}/refusals", SECOND, {"reason": "facts_differ"}))[0] == 201
    assert await decide(worker, "identity", kind="relation_shown", person=person_id(PERSON)) == (201, None)
    assert await standing_of(worker, reported) == ("decided", None)
    assert amounts(await decisions_of(worker, reported))[-1][0] == "84.00"
    assert await tasks_of(worker, "identity") == []


async def test_a_notice_that_is_nobodys_ends_and_nobody_is_asked_again(worker: ServiceUnderTest) -> None:
    reported = await report(worker, "hospital:1", **ACCIDENT, name="SITI BINTI OMAR")
    await worker.work_off()
    assert await decide(worker, "identity", kind="nobodys") == (201, None)
    assert (await standing_of(worker, reported))[0] == "no_relation"
    await apply_events(worker, registered().model_copy(update={"revision": 2}))
    await worker.work_off()
    assert (await standing_of(worker, reported))[0] == "no_relation"
    assert await tasks_of(worker, "identity") == []


async def test_a_relation_that_shows_after_all_opens_what_was_nobodys(worker: ServiceUnderTest) -> None:
    reported = await report(worker, "employer:9", **ACCIDENT, capacity="other")
    await worker.work_off()
    assert await decide(worker, "identity", kind="nobodys") == (201, None)
    await apply_events(worker, spell_of(9, date(2026, 1, 1)))
    await worker.work_off()
    assert (await claim_of(worker, reported))["state"] == "decided"


async def test_a_relation_that_shows_by_itself_closes_the_task(worker: ServiceUnderTest) -> None:
    """The employer of the notice is stated with a verified spell of before."""
    reported = await report(worker, "employer:9", **ACCIDENT, capacity="other")
    await worker.work_off()
    assert len(await tasks_of(worker, "identity")) == 1
    await apply_events(worker, spell_of(9, date(2026, 1, 1)))
    await worker.work_off()
    assert await tasks_of(worker, "identity") == []
    assert (await claim_of(worker, reported))["state"] == "decided"


async def test_a_partner_sees_no_task_and_changes_no_claim(
    claims: ServiceUnderTest, apprentice: dict[str, Any]
) -> None:
    [task] = await tasks_of(claims, "no_wage_month")
    for party in ("employer:3", f"person:{PERSON}", "hospital:1"):
        for path in ("/v1/tasks", f"/v1/tasks/{task['task']}"):
            answer = await claims.call("GET", path, scopes=OF_TASKS, party=party, role="partner")
            assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")
    async with claims.app.state.database.engine.connect() as connection:
        for name, value in (("tenant", "organisation:1"), ("role", "partner")):
            await connection.execute(text(f"SELECT set_config('jaring.{name}', '{value}', true)"))
        for table in ("task", "task_event", "known_wage", "known_person", "known_identity", "known_membership"):
            seen = await connection.execute(text(f"TABLE {table}"))
            assert (table, len(seen.all())) == (table, 0)
        changed = await connection.execute(text("UPDATE claim SET reason = 'none'"))
        assert changed.rowcount == 0, apprentice


async def test_what_is_known_of_people_is_under_row_level_security_whichever_table_it_is(
    claims: ServiceUnderTest,
) -> None:
    """As the API's role: each table that it may read."""
    async with claims.app.state.database.engine.connect() as connection:
        found = await connection.execute(
            text(
                "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
                "WHERE relkind = 'r' AND relname LIKE 'known\\_%' AND has_table_privilege(oid, 'SELECT')"
            )
        )
        tables = {row[0]: row[1] for row in found}
    assert {"known_wage", "known_wage_range"} < set(tables)
    assert [table for table, is_protected in tables.items() if not is_protected] == []


async def test_an_accident_that_is_simply_entitled_costs_no_statement_about_tasks(worker: ServiceUnderTest) -> None:
    said: list[str] = []

    def keep(*arguments: Any) -> None:
        said.append(arguments[2])

    engine = worker.worker.database.engine.sync_engine
    listen(engine, "before_cursor_execute", keep)
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    remove(engine, "before_cursor_execute", keep)
    assert await standing_of(worker, reported) == ("decided", None)
    assert not [each for each in said if "task" in each]
    assert [each for each in said if "INSERT INTO question" in each]
