"""The control totals over REST: what was taken on is ended or held, as it was counted last."""

from typing import Any

import pytest

from services.rehab.storage.control_totals import CONTROL_TOTALS
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from services.rehab.tests.support import HOSPITAL, Rehab, accident
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.persistence.control_totals import ControlTotalRepository

pytestmark = pytest.mark.postgres

REFUSAL = {"kind": "bill_refused", "reason": "not_treated"}
PATH, SCOPE = "/v1/control-totals", ["rehab:control_total:read"]


async def counted(rehab: Rehab) -> dict[str, Any]:
    """Count, and read what was counted, by kind."""
    async with rehab.service.worker.database.begin(RehabUnitOfWork, Cause("test")) as uow:
        await ControlTotalRepository(uow.connection).count(CONTROL_TOTALS, now())
    answer = await rehab.service.call("GET", PATH, scopes=SCOPE)
    assert answer.status_code == 200, answer.text
    found = {each.pop("kind"): each for each in answer.json()["items"]}
    for each in found.values():
        assert each["accepted"] == each["ended"] + sum(held["things"] for held in each["waiting"])
    return found


async def test_a_bill_is_held_by_officers_until_it_is_decided(rehab: Rehab) -> None:
    claim = new_id()
    await rehab.consume(accident(claim))
    await rehab.bill(claim=str(claim))
    (task,) = await rehab.tasks()
    found = await counted(rehab)
    assert [(held["holder"], held["things"]) for held in found["bill"]["waiting"]] == [("officer", 1)]
    assert [(held["holder"], held["things"]) for held in found["referral"]["waiting"]] == [("untimed", 1)]
    assert await rehab.decide(task, REFUSAL) == (201, None)
    found = await counted(rehab)
    assert (found["bill"]["accepted"], found["bill"]["ended"], found["bill"]["waiting"]) == (1, 1, [])


async def test_what_nobody_holds_is_said(rehab: Rehab) -> None:
    async with rehab.service.database.connection() as connection:
        await connection.execute(
            "INSERT INTO bill (id, tenant, number, person, sent_at) VALUES (uuidv7(), 'hospital:1', 'B-1', 7, now())"
        )
    found = await counted(rehab)
    assert [held["holder"] for held in found["bill"]["waiting"]] == ["nobody"]


async def test_nobody_but_officers_reads_them(rehab: Rehab) -> None:
    answer = await rehab.service.call("GET", PATH, scopes=SCOPE, **HOSPITAL)
    assert answer.status_code == 403
