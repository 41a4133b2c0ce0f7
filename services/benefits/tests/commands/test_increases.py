"""An order raises a nation's pensions: each once, page by page, over a kill, and what it gave is explained."""

from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.benefits.commands import give_increase as module
from services.benefits.commands.give_increase import GiveIncrease, give_increase
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.api import years
from services.benefits.tests.api.years import decide, order, pension, state
from services.benefits.tests.support import (
    balances,
    bank_answers,
    benefits_on,
    enter_payee,
    listed,
    monthly,
    pay_into,
    settle,
)
from shared.contracts.envelope import Cause
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres


async def paid(benefits: ServiceUnderTest) -> dict[str, Any]:
    """The pension of May to September is paid before anything is ordered."""
    await enter_payee(benefits)
    await settle(benefits, pension())
    assert await bank_answers(benefits) == ["9145.00"]
    return await state(benefits, "/v1/increases", order())


async def seen_by(benefits: ServiceUnderTest, party: str) -> list[dict[str, Any]]:
    """What somebody reads as owed to oneself."""
    me: dict[str, Any] = {"party": party, "role": "partner", "scopes": ["benefits:me:read"]}
    answer = await benefits.call("GET", "/v1/me/entitlements", **me)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def killed(benefits: ServiceUnderTest, page: GiveIncrease) -> None:
    """A page is left to be settled, and the process dies before the commit."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("killed")) as uow:
        await give_increase(page, uow)
        raise RuntimeError("the process is gone")


async def test_what_was_paid_since_its_day_gets_the_difference_once_and_it_is_explained(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """2.5 % of 1,829.00 from July: 45.73 for each of July, August and September."""
    business_clock.set_day(2026, 10, 5)
    stated = await paid(benefits)
    assert await bank_answers(benefits) == [], "one officer alone raises nothing"
    await decide(benefits, "increase_order", "increase_counts")
    assert await bank_answers(benefits) == ["137.19"]
    (given,) = (await years.one(benefits))["increases"]
    assert given["order"] == stated["order"]
    assert (given["instrument"], given["in_force"]) == ("P.U.(A) 999/2026", "2026-07-01")
    assert (given["before"]["amount"], given["after"]["amount"]) == ("1829.00", "1874.73")
    assert await seen_by(benefits, years.PARTY) == [await years.one(benefits)], "its payee sees all of it"
    assert await seen_by(benefits, "person:99") == []
    business_clock.set_day(2026, 10, 30)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1874.73"]
    assert (await balances(benefits))["benefit_expense"] == "11156.92"


async def test_an_order_that_was_wrong_is_taken_back_and_what_it_gave_is_set_off(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 10, 5)
    stated = await paid(benefits)
    await decide(benefits, "increase_order", "increase_counts")
    await bank_answers(benefits)
    await state(benefits, "/v1/increases", order(factors=[], replaces=stated["order"], withdrawn=True))
    await decide(benefits, "increase_order", "increase_counts")
    found = await years.one(benefits)
    assert (found["increases"], found["recovery"]["amount"]) == ([], "137.19")
    business_clock.set_day(2026, 10, 30)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1691.81"]


THREE = [{"benefit": years.PENSION, "began_from": 2026, "began_to": 2026, "percent": "3"}]


async def test_an_order_gives_once_and_one_takes_the_place_of_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Entered twice, and corrected twice: what was stated before the other counted is looked at again when it would."""
    business_clock.set_day(2026, 10, 5)
    first = await paid(benefits)
    await state(benefits, "/v1/increases", order(instrument="P.U.(A) 1000/2026"))
    of_first, twin = await years.tasks(benefits, "increase_order")
    assert twin["facts"]["other_0"] == f"waits: P.U.(A) 999/2026, 2026-07-01 ({first['order']})"
    assert await years.answered(benefits, of_first, "increase_counts") == (201, None)
    for number in ("P.U.(A) 999/2026", "P.U. (A) 999/2026", "PU(a) 999/2026"):
        assert await refusal(benefits, order(instrument=number, in_force="2026-08-01")) == "increase_stands"
    assert await years.answered(benefits, twin, "increase_counts", 1) == (409, "increase_stands")
    for _ in range(2):
        await state(benefits, "/v1/increases", order(factors=THREE, replaces=first["order"]))
    one, other = await years.tasks(benefits, "increase_order")
    assert await years.answered(benefits, one, "increase_counts") == (201, None)
    assert await refusal(benefits, order(replaces=first["order"], factors=[], withdrawn=True)) == "increase_replaced"
    assert await years.answered(benefits, other, "increase_counts", 1) == (409, "increase_replaced")
    await benefits.work_off()
    (given,) = (await years.one(benefits))["increases"]
    assert (given["before"]["amount"], given["after"]["amount"]) == ("1829.00", "1883.87")
    later = order(instrument="P.U.(A) 1/2027", in_force="2027-01-01")
    assert (await state(benefits, "/v1/increases", later))["counts"] is None, "the next one builds on it"


async def refusal(benefits: ServiceUnderTest, body: dict[str, Any]) -> str:
    answer = await benefits.call("POST", "/v1/increases", scopes=years.WRITE, json=body)
    assert answer.status_code == 409, answer.text
    code: str = answer.json()["code"]
    return code


async def test_every_pension_is_reached_page_by_page_also_over_a_kill(
    benefits: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    business_clock.set_day(2026, 10, 5)
    monkeypatch.setattr(module, "_PAGE", 2)
    others = [pension(claim=years.claim_of(number), person=number) for number in range(30, 35)]
    earlier = pension(1, monthly(date(2024, 5, 1), None, 100_000), claim=years.claim_of(40), person=40)
    for person in (*range(30, 35), 40):
        await enter_payee(benefits, f"7000000{person}", person)
    await settle(benefits, *others, earlier)
    stated = await state(benefits, "/v1/increases", order())
    await years.approve(benefits, "increase_order", "increase_counts")
    with pytest.raises(RuntimeError):
        await killed(benefits, GiveIncrease(UUID(stated["order"])))
    await benefits.work_off()
    owed = [sum(_sen(each) for each in await listed(benefits, "payments", person)) for person in range(30, 35)]
    assert owed == [2 * 182_900 + 3 * 187_473] * 5
    assert sum(_sen(each) for each in await listed(benefits, "payments", 40)) == 29 * 100_000, "another year's"


async def test_a_death_a_suspension_and_an_order_come_to_the_same_in_any_order(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """1,829.00 from May, July suspended, 2.5 % from July, dead on 31 August: 2 x 1,829.00 and 30 of 31 of 1,874.73."""
    business_clock.set_day(2026, 10, 5)
    await state(benefits, "/v1/increases", order())
    persons = range(60, 66)
    for person, acts in zip(persons, permutations(("die", "suspend", "pay")), strict=True):
        told = pension(claim=years.claim_of(person), person=person)
        if acts[0] != "die":
            await settle(benefits, told)
        for act in acts:
            await happens(benefits, act, person)
            await settle(benefits, told)
        if person == 62:
            await decide(benefits, "increase_order", "increase_counts")
    heir = {"capacity": "representative", "holder": "person:99", "evidence": "LA-2026-0118"}
    for person in persons:
        await pay_into(benefits, f"person:{person}", f"6000000{person}", **heir)
    await benefits.work_off()
    assert [await kept(benefits, person) for person in persons] == [2 * 182_900 + 181_425] * 6


async def happens(benefits: ServiceUnderTest, act: str, person: int) -> None:
    """A register states the death, two officers suspend July, or what is due by then is paid."""
    if act == "die":
        await years.tell(benefits, years.registered(date(2026, 8, 31), person=person))
    elif act == "suspend":
        july = years.suspension(payee=f"person:{person}", claim=str(years.claim_of(person)))
        await state(benefits, "/v1/suspensions", july)
        await decide(benefits, "suspension", "suspension_counts")
    else:
        await enter_payee(benefits, f"5000000{person}", person)
        await benefits.work_off()
        await bank_answers(benefits)


async def kept(benefits: ServiceUnderTest, person: int) -> int:
    """What was paid, or is on its way, less what is to come back of it."""
    (found,) = await listed(benefits, "entitlements", person)
    assert found["waiting"] == []
    paid = sum(_sen(each) for each in await listed(benefits, "payments", person))
    return paid - int(found["recovery"]["amount"].replace(".", ""))


async def test_after_a_restore_it_raises_as_before_and_nothing_is_paid_twice(
    benefits: ServiceUnderTest, business_clock: BusinessClock, databases: Databases, issuer: TestIssuer
) -> None:
    business_clock.set_day(2026, 10, 5)
    await paid(benefits)
    await decide(benefits, "increase_order", "increase_counts")
    await bank_answers(benefits)
    async with benefits_on(databases, issuer) as again:
        await enter_payee(again)
        await recall(benefits, again)
        await settle(again, pension())
        (given,) = (await years.one(again))["increases"]
        assert given["after"]["amount"] == "1874.73"
        assert await bank_answers(again) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"factors": []},
        {"factors": [], "withdrawn": True},
        {"factors": [{"benefit": years.PENSION, "began_from": 2021, "began_to": 2020, "percent": "1"}]},
        {"factors": [{"benefit": "temporary_disablement", "began_from": 2020, "began_to": 2021, "percent": "1"}]},
        {"factors": [{"benefit": years.PENSION, "began_from": 2027, "began_to": 2027, "percent": "1"}]},
        {"factors": [{"benefit": years.PENSION, "began_from": 2020, "began_to": 2021, "percent": "1"}] * 2},
        {"in_force": "2100-12-31"},
        {"factors": [{"benefit": years.PENSION, "began_from": 2020, "began_to": 2021, "percent": "0"}]},
        # A benefit by the degree of a loss has no least.
        {
            "factors": [
                {
                    "benefit": "permanent_disablement",
                    "began_from": 2020,
                    "began_to": 2021,
                    "percent": "1",
                    "least": {"amount": "550.00", "currency": "MYR"},
                }
            ]
        },
        # The review of 2023 gave 0.7 to 9.4 %.
        {
            "in_force": "2023-01-01",
            "factors": [{"benefit": years.PENSION, "began_from": 2020, "began_to": 2021, "percent": "9.5"}],
        },
    ],
)
async def test_an_order_that_cannot_be_is_refused(benefits: ServiceUnderTest, changes: dict[str, Any]) -> None:
    answer = await benefits.call("POST", "/v1/increases", scopes=years.WRITE, json=order(**changes))
    assert (answer.status_code, answer.json()["code"]) == (422, "increase_unfit")


def _sen(payment: dict[str, Any]) -> int:
    return int(payment["amount"]["amount"].replace(".", "")) if payment["state"] not in ("voided", "returned") else 0
