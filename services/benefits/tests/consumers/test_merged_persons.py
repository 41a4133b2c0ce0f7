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


async def test_a_person_sees_what_is_owed_to_each_of_its_numbers(benefits: ServiceUnderTest) -> None:
    await with_accounts(benefits)
    await settle(benefits, mine(), others())
    me: dict[str, Any] = {"party": f"person:{OTHER}", "role": "partner", "scopes": ["benefits:me:read"]}

    async def seen() -> list[tuple[str, str]]:
        owed = (await benefits.call("GET", "/v1/me/entitlements", **me)).json()["data"]
        return sorted((each["claim"], each["party"]) for each in owed)

    assert await seen() == [(str(OTHER_CLAIM), f"person:{OTHER}")]
    await apply(benefits, merge(2, PersonMergedV1))
    assert await seen() == sorted([(str(CLAIM), f"person:{PERSON}"), (str(OTHER_CLAIM), f"person:{OTHER}")])


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


async def net(benefits: ServiceUnderTest) -> dict[str, int]:
    """In sen, what each number has: settled by the bank, less what is open to be recovered."""
    query = """
        SELECT party, (SELECT coalesce(sum(amount_sen), 0) FROM payment
                       WHERE payment.party = moved.party AND state = 'settled')::bigint
                      - sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen ELSE 0
                        END)::bigint AS sen
        FROM transfer AS moved WHERE party IS NOT NULL GROUP BY party
    """
    async with benefits.database.connection() as connection:
        return {row["party"]: row["sen"] for row in await connection.fetch(query)}


async def pay(benefits: ServiceUnderTest) -> None:
    """A file is made, and the bank settles it."""
    await freeze(benefits)
    await relay(benefits)
    await bank_answers(benefits)


async def test_what_was_set_off_between_two_numbers_is_undone_by_their_split(benefits: ServiceUnderTest) -> None:
    """The other number was paid 27 days; as one person's second claim they came back out of what the first was owed."""
    days, both = 27 * RATE, 27 * 2 * RATE
    await with_accounts(benefits)
    await settle(benefits, others())
    await pay(benefits)
    await apply(benefits, merge(2, PersonMergedV1))
    wages_of_both = decided(1, period(FIRST_DAY, LAST_DAY, 2 * RATE))
    await settle(benefits, refused(2, claim=OTHER_CLAIM, person=OTHER), wages_of_both)
    await pay(benefits)
    assert await paid(benefits) == {str(OTHER_CLAIM): days, str(CLAIM): both - days}
    for _ in range(2):
        await apply(benefits, merge(3, PersonSplitV1))
    await settle(benefits, others(3), mine(2))
    await pay(benefits)
    assert await net(benefits) == {f"person:{OTHER}": days, f"person:{PERSON}": days}
    assert (await paid(benefits))[str(OTHER_CLAIM)] == days, "the same days are not paid again"
    shown = {each["claim"]: each["set_off"] for each in await listed(benefits, "entitlements", PERSON)}
    assert {each["amount"] for each in shown.values()} == {"0.00"}


async def test_what_one_persons_benefits_were_set_off_against_stays_so_when_another_number_leaves(
    benefits: ServiceUnderTest,
) -> None:
    await with_accounts(benefits)
    await settle(benefits, mine(last=date(2026, 7, 20)))
    await pay(benefits)
    await apply(benefits, merge(2, PersonMergedV1))
    again = UUID("0197b6a0-6c00-7000-8000-000000000003")
    await settle(benefits, refused(2), decided(1, period(FIRST_DAY, LAST_DAY, RATE), claim=again))
    await apply(benefits, merge(3, PersonSplitV1))
    await pay(benefits)
    assert await net(benefits) == {f"person:{PERSON}": 27 * RATE}
    assert sum((await paid(benefits)).values()) == 27 * RATE


async def test_a_third_number_is_the_same_party_whichever_link_is_known_first(benefits: ServiceUnderTest) -> None:
    """The other number went into the second, and that into the third; what was owed to each is owed once."""
    third, of_third = 34, UUID("0197b6a0-6c00-7000-8000-000000000009")
    await with_accounts(benefits)
    await enter_payee(benefits, f"8{ACCOUNT_NUMBER}", third)
    last = PersonMergedV1(person=PERSON, survivor=third, revision=2, merged=True, changed_at=now())
    await apply(benefits, last, merge(2, PersonMergedV1))
    await settle(benefits, others())
    await settle(benefits, mine(), decided(1, period(FIRST_DAY, LAST_DAY, RATE), claim=of_third, person=third))
    assert list(await paid(benefits)) == [str(OTHER_CLAIM)]
    for number in (PERSON, OTHER, third):
        assert len(await listed(benefits, "entitlements", number)) == 3, "all are read by each"
    held = PersonHeldV1(
        person=PERSON, survivor=third, revision=3, merged=True, held_until=now() + timedelta(days=14), changed_at=now()
    )
    await apply(benefits, held)
    await freeze(benefits)
    assert await bank_answers(benefits) == [], "also what is owed to a number at the end of a chain waits"
    await apply(benefits, PersonSplitV1(person=PERSON, survivor=third, revision=4, merged=False, changed_at=now()))
    assert set(await paid(benefits)) == {str(OTHER_CLAIM), str(of_third)}


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
