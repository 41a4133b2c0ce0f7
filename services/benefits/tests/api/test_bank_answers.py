"""What banks really send: of whole files, late, twice, of what nobody knows, and nothing (public cases 2, 16)."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.benefits.storage.control_totals import CONTROL_TOTALS
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    ACCOUNT_NUMBER,
    BANK,
    FIRST_DAY,
    READ,
    balances,
    bank_answers,
    change_payee,
    decided,
    enter_payee,
    events,
    fetch,
    files,
    first,
    for_officers,
    freeze,
    listed,
    period,
    release_payee,
    report,
    send_report,
    settle,
    settling,
    transfers,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.telemetry import metrics
from shared.testing.clock import BusinessClock
from shared.testing.control_totals import standing
from shared.testing.logs import logged
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

T1, T2, T3 = (f"2026-08-{day}T09:00:00+08:00" for day in (12, 13, 14))
FORMAT_REFUSED = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
DOUBLED_BATCH = "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>AM05</Cd></Rsn></StsRsnInf>"


@pytest.fixture
async def file(benefits: ServiceUnderTest) -> dict[str, Any]:
    """A ready file with three payees' payments."""
    for person in (12, 13, 14):
        await enter_payee(benefits, ACCOUNT_NUMBER[:-1] + str(person % 10), person)
        await settle(benefits, first(claim=new_id(), person=person))
    await freeze(benefits)
    (file,) = await files(benefits)
    return file


async def ids(benefits: ServiceUnderTest, file: dict[str, Any]) -> list[str]:
    return [id_ for id_, _ in transfers(await fetch(benefits, file))]


async def said(
    benefits: ServiceUnderTest, file: dict[str, Any], statuses: dict[str, str], **about: str
) -> dict[str, Any]:
    answer = await send_report(benefits, file, report(file["message_id"], statuses, **about))
    assert answer.status_code == 200, answer.text
    counts: dict[str, Any] = answer.json()
    return {name: count for name, count in counts.items() if count}


async def states(benefits: ServiceUnderTest) -> list[str]:
    return [payment["state"] for person in (12, 13, 14) for payment in await listed(benefits, "payments", person)]


async def held(benefits: ServiceUnderTest, file: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    path = f"/v1/bank-files/{file['bank_file']}/held-statuses"
    answer = await benefits.call("GET", path, scopes=READ, **BANK)
    assert answer.status_code == 200, answer.text
    return [(each["reason"], each["status"], each["end_to_end_id"]) for each in answer.json()["data"]]


@pytest.mark.parametrize(
    ("about", "reason"),
    [({"group": FORMAT_REFUSED}, "FF01"), ({"batch": DOUBLED_BATCH}, "AM05")],
    ids=["group", "batch"],
)
async def test_a_file_that_is_refused_as_a_whole_comes_back_as_a_whole(
    benefits: ServiceUnderTest, file: dict[str, Any], about: dict[str, str], reason: str
) -> None:
    """The accounts are not to blame: after an officer's word all is made again, under new ids."""
    before = await ids(benefits, file)
    assert await said(benefits, file, {}, **about) == {"returned": 3}
    assert await said(benefits, file, {}, **about) == {"repeated": 3}
    payments = [payment for person in (12, 13, 14) for payment in await listed(benefits, "payments", person)]
    assert {(each["state"], each["reason"]) for each in payments} == {("returned", reason)}
    assert await balances(benefits) == {}
    await benefits.work_off()
    assert await bank_answers(benefits) == [], "it would be refused again"
    (entitlement,) = await listed(benefits, "entitlements")
    assert [each["reason"] for each in entitlement["waiting"]] == ["file_returned"]
    path = f"/v1/bank-files/{file['bank_file']}/releases"
    released = await benefits.call("POST", path, scopes=["benefits:bank_file:write"])
    assert (released.status_code, released.json()) == (201, {"entitlements": 3})
    await benefits.work_off()
    await freeze(benefits)
    (again,) = await files(benefits)
    assert again["control_sum"] == file["control_sum"]
    assert not set(before) & set(await ids(benefits, again))


async def test_a_bank_releases_no_file(benefits: ServiceUnderTest, file: dict[str, Any]) -> None:
    path = f"/v1/bank-files/{file['bank_file']}/releases"
    answer = await benefits.call("POST", path, scopes=["benefits:bank_file:write"], **BANK)
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")
    unknown = await benefits.call("POST", f"/v1/bank-files/{new_id()}/releases", scopes=["benefits:bank_file:write"])
    assert (unknown.status_code, unknown.json()["code"]) == (404, "bank_file_unknown")


async def test_a_file_that_is_settled_as_a_whole_is_settled_but_for_what_is_named(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    one, *_ = await ids(benefits, file)
    assert await said(benefits, file, {one: "RJCT/AC04"}, group="<GrpSts>ACSC</GrpSts>") == {
        "settled": 2,
        "returned": 1,
    }
    assert await states(benefits) == ["returned", "settled", "settled"]
    assert len(await files(benefits, "answered")) == 1


@pytest.mark.parametrize("code", ["PART", "PDNG", "ACTC"])
async def test_a_file_on_its_way_stays_in_flight(benefits: ServiceUnderTest, file: dict[str, Any], code: str) -> None:
    assert await said(benefits, file, {}, group=f"<GrpSts>{code}</GrpSts>") == {"pending": 3}
    assert await states(benefits) == ["sent"] * 3


async def test_a_whole_file_that_is_refused_after_some_of_it_was_settled_is_held_for_these(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    one, *_ = await ids(benefits, file)
    await said(benefits, file, {one: "ACSC"}, at=T1)
    assert await said(benefits, file, {}, group=FORMAT_REFUSED, at=T2) == {"returned": 2, "held": 1}
    assert await held(benefits, file) == [("status_contradicted", "RJCT", one)]
    assert await states(benefits) == ["settled", "returned", "returned"]


async def test_what_is_known_is_taken_and_what_is_not_is_held(benefits: ServiceUnderTest, file: dict[str, Any]) -> None:
    """An unknown id, an unknown code, a foreign batch: the rest of the report counts, each is shown once."""
    one, two, three = await ids(benefits, file)
    statuses = {one: "ACSC", two: "WHAT", "f" * 32: "ACSC", "x" * 40: "RJCT"}
    counts = {"settled": 1, "held": 3}
    assert await said(benefits, file, statuses) == counts
    assert await said(benefits, file, statuses) == {"repeated": 1, "held": 3}
    assert sorted(await held(benefits, file), key=str) == [
        ("status_unknown", "WHAT", two),
        ("transaction_unknown", "ACSC", "f" * 32),
        ("transaction_unknown", "RJCT", None),
    ]
    assert await states(benefits) == ["settled", "sent", "sent"]
    assert await said(benefits, file, {two: "ACSC", three: "ACSC"}, at=T2) == {"settled": 2}
    body = report(file["message_id"], {}, batch="<PmtInfSts>RJCT</PmtInfSts>")
    foreign = body.replace(b"<OrgnlPmtInfId>" + file["message_id"].encode(), b"<OrgnlPmtInfId>other")
    assert (await send_report(benefits, file, foreign)).json()["held"] == 1
    assert (await send_report(benefits, file, report(file["message_id"], {}, group="<GrpSts>HMMM</GrpSts>"))).json()[
        "held"
    ] == 1
    assert await states(benefits) == ["settled"] * 3


async def test_two_words_of_one_report_about_one_payment_are_held(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    one, two, _ = await ids(benefits, file)
    body = report(file["message_id"], {one: "ACSC", "a" * 32: "RJCT/AC04", two: "ACSC", "b" * 32: "ACSC"})
    answer = await send_report(benefits, file, body.replace(b"a" * 32, one.encode()).replace(b"b" * 32, two.encode()))
    assert answer.json() == {"settled": 1, "returned": 0, "pending": 0, "repeated": 0, "held": 2}
    assert await states(benefits) == ["sent", "settled", "sent"]


@pytest.mark.parametrize("amount", ["1763.90", "17639.10", "0.00"])
async def test_another_amount_than_was_instructed_is_held(
    benefits: ServiceUnderTest, file: dict[str, Any], amount: str
) -> None:
    one, *_ = await ids(benefits, file)
    about = f'<Amt><InstdAmt Ccy="MYR">{amount}</InstdAmt></Amt>'
    assert await said(benefits, file, {one: "ACSC"}, reference=about) == {"held": 1}
    assert await held(benefits, file) == [("amount_differs", "ACSC", one)]
    right = '<Amt><InstdAmt Ccy="MYR">1763.91</InstdAmt></Amt>'
    assert await said(benefits, file, {one: "ACSC"}, reference=right) == {"settled": 1}


async def test_money_that_comes_back_after_it_was_settled_is_reversed_and_paid_to_a_new_account_only(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    """PDNG, ACSC, then RJCT AC04 two days later: only this payee again, and not to the account it came back from."""
    one, two, three = await ids(benefits, file)
    assert await said(benefits, file, {one: "PDNG", two: "ACSC", three: "ACSC"}, at=T1) == {"settled": 2, "pending": 1}
    assert await said(benefits, file, {one: "ACSC"}, at=T2) == {"settled": 1}
    assert await said(benefits, file, {one: "RJCT/AC04"}, at=T3) == {"returned": 1}
    assert await said(benefits, file, {one: "RJCT/AC04"}, at=T3) == {"repeated": 1}
    assert await balances(benefits) == {"bank": "-3527.82", "benefit_expense": "3527.82"}
    await benefits.work_off()
    assert await bank_answers(benefits) == []
    await enter_payee(benefits, ACCOUNT_NUMBER[:-1] + "2")
    assert await bank_answers(benefits) == [], "the same account again"
    await change_payee(benefits, "6987654321")
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1763.91"]
    assert await states(benefits) == ["returned", "settled", "settled", "settled"]
    told = [type_.split(".")[-2] for type_, _ in await events(benefits)]
    assert (told.count("settled"), told.count("returned")) == (4, 1)


async def test_reports_count_by_their_own_time_and_not_by_their_arrival(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    """The return first and the settlement before it afterwards; a return that is older than the settlement."""
    one, two, three = await ids(benefits, file)
    await said(benefits, file, {one: "RJCT/AC04"}, at=T3)
    assert await said(benefits, file, {one: "ACSC"}, at=T1) == {"repeated": 1}
    await said(benefits, file, {two: "ACSC"}, at=T3)
    assert await said(benefits, file, {two: "RJCT/AC04"}, at=T1) == {"repeated": 1}
    await said(benefits, file, {three: "ACSC"}, at=T1)
    await said(benefits, file, {three: "ACSC"}, at=T3)
    assert await said(benefits, file, {three: "RJCT/AC04"}, at=T2) == {"repeated": 1}
    assert await states(benefits) == ["returned", "settled", "settled"]
    assert await held(benefits, file) == []


async def test_what_is_settled_after_it_came_back_is_held_for_it_may_have_been_paid_again(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    one, *_ = await ids(benefits, file)
    await said(benefits, file, {one: "RJCT/AC04"}, at=T1)
    assert await said(benefits, file, {one: "ACSC"}, at=T2) == {"held": 1}
    assert await said(benefits, file, {one: "ACSC"}, at=T1) == {"held": 1}, "nor in the same moment"
    assert (await states(benefits))[0] == "returned"


async def test_a_bank_whose_clock_is_ahead_does_not_outdate_what_it_says_later(
    benefits: ServiceUnderTest, file: dict[str, Any], business_clock: BusinessClock
) -> None:
    one, *_ = await ids(benefits, file)
    await said(benefits, file, {one: "ACSC"}, at="2199-01-01T00:00:00+08:00")
    business_clock.advance(days=2)
    assert await said(benefits, file, {one: "RJCT/AC04"}, at="2199-01-01T00:00:00+08:00") == {"returned": 1}


async def test_a_silent_bank_raises_a_reason_after_three_banking_days(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Made on Friday evening: executed that day, silent on Monday to Wednesday; on Thursday a person is to look."""
    business_clock.set_day(2026, 11, 27, 20)
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    (file,) = await files(benefits)
    one, *_ = await ids(benefits, file)
    business_clock.set_day(2026, 12, 2, 23)
    await benefits.work_off()
    assert [each["reason"] for each in await files(benefits, "fetched")] == [None]
    business_clock.set_day(2026, 12, 3, 0)
    await benefits.work_off()
    assert [each["reason"] for each in await files(benefits, "fetched")] == ["bank_silent"]
    assert await states(benefits) == ["sent"], "nothing is sent again on an unknown outcome"
    assert await for_officers(benefits) == {"bank_silent": 1}
    waits = await standing(benefits.database, CONTROL_TOTALS)
    assert (waits["bank_file"], waits["payment"]) == ({"untimed": 1}, {"parent": 1}), "an officer is to ask the bank"
    await said(benefits, file, {one: "ACSC"})
    assert [each["reason"] for each in await files(benefits, "answered")] == [None]
    assert await for_officers(benefits) == {}


async def test_a_file_of_which_something_is_held_says_so(
    benefits: ServiceUnderTest, file: dict[str, Any], business_clock: BusinessClock
) -> None:
    one, two, three = await ids(benefits, file)
    await said(benefits, file, {one: "WHAT", two: "ACSC", three: "ACSC"})
    business_clock.advance(days=8)
    await benefits.work_off()
    assert [each["reason"] for each in await files(benefits, "fetched")] == ["status_held"]


@pytest.mark.parametrize(
    ("day", "executed"),
    [
        ((2026, 11, 27), "2026-11-27"),
        ((2026, 11, 28), "2026-11-30"),
        ((2026, 11, 29), "2026-11-30"),
        ((2026, 12, 25), "2026-12-28"),
    ],
)
async def test_the_execution_day_is_a_banking_day(
    benefits: ServiceUnderTest, business_clock: BusinessClock, day: tuple[int, int, int], executed: str
) -> None:
    """A Friday; a Saturday and a Sunday: Monday; Christmas Day is a Friday in 2026: Monday (assumed)."""
    business_clock.set_day(*day)
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    (file,) = await files(benefits)
    assert f"<Dt>{executed}</Dt>".encode() in await fetch(benefits, file)


async def test_another_name_or_branch_is_no_other_account(benefits: ServiceUnderTest) -> None:
    """A, returned; A under another branch; B; A again: A stays blocked until a second officer gives her word."""
    await enter_payee(benefits)
    await settle(benefits, first())
    assert await bank_answers(benefits, "RJCT/AC04") == ["1763.91"]
    await benefits.work_off()
    body = {"person": (await enter_payee(benefits))["person"], "account_name": "Aminah Osman"}
    for bic in ("MBBEMYKL", "MBBEMYKLPJA"):
        account = {"account": {"bank_bic": bic, "number": ACCOUNT_NUMBER}}
        await benefits.call("POST", "/v1/payees", scopes=["benefits:payee:write"], json={**body, **account})
        await benefits.work_off()
        assert await bank_answers(benefits) == []
    (entitlement,) = await listed(benefits, "entitlements")
    assert [each["reason"] for each in entitlement["waiting"]] == ["account_returned"]
    await enter_payee(benefits, "6987654321")
    back = await change_payee(benefits, ACCOUNT_NUMBER)
    assert back["version"] == 5
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1763.91"]


async def test_an_officers_word_lasts_until_the_account_refuses_again(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, decided(1, period(FIRST_DAY, FIRST_DAY, 6533)))
    for _ in range(2):
        assert await bank_answers(benefits, "RJCT/AC04") == ["65.33"]
        await benefits.work_off()
        assert await bank_answers(benefits) == []
        assert (await release_payee(benefits, 1)).status_code == 201
        await benefits.work_off()
    assert await bank_answers(benefits) == ["65.33"]


async def counted(benefits: ServiceUnderTest) -> list[int]:
    """What the worker of benefits counts of statuses of the bank that are held."""
    async with benefits.worker.database.engine.connect() as connection:
        return [
            (await connection.execute(statement)).scalar_one()
            for gauge, statement in benefits.worker.work.counts
            if gauge is metrics.BANK_STATUSES_HELD
        ]


async def test_what_is_held_of_an_answered_file_has_an_owner_until_an_officer_releases_it(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    """Returned and paid again, then settled after all: it is told once, shown on the file, and counted."""
    one, two, three = await ids(benefits, file)
    await said(benefits, file, {one: "RJCT/AC04", two: "ACSC", three: "ACSC"}, at=T1)
    assert [each["reason"] for each in await files(benefits, "answered")] == [None]
    with logged() as lines:
        for _ in range(2):
            assert await said(benefits, file, {one: "ACSC"}, at=T2) == {"held": 1}
    told = [orjson.loads(line) for line in lines.getvalue().splitlines()]
    decisions = [each for each in told if each["event"] == "bank_status_held"]
    assert [(each["bank_file"], each["reason"]) for each in decisions] == [(file["bank_file"], "status_contradicted")]
    assert [each["reason"] for each in await files(benefits, "answered")] == ["status_held"]
    assert await counted(benefits) == [1]
    path = f"/v1/bank-files/{file['bank_file']}/releases"
    assert (await benefits.call("POST", path, scopes=["benefits:bank_file:write"])).status_code == 201
    assert [each["reason"] for each in await files(benefits, "answered")] == [None]
    assert await counted(benefits) == [0]
    assert await said(benefits, file, {one: "ACSC"}, at=T2) == {"held": 1}
    assert await counted(benefits) == [0], "a repeat is no news"


async def test_what_is_held_before_the_last_answer_stays_with_the_answered_file(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    one, two, three = await ids(benefits, file)
    await said(benefits, file, {one: "WHAT", two: "ACSC", three: "ACSC"}, at=T1)
    assert [each["reason"] for each in await files(benefits, "fetched")] == ["status_held"]
    path = f"/v1/bank-files/{file['bank_file']}/releases"
    assert (await benefits.call("POST", path, scopes=["benefits:bank_file:write"])).status_code == 201
    assert [each["reason"] for each in await files(benefits, "fetched")] == ["status_held"], "one is not answered"
    await said(benefits, file, {one: "ACSC"}, at=T2)
    assert [each["reason"] for each in await files(benefits, "answered")] == ["status_held"]


@pytest.mark.parametrize(
    ("batch", "kept"),
    [
        ("<PmtInfSts>WHAT</PmtInfSts>", ("status_unknown", "WHAT", None)),
        ("ACSC RJCT", ("status_contradicted", "RJCT", None)),
        ("ACSC WHAT", ("status_unknown", "WHAT", None)),
    ],
    ids=["unknown", "two words", "one of two unknown"],
)
async def test_a_word_on_our_batch_that_is_none_settles_nothing(
    benefits: ServiceUnderTest, file: dict[str, Any], batch: str, kept: tuple[str, str, None]
) -> None:
    """The word on the whole file does not stand in for it, nor the first of two."""
    if " " in batch:
        one, two = batch.split()
        name = f"<OrgnlPmtInfId>{file['message_id']}</OrgnlPmtInfId>"
        again = f"</OrgnlPmtInfAndSts><OrgnlPmtInfAndSts>{name}<PmtInfSts>{two}</PmtInfSts>"
        batch = f"<PmtInfSts>{one}</PmtInfSts>{again}"
    assert await said(benefits, file, {}, group="<GrpSts>ACSC</GrpSts>", batch=batch) == {"held": 1}
    assert await held(benefits, file) == [kept]
    assert await states(benefits) == ["sent"] * 3


async def test_a_report_and_a_settling_of_what_it_returns_wait_for_each_other_in_one_order(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    """Settling holds its due work and then takes the payments; so does the report, and so does an officer's release."""
    (payment,) = await listed(benefits, "payments", 12)
    claim = UUID(payment["claim"])

    async def meets(answer: Coroutine[Any, Any, Any]) -> Any:
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
            await uow.due.at(settling(claim), now())
            waiting = asyncio.create_task(answer)
            await asyncio.sleep(0.5)
            assert await uow.payments.lock(settling(claim).key)
        return await waiting

    assert await meets(said(benefits, file, {}, group=FORMAT_REFUSED)) == {"returned": 3}
    path = f"/v1/bank-files/{file['bank_file']}/releases"
    released = await meets(benefits.call("POST", path, scopes=["benefits:bank_file:write"]))
    assert released.json() == {"entitlements": 3}
