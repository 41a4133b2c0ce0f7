"""A day is owed once: what two claims of one person want is given to one, shown in the other, and free again."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.claims.tests.support import (
    amounts,
    answer_of,
    apply_events,
    certificate,
    contributed,
    decisions_of,
    discharge,
    employed,
    january_to_may,
    registered,
    report,
    standing_of,
)
from shared.law.working import as_text
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

SAME = certificate("2026-07-15", "2026-08-11", "2026-07-15")


@pytest.fixture
async def known(claims: ServiceUnderTest) -> ServiceUnderTest:
    """A person who is employed and rated at 65.33 a day."""
    await apply_events(claims, registered(), *employed(), *january_to_may())
    return claims


def contested(decision: dict[str, Any]) -> str:
    """The days that another claim has, as a decision explains them."""
    amounts = answer_of(decision)["record"]["amounts"]
    return as_text(next(each["working"] for each in amounts if each["name"] == "days that another claim has"))


async def reported_on(claims: ServiceUnderTest, day: int, **changes: Any) -> dict[str, Any]:
    body = {"certificate": SAME, "wages_paid_for": [], **changes}
    return await report(claims, happened_on=f"2026-07-{day:02d}", **body)


async def test_two_accidents_two_days_apart_owe_each_day_once(known: ServiceUnderTest) -> None:
    first = await reported_on(known, 13)
    second = await reported_on(known, 15)
    await known.work_off()
    assert amounts(await decisions_of(known, first)) == [("65.33", 28, "1829.24", True)]
    assert await standing_of(known, first) == ("decided", None)
    (decision,) = await decisions_of(known, second)
    assert (decision["days"], decision["amount"]["amount"]) == (0, "0.00")
    assert contested(decision) == "2026-07-15/2026-08-11"
    assert await standing_of(known, second) == ("decided", "contested_days")


async def test_the_days_after_a_shared_one_are_not_lost(known: ServiceUnderTest) -> None:
    await reported_on(known, 13)
    await known.work_off()
    second = await reported_on(known, 15, certificate=certificate("2026-08-10", "2026-08-20", "2026-08-10"))
    await known.work_off()
    assert [each[1] for each in amounts(await decisions_of(known, second))] == [9]
    assert await standing_of(known, second) == ("decided", "contested_days")


async def test_what_the_other_claim_lets_go_of_is_taken_and_never_both(known: ServiceUnderTest) -> None:
    """The first ends on 2 August; the second takes the nine days from 3 to 11 August."""
    first = await reported_on(known, 13)
    await known.work_off()
    second = await reported_on(known, 15)
    await known.work_off()
    await discharge(known, first, date(2026, 8, 3))
    await known.work_off()
    assert [each[1] for each in amounts(await decisions_of(known, first))] == [28, 19]
    assert [each[1] for each in amounts(await decisions_of(known, second))] == [0, 9]
    assert await standing_of(known, second) == ("decided", "contested_days")


async def test_claims_that_are_decided_at_once_give_each_day_once(known: ServiceUnderTest) -> None:
    """Two workers, and five claims of one person in every order: the days of all add up to those certified."""
    reported = [await reported_on(known, day) for day in range(7, 16, 2)]
    runners = [asyncio.create_task(known.work_off()) for _ in range(4)]
    await asyncio.gather(*runners)
    await known.work_off()
    days = [amounts(await decisions_of(known, each))[-1][1] for each in reported]
    assert sorted(days) == [0, 0, 0, 0, 28]


async def test_another_accident_long_after_shares_no_day(known: ServiceUnderTest) -> None:
    await reported_on(known, 13)
    await known.work_off()
    later = await report(
        known, happened_on="2026-09-01", certificate=certificate("2026-09-01", "2026-09-07"), wages_paid_for=[]
    )
    await known.work_off()
    (decision,) = await decisions_of(known, later)
    assert decision["days"] == 7
    (held,) = (fact for fact in answer_of(decision)["record"]["facts"] if fact["name"] == "days of another claim")
    assert (held["value"], held["sources"]) == ([], [])
    assert await standing_of(known, later) == ("decided", None)


async def test_days_that_wait_for_a_person_in_one_claim_are_not_paid_by_its_twin(known: ServiceUnderTest) -> None:
    """200 days in the first, whose last 20 wait; the twin has these 20 only when the first lets go of them."""
    first = await reported_on(known, 13, certificate=certificate("2026-07-15", "2027-01-30"))
    await known.work_off()
    assert await standing_of(known, first) == ("decided", "over_review_days")
    second = await reported_on(known, 15, certificate=certificate("2027-01-11", "2027-01-30", "2026-07-15"))
    await known.work_off()
    assert [each[1] for each in amounts(await decisions_of(known, second))] == [0]
    assert await standing_of(known, second) == ("decided", "contested_days")
    await discharge(known, first, date(2026, 8, 3))
    await known.work_off()
    assert [each[1] for each in amounts(await decisions_of(known, first))] == [180, 19]
    assert [each[1] for each in amounts(await decisions_of(known, second))] == [0, 20]


async def test_days_after_a_final_certificate_that_wait_are_not_paid_by_a_twin(known: ServiceUnderTest) -> None:
    first = await reported_on(known, 13)
    await known.work_off()
    await discharge(known, first, date(2026, 8, 3))
    over = certificate("2026-07-20", "2026-08-20", "2026-08-01")
    await report(known, happened_on="2026-07-13", certificate=over, wages_paid_for=[])
    await known.work_off()
    assert await standing_of(known, first) == ("decided", "relapse_to_look_at")
    second = await reported_on(known, 15, certificate=certificate("2026-08-10", "2026-08-25", "2026-08-10"))
    await known.work_off()
    assert [each[1] for each in amounts(await decisions_of(known, second))] == [5]
    assert await standing_of(known, second) == ("decided", "contested_days")


async def test_days_that_wait_take_none_from_a_claim_that_was_given_them(known: ServiceUnderTest) -> None:
    first = await reported_on(known, 13, certificate=certificate("2027-01-11", "2027-01-30", "2026-07-15"))
    await known.work_off()
    second = await reported_on(known, 15, certificate=certificate("2026-07-15", "2027-01-30"))
    await known.work_off()
    assert [each[1] for each in amounts(await decisions_of(known, second))] == [180]
    await apply_events(known, contributed("2026-06", 305_000))
    await known.work_off()
    assert [each[1] for each in amounts(await decisions_of(known, first))] == [20, 20]
    assert await standing_of(known, first) == ("decided", None)
