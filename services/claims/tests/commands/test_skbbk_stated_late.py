"""Whoever is released from SKBBK, or comes back, when the accident has happened: two officers look (decision 35).

An accident at home on 5 August 2026, 20 days certified, of which the employer paid the first: RM50.40 a day for 19 days
(`test_circumstances.py`).
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.claims.tests.commands.test_circumstances import ACCIDENT, SKBBK, outcomes, owed, wages
from services.claims.tests.support import (
    PERSON,
    all_has_arrived,
    apply_events,
    claim_of,
    employed,
    registered,
    report,
)
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1, MembershipStatementV1
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

HELD = ("officer", "skbbk_stated_late")
DECIDES = ["claims:task:read", "claims:task:write", "claims:doubt:decide"]


def membership(revision: int, category: str, *statements: MembershipStatementV1) -> MembershipChangedV1:
    """June mandatory, then in a category since July, as registration derives it from what was stated."""
    june = MembershipPeriodV1(category="mandatory", first=date(2026, 6, 1), last=date(2026, 6, 30))
    since = MembershipPeriodV1(category=category, first=date(2026, 7, 1))
    return MembershipChangedV1(
        person=PERSON, scheme="skbbk", revision=revision, periods=(june, since), statements=statements
    )


def release(filed_on: date, stated_on: date, by: str = "organisation") -> MembershipStatementV1:
    at = datetime(stated_on.year, stated_on.month, stated_on.day, 4, tzinfo=UTC)
    # Of whichever of the person's numbers.
    return MembershipStatementV1(kind="release", filed_on=filed_on, stated_at=at, stated_by=by, person=2)


BEFORE = membership(1, "by_default")
# A paper notice of before the accident that an officer enters behind it.
DATED_BACK = membership(2, "out", release(date(2026, 7, 20), date(2026, 8, 20)))


async def act(claims: ServiceUnderTest, path: str, officer: str, body: object = None) -> int:
    answer = await claims.call("POST", f"/v1/tasks/{path}", scopes=DECIDES, subject=officer, json=body)
    status: int = answer.status_code
    return status


async def task_of(claims: ServiceUnderTest) -> dict[str, Any]:
    """The one task that waits for a doubt."""
    answer = await claims.call("GET", "/v1/tasks?queue=doubt", scopes=DECIDES)
    (task,) = answer.json()["data"]
    found: dict[str, Any] = task
    return found


async def find(claims: ServiceUnderTest, takes_part: str) -> None:
    """One officer proposes what was found, another approves it."""
    task = await task_of(claims)
    says = {"kind": "finding", "fact": "takes part", "found": takes_part}
    revision = {"revision": task["revision"]}
    assert await act(claims, f"{task['task']}/takings", "officer-1") == 201
    assert await act(claims, f"{task['task']}/proposals", "officer-1", {**revision, "says": says}) == 201
    assert await act(claims, f"{task['task']}/approvals", "officer-1", revision) == 403
    assert await act(claims, f"{task['task']}/approvals", "officer-2", revision) == 201
    await claims.work_off()


async def prepared(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed(), *wages())
    await all_has_arrived(claims)


@pytest.mark.parametrize("order", ["before late notice", "before notice late", "notice late before"])
async def test_in_whatever_order_it_arrives_it_waits_for_two_officers(claims: ServiceUnderTest, order: str) -> None:
    """Also where the accident was decided meanwhile: what stood goes on, and what is asked is the same."""
    await prepared(claims)
    reported: dict[str, Any] = {}
    for each in order.split():
        if each == "notice":
            reported = await report(claims, **ACCIDENT, place="other")
        else:
            await apply_events(claims, BEFORE if each == "before" else DATED_BACK)
        await claims.work_off()
    await apply_events(claims, DATED_BACK)
    await claims.work_off()
    questions = await outcomes(claims, reported)
    assert questions[SKBBK] == HELD
    assert questions["temporary_disablement"][0] == "refused", "no other question waits for it"
    claim = await claim_of(claims, reported)
    assert (claim["state"], claim["reason"]) == ("needs_officer", "skbbk_stated_late")
    task = await task_of(claims)
    shown = {name: task["facts"][name] for name in ("stated", "filed_on", "stated_on", "stated_by")}
    assert shown == {
        "stated": "release", "filed_on": "2026-07-20", "stated_on": "2026-08-20", "stated_by": "organisation",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("takes_part", "state", "days"),
    [("yes", "entitled", [(SKBBK, "50.40 2026-08-06 to 2026-08-24")]), ("no", "refused", [])],
)
async def test_two_officers_find_whether_it_reaches_the_accident(
    claims: ServiceUnderTest, takes_part: str, state: str, days: list[tuple[str, str]]
) -> None:
    await prepared(claims)
    await apply_events(claims, BEFORE, DATED_BACK)
    reported = await report(claims, **ACCIDENT, place="other")
    await claims.work_off()
    await find(claims, takes_part)
    assert (await outcomes(claims, reported))[SKBBK][0] == state
    assert await owed(claims, reported) == days
    # Published again, as after a restore of registration: the same statement asks nobody again.
    await apply_events(claims, DATED_BACK.model_copy(update={"revision": 3}))
    await claims.work_off()
    assert (await outcomes(claims, reported))[SKBBK][0] == state


async def test_an_accident_at_work_waits_for_no_such_statement(claims: ServiceUnderTest) -> None:
    """A release frees of SKBBK, and takes nothing else away."""
    await prepared(claims)
    await apply_events(claims, DATED_BACK)
    reported = await report(claims, **ACCIDENT, place="at_work")
    await claims.work_off()
    assert await owed(claims, reported) == [("temporary_disablement", "84.00 2026-08-06 to 2026-08-24")]
    assert (await claim_of(claims, reported))["reason"] is None
