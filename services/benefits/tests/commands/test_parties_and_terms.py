"""What a claim owes to several parties, under two benefits, by the month and once: each in books of its own."""

from datetime import date, datetime
from typing import Any, cast

import pytest
from sqlalchemy import text

from services.benefits.commands.compare_calendar import CompareCalendar, compare_calendar
from services.benefits.commands.settle_entitlement import SettleEntitlement, settle_entitlement
from services.benefits.commands.wake_monthly import WakeMonthly, wake_monthly
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    BENEFIT,
    CLAIM,
    assessed,
    balances,
    bank_answers,
    decided,
    enter_payee,
    events,
    fetch,
    files,
    freeze,
    handle_events,
    listed,
    monthly,
    once,
    owed_to,
    period,
    settle,
    transfers,
)
from shared.contracts.benefit_paid import BenefitInstructedV1
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund
from shared.contracts.envelope import Cause
from shared.kernel.clock import BUSINESS_ZONE, now
from shared.kernel.identifiers import new_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

SKBBK = "non_employment_injury_temporary_disablement"
OPERATOR = "person:12"
DAYS = (date(2026, 8, 6), date(2026, 8, 24))
FIRST_WIFE, SECOND_WIFE, SON = 21, 22, 23


def outside() -> ClaimAssessedV1:
    """19 days at RM50.40 by SKBBK: RM957.60; employment injury is refused."""
    owed = owed_to(OPERATOR, period(*DAYS, 5040), benefit=SKBBK, fund=Fund.NON_EMPLOYMENT_INJURY, law="Act 4 s.44C")
    return assessed(1, owed, refuses=[BENEFIT])


def on_the_way(*, revision: int = 2) -> ClaimAssessedV1:
    """19 days at RM84.00 by employment injury: RM1,596.00; SKBBK is refused now."""
    return assessed(revision, owed_to(OPERATOR, period(*DAYS, 8400)), refuses=[SKBBK])


async def run(benefits: ServiceUnderTest, *of_benefits: str) -> None:
    """Settle these benefits one after the other, each with what that woke; nothing else was due."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
        await uow.connection.execute(text("UPDATE due_work SET due_at = 'infinity' WHERE kind = 'settle_entitlement'"))
    for benefit in of_benefits:
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
            await settle_entitlement(SettleEntitlement(CLAIM, "act4", benefit, OPERATOR), uow)
        await benefits.work_off()


@pytest.mark.parametrize("order", [(SKBBK, BENEFIT), (BENEFIT, SKBBK), ()], ids=["ends first", "begins first", "both"])
async def test_an_accident_that_turns_from_one_fund_to_the_other_pays_638_40_more(
    benefits: ServiceUnderTest, order: tuple[str, ...]
) -> None:
    """Whichever is settled first: RM957.60 stay with her, and are what the employment injury fund owes the other."""
    await enter_payee(benefits)
    await settle(benefits, outside())
    assert await bank_answers(benefits) == ["957.60"]
    await handle_events(benefits, on_the_way())
    await (run(benefits, *order) if order else benefits.work_off())
    assert await bank_answers(benefits) == ["638.40"]
    (recovery,) = await listed(benefits, "recoveries")
    shown = (recovery["benefit"], recovery["state"], recovery["open"]["amount"], recovery["set_off"]["amount"])
    assert shown == (SKBBK, "closed", "0.00", "957.60")
    assert await balances(benefits) == {"bank": "-1596.00", "benefit_expense": "1596.00"}
    assert await balances(benefits, "employment_injury") == {
        "bank": "-638.40",
        "benefit_expense": "1596.00",
        "recoveries_set_off": "-957.60",
    }
    assert await balances(benefits, "non_employment_injury") == {"bank": "-957.60", "recoveries_set_off": "957.60"}
    amounts = {each["benefit"]: (each["amount"]["amount"], each["waiting"]) for each in await owed(benefits)}
    assert amounts == {SKBBK: ("0.00", []), BENEFIT: ("1596.00", [])}
    assert await benefits.work_off() == 0


def buried(revision: int, fund: Fund, sen: int = 300_000) -> ClaimAssessedV1:
    """Funeral benefit of RM3,000.00, borne by this fund."""
    return assessed(revision, owed_to(OPERATOR, once(date(2026, 8, 6), sen), benefit="funeral", fund=fund))


async def test_what_the_person_died_of_is_found_later_and_the_other_fund_bears_the_funeral(
    benefits: ServiceUnderTest,
) -> None:
    """RM3,000.00 were paid by invalidity; nothing is paid again, and nothing is to come back of the payee."""
    await enter_payee(benefits)
    await settle(benefits, buried(1, Fund.INVALIDITY))
    assert await bank_answers(benefits) == ["3000.00"]
    await settle(benefits, buried(2, Fund.EMPLOYMENT_INJURY))
    assert await bank_answers(benefits) == []
    assert await listed(benefits, "recoveries") == []
    assert await balances(benefits, "invalidity") == {"bank": "-3000.00", "recoveries_set_off": "3000.00"}
    borne = {"benefit_expense": "3000.00", "recoveries_set_off": "-3000.00"}
    assert await balances(benefits, "employment_injury") == borne
    (shown,) = await owed(benefits)
    assert (shown["fund"], shown["settled"]["amount"], shown["set_off"]["amount"]) == (
        *("employment_injury", "3000.00"),
        "0.00",
    )
    await settle(benefits, buried(3, Fund.EMPLOYMENT_INJURY, 250_000))
    await settle(benefits, buried(4, Fund.INVALIDITY, 250_000))
    (recovery,) = await listed(benefits, "recoveries")
    kept = (recovery["fund"], recovery["opened"]["amount"], recovery["open"]["amount"])
    assert kept == ("invalidity", "500.00", "500.00")
    assert await balances(benefits, "employment_injury") == {}
    await settle(benefits, assessed(5))
    assert await balances(benefits, "employment_injury") == {}, (
        "what is owed no more names no fund: the last one keeps it"
    )


async def owed(benefits: ServiceUnderTest, person: int = 12) -> list[dict[str, Any]]:
    return await listed(benefits, "entitlements", person)


async def test_what_was_in_no_file_yet_is_withdrawn_and_the_higher_one_is_paid_whole(
    benefits: ServiceUnderTest,
) -> None:
    await enter_payee(benefits)
    await settle(benefits, outside())
    await settle(benefits, on_the_way())
    assert await bank_answers(benefits) == ["1596.00"]
    assert await listed(benefits, "recoveries") == []
    refused = {each["benefit"]: (each["refused_for"], each["law"]) for each in await owed(benefits)}
    assert refused == {SKBBK: ("not_covered", "Act 4 s.2(6)"), BENEFIT: (None, "Act 4 s.22")}


async def test_it_turns_back_when_the_other_is_owed_after_all(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    for number, event in enumerate((outside(), on_the_way(), outside().model_copy(update={"revision": 3}))):
        await settle(benefits, event)
        assert await bank_answers(benefits) == [["957.60"], ["638.40"], []][number]
    recoveries = {each["benefit"]: each["open"]["amount"] for each in await listed(benefits, "recoveries")}
    assert recoveries == {SKBBK: "0.00", BENEFIT: "638.40"}, "what is above the lower one is still to come back"


def dependant(person: int, sen: int) -> EntitlementV1:
    return owed_to(f"person:{person}", monthly(date(2026, 8, 1), None, sen), benefit="dependants_benefit")


def death(revision: int, *shares: tuple[int, int]) -> ClaimAssessedV1:
    funeral = owed_to(f"person:{FIRST_WIFE}", once(date(2026, 7, 31), 300_000), benefit="funeral", law="Act 4 s.29")
    return assessed(revision, funeral, *(dependant(*share) for share in shares), person=40)


async def test_three_payees_of_one_death_one_of_whom_nobody_knew(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """1,579.50 to each wife and 2,106.00 to the son by 31 October, and 3,000.00 for the funeral."""
    for person in (FIRST_WIFE, SECOND_WIFE, SON):
        await enter_payee(benefits, str(5_000_000 + person), person)
    business_clock.set_day(2026, 8, 6)
    await settle(benefits, death(1, (FIRST_WIFE, 105_300), (SON, 70_200)))
    assert await bank_answers(benefits) == ["3000.00"]
    business_clock.set_day(2026, 9, 1)
    await benefits.work_off()
    assert sorted(await bank_answers(benefits)) == ["1053.00", "702.00"]
    business_clock.set_day(2026, 9, 20)
    await settle(benefits, death(2, (FIRST_WIFE, 52_650), (SECOND_WIFE, 52_650), (SON, 70_200)))
    assert await bank_answers(benefits) == ["526.50"], "the second wife's August, at once"
    (recovery,) = await listed(benefits, "recoveries", 40)
    assert (recovery["party"], recovery["open"]["amount"]) == (f"person:{FIRST_WIFE}", "526.50")
    for day, paid in ((date(2026, 10, 1), ["526.50", "702.00"]), (date(2026, 11, 1), ["526.50", "526.50", "702.00"])):
        business_clock.set_day(day.year, day.month, day.day)
        await benefits.work_off()
        assert sorted(await bank_answers(benefits)) == paid
    received = {}
    for person in (FIRST_WIFE, SECOND_WIFE, SON):
        mine = [each for each in await listed(benefits, "payments", person) if each["party"] == f"person:{person}"]
        received[person] = sum(round(float(each["amount"]["amount"]) * 100) for each in mine)
    assert received == {FIRST_WIFE: 157_950 + 300_000, SECOND_WIFE: 157_950, SON: 210_600}
    assert await balances(benefits) == {"bank": "-8265.00", "benefit_expense": "8265.00"}


async def due_for_the_son(benefits: ServiceUnderTest) -> datetime:
    """When what he is owed by the month is looked at next."""
    query = "SELECT due_at FROM due_work WHERE payload::json ->> 'benefit' = 'dependants_benefit'"
    async with benefits.database.connection() as connection:
        return cast("datetime", await connection.fetchval(query))


async def compare(benefits: ServiceUnderTest) -> None:
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
        await compare_calendar(CompareCalendar(), uow)


async def test_a_payment_day_that_moves_is_not_missed(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """August is paid on the 28th, since the 31st is a holiday; whoever waited for the 31st is looked at again."""
    business_clock.set_day(2026, 8, 6)
    await enter_payee(benefits, "5000023", SON)
    await settle(benefits, death(1, (SON, 70_200)))
    payment_day = datetime(2026, 8, 28, tzinfo=BUSINESS_ZONE)
    await compare(benefits)
    assert await due_for_the_son(benefits) == payment_day, "nothing was known before: nothing moved"
    async with benefits.database.connection() as connection:
        await connection.execute("UPDATE payment_day SET paid_on = '2026-08-31' WHERE month = '2026-08'")
        await connection.execute("UPDATE due_work SET due_at = '2026-08-31' WHERE due_at < 'infinity'")
    await compare(benefits)
    await benefits.work_off()
    assert await due_for_the_son(benefits) == payment_day
    assert await bank_answers(benefits) == []
    business_clock.set_day(2026, 8, 28)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["702.00"]


async def test_no_payment_day_moves_unseen_at_the_turn_of_a_month(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """On 1 September October's day is waited for, before anybody compared in September: in August it was kept."""
    business_clock.set_day(2026, 8, 31)
    await compare(benefits)
    await enter_payee(benefits, "5000023", SON)
    await settle(benefits, decided(1, monthly(date(2026, 10, 1), None, 70_200), person=SON))
    business_clock.set_day(2026, 9, 1)
    await benefits.work_off()
    waits = "SELECT due_at FROM due_work WHERE kind = 'settle_entitlement'"
    async with benefits.database.connection() as connection:
        payment_day = await connection.fetchval(waits)
        await connection.execute("UPDATE payment_day SET paid_on = '2026-11-09' WHERE month = '2026-10'")
        await connection.execute("UPDATE due_work SET due_at = '2026-11-09' WHERE kind = 'settle_entitlement'")
    assert payment_day.month == 10
    await compare(benefits)
    await benefits.work_off()
    async with benefits.database.connection() as connection:
        assert await connection.fetchval(waits) == payment_day


async def test_what_is_owed_by_the_month_is_woken_page_by_page(
    benefits: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every pension there is listens to the calendar: no transaction locks them all."""
    monkeypatch.setattr("services.benefits.commands.wake_monthly._PAGE", 1)
    business_clock.set_day(2026, 8, 6)
    await settle(benefits, death(1, (FIRST_WIFE, 52_650), (SECOND_WIFE, 52_650), (SON, 70_200)))
    woken = "SELECT count(*) FROM due_work WHERE kind = 'settle_entitlement' AND due_at <= $1"
    next_page = "SELECT (payload::json ->> 'after')::bigint FROM due_work WHERE kind = 'wake_monthly' AND due_at <= $1"
    pages: list[int] = []
    after: int | None = 0
    while after is not None:
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
            await wake_monthly(WakeMonthly(after), uow)
        async with benefits.database.connection() as connection:
            pages.append(await connection.fetchval(woken, now()))
            after = await connection.fetchval(next_page, now())
            await connection.execute("DELETE FROM due_work WHERE kind = 'wake_monthly'")
    assert pages == [1, 2, 3, 3]


async def test_each_dependant_is_a_line_of_the_bank_file_and_stays_a_party_in_what_is_told(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    for person in (FIRST_WIFE, SON):
        await enter_payee(benefits, str(5_000_000 + person), person)
    business_clock.set_day(2026, 9, 1)
    await settle(benefits, death(1, (FIRST_WIFE, 105_300), (SON, 70_200)))
    await freeze(benefits)
    (file,) = await files(benefits)
    assert sorted(amount for _, amount in transfers(await fetch(benefits, file))) == ["1053.00", "3000.00", "702.00"]
    told = [each for each in await published_by(benefits) if isinstance(each, BenefitInstructedV1)]
    assert {(each.party, each.benefit, each.kind, each.amount_sen) for each in told} == {
        (f"person:{FIRST_WIFE}", "funeral", "once", 300_000),
        (f"person:{FIRST_WIFE}", "dependants_benefit", "payment", 105_300),
        (f"person:{SON}", "dependants_benefit", "payment", 70_200),
    }
    assert {(each.person, each.scheme, each.fund.value) for each in told} == {(40, "act4", "employment_injury")}
    assert len({each.aggregate for each in told}) == 3


async def test_an_account_that_refuses_holds_back_its_own_party_alone(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    for person in (FIRST_WIFE, SON):
        await enter_payee(benefits, str(5_000_000 + person), person)
    business_clock.set_day(2026, 9, 1)
    await settle(benefits, death(1, (SON, 70_200)).model_copy(update={"entitlements": (dependant(SON, 70_200),)}))
    assert await bank_answers(benefits, "RJCT/AC04") == ["702.00"]
    await settle(benefits, death(2, (FIRST_WIFE, 105_300), (SON, 70_200)))
    assert sorted(await bank_answers(benefits)) == ["1053.00", "3000.00"]
    waiting = {each["party"]: [why["reason"] for why in each["waiting"]] for each in await owed(benefits, 40)}
    assert waiting == {f"person:{FIRST_WIFE}": [], f"person:{SON}": ["account_returned"]}
    data = [each for type_, each in await events(benefits) if type_ == "jaring.benefit.returned.v1"]
    assert [(each["person"], each["party"]) for each in data] == [(40, f"person:{SON}")]


async def test_a_party_that_is_no_person_waits_for_an_account(benefits: ServiceUnderTest) -> None:
    hospital = owed_to("hospital:5", once(date(2026, 7, 31), 12_000), benefit="treatment")
    await settle(benefits, assessed(1, hospital))
    (shown,) = await owed(benefits)
    assert (shown["party"], [each["reason"] for each in shown["waiting"]]) == ("hospital:5", ["account_missing"])
    assert await listed(benefits, "payments") == []
    assert await benefits.work_off() == 0


async def test_an_open_term_is_paid_on_and_its_days_are_taken_to_the_end(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Another claim waits for days that lie years ahead, and an end of the term frees them."""
    await enter_payee(benefits)
    business_clock.set_day(2026, 9, 1)
    await settle(benefits, assessed(1, owed_to(OPERATOR, period(date(2026, 8, 1), None, 6533))))
    assert await bank_answers(benefits) == ["2025.23"]
    (shown,) = await owed(benefits)
    assert (shown["terms"][0]["last"], shown["terms"][0]["whole"], shown["amount"]["amount"]) == (None, None, "0.00")
    other, later = new_id(), period(date(2040, 1, 1), date(2040, 1, 5), 6533)
    await settle(benefits, assessed(1, owed_to(OPERATOR, later), claim=other))
    held = {each["claim"]: each["waiting"] for each in await owed(benefits)}
    assert held[str(other)][0]["first"] == "2040-01-01"
    await settle(benefits, assessed(2, owed_to(OPERATOR, period(date(2026, 8, 1), date(2026, 8, 31), 6533))))
    assert [each["waiting"] for each in await owed(benefits)] == [[], []]
    assert await bank_answers(benefits) == []


async def test_who_is_paid_under_anothers_claim_reads_it_among_ones_own(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits, person=SON)
    await settle(benefits, death(1, (SON, 70_200)))
    assert [each["party"] for each in await owed(benefits, SON)] == [f"person:{SON}"]
    assert {each["party"] for each in await owed(benefits, 40)} == {f"person:{SON}", f"person:{FIRST_WIFE}"}
