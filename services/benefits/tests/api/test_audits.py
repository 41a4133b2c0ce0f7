"""What an auditor draws of payments is kept as it was drawn, and each payee reads that it was told (decisions 93,
107)."""

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


async def test_what_was_drawn_of_payments_is_kept_and_the_payee_reads_of_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    purpose = {"purpose": "audit"}
    scopes = ["benefits:audit:write", "benefits:audit:read"]

    async def drawn(status: int = 201, **more: Any) -> dict[str, Any]:
        body = asked | more
        answer = await benefits.call("POST", "/v1/audit-draws", scopes=scopes, json=body, headers=purpose)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    stated = await benefits.call("POST", "/v1/audit-seeds", scopes=scopes, json={"seed": "audit-2026"})
    business_clock.advance(days=1)
    await enter_payee(benefits)
    days = [date(2026, month, 1) for month in range(1, 6)]
    await settle(benefits, *(decided(1, period(day, day, 6533), claim=new_id()) for day in days))
    business_clock.advance(days=1)
    yesterday = str(today() - timedelta(days=1))
    asked: dict[str, Any] = {"first": yesterday, "last": yesterday, "size": 3}
    for wrong, code in (
        ({"last": str(today())}, "sample_period_open"),
        ({"first": str(today())}, "sample_period_reversed"),
    ):
        assert (await drawn(422, **wrong))["code"] == code
    query = {"seed": "audit-2026", "first": yesterday, "last": yesterday}
    unknown = await benefits.call("GET", "/v1/audit-samples", scopes=scopes, params=query, headers=purpose)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "draw_unknown"), "no seed is tried out"
    sample = await drawn(seed=stated.json()["seed"])
    assert (sample["whole"], sample["number"], len(sample["payments"])) == (5, 1, 3)
    async with benefits.database.connection("migrate") as owner:
        payments = [str(row["id"]) for row in await owner.fetch("SELECT id FROM payment")]
    placed = sorted(payments, key=lambda id_: hashlib.sha256(f"audit-2026/{id_}".encode()).digest())
    assert [each["payment"] for each in sample["payments"]] == placed[:3]
    assert sample["frame_hash"] == hashlib.sha256("\n".join(sorted(payments)).encode()).hexdigest()
    again = await benefits.call("GET", "/v1/audit-samples", scopes=scopes, params=query, headers=purpose)
    assert again.json()["payments"] == sample["payments"]
    assert (await drawn())["number"] == 2, "by a seed of the machine's, of the same frame"
    herself: dict[str, Any] = {"party": f"person:{PERSON}", "role": "partner"}
    path, own = f"/v1/persons/{person_id(PERSON)}/reads", ["benefits:read_log:read"]
    read = (await benefits.call("GET", path, scopes=own, headers={"purpose": ""}, **herself)).json()["data"][-1]
    assert (read["route"], read["purpose"], read["data"]) == ("/v1/audit-draws", "audit", ["payment"])
    stranger: dict[str, Any] = {"party": "person:999", "role": "partner"}
    assert (await benefits.call("GET", path, scopes=own, **stranger)).json()["data"] == []
