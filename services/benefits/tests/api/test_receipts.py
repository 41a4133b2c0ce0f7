"""A welfare office asks what somebody receives in a month: with that person's consent, and not without."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.benefits.tests.consumers.test_payable import once, stated
from services.benefits.tests.support import PERSON, bank_answers, decided, enter_payee, period, settle
from shared.contracts.claim_assessed import Fund
from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id, person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

HERSELF: dict[str, Any] = {"party": f"person:{PERSON}", "role": "partner"}
OFFICE: dict[str, Any] = {"party": "welfare:1", "role": "partner"}
SCOPES = ["benefits:receipt:read", "benefits:receipt_consent:write", "benefits:me:read"]
MONTH = "2026-08"
_TWICE = ("means_test", "means_test", "eligibility")


async def asked(
    benefits: ServiceUnderTest, who: dict[str, Any] = OFFICE, person: int = PERSON, **query: str
) -> tuple[int, Any]:
    """What somebody is told of a person."""
    path, params = f"/v1/persons/{person_id(person)}/receipts", {"month": MONTH, "purpose": "means_test", **query}
    answer = await benefits.call("GET", path, scopes=SCOPES, params=params, **who)
    body = answer.json()
    return answer.status_code, body if answer.is_success else body["code"]


async def consents(benefits: ServiceUnderTest, who: dict[str, Any] = HERSELF, **changes: Any) -> tuple[int, Any]:
    until = str(today() + timedelta(days=30))
    body = {"receiver": "welfare:1", "purpose": "means_test", "until_on": until, **changes}
    answer = await benefits.call("POST", "/v1/me/receipt-consents", scopes=SCOPES, json=body, **who)
    return answer.status_code, answer.json()


@pytest.fixture
async def paid(benefits: ServiceUnderTest, business_clock: BusinessClock) -> None:
    """In August the bank paid her two benefits, in September one more; another payment of September came back."""
    business_clock.set_day(2026, 8, 20)
    await enter_payee(benefits)
    day = date(2026, 8, 3)
    pension = decided(1, period(day, day, 70_800), claim=new_id(), benefit="invalidity_pension")
    await settle(benefits, pension, decided(1, period(day, day, 6_533), claim=new_id()))
    assert sorted(await bank_answers(benefits)) == ["65.33", "708.00"]
    business_clock.set_day(2026, 9, 2)
    await settle(benefits, decided(1, period(date(2026, 8, 4), date(2026, 8, 4), 7_777), claim=new_id()))
    await bank_answers(benefits)
    await settle(benefits, decided(1, period(date(2026, 8, 5), date(2026, 8, 5), 9_999), claim=new_id()))
    assert await bank_answers(benefits, "RJCT/AC04") == ["99.99"]


async def test_without_consent_a_person_is_as_one_that_is_unknown(benefits: ServiceUnderTest, paid: None) -> None:
    untold = (404, "receipts_not_told")
    assert await asked(benefits) == await asked(benefits, person=999) == untold
    status, given = await consents(benefits)
    assert status == 201
    assert await asked(benefits, {"party": "welfare:2", "role": "partner"}) == untold
    assert await asked(benefits, {"party": "employer:3", "role": "partner"}) == untold
    assert await asked(benefits, purpose="eligibility") == untold, "to another purpose she did not consent"
    assert await asked(benefits, person=999) == untold
    status, told = await asked(benefits)
    assert (status, told["receives"]) == (200, True)
    assert {each["benefit"]: each["amount"]["amount"] for each in told["benefits"]} == {
        "invalidity_pension": "708.00",
        "temporary_disablement": "65.33",
    }
    _, told = await asked(benefits, month="2026-09")
    assert [each["amount"]["amount"] for each in told["benefits"]] == ["77.77"], "what came back was not received"
    path = f"/v1/me/receipt-consents/{given['consent']}/withdrawals"
    strangers = await benefits.call("POST", path, scopes=SCOPES, party="person:8", role="partner")
    assert (strangers.status_code, strangers.json()["code"]) == (404, "receipt_consent_unknown")
    for _ in range(2):
        taken = await benefits.call("POST", path, scopes=SCOPES, **HERSELF)
        assert (taken.status_code, taken.json()["ended_at"] is None) == (201, False)
    assert await asked(benefits) == untold


async def test_what_is_payable_beside_benefits_and_what_is_paid_back_of_expenses_is_nobodys_income(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 20)
    await enter_payee(benefits)
    bill = stated(
        ClaimsPayableStatedV1, 1, once(9_000), kind="medical_bill", fund=Fund.EMPLOYMENT_INJURY, law="Act 4, s.15"
    )
    await benefits.consume(bill)
    day = date(2026, 8, 3)
    await settle(benefits, decided(1, period(day, day, 180_000), claim=new_id(), benefit="repatriation_of_remains"))
    assert sorted(await bank_answers(benefits)) == ["1800.00", "90.00"]
    await consents(benefits)
    status, told = await asked(benefits)
    assert (status, told["receives"], told["benefits"]) == (200, False, [])


async def test_who_consented_twice_takes_both_back_at_once(benefits: ServiceUnderTest, paid: None) -> None:
    (_, first), (_, again), _ = [await consents(benefits, purpose=each) for each in _TWICE]
    path = f"/v1/me/receipt-consents/{again['consent']}/withdrawals"
    assert (await benefits.call("POST", path, scopes=SCOPES, **HERSELF)).status_code == 201
    assert await asked(benefits) == (404, "receipts_not_told")
    own = (await benefits.call("GET", "/v1/me/receipt-consents", scopes=SCOPES, **HERSELF)).json()["data"]
    assert {each["consent"] for each in own if each["ended_at"]} == {first["consent"], again["consent"]}
    assert (await asked(benefits, purpose="eligibility"))[0] == 200, "of another purpose it stands"
    await consents(benefits)
    assert (await benefits.call("POST", path, scopes=SCOPES, **HERSELF)).status_code == 201
    assert (await asked(benefits))[0] == 200, "what was taken back before ends nothing that she consented to since"


async def test_who_asks_whether_she_is_eligible_is_told_yes_or_no(
    benefits: ServiceUnderTest, paid: None, business_clock: BusinessClock
) -> None:
    await consents(benefits, purpose="eligibility", until_on=str(today()))
    _, told = await asked(benefits, purpose="eligibility")
    assert (told["receives"], told["benefits"]) == (True, None)
    _, told = await asked(benefits, purpose="eligibility", month="2026-07")
    assert (told["receives"], told["benefits"]) == (False, None)
    business_clock.advance(days=1)
    assert await asked(benefits, purpose="eligibility") == (404, "receipts_not_told"), "it ended yesterday"


async def test_each_answer_is_read_by_her_and_by_nobody_before_it_is_written_down(
    benefits: ServiceUnderTest, paid: None
) -> None:
    await consents(benefits)
    await asked(benefits)
    path = f"/v1/persons/{person_id(PERSON)}/reads"
    reads = (await benefits.call("GET", path, scopes=["benefits:read_log:read"], **HERSELF)).json()["data"]
    (read,) = [each for each in reads if each["party"] == "welfare:1"]
    assert (read["route"], read["data"]) == ("/v1/persons/{person}/receipts", ["payment"])
    async with benefits.database.connection("migrate") as owner:
        await owner.execute("REVOKE INSERT ON read_log FROM benefits_api")
        refused = await asked(benefits)
        await owner.execute("GRANT INSERT ON read_log TO benefits_api")
    assert refused == (503, "read_not_logged")


async def test_consent_is_the_persons_own_for_a_year_at_most_and_ends_with_a_restore(
    benefits: ServiceUnderTest, paid: None
) -> None:
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"until_on": str(today() - timedelta(days=1))}, "consent_days_unfit"),
        ({"until_on": str(today() + timedelta(days=366))}, "consent_days_unfit"),
        ({"receiver": "employer:3"}, "request_invalid"),
    ]
    for wrong, code in wrongs:
        status, told = await consents(benefits, **wrong)
        assert (status, told["code"]) == (422, code)
    status, told = await consents(benefits, {"party": "employer:3", "role": "partner"})
    assert (status, told["code"]) == (403, "consent_of_oneself_only")
    await consents(benefits)
    own = await benefits.call("GET", "/v1/me/receipt-consents", scopes=SCOPES, **HERSELF)
    others = await benefits.call("GET", "/v1/me/receipt-consents", scopes=SCOPES, party="person:8", role="partner")
    assert [each["receiver"] for each in own.json()["data"]] == ["welfare:1"]
    assert others.json()["data"] == []
    assert (await asked(benefits))[0] == 200
    async with benefits.database.connection("migrate") as owner:
        await owner.execute("UPDATE epoch SET epoch = epoch + 1")
    assert await asked(benefits) == (404, "receipts_not_told"), "what was taken back since is not known"
