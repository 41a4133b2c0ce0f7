"""What owners state as owed beside benefits: by the same pattern as what claims decides, and over a real broker."""

import random
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest

from services.benefits.main import build
from services.benefits.settings import BenefitsSettings
from services.benefits.tests.support import (
    BANK,
    CLAIM,
    PERSON,
    assessed,
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
    listed,
    period,
    refused,
    report,
    send_report,
    settle,
    transfers,
)
from services.benefits.tests.support import owed_to as owed_by_claim
from services.benefits.worker import work
from shared.contracts.claim_assessed import Fund, Per, TermV1
from shared.contracts.envelope import Cause
from shared.contracts.payable_stated import (
    ClaimsPayableStatedV1,
    JobsPayableStatedV1,
    PayableStatedV1,
    RegistrationPayableStatedV1,
    RehabPayableStatedV1,
)
from shared.contracts.topics import topics_of
from shared.kernel.identifiers import new_id
from shared.messaging.publisher import Publisher
from shared.messaging.relay import Relay
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall
from shared.testing.records import received
from shared.testing.servers import Broker, Databases
from shared.testing.service import ServiceUnderTest, eventually, fresh_service, service_under_test, working
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

REFUND, OTHER = (UUID(f"0197b6a0-6c00-7000-8000-00000000020{number}") for number in (1, 2))
WORKER = f"person:{PERSON}"
P = TypeVar("P", bound=PayableStatedV1)


def once(sen: int) -> TermV1:
    return TermV1(per=Per.ONCE, sen=sen, first=date(2026, 8, 20))


def refund(revision: int, *terms: TermV1, **changes: Any) -> RegistrationPayableStatedV1:
    """Contributions that were not due, back to the worker; with no terms it is withdrawn."""
    return stated(RegistrationPayableStatedV1, revision, *terms, **changes)


def stated(owners: type[P], revision: int, *terms: TermV1, payable: UUID = REFUND, **changes: Any) -> P:
    """A payable, by the class of its owner."""
    values: dict[str, Any] = {
        "kind": "contribution_refund",
        "person": PERSON,
        "party": WORKER,
        "scheme": "act4",
        "fund": Fund.NON_EMPLOYMENT_INJURY,
        "law": "Act 4 s.44A",
        "arose_on": date(2026, 7, 31),
        "stated_at": datetime(2026, 8, 20, tzinfo=UTC),
        "decision_hash": "0" * 64,
        "withdrawn_for": None if terms else "not_paid_twice",
    }
    return owners(payable=payable, revision=revision, terms=terms, **{**values, **changes})


async def state(benefits: ServiceUnderTest, *payables: PayableStatedV1) -> None:
    await benefits.consume(*payables)
    await benefits.work_off()


async def owed_to(benefits: ServiceUnderTest, party: str) -> list[dict[str, Any]]:
    answer = await benefits.call("GET", f"/v1/parties/{party}/entitlements", scopes=["benefits:entitlement:read"])
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


async def test_what_registration_publishes_is_paid_by_benefits_over_the_broker(
    databases: Databases, issuer: TestIssuer, broker: Broker, topic_prefix: str
) -> None:
    """From the outbox of registration's database, through its relay; the second revision and repeats come later."""
    async with (
        databases.fresh("registration") as owner,
        databases.fresh("benefits") as own,
        service_under_test(
            BenefitsSettings, build, work, own, issuer, kafka=broker.bootstrap, prefix=topic_prefix
        ) as benefits,
        working(benefits),
    ):
        await enter_payee(benefits)
        database, publisher = Database(owner.url("worker"), "registration"), Publisher(broker.bootstrap, "test")
        relay = Relay(owner.url("worker"), "registration", publisher, topics_of("registration"), topic_prefix)
        async with database.begin(UnitOfWork, Cause("test")) as uow:
            uow.publish(refund(1, once(1_915)))
            uow.publish(refund(2, once(1_835)))
            uow.publish(refund(1, once(1_915)))
        connection = await asyncpg.connect(owner.url("worker"))
        try:
            assert await relay.relay_batches(connection) == 3
        finally:
            await connection.close()
            await publisher.close()
            await database.close()

        async def is_instructed() -> list[tuple[int, str]]:
            payments = await listed(benefits, "payments")
            return [(each["revision"], each["amount"]["amount"]) for each in payments if each["state"] != "voided"]

        await eventually(is_instructed)
        assert await is_instructed() == [(2, "18.35")]


@pytest.mark.parametrize("seed", range(3))
async def test_in_any_order_and_twice_over_the_newest_counts(benefits: ServiceUnderTest, seed: int) -> None:
    """Beside a claim of the same person, whose events come in between."""
    payables = [
        refund(1, once(500)),
        refund(2, once(1_915)),
        refund(3, once(1_835)),
        refund(1, once(70), payable=OTHER),
    ]
    stated = [*payables, first(), refund(4, payable=OTHER)] * 2
    random.Random(seed).shuffle(stated)
    await enter_payee(benefits)
    for number, event in enumerate(stated):
        await benefits.consume(event)
        if number % 3 == seed:
            await benefits.work_off()
    await benefits.work_off()
    shown = {
        each["claim"]: (each["owner"], each["revision"], each["amount"]["amount"], each["pending"]["amount"])
        for each in await listed(benefits, "entitlements")
        if each["amount"]["amount"] != "0.00"
    }
    assert shown == {
        str(REFUND): ("registration", 3, "18.35", "18.35"),
        str(CLAIM): ("claims", 1, "1763.91", "1763.91"),
    }
    assert sorted(await bank_answers(benefits)) == ["1763.91", "18.35"]


async def test_a_refund_is_paid_from_its_fund_and_its_payment_says_whose_it_is(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await state(benefits, refund(1, once(1_835)))
    assert await bank_answers(benefits) == ["18.35"]
    assert await balances(benefits, "non_employment_injury") == {"bank": "-18.35", "contributions_receivable": "18.35"}
    ((type_, told),) = await events(benefits)
    assert (type_, told["owner"], told["claim"]) == ("jaring.benefit.settled.v1", "registration", str(REFUND))


async def test_whoever_states_a_payable_it_is_owed_alike(benefits: ServiceUnderTest) -> None:
    """A provider's bill, a fee and an allowance of claims, each on its owner's topic; each comes back as it went."""
    await enter_payee(benefits)
    owners = (RehabPayableStatedV1, JobsPayableStatedV1, ClaimsPayableStatedV1)
    payables = {new_id(): owner for owner in owners}
    for sen, (payable, owner) in enumerate(payables.items(), 1):
        await state(benefits, stated(owner, 1, once(100 * sen), payable=payable, kind="allowance"))
    assert sorted(await bank_answers(benefits)) == ["1.00", "2.00", "3.00"]
    assert await balances(benefits, "non_employment_injury") == {"bank": "-6.00", "payable_expense": "6.00"}
    told = [(each["claim"], each["owner"], each["source"]) for _, each in await events(benefits)]
    assert sorted(told) == sorted((str(payable), owner.topic.owner, "payable") for payable, owner in payables.items())
    assert {(each["owner"], each["source"]) for each in await owed_to(benefits, WORKER)} == {
        (owner.topic.owner, "payable") for owner in owners
    }
    for payable, owner in payables.items():
        await state(benefits, stated(owner, 2, payable=payable, kind="allowance"))
    assert await balances(benefits, "non_employment_injury") == {"bank": "-6.00", "recoveries_receivable": "6.00"}
    for payable, owner in payables.items():
        await state(benefits, stated(owner, 3, once(400), payable=payable, kind="allowance"))
    assert sorted(await bank_answers(benefits, "RJCT/AC04")) == ["1.00", "2.00", "3.00"], "each sets off its own"
    assert await balances(benefits, "non_employment_injury") == {"bank": "-6.00", "payable_expense": "6.00"}


async def test_claims_states_payables_beside_its_benefits(benefits: ServiceUnderTest) -> None:
    """One id is a claim or a payable, and neither is set off against the other."""
    await enter_payee(benefits)
    await settle(benefits, decided(1, period(date(2026, 3, 1), date(2026, 3, 8), 2331)))
    assert await bank_answers(benefits) == ["186.48"]
    await settle(benefits, refused(2))
    act4: dict[str, Any] = {"kind": "allowance", "scheme": "act4", "fund": Fund.EMPLOYMENT_INJURY}
    await state(benefits, stated(ClaimsPayableStatedV1, 1, once(1_835), **act4))
    assert await bank_answers(benefits) == ["18.35"], "the debt of benefit stays"
    sources = {each["claim"]: each["source"] for each in await owed_to(benefits, WORKER)}
    assert sources == {str(CLAIM): "claim", str(REFUND): "payable"}
    await benefits.consume(stated(ClaimsPayableStatedV1, 9, once(1), payable=CLAIM))
    await benefits.consume(first(claim=REFUND).model_copy(update={"revision": 9}))
    async with benefits.database.connection() as connection:
        parked = await connection.fetch("SELECT topic, reason FROM parked ORDER BY id")
    assert [tuple(row) for row in parked] == [
        ("claims.payable", "failed: StatedByAnother"),
        ("claim.assessed", "failed: StatedByAnother"),
    ]


def loan(revision: int, *terms: TermV1, **changes: Any) -> ClaimsPayableStatedV1:
    """For a child's education."""
    act789: dict[str, Any] = {"kind": "education_loan", "scheme": "act789", "law": "Act 789 s.25"}
    return stated(ClaimsPayableStatedV1, revision, *terms, **act789, **changes)


async def test_a_loan_is_called_in_as_its_instalments_fall_due(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """RM100.00 in September and RM100.00 in February; from January RM10.00 a month, and the second is whole."""
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    semesters = [TermV1(per=Per.ONCE, sen=10_000, first=day) for day in (date(2026, 9, 1), date(2027, 2, 10))]
    back = TermV1(per=Per.MONTH, sen=1_000, first=date(2027, 1, 1), last=date(2028, 8, 31))
    await state(benefits, loan(1, *semesters, repayment=(back,)))
    assert await bank_answers(benefits) == ["100.00"]
    assert await balances(benefits) == {"bank": "-100.00", "loans_receivable": "100.00"}
    assert (await owed_to(benefits, WORKER))[0]["repayment"][0]["amount"]["amount"] == "10.00"
    assert await position(benefits) == {"not_due": "100.00", "to_come_back": "0.00"}
    business_clock.set_day(2027, 1, 31)
    await benefits.work_off()
    assert await listed(benefits, "recoveries") == []
    business_clock.set_day(2027, 2, 1)
    await benefits.work_off()
    (recovery,) = await listed(benefits, "recoveries")
    assert (recovery["open"]["amount"], recovery["law"]) == ("10.00", "Act 789 s.25")
    assert await position(benefits) == {"not_due": "100.00", "to_come_back": "10.00"}
    business_clock.set_day(2027, 2, 10)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["100.00"]
    business_clock.set_day(2027, 4, 1)
    await benefits.work_off()
    assert await balances(benefits) == {
        "bank": "-200.00",
        "loans_receivable": "170.00",
        "recoveries_receivable": "30.00",
    }
    await state(benefits, loan(2))
    assert await balances(benefits) == {"bank": "-200.00", "recoveries_receivable": "200.00"}, "asked for once"
    assert await benefits.work_off() == 0


async def position(benefits: ServiceUnderTest) -> dict[str, str]:
    """What is owed to the worker later, and what is to come back."""
    path = f"/v1/parties/{WORKER}/position"
    shown = (await benefits.call("GET", path, scopes=["benefits:position:read"])).json()
    return {name: shown[name]["amount"] for name in ("not_due", "to_come_back")}


async def test_half_of_a_benefit_is_kept_against_a_loan_of_its_act_that_is_called_in(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Act 789 ss.25-26: of RM50.00 RM25.00; a loan that is not called in yet takes nothing."""
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    later = TermV1(per=Per.ONCE, sen=10_000, first=date(2026, 10, 1))
    await state(benefits, loan(1, once(10_000), repayment=(later,)))
    assert await bank_answers(benefits) == ["100.00"]
    of_act789 = {"scheme": "act789", "law": "Act 789 s.20", "benefit": "permanent_disablement"}
    await settle(benefits, assessed(1, owed_by_claim(WORKER, once(5_000), **of_act789)))
    assert await bank_answers(benefits) == ["50.00"]
    business_clock.set_day(2026, 10, 1)
    await benefits.work_off()
    await settle(benefits, assessed(1, owed_by_claim(WORKER, once(5_000), **of_act789), claim=OTHER))
    assert await bank_answers(benefits) == ["25.00"]
    opened = {each["claim"]: each["open"]["amount"] for each in await listed(benefits, "recoveries")}
    assert opened == {str(REFUND): "75.00"}


async def test_what_is_agreed_of_a_loan_holds_for_every_instalment(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """A loan is one debt: that Act 4's benefits are set off too holds when the first RM10.00 are back."""
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    back = tuple(TermV1(per=Per.ONCE, sen=1_000, first=date(2026, month, 1)) for month in (10, 11))
    await state(benefits, loan(1, once(10_000), repayment=back))
    await bank_answers(benefits)
    business_clock.set_day(2026, 10, 1)
    await benefits.work_off()
    (recovery,) = await listed(benefits, "recoveries")
    about = f"/v1/recoveries/{recovery['recovery']}"
    across = {"scheme": "act4", "owner": "claims", "ends": False, "from_on": "2026-10-01", "evidence": "KB-1"}
    scopes = ["benefits:agreement:write", "benefits:agreement:release"]
    stated = await benefits.call("POST", f"{about}/set-offs", scopes=scopes, subject="one", json=across)
    release = f"{about}/agreements/{stated.json()['agreement']}/releases"
    assert (await benefits.call("POST", release, scopes=scopes, subject="another")).status_code == 201
    await settle(benefits, assessed(1, owed_by_claim(WORKER, once(1_000))))
    business_clock.set_day(2026, 11, 1)
    await benefits.work_off()
    await settle(benefits, assessed(2, owed_by_claim(WORKER, once(2_500))))
    assert await bank_answers(benefits) == ["5.00"]


async def test_an_instalment_that_was_paid_back_is_not_asked_for_again_after_a_restore(
    benefits: ServiceUnderTest, business_clock: BusinessClock, databases: Databases, issuer: TestIssuer
) -> None:
    """What came back is known before what was called in: that is called in again, and nothing is paid for it."""
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    lent = loan(1, once(10_000), repayment=(once(3_000),))
    await state(benefits, lent)
    assert await bank_answers(benefits) == ["100.00"]
    await benefits.work_off()
    await pay_back(benefits)
    books = {"bank": "-70.00", "loans_receivable": "70.00"}
    assert await balances(benefits) == books
    async with fresh_service(BenefitsSettings, build, work, databases, issuer) as again:
        await recall(benefits, again)
        await enter_payee(again)
        await state(again, lent.model_copy(update={"revision": 2}))
        assert (await balances(again), await bank_answers(again)) == (books, [])


async def pay_back(benefits: ServiceUnderTest) -> None:
    """RM30.00 come in for the one recovery."""
    ((reference,),) = [[each["reference"]] for each in await listed(benefits, "recoveries")]
    line = {"line": 1, "amount": {"amount": "30.00", "currency": "MYR"}, "value_on": "2026-09-01"}
    body = {"statement": "S-1", "lines": [line | {"reference": reference}]}
    scopes = ["benefits:statement_line:write"]
    answer = await benefits.call("POST", "/v1/statement-lines", scopes=scopes, json=body, **BANK)
    assert answer.status_code == 201, answer.text
    await benefits.work_off()


async def test_a_loan_that_comes_back_from_the_bank_is_lent_no_more_until_it_is_paid_again(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """On the account of loans both ways, and what was called in of it is called off meanwhile."""
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    await state(benefits, loan(1, once(10_000), repayment=(once(3_000),)))
    assert await bank_answers(benefits, "RJCT/AC04") == ["100.00"]
    await benefits.work_off()
    assert await balances(benefits) == {}
    await change_payee(benefits, "7777777777")
    await benefits.work_off()
    assert await bank_answers(benefits) == ["100.00"]
    assert await balances(benefits) == {"bank": "-100.00", "loans_receivable": "100.00"}
    assert await benefits.work_off() == 1, "it has reached the party: now it is asked for"
    called_in = {"bank": "-100.00", "loans_receivable": "70.00", "recoveries_receivable": "30.00"}
    assert await balances(benefits) == called_in


async def test_what_was_paid_back_of_a_loan_that_came_back_and_was_withdrawn_is_paid_to_the_party(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """RM30.00 of RM100.00; the bank takes the RM100.00 back, and the loan is withdrawn: the RM30.00 are the party's."""
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    await state(benefits, loan(1, once(10_000), repayment=(once(3_000),)))
    assert await bank_answers(benefits) == ["100.00"]
    await benefits.work_off()
    await pay_back(benefits)
    (file,) = await files(benefits, "answered")
    ((id_, _),) = transfers(await fetch(benefits, file))
    came_back = report(file["message_id"], {id_: "RJCT/AC04"}, at="2026-09-01T10:00:00+08:00")
    assert (await send_report(benefits, file, came_back)).status_code == 200
    await state(benefits, loan(2))
    await change_payee(benefits, "7777777777")
    await benefits.work_off()
    assert await bank_answers(benefits) == ["30.00"]
    await benefits.work_off()
    assert await balances(benefits) == {}
    assert await position(benefits) == {"not_due": "0.00", "to_come_back": "0.00"}


async def test_a_loan_that_is_called_in_is_not_set_off_against_another_payable(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    await state(benefits, loan(1, once(10_000), repayment=(once(3_000),)))
    assert await bank_answers(benefits) == ["100.00"]
    await benefits.work_off()
    assert (await listed(benefits, "recoveries"))[0]["open"]["amount"] == "30.00"
    other: dict[str, Any] = {"kind": "allowance", "scheme": "act789", "payable": OTHER}
    await state(benefits, stated(ClaimsPayableStatedV1, 1, once(5_000), **other))
    assert await bank_answers(benefits) == ["50.00"]


async def test_a_loan_that_takes_the_place_of_another_is_not_paid_a_second_time(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """RM100.00 were paid of the one before, RM30.00 of them called in: of RM110.00 RM10.00 are paid, all is lent."""
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    await state(benefits, loan(1, once(10_000), repayment=(once(3_000),)))
    assert await bank_answers(benefits) == ["100.00"]
    await benefits.work_off()
    await state(benefits, loan(2, withdrawn_for=None, superseded_by=OTHER))
    later = TermV1(per=Per.ONCE, sen=5_000, first=date(2026, 10, 1))
    await state(benefits, loan(1, once(11_000), payable=OTHER, repayment=(later,)))
    assert await bank_answers(benefits) == ["10.00"]
    assert await balances(benefits) == {"bank": "-110.00", "loans_receivable": "110.00"}


async def test_half_of_a_benefit_of_its_act_is_kept_for_a_loan(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Act 789 ss.25-26: of RM40.00 RM20.00 are kept against the RM30.00 called in; a benefit of Act 4 is paid whole."""
    business_clock.set_day(2026, 9, 1)
    await enter_payee(benefits)
    await state(benefits, loan(1, once(10_000), repayment=(once(3_000),)))
    assert await bank_answers(benefits) == ["100.00"]
    await benefits.work_off()
    await settle(benefits, decided(1, period(date(2026, 8, 1), date(2026, 8, 4), 1_000), scheme="act789"))
    assert await bank_answers(benefits) == ["20.00"]
    assert (await listed(benefits, "recoveries"))[0]["open"]["amount"] == "10.00"
    await settle(benefits, decided(1, period(date(2026, 8, 1), date(2026, 8, 4), 1_000), claim=OTHER))
    assert await bank_answers(benefits) == ["40.00"]


async def test_what_is_withdrawn_is_taken_back_and_set_off_against_what_takes_its_place(
    benefits: ServiceUnderTest,
) -> None:
    """RM18.35 that was paid is to come back; of RM30.00 that replaces it RM11.65 is paid."""
    await enter_payee(benefits)
    await state(benefits, refund(1, once(1_835)))
    assert await bank_answers(benefits) == ["18.35"]
    await state(benefits, refund(2, withdrawn_for=None, superseded_by=OTHER))
    (recovery,) = await listed(benefits, "recoveries")
    assert (recovery["open"]["amount"], recovery["law"]) == ("18.35", "Act 4")
    (ended,) = await owed_to(benefits, WORKER)
    assert (ended["refused_for"], ended["law"], ended["amount"]["amount"]) == ("superseded", "Act 4 s.44A", "0.00")
    await state(benefits, refund(1, once(3_000), payable=OTHER))
    assert await bank_answers(benefits) == ["11.65"]


@pytest.mark.parametrize("ends_first", [True, False])
async def test_a_medical_bill_that_moves_to_another_fund_is_paid_once(
    benefits: ServiceUnderTest, ends_first: bool
) -> None:
    """SKBBK has paid RM130.00 when the accident is found to be an employment injury: the funds settle it among them."""
    await enter_payee(benefits)
    bill: dict[str, Any] = {"kind": "medical_bill", "withdrawn_for": None}
    await state(benefits, stated(ClaimsPayableStatedV1, 1, once(13_000), law="Act 4, s.44C", **bill))
    assert await bank_answers(benefits) == ["130.00"]
    ended = stated(ClaimsPayableStatedV1, 2, law="Act 4, s.44C", superseded_by=OTHER, **bill)
    inside: dict[str, Any] = {"fund": Fund.EMPLOYMENT_INJURY, "law": "Act 4, s.15", "payable": OTHER}
    takes_its_place = stated(ClaimsPayableStatedV1, 1, once(13_000), **inside, **bill)
    for each in (ended, takes_its_place) if ends_first else (takes_its_place, ended):
        await state(benefits, each)
    assert await bank_answers(benefits) == []
    assert (await balances(benefits, "non_employment_injury"))["recoveries_set_off"] == "130.00"
    assert (await balances(benefits, "employment_injury"))["payable_expense"] == "130.00"


async def test_a_bill_that_moved_to_another_fund_and_is_taken_back_is_asked_back_once(
    benefits: ServiceUnderTest,
) -> None:
    """RM130.00 were paid once, by SKBBK; set off against employment injury they are to come back of that alone."""
    await enter_payee(benefits)
    bill: dict[str, Any] = {"kind": "medical_bill", "withdrawn_for": None}
    await state(benefits, stated(ClaimsPayableStatedV1, 1, once(13_000), law="Act 4, s.44C", **bill))
    assert await bank_answers(benefits) == ["130.00"]
    inside: dict[str, Any] = {"fund": Fund.EMPLOYMENT_INJURY, "law": "Act 4, s.15", "payable": OTHER}
    await state(benefits, stated(ClaimsPayableStatedV1, 2, law="Act 4, s.44C", superseded_by=OTHER, **bill))
    await state(benefits, stated(ClaimsPayableStatedV1, 1, once(13_000), **inside, **bill))
    assert await bank_answers(benefits) == []
    ended = {**bill, "withdrawn_for": "taken_back_by_sender"}
    await state(benefits, stated(ClaimsPayableStatedV1, 2, **inside, **ended))
    assert await bank_answers(benefits) == []
    opened = {each["claim"]: each["open"]["amount"] for each in await listed(benefits, "recoveries")}
    assert opened == {str(REFUND): "0.00", str(OTHER): "130.00"}


async def test_a_refund_that_is_in_no_bank_file_yet_is_withdrawn(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await state(benefits, refund(1, once(1_835)), refund(2))
    assert await bank_answers(benefits) == []
    assert await listed(benefits, "recoveries") == []


async def test_a_debt_of_benefit_is_not_set_off_against_a_refund_nor_the_other_way(benefits: ServiceUnderTest) -> None:
    """Act 4 s.50(1A) is about benefit: across owners it takes consent or a person (readings, owing 6)."""
    await enter_payee(benefits)
    await settle(benefits, decided(1, period(date(2026, 3, 1), date(2026, 3, 8), 2331)))
    assert await bank_answers(benefits) == ["186.48"]
    await settle(benefits, refused(2))
    await state(benefits, refund(1, once(1_835)))
    assert await bank_answers(benefits) == ["18.35"]
    await state(benefits, refund(2))
    await settle(benefits, decided(1, period(date(2026, 5, 1), date(2026, 5, 10), 3867), claim=new_id()))
    assert await bank_answers(benefits) == ["200.22"], "the debt of benefit alone is set off"
    opened = {each["claim"]: each["open"]["amount"] for each in await listed(benefits, "recoveries")}
    assert opened == {str(CLAIM): "0.00", str(REFUND): "18.35"}


async def test_an_employers_refund_about_no_person_is_seen_and_waits_for_an_account(
    benefits: ServiceUnderTest,
) -> None:
    await state(benefits, refund(1, once(91_750), person=None, party="employer:7"))
    (shown,) = await owed_to(benefits, "employer:7")
    assert (shown["claim"], shown["event"], shown["happened_on"]) == (str(REFUND), "contribution_refund", "2026-07-31")
    assert (shown["amount"]["amount"], shown["waiting"][0]["reason"]) == ("917.50", "account_missing")
    assert await owed_to(benefits, "employer:70") == []
    path, scopes = "/v1/parties/employer:7/entitlements", ["benefits:entitlement:read"]
    answer = await benefits.call("GET", path, scopes=scopes, party="employer:7", role="partner")
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")
    assert await benefits.work_off() == 0


async def test_two_payables_by_the_day_do_not_take_each_others_days(benefits: ServiceUnderTest) -> None:
    """A benefit makes good a loss, of which a day is owed once; two bills of one provider are two."""
    await enter_payee(benefits)
    days = TermV1(per=Per.DAY, sen=1_000, first=date(2026, 8, 1), last=date(2026, 8, 5))
    await state(benefits, refund(1, days), refund(1, days, payable=OTHER))
    assert sorted(await bank_answers(benefits)) == ["50.00", "50.00"]
    assert [each["waiting"] for each in await owed_to(benefits, WORKER)] == [[], []]


async def test_an_announcement_fills_the_projection_and_settles_nothing(benefits: ServiceUnderTest) -> None:
    await benefits.consume(received(refund(1, once(1_835)), announcement="run-1"))
    assert await benefits.work_off() == 0
    ((amount, settled),) = [(each["amount"], each["settled_revision"]) for each in await owed_to(benefits, WORKER)]
    assert (amount["amount"], settled) == ("18.35", None)


async def test_no_owner_states_what_is_anothers_and_no_payable_changes_its_fund(benefits: ServiceUnderTest) -> None:
    """Each is parked with its key for a person, whatever its revision; what stands goes on."""
    await settle(benefits, first())
    await state(benefits, refund(1, once(1_835)))
    await benefits.consume(refund(2, once(1_835), fund=Fund.INVALIDITY))
    await benefits.consume(refund(9, once(1), payable=CLAIM, person=13))
    await benefits.consume(first(claim=REFUND).model_copy(update={"revision": 9}))
    async with benefits.database.connection() as connection:
        parked = await connection.fetch("SELECT topic, key, reason FROM parked ORDER BY id")
    assert [tuple(row) for row in parked] == [
        ("registration.payable", "person:12", "failed: FundChanged"),
        ("registration.payable", "person:13", "failed: StatedByAnother"),
        ("claim.assessed", "person:12", "failed: StatedByAnother"),
    ]
    shown = {each["claim"]: (each["owner"], each["revision"]) for each in await owed_to(benefits, WORKER)}
    assert shown == {str(CLAIM): ("claims", 1), str(REFUND): ("registration", 1)}


async def test_what_no_event_can_tell_of_waits_and_stops_no_other_payment(benefits: ServiceUnderTest) -> None:
    """Each amount is within its bound, and the months together are not, with an end or without one."""
    await enter_payee(benefits)
    for last in (date(1982, 12, 31), None):
        months = TermV1(per=Per.MONTH, sen=10**12, first=date(1900, 1, 1), last=last)
        await state(benefits, refund(1, months, payable=new_id()))
    await state(benefits, refund(1, once(1_835)), refund(1, once(10**12), payable=OTHER))
    assert sorted(await bank_answers(benefits)) == ["10000000000.00", "18.35"]
    waiting = [why["reason"] for each in await owed_to(benefits, WORKER) for why in each["waiting"]]
    assert waiting == ["amount_out_of_bounds"] * 2


async def test_what_was_out_of_bounds_is_paid_when_its_owner_has_corrected_it(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await state(benefits, refund(1, TermV1(per=Per.MONTH, sen=10**12, first=date(1900, 1, 1))))
    assert await bank_answers(benefits) == []
    assert await for_officers(benefits) == {"amount_out_of_bounds": 1}
    await state(benefits, refund(2, once(1_835)))
    assert await for_officers(benefits) == {}
    assert await bank_answers(benefits) == ["18.35"]
    assert [each["waiting"] for each in await owed_to(benefits, WORKER)] == [[]]


async def test_what_came_to_be_owed_to_another_before_it_was_settled_waits_for_nothing(
    benefits: ServiceUnderTest,
) -> None:
    await benefits.consume(refund(1, once(100), party="employer:7", person=None))
    await state(benefits, refund(2, once(100), party="employer:8", person=None))
    async with benefits.database.connection() as connection:
        waits = await connection.fetch("SELECT payload::jsonb ->> 'party' AS party FROM due_work")
    assert [row["party"] for row in waits] == ["employer:8"]


async def test_no_payable_comes_to_be_owed_to_another_or_as_something_else(benefits: ServiceUnderTest) -> None:
    """One word of its owner would withdraw what is on its way to one party, and pay another: each is parked."""
    await enter_payee(benefits)
    await enter_payee(benefits, "7777777777", 13)
    for sen, change in enumerate(({"party": "person:13"}, {"kind": "fee"}, {"scheme": "act800"}), 1):
        about: dict[str, Any] = {"payable": new_id(), "person": 20 + sen}
        await state(benefits, refund(1, once(sen), **about))
        await state(benefits, refund(2, once(sen), **{**about, **change}))
    await state(benefits, refund(1, once(4)))
    await state(benefits, refund(2, party="person:13"))
    async with benefits.database.connection() as connection:
        parked = await connection.fetch("SELECT reason FROM parked ORDER BY id")
    assert [row["reason"] for row in parked] == ["failed: DebtChanged"] * 4
    assert await owed_to(benefits, "person:13") == []
    assert sorted(await bank_answers(benefits)) == ["0.01", "0.02", "0.03", "0.04"]


async def test_a_payable_that_a_restore_knows_by_its_payment_alone_keeps_its_party_and_its_fund(
    benefits: ServiceUnderTest, databases: Databases, issuer: TestIssuer
) -> None:
    """Else another is paid as well, or what is no expense is brought over to another fund as one."""
    await enter_payee(benefits)
    await state(benefits, refund(1, once(1_835)), refund(1, once(1_000), payable=OTHER, person=13))
    await bank_answers(benefits)
    async with fresh_service(BenefitsSettings, build, work, databases, issuer) as again:
        await recall(benefits, again)
        await state(again, refund(2, once(1_835), party="person:13"))
        await state(again, refund(2, once(1_000), payable=OTHER, person=13, fund=Fund.INVALIDITY))
        async with again.database.connection() as connection:
            parked = await connection.fetch("SELECT reason FROM parked ORDER BY id")
        assert [row["reason"] for row in parked] == ["failed: DebtChanged", "failed: FundChanged"]
        assert await balances(again) == {"bank": "-28.35", "contributions_receivable": "28.35"}


async def test_a_payment_of_a_refund_is_known_again_after_a_restore(
    benefits: ServiceUnderTest, databases: Databases, issuer: TestIssuer
) -> None:
    await enter_payee(benefits)
    await state(benefits, refund(1, once(1_835)))
    await bank_answers(benefits)
    async with fresh_service(BenefitsSettings, build, work, databases, issuer) as again:
        await recall(benefits, again)
        await state(again, refund(1, once(1_835)))
        async with again.database.connection() as connection:
            rows = await connection.fetch("SELECT owner, source, state, amount_sen FROM payment")
        assert await balances(again) == {"bank": "-18.35", "contributions_receivable": "18.35"}
    assert [tuple(row) for row in rows] == [("registration", "payable", "settled", 1_835)]
