"""What parties filed, and the charter's clocks, are known again after a restore, and who filed is told (rules M8)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import pytest

from services.claims.tests.api.test_appeals import appeal, call, ordered, reasons, two
from services.claims.tests.api.test_boards import assessed, board_tasks, crushed
from services.claims.tests.api.test_charter_clocks import clocks, hired_in_the_month
from services.claims.tests.api.test_complaints import acted, complain, read, seen, told_to
from services.claims.tests.files.letters import listed, said_in, words_of
from services.claims.tests.support import (
    ACCIDENT,
    FIRST,
    PERSON,
    SECOND,
    all_has_arrived,
    amounts,
    apply_events,
    claims_of,
    claims_on,
    contributed,
    decisions_of,
    employed,
    notice_without_days,
    registered,
    report,
    role_of,
    submit,
    tasks_of,
)
from shared.contracts.claims_matter import AppealStatedV1, CharterClockStatedV1, ClaimsMatterV1, ComplaintStatedV1
from shared.contracts.envelope import only
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall, recall_since
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

HERSELF, THIRD = f"person:{PERSON}", "officer-9"
CLERK = "clerk-17"
T = TypeVar("T")


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Claims on a database that was put back from before everything."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


async def works(claims: ServiceUnderTest) -> None:
    """What the others published is read again."""
    wages = [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]
    await apply_events(claims, registered(), *employed(), *wages)
    await all_has_arrived(claims)


@asynccontextmanager
async def backed_up(
    databases: Databases, issuer: TestIssuer, begun: Callable[[ServiceUnderTest], Awaitable[T]]
) -> AsyncIterator[tuple[ServiceUnderTest, ServiceUnderTest, T]]:
    """Claims in which something was begun, claims on a backup of it, and what that gave."""
    async with databases.fresh("claims") as database:
        async with claims_of(database, issuer) as claims:
            found = await begun(claims)
        async with (
            databases.copied(database) as backup,
            claims_of(database, issuer) as lost,
            claims_of(backup, issuer) as again,
        ):
            yield lost, again, found


async def letters_about(claims: ServiceUnderTest, about: str) -> list[str]:
    return sorted(each["kind"] for each in await listed(claims, HERSELF, about))


async def test_a_complaint_that_was_filed_since_is_known_again_and_hidden_from_whom_it_is_about(
    worker: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 1)
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    said = {"kind": "conduct", "claim": reported["claim"], "of_officer": FIRST, "document": "AD-2026-0193"}
    status, filed = await complain(worker, **said)
    assert status == 201
    business_clock.set_day(2026, 9, 3)
    await works(again)
    await recall(worker, again)
    await again.work_off()
    assert await read(again, f"/{filed['complaint']}") == (200, filed)
    [task] = await tasks_of(again, "complaint")
    assert task["due_at"] == "2026-09-04T16:00:00Z", "three working days from the filing, not from the restore"
    assert await seen(again, task, FIRST) == ([], "task_unknown"), "who is complained of is known again too"
    assert await told_to(again, filed["complaint"], FIRST) == ([], 404)
    about = f"complaint/{filed['complaint']}"
    assert await letters_about(again, about) == ["known_again"]
    [letter] = await listed(again, HERSELF, about)
    for language, words in (("en", "Your complaint of 1 September 2026"), ("ms", "Aduan anda pada 1 September 2026")):
        assert words in words_of(await said_in(again, letter["letter"]), language)
    assert (await complain(again, **said))[1]["code"] == "complaint_known", "filing it again changes nothing"
    for what, officer in (("takings", SECOND), ("proposals", SECOND), ("approvals", THIRD)):
        says = {"says": {"kind": "complaint_upheld"}} if what == "proposals" else {}
        assert await acted(again, task, what, officer, **says) == "", what
    assert (await read(again, f"/{filed['complaint']}"))[1]["found"] == "upheld"
    assert await letters_about(again, about) == ["complaint_answer", "known_again"]


async def test_who_answered_a_complaint_is_known_again_and_a_withdrawn_one_asks_nobody(
    databases: Databases, issuer: TestIssuer
) -> None:
    """Both were open in the backup: what became of them since is known, and their tasks are closed."""

    async def begun(claims: ServiceUnderTest) -> tuple[str, str]:
        await apply_events(claims, registered(), *employed())
        both = [(await complain(claims, kind=kind))[1]["complaint"] for kind in ("delay", "access")]
        return both[0], both[1]

    async with backed_up(databases, issuer, begun) as (lost, again, (answered, withdrawn)):
        [task] = [each for each in await tasks_of(lost, "complaint") if each["reason"] == "delay"]
        for what, officer in (("takings", FIRST), ("proposals", FIRST), ("approvals", SECOND)):
            says = {"says": {"kind": "complaint_not_upheld"}} if what == "proposals" else {}
            assert await acted(lost, task, what, officer, **says) == ""
        path = f"/v1/complaints/{withdrawn}/withdrawal"
        taken = await lost.call("POST", path, scopes=["claims:complaint:write"], party=HERSELF, role=role_of(HERSELF))
        assert taken.status_code == 201
        await lost.work_off()
        assert len(await tasks_of(again, "complaint")) == 2
        await recall_since(lost, again)
        await again.work_off()
        assert await tasks_of(again, "complaint") == []
        for id_ in (answered, withdrawn):
            assert await read(again, f"/{id_}") == await read(lost, f"/{id_}")
        async with again.database.connection("migrate") as connection:
            both = await connection.fetchrow("SELECT proposed_by, approved_by FROM complaint WHERE found IS NOT NULL")
        assert tuple(both or ()) == (FIRST, SECOND)
        assert "known_again" not in await letters_about(again, f"complaint/{answered}"), "it was no news"


async def test_an_appeal_that_was_filed_since_goes_on_with_its_record_and_its_days(
    worker: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 1)
    claim = str((await report(worker, **ACCIDENT))["claim"])
    await worker.work_off()
    business_clock.set_day(2026, 9, 2)
    status, filed = await appeal(worker, claim, represented_by="lawyer", authority="KS-2026-0193", subject=CLERK)
    assert status == 201
    business_clock.set_day(2026, 9, 9)
    await works(again)
    await recall(worker, again)
    await again.work_off()
    status, known = await call(again, "GET", f"appeals/{filed['appeal']}")
    assert (status, known) == (200, filed)
    assert (known["record"], known["revision"], known["state"]) == (filed["record"], 1, "filed")
    assert await reasons(again) == [("answer_due", 30)]
    [before], [after] = await tasks_of(worker, "appeal"), await tasks_of(again, "appeal")
    assert (after["task"], after["due_at"]) == (before["task"], before["due_at"]), "its days run from the filing"
    assert (await appeal(again, claim))[1]["code"] in ("appeal_open", "appeal_answer_unknown")
    assert await letters_about(again, f"appeal/{filed['appeal']}") == ["known_again"]
    assert await two(again, kind="appeal_answered", document="JW-2026-0193") == (201, None)
    told = only(await published_by(again), AppealStatedV1)
    assert [(each.revision, each.state) for each in told] == [(2, "answered")], "above what was published"


async def test_an_order_that_was_recorded_since_is_recorded_once_more_and_counts_again(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    """19 days at 84.00 = 1,596.00; the order names 90.00 a day: 1,710.00. What it states is in no event."""
    business_clock.set_day(2026, 9, 2)

    async def begun(claims: ServiceUnderTest) -> dict[str, Any]:
        await works(claims)
        reported = await report(claims, **ACCIDENT)
        await claims.work_off()
        return reported

    async with backed_up(databases, issuer, begun) as (lost, again, reported):
        claim = str(reported["claim"])
        _, filed = await appeal(lost, claim, ground="benefit")
        named = {
            "question": "temporary_disablement",
            "per": "day",
            "amount": {"amount": "90.00", "currency": "MYR"},
            "first": "2026-08-06",
            "last": "2026-08-24",
        }
        order = ordered(date(2026, 9, 2), amounts=[named])
        assert await two(lost, **order) == (201, None)
        paid = amounts(await decisions_of(lost, reported))[-1]
        await recall_since(lost, again)
        await again.work_off()
        assert (await call(again, "GET", f"appeals/{filed['appeal']}"))[1]["state"] == "heard"
        assert await reasons(again) == [("answer_due", 30)], "what was recorded is asked of two once more"
        assert await two(again, **order) == (201, None)
        assert (await call(again, "GET", f"appeals/{filed['appeal']}"))[1]["outcome"] == "varied"
        assert amounts(await decisions_of(again, reported))[-1] == paid
        assert [each.revision for each in only(await published_by(again), AppealStatedV1)] == [3, 4], "above it"


async def test_an_appeal_before_the_board_is_put_there_again(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    async def begun(claims: ServiceUnderTest) -> str:
        claim = await crushed(claims, business_clock)
        await assessed(claims, claim, business_clock)
        return claim

    async with backed_up(databases, issuer, begun) as (lost, again, claim):
        medical = {"forum": "appellate_medical_board", "ground": "medical_assessment"}
        status, filed = await call(lost, "POST", f"claims/{claim}/appeals", json=medical)
        assert (status, filed["state"]) == (201, "before_board"), filed
        await recall_since(lost, again)
        await again.work_off()
        assert (await call(again, "GET", f"appeals/{filed['appeal']}"))[1] == filed
        [task] = await board_tasks(again, "board_case")
        assert task["subject"]["id"] == filed["board_case"]
        ask = "SELECT about FROM board_case WHERE id = $1"
        async with lost.database.connection("migrate") as before, again.database.connection("migrate") as after:
            asked = [await each.fetchval(ask, UUID(filed["board_case"])) for each in (before, after)]
        assert asked[0] is not None
        assert asked[1] == asked[0], "of the same assessment"


async def test_a_clock_goes_on_with_its_stops_and_is_missed_when_it_would_have_been(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    """Officers stopped it on the 17th, which the backup does not know: it runs again on 2 September all the same."""
    business_clock.set_day(2026, 8, 17)

    async def begun(claims: ServiceUnderTest) -> None:
        await hired_in_the_month(claims)

    async with backed_up(databases, issuer, begun) as (lost, again, _):
        [task] = await tasks_of(lost, "no_wage_month")
        for what, body in (("takings", None), ("stops", {"waiting_for": "employer", "by": "KB-2026-0193"})):
            more: dict[str, Any] = {} if body is None else {"json": body}
            path = f"/v1/tasks/{task['task']}/{what}"
            scopes = ["claims:task:write", "claims:wages:decide"]
            assert (await lost.call("POST", path, scopes=scopes, subject=FIRST, **more)).status_code == 201
        business_clock.set_day(2026, 8, 24, hour=1)
        await lost.work_off()
        [before] = await clocks(lost)
        assert (before["state"], before["stands_for"]) == ("standing", "officers_stop")
        business_clock.set_day(2026, 8, 27, hour=1)
        await recall_since(lost, again)
        await again.work_off()
        [clock] = await clocks(again)
        assert (clock["complete_at"], clock["state"]) == (before["complete_at"], "standing")
        for day, state in ((3, "running"), (8, "predicted"), (9, "missed")):
            business_clock.set_day(2026, 9, day, hour=1)
            await again.work_off()
            [clock] = await clocks(again)
            assert (clock["state"], clock["due_at"]) == (state, "2026-09-08T16:00:00Z")


async def test_a_clock_of_a_lost_notice_stands_until_that_is_sent_again(
    claims: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 17)
    await hired_in_the_month(claims)
    [before] = await clocks(claims)
    business_clock.set_day(2026, 8, 19)
    await recall(claims, again)
    await again.work_off()
    [clock] = await clocks(again)
    assert (clock["complete_at"], clock["state"], clock["stands_for"]) == (
        before["complete_at"],
        "standing",
        "evidence",
    )


async def test_a_complaint_outlives_its_claim_of_which_nothing_was_published(
    claims: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """An invalidity is told when it is decided: before that nothing but the complaint knows its number."""
    for of in (claims, again):
        await apply_events(of, registered(), *employed())
    body = notice_without_days("invalidity")
    claim = (await submit(claims, body, party=HERSELF, role=role_of(HERSELF))).json()["claim"]
    await claims.work_off()
    status, filed = await complain(claims, kind="delay", claim=claim)
    assert status == 201, filed
    await recall(claims, again)
    await again.work_off()
    assert await read(again, f"/{filed['complaint']}") == (200, filed)
    [task] = await tasks_of(again, "complaint")
    assert task["facts"]["claim"] == claim


async def test_all_is_stated_again_as_it_stands_and_names_nobody(worker: ServiceUnderTest) -> None:
    claim = str((await report(worker, **ACCIDENT))["claim"])
    await worker.work_off()
    await complain(worker, kind="conduct", of_officer=FIRST)
    await appeal(worker, claim, subject=CLERK)
    before = [each for each in await published_by(worker) if isinstance(each, ClaimsMatterV1)]
    assert {type(each) for each in before} == {ComplaintStatedV1, AppealStatedV1}
    answer = await worker.call("POST", "/v1/announcements", scopes=["claims:announcement:write"])
    assert answer.status_code == 202, answer.text
    await worker.work_off()
    everything = [each for each in await published_by(worker) if isinstance(each, ClaimsMatterV1)]
    stated = everything[len(before) :]
    sealed = {"officers_sealed"}
    assert [each.model_dump(exclude=sealed) for each in sorted(stated, key=lambda each: each.aggregate)] == [
        each.model_dump(exclude=sealed) for each in sorted(before, key=lambda each: each.aggregate)
    ]
    for each in (*before, *stated):
        assert not isinstance(each, CharterClockStatedV1)
        assert FIRST.encode() not in each.data()
        assert CLERK.encode() not in each.data()
