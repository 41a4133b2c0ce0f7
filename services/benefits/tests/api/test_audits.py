"""An auditor draws the same payments by the same seed, and each payee reads that it was told (decision 93)."""

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from services.benefits.tests.support import PERSON, decided, enter_payee, period, settle
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id, person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_whoever_has_the_seed_draws_the_same_payments_and_the_payee_reads_of_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await enter_payee(benefits)
    days = [date(2026, month, 1) for month in range(1, 6)]
    await settle(benefits, *(decided(1, period(day, day, 6533), claim=new_id()) for day in days))
    business_clock.advance(days=1)
    yesterday = str(today() - timedelta(days=1))
    asked = {"seed": "audit-2026", "first": yesterday, "last": yesterday, "size": "3"}
    purpose = {"purpose": "audit"}
    for wrong, code in (
        ({"last": str(today())}, "sample_period_open"),
        ({"first": str(today())}, "sample_period_reversed"),
    ):
        answer = await benefits.call(
            "GET", "/v1/audit-samples", scopes=["benefits:audit:read"], params=asked | wrong, headers=purpose
        )
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    answer = await benefits.call(
        "GET", "/v1/audit-samples", scopes=["benefits:audit:read"], params=asked, headers=purpose
    )
    sample = answer.json()
    assert (answer.status_code, sample["whole"], len(sample["payments"])) == (200, 5, 3)
    async with benefits.database.connection("migrate") as owner:
        payments = [str(row["id"]) for row in await owner.fetch("SELECT id FROM payment")]
    placed = sorted(payments, key=lambda id_: hashlib.sha256(f"audit-2026/{id_}".encode()).digest())
    assert [each["payment"] for each in sample["payments"]] == placed[:3]
    herself: dict[str, Any] = {"party": f"person:{PERSON}", "role": "partner"}
    path, scopes = f"/v1/persons/{person_id(PERSON)}/reads", ["benefits:read_log:read"]
    (read,) = (await benefits.call("GET", path, scopes=scopes, headers={"purpose": ""}, **herself)).json()["data"]
    assert (read["route"], read["purpose"], read["data"]) == ("/v1/audit-samples", "audit", ["payment"])
    stranger: dict[str, Any] = {"party": "person:999", "role": "partner"}
    assert (await benefits.call("GET", path, scopes=scopes, **stranger)).json()["data"] == []
