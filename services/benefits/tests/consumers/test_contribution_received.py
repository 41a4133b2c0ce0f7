"""The funds' money in: what a file changed, booked once for each month, and what was banked of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.benefits.consumers import contribution_received
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import balances, bank_answers, enter_payee, first, settle
from services.benefits.worker import SUBSCRIPTIONS
from shared.contracts.contribution_received import ContributionBankedV1, ContributionTotalsV1, FundDifferenceV1
from shared.contracts.envelope import MOST_MONEY_SEN, Cause, headers_of
from shared.kernel.clock import now, today
from shared.kernel.funds import Fund
from shared.kernel.identifiers import new_id
from shared.messaging.batch import BatchHandler
from shared.messaging.received import Reading, read
from shared.testing.clock import BusinessClock
from shared.testing.records import received
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

# Sen of one line: Act 4 employer and employee, Act 800 employer and employee, SKBBK employee (classes over RM2,500,
# RM3,000 and RM2,400; other-schemes §4.1, §7.3).
Sums = tuple[int, int, int, int, int]
AT_2600: Sums = (4465, 1275, 510, 510, 1915)
AT_3050: Sums = (5335, 1525, 610, 610, 2285)
AT_2480: Sums = (4285, 1225, 490, 490, 1835)
DOWN_TO_2480: Sums = (4285 - 5335, 1225 - 1525, 490 - 610, 490 - 610, 1835 - 2285)
BALANCES_AT_2480 = {
    "contributions_receivable": "83.25",
    "fund_act4_employer": "-42.85",
    "fund_act4_employee": "-12.25",
    "fund_act800": "-9.80",
    "fund_skbbk": "-18.35",
}

RECEIPT = UUID(int=7)
# What `totals` of AT_2600 brings to each fund.
OF_FUNDS = (
    (Fund.EMPLOYMENT_INJURY, 3_190, 0),
    (Fund.NON_EMPLOYMENT_INJURY, 0, 1_915),
    (Fund.INVALIDITY, 1_275, 1_275),
    (Fund.EMPLOYMENT_INSURANCE, 510, 510),
)


def totals(
    file: UUID, month: str = "2026-09", sums: Sums = AT_2600, *, told_apart: bool = True
) -> ContributionTotalsV1:
    """What a file with one line changed. The employer pays for invalidity what the employee does, else for injury."""
    act4_employer, act4_employee, act800_employer, act800_employee, skbbk_employee = sums
    funds = (
        FundDifferenceV1(fund=Fund.EMPLOYMENT_INJURY, employer_sen=act4_employer - act4_employee, employee_sen=0),
        FundDifferenceV1(fund=Fund.INVALIDITY, employer_sen=act4_employee, employee_sen=act4_employee),
        FundDifferenceV1(fund=Fund.NON_EMPLOYMENT_INJURY, employer_sen=0, employee_sen=skbbk_employee),
        FundDifferenceV1(fund=Fund.EMPLOYMENT_INSURANCE, employer_sen=act800_employer, employee_sen=act800_employee),
    )
    return ContributionTotalsV1(
        file=file,
        employer=3,
        month=month,
        received_at=datetime(2026, 10, 12, tzinfo=UTC),
        lines=1,
        act4_employer_sen=act4_employer,
        act4_employee_sen=act4_employee,
        act800_employer_sen=act800_employer,
        act800_employee_sen=act800_employee,
        skbbk_employee_sen=skbbk_employee,
        funds=funds if told_apart else (),
    )


async def handle_events(benefits: ServiceUnderTest, *events: ContributionTotalsV1 | ContributionBankedV1) -> None:
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await contribution_received.apply(events, uow)


def receipt(
    revision: int, *funds: tuple[Fund, int, int], receipt: UUID = RECEIPT, amount_sen: int = 8_675
) -> ContributionBankedV1:
    """What is stated of a receipt of September; of none yet where no fund is named."""
    return ContributionBankedV1(
        receipt=receipt,
        revision=revision,
        employer=3,
        month="2026-09",
        amount_sen=amount_sen,
        banked_on=date(2026, 10, 15),
        received_at=datetime(2026, 10, 16, tzinfo=UTC),
        stated_by="bank:1",
        funds=tuple(FundDifferenceV1(fund=fund, employer_sen=er, employee_sen=ee) for fund, er, ee in funds),
        unallocated_sen=0 if funds else amount_sen,
        unallocated_for=None if funds else "nothing_declared",
    )


async def booked(benefits: ServiceUnderTest) -> list[tuple[str, str, int]]:
    """Debit, credit and amount of every transfer, in the order of their booking."""
    async with benefits.database.connection() as connection:
        rows = await connection.fetch("SELECT debit, credit, amount_sen FROM transfer ORDER BY booked_at, credit")
    return [tuple(row) for row in rows]


async def test_the_totals_of_a_file_are_credited_to_their_funds_once(benefits: ServiceUnderTest) -> None:
    event = totals(new_id())
    await handle_events(benefits, event, event)
    await handle_events(benefits, event)
    assert await balances(benefits) == {
        "contributions_receivable": "86.75",
        "fund_act4_employer": "-44.65",
        "fund_act4_employee": "-12.75",
        "fund_act800": "-10.20",
        "fund_skbbk": "-19.15",
    }


async def test_another_month_of_the_same_file_and_another_file_are_booked_too(benefits: ServiceUnderTest) -> None:
    file = new_id()
    await handle_events(benefits, totals(file), totals(file, "2026-08"), totals(new_id()))
    assert (await balances(benefits))["contributions_receivable"] == "260.25"


async def test_a_correction_downwards_leaves_the_funds_at_the_lower_sums(benefits: ServiceUnderTest) -> None:
    """RM3,050.00 was declared and is RM2,480.00; `balances` holds the trial balance to nothing."""
    await handle_events(benefits, totals(new_id(), sums=AT_3050))
    await handle_events(benefits, totals(new_id(), sums=DOWN_TO_2480))
    assert await balances(benefits) == BALANCES_AT_2480
    assert sorted((await booked(benefits))[5:]) == [
        ("fund_act4_employee", "contributions_receivable", 300),
        ("fund_act4_employer", "contributions_receivable", 300),
        ("fund_act4_employer", "contributions_receivable", 750),
        ("fund_act800", "contributions_receivable", 240),
        ("fund_skbbk", "contributions_receivable", 450),
    ]


async def test_a_correction_that_comes_twice_changes_nothing_more(benefits: ServiceUnderTest) -> None:
    """In one batch and in the next; an announcement says both again."""
    first, correction = totals(new_id(), sums=AT_3050), totals(new_id(), sums=DOWN_TO_2480)
    for _ in range(2):
        await handle_events(benefits, first, correction, first, correction)
    assert await balances(benefits) == BALANCES_AT_2480
    assert len(await booked(benefits)) == 10


async def test_files_of_a_month_may_come_in_any_order_and_in_batches_of_any_size(benefits: ServiceUnderTest) -> None:
    """Upwards, downwards and up again: the sums of each month stand at the last declaration's."""
    up_again = (180, 50, 20, 20, 80)
    brought = (AT_3050, DOWN_TO_2480, up_again)
    for number, order in enumerate(permutations(brought), start=1):
        one, *others = [totals(new_id(), f"2026-{number + 5:02d}", sums) for sums in order]
        await handle_events(benefits, one)
        await handle_events(benefits, *others)
    assert await balances(benefits) == {
        "contributions_receivable": "520.50",
        "fund_act4_employer": "-267.90",
        "fund_act4_employee": "-76.50",
        "fund_act800": "-61.20",
        "fund_skbbk": "-114.90",
    }


async def test_a_fund_that_a_file_did_not_change_has_no_transfer_of_it(benefits: ServiceUnderTest) -> None:
    await handle_events(benefits, totals(new_id(), sums=(-1050, 0, 10, -10, 2285)))
    assert sorted(await booked(benefits)) == [
        ("contributions_receivable", "fund_skbbk", 2285),
        ("fund_act4_employer", "contributions_receivable", 1050),
    ]


async def test_a_month_of_a_file_moves_a_fund_once_in_whichever_direction(benefits: ServiceUnderTest) -> None:
    """The same file cannot take back what it brought: a second statement of it is a repeat."""
    file = new_id()
    await handle_events(benefits, totals(file, sums=AT_3050), totals(file, sums=DOWN_TO_2480))
    assert (await balances(benefits))["contributions_receivable"] == "103.65"
    assert len(await booked(benefits)) == 5


async def test_each_fund_has_its_income_and_all_of_them_that_of_the_organisation(benefits: ServiceUnderTest) -> None:
    """Of RM44.65 by the employer RM12.75 is for invalidity, as much as the employee pays, and RM31.90 for injury."""
    await handle_events(benefits, totals(new_id()))
    income = {fund: (await balances(benefits, fund)).get("contributions_receivable") for fund in Fund}
    assert income == {
        Fund.EMPLOYMENT_INJURY: "31.90",
        Fund.NON_EMPLOYMENT_INJURY: "19.15",
        Fund.INVALIDITY: "25.50",
        Fund.EMPLOYMENT_INSURANCE: "10.20",
        Fund.SELF_EMPLOYED: None,
        Fund.HOUSEWIVES: None,
    }


async def test_what_was_told_in_one_sum_is_not_booked_again_when_it_is_told_by_fund(benefits: ServiceUnderTest) -> None:
    """An event of a release before, and the announcement of this one: in one batch or the next, in either order."""
    before, after = new_id(), new_id()
    await handle_events(benefits, totals(before, told_apart=False))
    await handle_events(benefits, totals(before), totals(after), totals(after, told_apart=False))
    assert (await balances(benefits))["contributions_receivable"] == "173.50"
    assert (await balances(benefits, Fund.INVALIDITY))["contributions_receivable"] == "38.25", "12.75 and 25.50"


def of_the_topic(offset: int, employer: int, act4_employer_sen: int) -> Reading:
    """A record of the topic; what no contract takes is written into its bytes."""
    one = received(totals(new_id(), sums=(1, 0, 0, 0, 0), told_apart=False).model_copy(update={"employer": employer}))
    said = {**orjson.loads(one.raw.payload), "act4_employer_sen": act4_employer_sen}
    headers = tuple(headers_of(one.envelope))
    return read(replace(one.raw, offset=offset, headers=headers, payload=orjson.dumps(said)))


async def test_a_foreign_amount_is_parked_alone_and_a_full_day_holds_up_nobody(benefits: ServiceUnderTest) -> None:
    subscription = next(each for each in SUBSCRIPTIONS if each.topic == "contribution.received")
    handler = BatchHandler(benefits.worker.database, BenefitsUnitOfWork)
    await handler.start()
    async with benefits.database.connection() as connection:
        full = "INSERT INTO daily_total (topic, day, money_sen) VALUES ($1, $2, $3)"
        await connection.execute(full, subscription.topic, today(), 2**63 - 1)
        await handler.handle(subscription, [of_the_topic(0, 42, 2**63 - 1)])
        await handler.handle(subscription, [of_the_topic(1, 3, MOST_MONEY_SEN), of_the_topic(2, 4, 1)])
        parked = await connection.fetch("SELECT kafka_offset, fault FROM parked")
        counted = await connection.fetch("SELECT events, money_sen FROM daily_total")
    assert [tuple(each) for each in parked] == [(0, "bad_data")]
    assert [tuple(each) for each in counted] == [(2, 2**63 - 1 + MOST_MONEY_SEN + 1)]
    assert (await balances(benefits))["contributions_receivable"] == "10000000000000.01"


async def test_a_sum_that_fits_no_column_can_be_read(benefits: ServiceUnderTest) -> None:
    """Booked by a release that took it: the trial balance goes on."""
    await handle_events(benefits, totals(new_id()))
    async with benefits.database.connection() as connection:
        await connection.execute(
            "INSERT INTO transfer SELECT (jsonb_populate_record(transfer, $1)).* FROM transfer LIMIT 1",
            orjson.dumps({"id": str(new_id()), "file": str(new_id()), "amount_sen": 2**63 - 1}).decode(),
        )
    assert "contributions_receivable" in await balances(benefits)


async def test_what_was_banked_is_receivable_no_more_whenever_it_is_found_whose_it_is(
    benefits: ServiceUnderTest,
) -> None:
    """Its revisions come twice and in any order, in one batch or each in its own; the newest stands."""
    await handle_events(benefits, totals(new_id()))
    open_, found = receipt(1), receipt(2, *OF_FUNDS)
    for number, order in enumerate(((open_, found), (found, open_), (open_, found, open_, found))):
        one = [each.model_copy(update={"receipt": UUID(int=number + 20)}) for each in order]
        await handle_events(benefits, *one)
        another = [each.model_copy(update={"receipt": UUID(int=number + 30)}) for each in order]
        for each in another:
            await handle_events(benefits, each)
    assert {account: amount for account, amount in (await balances(benefits)).items() if "fund" not in account} == {
        "bank": "520.50",
        "contributions_receivable": "-433.75",
    }
    assert await balances(benefits, Fund.NON_EMPLOYMENT_INJURY) == {
        "bank": "114.90",
        "contributions_receivable": "-95.75",
        "fund_skbbk": "-19.15",
    }


async def test_a_receipt_of_no_fund_is_owed_to_whoever_it_is_of(benefits: ServiceUnderTest) -> None:
    await handle_events(benefits, receipt(3), receipt(2, *OF_FUNDS))
    await handle_events(benefits, receipt(1, *OF_FUNDS))
    assert await balances(benefits) == {"bank": "86.75", "contributions_unallocated": "-86.75"}
    assert await balances(benefits, "clearing") == await balances(benefits)
    wrong = {"revision": 4, "unallocated_sen": 0, "unallocated_for": None, "countered": True}
    await handle_events(benefits, receipt(3).model_copy(update=wrong))
    assert await balances(benefits) == {}, "two officers found it wrong"


async def test_interest_is_no_funds_contribution(benefits: ServiceUnderTest) -> None:
    """Beside 86.75 of funds the receipt pays 5.00 of interest: it is at the bank, and of no fund."""
    with_interest = receipt(1, *OF_FUNDS).model_copy(update={"interest_sen": 500, "amount_sen": 9_175})
    await handle_events(benefits, with_interest)
    assert (await balances(benefits))["bank"] == "91.75"
    assert await balances(benefits, "clearing") == {"bank": "5.00", "contributions_unallocated": "-5.00"}


async def test_a_batch_without_receipts_asks_for_none_and_one_without_files_books_receipts(
    benefits: ServiceUnderTest,
) -> None:
    """Value days: of a file that of its receipt, of a receipt the bank's."""
    await handle_events(benefits)
    await handle_events(benefits, totals(new_id()))
    await handle_events(benefits, receipt(1, *OF_FUNDS))
    async with benefits.database.connection() as connection:
        days = await connection.fetch("SELECT DISTINCT cause, value_on FROM transfer ORDER BY cause")
    assert [tuple(row) for row in days] == [
        ("contributions", date(2026, 10, 12)),
        ("contributions_banked", date(2026, 10, 15)),
    ]


async def funds(benefits: ServiceUnderTest, **asked: str) -> dict[str, dict[str, str]]:
    """What each fund has, without what is nothing."""
    answer = await benefits.call("GET", "/v1/funds", scopes=["benefits:ledger:read"], params=asked)
    assert answer.status_code == 200, answer.text
    shown: dict[str, dict[str, str]] = {}
    for row in answer.json()["funds"]:
        sums = {name: each["amount"] for name, each in row.items() if name != "fund"}
        shown[row["fund"]] = {name: amount for name, amount in sums.items() if amount != "0.00"}
    assert list(shown) == [*Fund, "clearing"]
    return {fund: sums for fund, sums in shown.items() if sums}


async def test_what_a_fund_has_is_told_of_a_day_and_as_it_was_known(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """A receipt of 15 October, of which nobody knew on the 16th whose it is, counts on its day once it is known."""
    business_clock.set_day(2026, 8, 12)
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    business_clock.set_day(2026, 10, 16)
    await handle_events(benefits, totals(new_id()), receipt(1))
    on_the_16th = now().isoformat()
    business_clock.set_day(2026, 10, 20)
    await handle_events(benefits, receipt(2, *OF_FUNDS))
    borne = {"granted": "1763.91", "paid": "1763.91"}
    assert await funds(benefits, on="2026-08-12") == {
        "employment_injury": {**borne, "balance": "-1763.91", "at_bank": "-1763.91"}
    }
    injury = {**borne, "declared": "31.90", "balance": "-1732.01"}
    others = {
        "non_employment_injury": {"declared": "19.15", "balance": "19.15"},
        "invalidity": {"declared": "25.50", "balance": "25.50"},
        "employment_insurance": {"declared": "10.20", "balance": "10.20"},
    }
    assert await funds(benefits, on="2026-10-14") == {"employment_injury": {**injury, "at_bank": "-1763.91"}, **others}
    assert await funds(benefits, known_at=on_the_16th, on="2026-10-15") == {
        "employment_injury": {**injury, "at_bank": "-1763.91"},
        **others,
        "clearing": {"banked": "86.75", "at_bank": "86.75"},
    }
    banked = {fund: {**sums, "banked": sums["declared"], "at_bank": sums["declared"]} for fund, sums in others.items()}
    now_known = {"employment_injury": {**injury, "banked": "31.90", "at_bank": "-1732.01"}, **banked}
    assert await funds(benefits, on="2026-10-15") == await funds(benefits) == now_known


async def test_the_trial_balance_of_any_day_comes_to_nothing(benefits: ServiceUnderTest) -> None:
    await handle_events(benefits, totals(new_id()), receipt(1, *OF_FUNDS))
    assert await balances(benefits, on="2026-10-11") == {}
    assert (await balances(benefits, on="2026-10-12"))["contributions_receivable"] == "86.75"
    assert "contributions_receivable" not in await balances(benefits, on="2026-10-15")
    assert await balances(benefits, known_at="2026-10-15T00:00:00+08:00", fund="invalidity") == {}


async def test_an_instant_says_where_and_officers_alone_read_what_funds_have(benefits: ServiceUnderTest) -> None:
    scopes: dict[str, Any] = {"scopes": ["benefits:ledger:read"]}
    for known_at in ("2026-10-15", "2026-10-15T00:00:00", "1784073600", "0001-01-01T00:00:00Z"):
        answer = await benefits.call("GET", "/v1/funds", params={"known_at": known_at}, **scopes)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid"), known_at
    for path in ("/v1/funds", "/v1/ledger/balances"):
        for instant in (now(), now() - timedelta(seconds=50), now() + timedelta(days=1)):
            answer = await benefits.call("GET", path, params={"known_at": instant.isoformat()}, **scopes)
            assert (answer.status_code, answer.json()["code"]) == (422, "known_at_uncertain"), instant
        answer = await benefits.call(
            "GET", path, params={"known_at": (now() - timedelta(seconds=61)).isoformat()}, **scopes
        )
        assert answer.status_code == 200
    answer = await benefits.call("GET", "/v1/funds", party="bank:1", role="partner", **scopes)
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")
