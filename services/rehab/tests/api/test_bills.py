"""A provider's bill through the API: stated by the provider, decided by two officers, published, seen by no other."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.rehab.commands.correct_bill import CorrectBill, correct_bill
from services.rehab.commands.withdraw_bill import WithdrawBill, withdraw_bill
from services.rehab.domain.bill import Treatment
from services.rehab.tests.support import HOSPITAL, Rehab, accident, rehab_on
from shared.contracts.envelope import Cause
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id, person_id
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.service import eventually
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

OTHER_HOSPITAL: dict[str, Any] = {"party": "hospital:2", "role": "partner"}
DAY = today().isoformat()
CAP = {"kind": "bill_approved", "cap": {"amount": "170.00", "currency": "MYR"}, "schedule": "set rates, a session"}
REFUSAL = {"kind": "bill_refused", "reason": "not_treated"}


async def payables(rehab: Rehab) -> list[tuple[int, int, str | None]]:
    """Revision, sen and reason of each payable that was published, in order."""
    told = [json.loads(each["data"]) for each in await rehab.published() if "payable" in each["type"]]
    return [(each["revision"], sum(t["sen"] for t in each["terms"]), each.get("withdrawn_for")) for each in told]


async def test_two_officers_let_a_bill_be_owed_up_to_their_cap(rehab: Rehab) -> None:
    """RM185.00 is asked for; the schedule that they enter allows RM170.00."""
    claim = new_id()
    await rehab.consume(accident(claim))
    sent = await rehab.bill(claim=str(claim))
    assert (sent["state"], sent["owed"]["amount"], sent["cap"]) == ("stated", "0.00", None)
    (task,) = await rehab.tasks()
    facts = {name: task["facts"][name] for name in ("amount_sen", "referrals", "bills_of_day", "claim", "owed_sen")}
    assert task["reason"] == "bill_sent"
    assert facts == {"amount_sen": 18_500, "referrals": 1, "bills_of_day": 0, "claim": "of_the_person", "owed_sen": 0}
    assert await rehab.decide(task, CAP, approver="officer-1") == (403, "approver_is_proposer")
    assert await payables(rehab) == []
    assert await rehab.approve(task) == (201, None)
    assert await payables(rehab) == [(1, 17_000, None)]
    ((kind, key),) = [(each["type"], each["key"]) for each in await rehab.published()]
    assert (kind, key) == ("jaring.rehab.payable.stated.v1", "person:12")
    shown = (await rehab.as_hospital("GET", f"/v1/bills/{sent['bill']}")).json()
    assert (shown["state"], shown["owed"]["amount"], shown["schedule"]) == ("approved", "170.00", CAP["schedule"])


async def test_a_correction_waits_and_a_withdrawal_ends_it(rehab: Rehab) -> None:
    sent = await rehab.bill()
    (task,) = await rehab.tasks()
    assert await rehab.decide(task, CAP) == (201, None)
    path = f"/v1/bills/{sent['bill']}"
    less = {"treatment": "physiotherapy", "treated_on": DAY, "amount": {"amount": "120.00", "currency": "MYR"}}
    corrected = await rehab.as_hospital("POST", f"{path}/corrections", less)
    assert (corrected.status_code, corrected.json()["state"]) == (201, "stated")
    assert corrected.json()["owed"]["amount"] == "170.00", "as two officers approved it"
    await rehab.work_off()
    (again,) = await rehab.tasks()
    assert (again["reason"], again["facts"]["owed_sen"]) == ("bill_corrected", 17_000)
    assert await rehab.decide(again, CAP) == (201, None)
    withdrawn = await rehab.as_hospital("POST", f"{path}/withdrawals", {})
    assert (withdrawn.json()["state"], withdrawn.json()["owed"]["amount"]) == ("withdrawn", "0.00")
    stated = [(1, 17_000, None), (2, 12_000, None), (3, 0, "taken_back_by_provider")]
    assert await payables(rehab) == stated
    for step, body in (("corrections", less), ("withdrawals", {})):
        refused = await rehab.as_hospital("POST", f"{path}/{step}", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "bill_withdrawn")
    assert await payables(rehab) == stated


async def test_what_a_provider_says_meanwhile_is_not_approved_unseen(rehab: Rehab) -> None:
    sent = await rehab.bill()
    (task,) = await rehab.tasks()
    await rehab.propose(task, CAP)
    more = {"treatment": "prosthesis", "treated_on": DAY, "amount": {"amount": "999.00", "currency": "MYR"}}
    assert (await rehab.as_hospital("POST", f"/v1/bills/{sent['bill']}/corrections", more)).status_code == 201
    assert await rehab.approve(task) == (412, "revision_stale")
    await rehab.as_hospital("POST", f"/v1/bills/{sent['bill']}/withdrawals", {})
    await rehab.work_off()
    assert (await rehab.tasks(), await payables(rehab)) == ([], [])


async def test_two_officers_take_back_what_others_approved(rehab: Rehab) -> None:
    """One alone has it looked at again, which changes nothing yet."""
    sent = await rehab.bill()
    (task,) = await rehab.tasks()
    await rehab.decide(task, CAP)
    path, scopes = f"/v1/bills/{sent['bill']}/reviews", ["rehab:bill:review"]
    for _ in range(2):
        asked = await rehab.service.call("POST", path, scopes=scopes)
        assert (asked.status_code, asked.json()["owed"]["amount"]) == (201, "170.00")
    (again,) = await rehab.tasks()
    assert again["reason"] == "bill_to_be_reviewed"
    assert await rehab.decide(again, REFUSAL) == (201, None)
    assert await payables(rehab) == [(1, 17_000, None), (2, 0, "not_treated")]
    partner = await rehab.service.call("POST", path, scopes=scopes, **HOSPITAL)
    assert (partner.status_code, partner.json()["code"]) == (403, "officers_only")


async def test_nobody_else_sees_or_changes_a_bill_and_no_officer_states_one(rehab: Rehab) -> None:
    sent = await rehab.bill()
    path = f"/v1/bills/{sent['bill']}"
    body = {"treatment": "other", "treated_on": DAY, "amount": {"amount": "1.00", "currency": "MYR"}}
    for other in (OTHER_HOSPITAL, {"party": "hospital:12", "role": "partner"}):
        answers = [
            await rehab.as_hospital("GET", path, by=other),
            await rehab.as_hospital("POST", f"{path}/corrections", body, by=other),
            await rehab.as_hospital("POST", f"{path}/withdrawals", {}, by=other),
        ]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "bill_unknown")] * 3
        assert (await rehab.as_hospital("GET", "/v1/bills", by=other)).json()["data"] == []
    for other in ({"party": "employer:7", "role": "partner"}, {"party": "organisation:1", "role": "officer"}):
        whole = {**body, "bill_number": "X-1", "person": person_id(12)}
        answers = [
            await rehab.as_hospital("POST", "/v1/bills", whole, by=other),
            await rehab.as_hospital("POST", f"{path}/corrections", body, by=other),
            await rehab.as_hospital("POST", f"{path}/withdrawals", {}, by=other),
        ]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "providers_only")] * 3
    assert (await rehab.as_hospital("GET", path)).json() == sent


@pytest.mark.parametrize("table", ["bill", "bill_statement", "bill_decision"])
async def test_the_database_itself_hides_a_bill(rehab: Rehab, table: str) -> None:
    await rehab.bill()
    (task,) = await rehab.tasks()
    await rehab.decide(task, CAP)
    seen = {}
    for tenant, role in (("hospital:1", "partner"), ("hospital:2", "partner"), ("", ""), ("x:1", "officer")):
        async with rehab.service.database.connection("api") as api, api.transaction():
            await api.execute(
                "SELECT set_config('jaring.tenant', $1, true), set_config('jaring.role', $2, true)", tenant, role
            )
            seen[tenant] = await api.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 (a name of ours)
    assert seen == {"hospital:1": 1, "hospital:2": 0, "": 0, "x:1": 1}


async def test_a_number_is_one_bill_and_a_repeat_is_answered_as_before(rehab: Rehab) -> None:
    first = await rehab.bill(key="one")
    assert await rehab.bill(key="one") == first
    body = {"bill_number": "INV-1", "person": person_id(13), "treatment": "other", "treated_on": DAY}
    money = {"amount": {"amount": "1.00", "currency": "MYR"}}
    again = await rehab.as_hospital("POST", "/v1/bills", {**body, **money})
    assert (again.status_code, again.json()["code"]) == (409, "bill_known")
    other = await rehab.as_hospital("POST", "/v1/bills", {**body, **money}, by=OTHER_HOSPITAL)
    assert other.status_code == 201
    for wrong, code in (({"amount": {"amount": "0.00", "currency": "MYR"}}, "amount_zero"), (money, "bill_known")):
        refused = await rehab.as_hospital("POST", "/v1/bills", {**body, **wrong})
        assert refused.json()["code"] == code


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Rehab]:
    """Rehab on a database that was put back."""
    async with rehab_on(databases, issuer) as fresh:
        yield fresh


async def test_what_was_owed_is_known_again_after_a_restore(rehab: Rehab, again: Rehab) -> None:
    """Also that the bill was sent: the same number is not owed a second time; its republished form is what stood."""
    approved, ended = await rehab.bill(number="INV-1"), await rehab.bill(number="INV-2")
    for task in await rehab.tasks():
        await rehab.decide(task, CAP)
    await rehab.as_hospital("POST", f"/v1/bills/{ended['bill']}/withdrawals", {})
    await recall(rehab.service, again.service)
    shown = {each["bill"]: each for each in (await again.as_hospital("GET", "/v1/bills")).json()["data"]}
    assert {id_: (each["state"], each["owed"]["amount"]) for id_, each in shown.items()} == {
        approved["bill"]: ("approved", "170.00"),
        ended["bill"]: ("withdrawn", "0.00"),
    }
    repeat = {"bill_number": "INV-1", "person": person_id(12), "treatment": "physiotherapy", "treated_on": DAY}
    sent = await again.as_hospital("POST", "/v1/bills", {**repeat, "amount": approved["amount"]})
    assert sent.json()["code"] == "bill_known"
    newest = {json.loads(each["data"])["payable"]: each["data"] for each in await rehab.published()}
    scopes = ["rehab:announcement:write"]
    assert (await again.service.call("POST", "/v1/announcements", scopes=scopes)).status_code == 202
    await again.work_off()
    assert {json.loads(each["data"])["payable"]: each["data"] for each in await again.published()} == newest


async def test_a_correction_that_a_restore_lost_is_known_by_what_was_owed_for_it(rehab: Rehab, again: Rehab) -> None:
    """The backup knows the bill as it was sent, and asks officers about it; they have decided its correction since."""
    sent = await rehab.bill()
    before = (today() - timedelta(days=1)).isoformat()
    less = {"treatment": "physiotherapy", "treated_on": before, "amount": {"amount": "120.00", "currency": "MYR"}}
    await rehab.as_hospital("POST", f"/v1/bills/{sent['bill']}/corrections", less)
    await rehab.work_off()
    (task,) = await rehab.tasks()
    assert await rehab.decide(task, CAP) == (201, None)
    assert (await again.bill())["bill"] == sent["bill"]
    assert len(await again.tasks()) == 1
    await recall(rehab.service, again.service)
    shown = (await again.as_hospital("GET", f"/v1/bills/{sent['bill']}")).json()
    assert (shown["state"], shown["owed"]["amount"], shown["treated_on"]) == ("approved", "120.00", before)
    assert await again.tasks() == [], "nobody decides it a second time"
    scopes = ["rehab:announcement:write"]
    assert (await again.service.call("POST", "/v1/announcements", scopes=scopes)).status_code == 202
    await again.work_off()
    assert [each["data"] for each in await again.published()] == [each["data"] for each in await rehab.published()]


async def test_a_correction_to_more_that_a_restore_lost_is_not_asked_back(rehab: Rehab, again: Rehab) -> None:
    """Of the same day: the backup knows RM100.00, RM150.00 were found owed since."""
    less = {"amount": "100.00", "currency": "MYR"}
    sent = await rehab.bill(amount=less)
    more = {
        "treatment": "physiotherapy",
        "treated_on": today().isoformat(),
        "amount": {"amount": "150.00", "currency": "MYR"},
    }
    await rehab.as_hospital("POST", f"/v1/bills/{sent['bill']}/corrections", more)
    await rehab.work_off()
    assert await rehab.decide((await rehab.tasks())[0], CAP) == (201, None)
    await again.bill(amount=less)
    await recall(rehab.service, again.service)
    shown = (await again.as_hospital("GET", f"/v1/bills/{sent['bill']}")).json()
    assert (shown["state"], shown["owed"]["amount"], shown["amount"]["amount"]) == ("approved", "150.00", "150.00")


@pytest.mark.parametrize("is_corrected", [True, False])
async def test_a_provider_and_who_asks_about_its_bill_do_not_wait_for_each_other(
    rehab: Rehab, is_corrected: bool
) -> None:
    """Both hold what is left to be asked, and the bill: in this order."""
    bill, worker = UUID((await rehab.bill())["bill"]), rehab.service.worker
    correction = CorrectBill(bill, Treatment.OTHER, today(), 100)

    async def say() -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await (correct_bill(correction, uow) if is_corrected else withdraw_bill(WithdrawBill(bill), uow))

    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await correct_bill(correction, uow)
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await uow.connection.execute(text("SELECT FROM due_work WHERE kind = 'ask_about_bill' FOR UPDATE"))
        saying = asyncio.create_task(say())
        await eventually(partial(_waits, rehab))
        await uow.bills.lock(bill)
    await saying


async def _waits(rehab: Rehab) -> object:
    """Whether somebody waits for a row that another holds."""
    async with rehab.service.database.connection() as connection:
        return await connection.fetchval(
            "SELECT blocked.pid FROM pg_locks AS blocked JOIN pg_stat_activity AS asks ON asks.pid = blocked.pid "
            "WHERE NOT blocked.granted AND asks.datname = current_database()"
        )
