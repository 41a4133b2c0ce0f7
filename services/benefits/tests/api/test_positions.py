"""A party's page of figures: owed both ways, by the books and by what is stated."""

from datetime import date
from typing import Any

import pytest

from services.benefits.tests.consumers.test_payable import refund
from services.benefits.tests.support import (
    PERSON,
    bank_answers,
    decided,
    enter_payee,
    listed,
    once,
    pay_into,
    period,
    second,
    settle,
    third,
)
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

_MANY = """
    INSERT INTO entitlement (claim, scheme, benefit, party, fund, law, decision_hash, provisional)
    SELECT claim, scheme, benefit || number, $1, fund, law, decision_hash, provisional
    FROM entitlement, generate_series(1, 500) AS number
"""
NAMED = ("recovery", "reference", "law", "kept")
EMPLOYER = "employer:7"
SUMS = ("not_due", "waiting", "on_its_way", "paid", "to_come_back")


async def position(benefits: ServiceUnderTest, party: str = f"person:{PERSON}") -> Any:
    path = f"/v1/parties/{party}/position"
    answer = await benefits.call("GET", path, scopes=("benefits:position:read",))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def recoveries_from(benefits: ServiceUnderTest, party: str) -> Any:
    answer = await benefits.call("GET", f"/v1/parties/{party}/recoveries", scopes=("benefits:recovery:read",))
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def agree_on_instalments(benefits: ServiceUnderTest, recovery: str) -> None:
    """RM100.00 a month, stated by one officer and released by another."""
    path = f"/v1/recoveries/{recovery}"
    monthly = {"amount": "100.00", "currency": "MYR"}
    scopes = ("benefits:agreement:write", "benefits:agreement:release")
    body = {"monthly": monthly, "from_on": "2026-11-01", "evidence": "KB-1"}
    stated = await benefits.call("POST", f"{path}/instalments", scopes=scopes, json=body, subject="officer-1")
    release = f"{path}/agreements/{stated.json()['agreement']}/releases"
    assert (await benefits.call("POST", release, scopes=scopes, subject="officer-2")).status_code == 201


async def test_a_party_with_more_than_fits_is_read_page_by_page(benefits: ServiceUnderTest) -> None:
    await settle(benefits, decided(1, period(date(2026, 7, 16), None, 6533)))
    async with benefits.database.connection() as owner:
        await owner.execute(_MANY, f"person:{PERSON}")
    path = f"/v1/parties/person:{PERSON}/position"
    answer = await benefits.call("GET", path, scopes=("benefits:position:read",))
    assert (answer.status_code, answer.json()["code"]) == (409, "position_too_large")


async def test_a_certificate_that_goes_on_stands_on_the_page(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, decided(1, period(date(2026, 7, 16), None, 6533)))
    shown = await position(benefits)
    (owed,) = shown["owed"]
    assert owed["on_its_way"]["amount"] == shown["on_its_way"]["amount"] != "0.00"


async def test_what_is_to_come_back_stands_by_act_and_fund_with_its_plan(benefits: ServiceUnderTest) -> None:
    """RM612.00 are to come back, RM100.00 of the next are kept, and RM5.00 are owed in 2090."""
    await enter_payee(benefits)
    await settle(benefits, second())
    await bank_answers(benefits)
    await settle(benefits, third())
    (recovery,) = await listed(benefits, "recoveries")
    await agree_on_instalments(benefits, recovery["recovery"])
    more, later = period(date(2026, 8, 12), date(2026, 8, 21), 6800), once(date(2090, 1, 1), 500)
    await settle(benefits, decided(4, *third().entitlements[0].terms, more, later))
    shown = await position(benefits)
    assert [shown[name]["amount"] for name in SUMS] == ["5.00", "0.00", "580.00", "1836.00", "512.00"]
    (group,) = shown["by_act_and_fund"]
    assert (group["scheme"], group["fund"], group["open"]["amount"]) == ("act4", "employment_injury", "512.00")
    (plan,) = shown["recoveries"]
    assert [plan[name]["amount"] for name in ("monthly", "came_back", "open")] == ["100.00", "100.00", "512.00"]
    assert {name: plan[name] for name in NAMED} == {name: recovery[name] for name in NAMED}
    assert plan["kept"] == {"percent": "100", "law": "Act 4, s.50(1A)"}


async def test_what_is_owed_and_not_due_and_what_waits_stand_on_the_page(benefits: ServiceUnderTest) -> None:
    await settle(benefits, decided(1, period(date(2026, 11, 1), date(2099, 1, 1), 100), once(date(2026, 9, 1), 5000)))
    shown = await position(benefits)
    (owed,) = shown["owed"]
    assert [each["reason"] for each in owed["waits_for"]] == ["account_missing"]
    whole = 5000 + 100 * ((date(2099, 1, 1) - date(2026, 11, 1)).days + 1)
    waiting, not_due = (round(float(shown[name]["amount"]) * 100) for name in ("waiting", "not_due"))
    assert waiting > 5000
    assert waiting + not_due == whole
    assert (await position(benefits, "employer:7"))["owed"] == []


async def test_a_debt_of_an_employer_has_a_name_by_which_it_is_repaid(benefits: ServiceUnderTest) -> None:
    """A refund that was paid and then withdrawn: of no person, and no law keeps benefit against it."""
    await pay_into(benefits, EMPLOYER, "5123456789012")
    for revision, terms in enumerate(((once(date(2026, 8, 20), 2000),), ()), 1):
        await benefits.consume(refund(revision, *terms, person=None, party=EMPLOYER))
        await benefits.work_off()
        await bank_answers(benefits)
    (recovery,) = await recoveries_from(benefits, EMPLOYER)
    assert recovery["reference"].startswith("R")
    assert (recovery["open"]["amount"], recovery["kept"]) == ("20.00", None)
    (shown,) = (await position(benefits, EMPLOYER))["recoveries"]
    assert {name: shown[name] for name in (*NAMED, "open")} == {name: recovery[name] for name in (*NAMED, "open")}
    assert shown["monthly"] is None
    assert await recoveries_from(benefits, "person:7") == []
