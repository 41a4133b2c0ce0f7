"""Two numbers of one person are one party: paid nothing while officers look, and no day twice when they are merged."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.benefits.consumers import registration
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    ACCOUNT_NUMBER,
    BENEFIT,
    CLAIM,
    FIRST_DAY,
    LAST_DAY,
    PERSON,
    bank_answers,
    decided,
    enter_payee,
    freeze,
    listed,
    period,
    refused,
    relay,
    settle,
)
from shared.contracts.envelope import Cause
from shared.contracts.registration import PersonHeldV1, PersonMergedV1, PersonMergeEvent, PersonSplitV1
from shared.kernel.clock import now
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

OTHER, OTHER_CLAIM = 21, UUID("0197b6a0-6c00-7000-8000-000000000002")
RATE = 6_533


async def apply(benefits: ServiceUnderTest, *events: PersonMergeEvent) -> None:
    """What registration published arrives, and what is due is done."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await registration.apply(events, uow)
    await benefits.work_off()


def merge(revision: int, kind: type[PersonMergeEvent], *, merged: bool | None = None) -> PersonMergeEvent:
    """How the other number stands."""
    held = {"held_until": now() + timedelta(days=14)} if kind is PersonHeldV1 else {}
    is_merged = kind is PersonMergedV1 if merged is None else merged
    said: dict[str, Any] = {"person": OTHER, "survivor": PERSON, "revision": revision, "changed_at": now()}
    return kind(**said, merged=is_merged, **held)


def mine(revision: int = 1, first: date = FIRST_DAY, last: date = LAST_DAY) -> Any:
    return decided(revision, period(first, last, RATE))


def others(revision: int = 1, first: date = FIRST_DAY, last: date = LAST_DAY) -> Any:
    return decided(revision, period(first, last, RATE), claim=OTHER_CLAIM, person=OTHER)


async def with_accounts(benefits: ServiceUnderTest) -> None:
    """Each number has an account of its own."""
    await enter_payee(benefits)
    await enter_payee(benefits, f"9{ACCOUNT_NUMBER}", OTHER)


async def reasons(benefits: ServiceUnderTest, person: int) -> list[str]:
    """Why what is owed to a number waits."""
    return [
        each["reason"]
        for entitlement in await listed(benefits, "entitlements", person)
        if entitlement["claim"] == str(CLAIM if person == PERSON else OTHER_CLAIM)
        for each in entitlement["waiting"]
    ]


async def paid(benefits: ServiceUnderTest) -> dict[str, int]:
    """In sen, of each claim's payments that are not gone."""
    query = "SELECT claim, sum(amount_sen) AS sen FROM payment WHERE state NOT IN ('voided', 'returned') GROUP BY claim"
    async with benefits.database.connection() as connection:
        return {str(row["claim"]): int(row["sen"]) for row in await connection.fetch(query)}


async def open_recoveries(benefits: ServiceUnderTest, person: int = PERSON) -> list[str]:
    """What is still to come back of the person, by either number."""
    return [each["open"]["amount"] for each in await listed(benefits, "recoveries", person)]


async def test_nothing_is_paid_to_either_number_while_officers_look_and_all_when_they_have(
    benefits: ServiceUnderTest,
) -> None:
    await with_accounts(benefits)
    await settle(benefits, mine())
    await apply(benefits, merge(1, PersonHeldV1))
    await settle(benefits, others())
    for number in (PERSON, OTHER):
        assert await reasons(benefits, number) == ["merge_proposed"]
    await freeze(benefits)
    assert await bank_answers(benefits) == [], "also what was made before waits in no file"
    await apply(benefits, merge(2, PersonSplitV1))
    for number in (PERSON, OTHER):
        assert await reasons(benefits, number) == []
    await freeze(benefits)
    assert len(await bank_answers(benefits)) == 2


async def test_a_hold_ends_by_itself_where_nobody_decides(benefits: ServiceUnderTest, business_clock: Any) -> None:
    await with_accounts(benefits)
    await apply(benefits, merge(1, PersonHeldV1))
    await settle(benefits, mine())
    assert await paid(benefits) == {}
    business_clock.advance(days=15)
    await benefits.work_off()
    assert list(await paid(benefits)) == [str(CLAIM)]


async def test_a_day_that_was_paid_to_both_numbers_is_to_come_back_of_one_and_a_split_undoes_it(
    benefits: ServiceUnderTest,
) -> None:
    await with_accounts(benefits)
    await settle(benefits, mine(), others())
    await freeze(benefits)
    await relay(benefits)
    await bank_answers(benefits)
    both = await paid(benefits)
    assert both[str(CLAIM)] == both[str(OTHER_CLAIM)]
    await apply(benefits, merge(2, PersonMergedV1))
    assert await open_recoveries(benefits) == [f"{both[str(CLAIM)] / 100:.2f}"]
    assert await reasons(benefits, PERSON) == []
    assert await reasons(benefits, OTHER) == ["day_owed_by_another_claim"]
    await apply(benefits, merge(3, PersonSplitV1))
    assert await reasons(benefits, OTHER) == []
    assert await open_recoveries(benefits, OTHER) == ["0.00"]
    assert await paid(benefits) == both, "what was paid is paid"


async def test_what_one_number_was_overpaid_is_kept_from_what_the_other_is_owed(benefits: ServiceUnderTest) -> None:
    await with_accounts(benefits)
    await settle(benefits, others())
    await freeze(benefits)
    await relay(benefits)
    await bank_answers(benefits)
    await apply(benefits, merge(2, PersonMergedV1))
    none_of_it = refused(2, claim=OTHER_CLAIM, person=OTHER)
    await settle(benefits, none_of_it, mine())
    assert str(CLAIM) not in await paid(benefits), "one accident was paid under the other number already"
    assert await open_recoveries(benefits) == ["0.00"]


async def test_days_are_owed_once_whichever_word_comes_first(benefits: ServiceUnderTest) -> None:
    await with_accounts(benefits)
    await apply(benefits, merge(2, PersonMergedV1), merge(1, PersonHeldV1))
    await settle(benefits, others())
    await settle(benefits, mine())
    assert list(await paid(benefits)) == [str(OTHER_CLAIM)], "the first one has the days"
    assert await reasons(benefits, PERSON) == ["day_owed_by_another_claim"]


async def test_both_numbers_are_asked_for_by_either(benefits: ServiceUnderTest) -> None:
    await with_accounts(benefits)
    await settle(benefits, mine(last=date(2026, 7, 20)), others(first=date(2026, 7, 21)))
    await apply(benefits, merge(2, PersonMergedV1))
    for number in (PERSON, OTHER):
        found = await listed(benefits, "entitlements", number)
        assert {(each["claim"], each["benefit"]) for each in found} == {
            (str(CLAIM), BENEFIT),
            (str(OTHER_CLAIM), BENEFIT),
        }
