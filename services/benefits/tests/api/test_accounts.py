"""Accounts of parties of any kind, and of those for whom another receives: nothing goes there on one officer's word."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.benefits.tests.support import (
    ACCOUNT_NAME,
    assessed,
    bank_answers,
    benefits_on,
    enter_account,
    enter_payee,
    freeze,
    listed,
    monthly,
    once,
    owed_to,
    pay_into,
    release_account,
    release_payee,
    settle,
)
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.kernel.identifiers import new_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

HOSPITAL, CHILD, MOTHER = "hospital:5", "person:22", "person:21"
CHILDS, MOTHERS = "2222222222", "1111111111"
UNTIL = date(2026, 10, 15)
GUARDIAN = {"capacity": "guardian", "holder": MOTHER, "until_on": UNTIL.isoformat(), "evidence": "PKSF17/2026/118"}


async def accounts(benefits: ServiceUnderTest, party: str) -> Any:
    return await benefits.call("GET", f"/v1/parties/{party}/accounts", scopes=["benefits:payee:read"])


def bill(sen: int) -> ClaimAssessedV1:
    owed = owed_to(HOSPITAL, once(date(2026, 7, 31), sen), benefit="treatment")
    return assessed(1, owed, claim=new_id())


def orphan(revision: int = 1) -> ClaimAssessedV1:
    """RM702.00 a month to a child of a worker who died."""
    owed = owed_to(CHILD, monthly(date(2026, 8, 1), None, 70_200), benefit="dependants_benefit")
    return assessed(revision, owed, person=40)


async def waits_for(benefits: ServiceUnderTest, party: str) -> list[tuple[str, str | None]]:
    answer = await benefits.call("GET", f"/v1/parties/{party}/entitlements", scopes=["benefits:entitlement:read"])
    return [(why["reason"], why["until"]) for each in answer.json()["data"] for why in each["waiting"]]


async def test_an_account_of_no_person_waits_for_a_second_officer_however_long(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """The first as well as any other; whoever releases it reads who holds it, and nobody reads the account."""
    entered = await enter_account(benefits, HOSPITAL, CHILDS)
    shown = {"party": HOSPITAL, "version": 1, "holder": HOSPITAL, "capacity": "organisation", "needs_release": True}
    assert (entered.status_code, entered.json()) == (201, entered.json() | shown | {"released_at": None})
    await settle(benefits, bill(12_000))
    business_clock.advance(days=30)
    await benefits.work_off()
    assert await bank_answers(benefits) == []
    assert await waits_for(benefits, HOSPITAL) == [("account_held", None)]
    answer = await release_account(benefits, HOSPITAL, officer="organisation:1")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_officer_needed")
    assert (await release_account(benefits, HOSPITAL, 2)).status_code == 404
    assert (await release_account(benefits, HOSPITAL)).json()["released_at"] is not None
    await benefits.work_off()
    assert await bank_answers(benefits) == ["120.00"]
    await enter_account(benefits, HOSPITAL, MOTHERS)
    await settle(benefits, bill(5_000))
    business_clock.advance(days=30)
    await benefits.work_off()
    assert await bank_answers(benefits) == [], "another account of it waits for a second officer too"
    data = (await accounts(benefits, HOSPITAL)).json()["data"]
    assert [(each["version"], each["released_at"] is None) for each in data] == [(1, False), (2, True)]
    assert not any(secret in str(data) for secret in (CHILDS, MOTHERS, ACCOUNT_NAME))
    scopes, path = ["benefits:payee:read"], f"/v1/parties/{HOSPITAL}/accounts"
    answer = await benefits.call("GET", path, scopes=scopes, party=HOSPITAL, role="partner")
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")


async def test_a_guardian_receives_for_a_child_until_the_day_that_officers_stated(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Then it waits, also what is in no file yet, for an account of the child's own."""
    business_clock.set_day(2026, 9, 2)
    await pay_into(benefits, CHILD, MOTHERS, **GUARDIAN)
    await settle(benefits, orphan())
    assert await bank_answers(benefits) == ["702.00"]
    business_clock.set_day(2026, 10, 2)
    await benefits.work_off()
    business_clock.set_day(2026, 10, 15, hour=23)
    await benefits.work_off()
    assert await waits_for(benefits, CHILD) == []
    business_clock.set_day(2026, 10, 16, hour=1)
    await benefits.work_off()
    assert await waits_for(benefits, CHILD) == [("holder_ended", None)]
    assert await bank_answers(benefits) == []
    assert (await release_account(benefits, CHILD, officer="third")).status_code == 201
    await benefits.work_off()
    assert await waits_for(benefits, CHILD) == [("holder_ended", None)], "no officer's word makes a day later"
    business_clock.set_day(2026, 11, 2)
    await benefits.work_off()
    assert await bank_answers(benefits) == []
    await enter_payee(benefits, CHILDS, 22)
    assert (await release_payee(benefits, 2, 22)).status_code == 201
    await benefits.work_off()
    assert sorted(await bank_answers(benefits)) == ["702.00", "702.00"]


async def test_a_longer_guardianship_is_a_change_and_waits_for_a_second_officer(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 11, 2)
    await pay_into(benefits, CHILD, MOTHERS, **GUARDIAN)
    await settle(benefits, orphan())
    assert await waits_for(benefits, CHILD) == [("holder_ended", None)]
    longer = GUARDIAN | {"until_on": (UNTIL + timedelta(days=365)).isoformat()}
    assert (await enter_account(benefits, CHILD, MOTHERS, **longer)).json()["version"] == 2
    await benefits.work_off()
    assert await waits_for(benefits, CHILD) == [("account_held", None)]
    assert (await release_account(benefits, CHILD, 2)).status_code == 201
    await benefits.work_off()
    assert sorted(await bank_answers(benefits)) == ["2106.00"]


async def test_whoever_corrected_a_name_or_calls_anothers_account_a_persons_own_is_no_second_officer(
    benefits: ServiceUnderTest,
) -> None:
    """Two officers look at an account and its holder: a name that one of them corrected is not the account."""
    await enter_account(benefits, CHILD, MOTHERS, **GUARDIAN)
    corrected = await enter_account(benefits, CHILD, MOTHERS, officer="second", account_name="Aminah Osman", **GUARDIAN)
    assert (corrected.json()["version"], corrected.json()["needs_release"]) == (2, True)
    for officer in ("organisation:1", "second"):
        answer = await release_account(benefits, CHILD, 2, officer)
        assert (answer.status_code, answer.json()["code"]) == (403, "second_officer_needed")
    assert (await release_account(benefits, CHILD, 2, "third")).status_code == 201
    again = await enter_account(benefits, CHILD, MOTHERS, **GUARDIAN)
    assert (again.json()["version"], again.json()["needs_release"]) == (3, False), "what was released stays so"
    own = await enter_payee(benefits, MOTHERS, 22)
    assert (own["version"], own["needs_release"]) == (4, True), "the same account of another holder is a change"


async def test_one_officer_alone_makes_no_account_the_childs_own_once_another_held_one_for_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """After the guardian's last day neither its number nor another counts as the child's own on one officer's word."""
    business_clock.set_day(2026, 9, 2)
    await pay_into(benefits, CHILD, MOTHERS, **GUARDIAN)
    await settle(benefits, orphan())
    assert await bank_answers(benefits) == ["702.00"]
    business_clock.set_day(2026, 10, 16, hour=1)
    for number in (MOTHERS, CHILDS):
        await enter_account(benefits, CHILD, number)
        business_clock.advance(days=20)
        await benefits.work_off()
        assert (await waits_for(benefits, CHILD), await bank_answers(benefits)) == ([("account_held", None)], [])
    assert (await release_account(benefits, CHILD, 3)).status_code == 201
    await benefits.work_off()
    assert await bank_answers(benefits) != []


UNFIT: tuple[tuple[str, dict[str, str]], ...] = (
    ("employer:007", {}),
    ("person:0", {}),
    (CHILD, {"capacity": "organisation"}),
    (CHILD, {"holder": MOTHER}),
    (CHILD, GUARDIAN | {"holder": CHILD}),
    (CHILD, GUARDIAN | {"holder": HOSPITAL}),
    (CHILD, {name: value for name, value in GUARDIAN.items() if name != "until_on"}),
    (CHILD, {name: value for name, value in GUARDIAN.items() if name != "evidence"}),
    (HOSPITAL, GUARDIAN),
)


async def test_a_holder_that_does_not_fit_is_refused_and_nothing_is_written(benefits: ServiceUnderTest) -> None:
    for party, holder in UNFIT:
        answer = await enter_account(benefits, party, CHILDS, **holder)
        assert (answer.status_code, answer.json()["code"]) == (422, "holder_unfit"), (party, holder)
    answer = await enter_account(benefits, CHILD, MOTHERS, **GUARDIAN | {"evidence": "Aminah binti Osman"})
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid"), "a reference names nobody"
    async with benefits.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM payee") == 0


async def test_the_bank_is_told_nothing_of_the_holder_and_the_event_is(benefits: ServiceUnderTest) -> None:
    await pay_into(benefits, CHILD, MOTHERS, **GUARDIAN | {"until_on": "2099-01-01"})
    await settle(benefits, assessed(1, owed_to(CHILD, once(date(2026, 8, 1), 70_200)), person=40))
    await freeze(benefits)
    async with benefits.database.connection("migrate") as connection:
        payload = await connection.fetchval("SELECT payload FROM outbox WHERE type = 'jaring.benefit.instructed.v1'")
    assert b'"holder":"person:21","capacity":"guardian"' in payload
    assert [each["party"] for each in await listed(benefits, "payments", 22)] == [CHILD]


@pytest.mark.parametrize("is_entered_again", [True, False])
async def test_a_restore_pays_no_guardian_who_was_replaced(
    benefits: ServiceUnderTest,
    databases: Databases,
    issuer: TestIssuer,
    business_clock: BusinessClock,
    *,
    is_entered_again: bool,
) -> None:
    """The backup knows the first alone: it waits until the second is entered again, or officers look at the first."""
    business_clock.set_day(2026, 9, 2)
    second = GUARDIAN | {"holder": "person:30", "evidence": "PKSF17/2026/119"}
    async with benefits_on(databases, issuer) as again:
        await pay_into(again, CHILD, MOTHERS, **GUARDIAN)
        business_clock.advance(hours=1)
        await pay_into(benefits, CHILD, MOTHERS, **GUARDIAN)
        await pay_into(benefits, CHILD, CHILDS, **second)
        await settle(benefits, orphan())
        assert await bank_answers(benefits) == ["702.00"]
        await recall(benefits, again)
        business_clock.set_day(2026, 10, 2)
        await settle(again, orphan())
        assert (await waits_for(again, CHILD), await bank_answers(again)) == ([("account_held", None)], [])
        if is_entered_again:
            await pay_into(again, CHILD, CHILDS, **second)
        else:
            assert (await release_account(again, CHILD, officer="third")).status_code == 201
        await again.work_off()
        assert await bank_answers(again) == ["702.00"]


async def test_after_a_restore_one_officer_enters_no_older_account_under_another_name(
    benefits: ServiceUnderTest, databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    """The number of the guardian who was replaced becomes as new as the one that was lost: it waits all the same."""
    business_clock.set_day(2026, 9, 2)
    async with benefits_on(databases, issuer) as again:
        await pay_into(again, CHILD, MOTHERS, **GUARDIAN)
        business_clock.advance(hours=1)
        await pay_into(benefits, CHILD, MOTHERS, **GUARDIAN)
        await pay_into(benefits, CHILD, CHILDS, **GUARDIAN | {"holder": "person:30", "evidence": "PKSF17/2026/119"})
        await settle(benefits, orphan())
        assert await bank_answers(benefits) == ["702.00"]
        # Not in a bank file yet, for the account of before: once that is known to be older, it says so.
        granted = owed_to(CHILD, once(date(2026, 8, 1), 100_000), benefit="funeral_benefit")
        await settle(again, assessed(1, granted, person=40, claim=new_id()))
        assert await waits_for(again, CHILD) == []
        await recall(benefits, again)
        await again.work_off()
        assert ("account_held", None) in await waits_for(again, CHILD)
        business_clock.set_day(2026, 10, 2)
        await settle(again, orphan())
        renamed = await enter_account(again, CHILD, MOTHERS, account_name="Aminah bt Osman", **GUARDIAN)
        assert (renamed.json()["version"], renamed.json()["needs_release"]) == (2, True)
        await again.work_off()
        assert (await bank_answers(again), await waits_for(again, CHILD)) == ([], [("account_held", None)] * 2)


async def test_after_a_restore_one_officer_calls_no_lost_account_of_a_guardian_the_childs(
    benefits: ServiceUnderTest, databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    """Nothing of the guardian is known but that one held the account that was paid to."""
    business_clock.set_day(2026, 9, 2)
    async with benefits_on(databases, issuer) as again:
        await pay_into(benefits, CHILD, MOTHERS, **GUARDIAN)
        await settle(benefits, orphan())
        assert await bank_answers(benefits) == ["702.00"]
        await recall(benefits, again)
        business_clock.set_day(2026, 11, 2)
        await settle(again, orphan())
        assert (await enter_account(again, CHILD, MOTHERS)).json()["needs_release"] is True
        await again.work_off()
        assert (await bank_answers(again), await waits_for(again, CHILD)) == ([], [("account_held", None)])
        assert (await release_account(again, CHILD, officer="second")).status_code == 201
        await again.work_off()
        assert await bank_answers(again) == ["1404.00"]
