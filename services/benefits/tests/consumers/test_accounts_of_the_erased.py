"""Whoever is owed something keeps its account; each other one of an erased person goes, with all that hangs on it."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.benefits.commands import record_payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.commands.test_recovering import line, overpaid, send
from services.benefits.tests.consumers.test_person_erased import aged, erased, paid, readable, told
from services.benefits.tests.consumers.test_person_erased import listed as followed
from services.benefits.tests.support import (
    ACCOUNT_NUMBER,
    PERSON,
    assessed,
    bank_answers,
    change_payee,
    enter_account,
    enter_payee,
    files,
    first,
    listed,
    monthly,
    once,
    owed_to,
    pay_into,
    settle,
)
from shared.contracts.claim_assessed import TermV1
from shared.contracts.erasure_followed import Following
from shared.kernel.identifiers import person_id
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

OTHER_NUMBER, THIRD_NUMBER = "9123456789012", "8123456789012"
OWN, CHILD, INSURED = f"person:{PERSON}", f"person:{PERSON + 1}", PERSON + 87
GUARDIAN = {"holder": OWN, "capacity": "guardian", "until_on": "2030-01-01", "evidence": "G-1"}


def pension(*terms: TermV1, party: str = OWN, revision: int = 1) -> Any:
    """What the party is owed by the claim of somebody else."""
    of_survivors = {"benefit": "survivors_pension", "fund": "invalidity", "law": "Act 4 s.20"}
    return assessed(revision, owed_to(party, *terms, **of_survivors), person=INSURED)


async def refused_account(benefits: ServiceUnderTest) -> tuple[int, str]:
    """What an officer is told who enters an account of the person."""
    body = {
        "person": person_id(PERSON),
        "account_name": "AMINAH BINTI OSMAN",
        "account": {"bank_bic": "MBBEMYKL", "number": ACCOUNT_NUMBER},
    }
    answer = await benefits.call("POST", "/v1/payees", scopes=["benefits:payee:write"], json=body)
    return answer.status_code, answer.json().get("code", "")


async def test_whoever_is_owed_a_pension_of_anothers_claim_keeps_its_account_before_the_first_payday(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await enter_payee(benefits)
    await settle(benefits, pension(monthly(date(2026, 9, 1), None, 100000)))
    assert await listed(benefits, "payments") == []
    await erased(benefits)
    assert ACCOUNT_NUMBER in await readable(benefits)
    (shown,) = await followed(benefits)
    assert (shown["state"], shown["reason"], shown["owner"]) == ("held", "owed", "service:benefits")
    business_clock.set_day(2026, 10, 1)
    await benefits.work_off()
    assert await bank_answers(benefits) != []
    await settle(benefits, pension(monthly(date(2026, 9, 1), date(2026, 9, 30), 100000), revision=2))
    await aged(benefits)
    business_clock.set_day(2026, 10, 3)
    await benefits.work_off()
    assert ACCOUNT_NUMBER not in await readable(benefits)
    assert (await told(benefits))[-1][1] is Following.FORGOTTEN


@pytest.mark.parametrize("term", [once(date(2026, 9, 1), 300000), monthly(date(2026, 9, 1), date(2026, 9, 30), 100000)])
async def test_what_is_owed_on_a_later_day_holds_it_too(
    benefits: ServiceUnderTest, business_clock: BusinessClock, term: TermV1
) -> None:
    business_clock.set_day(2026, 8, 12)
    await enter_payee(benefits)
    await settle(benefits, pension(term))
    await erased(benefits)
    assert ACCOUNT_NUMBER in await readable(benefits)


async def test_what_waits_for_an_account_holds_it_and_the_account_is_taken(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await settle(benefits, first())
    await erased(benefits)
    assert [each[1:] for each in await told(benefits)] == [(Following.HELD, "owed")]
    await enter_payee(benefits)
    await benefits.work_off()
    assert len(await bank_answers(benefits)) == 1
    await aged(benefits)
    business_clock.set_day(2026, 8, 14)
    await benefits.work_off()
    assert ACCOUNT_NUMBER not in await readable(benefits)


async def test_all_that_was_ever_owed_and_paid_holds_nothing(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await enter_payee(benefits)
    await settle(benefits, pension(once(date(2026, 8, 1), 300000)))
    assert len(await bank_answers(benefits)) == 1
    await aged(benefits)
    await erased(benefits)
    assert ACCOUNT_NUMBER not in await readable(benefits)


async def test_an_account_that_a_second_officer_released_goes_with_that(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await paid(benefits)
    await change_payee(benefits, OTHER_NUMBER)
    await aged(benefits)
    await erased(benefits)
    left = await readable(benefits)
    assert ACCOUNT_NUMBER not in left
    assert OTHER_NUMBER not in left
    assert [each[1] for each in await told(benefits)] == [Following.FORGOTTEN]


async def test_a_guardians_released_account_goes_with_the_child(benefits: ServiceUnderTest) -> None:
    await pay_into(benefits, OWN, ACCOUNT_NUMBER, **{**GUARDIAN, "holder": CHILD})
    await erased(benefits)
    assert ACCOUNT_NUMBER not in await readable(benefits)


async def test_to_which_account_a_child_was_paid_lately_is_kept_and_goes_later(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await pay_into(benefits, CHILD, ACCOUNT_NUMBER, **GUARDIAN)
    await settle(benefits, pension(once(date(2026, 8, 1), 300000), party=CHILD))
    assert len(await bank_answers(benefits)) == 1
    await pay_into(benefits, CHILD, OTHER_NUMBER)
    await erased(benefits)
    assert ACCOUNT_NUMBER in await readable(benefits)
    assert [each[1:] for each in await told(benefits)] == [(Following.HELD, "paid_lately")]
    await aged(benefits)
    business_clock.set_day(2026, 8, 14)
    await benefits.work_off()
    left = await readable(benefits)
    assert ACCOUNT_NUMBER not in left
    assert OTHER_NUMBER in left
    (file,) = await files(benefits, "answered")
    async with benefits.database.connection() as worker:
        found = await worker.fetch("SELECT content FROM bank_file WHERE id = $1", file["bank_file"])
    assert [row[0] for row in found] == [b""], "the guardian's account stood in it"
    # That another received for the child is not forgotten with the account.
    answer = await enter_account(benefits, CHILD, THIRD_NUMBER)
    assert (answer.status_code, answer.json()["needs_release"]) == (201, True)


async def test_the_next_account_is_no_first_one(benefits: ServiceUnderTest, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 12)
    await enter_payee(benefits)
    await enter_payee(benefits, OTHER_NUMBER)
    await erased(benefits)
    await settle(benefits, pension(once(date(2026, 8, 1), 300000)))
    entered = await enter_payee(benefits, THIRD_NUMBER)
    assert (entered["version"], entered["needs_release"]) == (3, True)


async def test_of_whom_nothing_is_owed_no_account_is_taken(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await erased(benefits)
    assert await refused_account(benefits) == (404, "party_erased")
    of_child = await enter_account(benefits, CHILD, ACCOUNT_NUMBER, **GUARDIAN)
    assert (of_child.status_code, of_child.json()["code"]) == (404, "party_erased")
    assert ACCOUNT_NUMBER not in await readable(benefits)
    await settle(benefits, pension(once(date(2026, 8, 1), 300000)))
    assert (await refused_account(benefits))[0] == 201


async def test_a_line_of_the_bank_whose_words_are_erased_is_known_again(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    recovery = await overpaid(benefits)
    came = line(1, "600.00", f"{recovery['reference']} AMINAH BINTI OSMAN")
    assert (await send(benefits, came)).json() == {"taken": 1, "repeated": 0}
    await benefits.work_off()
    await aged(benefits)
    await erased(benefits)
    assert "AMINAH" not in await readable(benefits)
    assert (await send(benefits, came)).json() == {"taken": 0, "repeated": 1}
    differs = await send(benefits, line(1, "601.00", came["reference"]))
    assert (differs.status_code, differs.json()["code"]) == (409, "statement_line_differs")


async def test_where_money_was_paid_lately_and_nothing_is_owed_no_other_account_is_taken(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await paid(benefits)
    await erased(benefits)
    assert [each[1:] for each in await told(benefits)] == [(Following.HELD, "paid_lately")]
    answer = await enter_account(benefits, OWN, OTHER_NUMBER)
    assert (answer.status_code, answer.json()["code"]) == (404, "party_erased")
    assert OTHER_NUMBER not in await readable(benefits)


async def test_an_account_of_a_child_that_is_entered_while_its_holder_is_let_go_of_is_seen(
    benefits: ServiceUnderTest, business_clock: BusinessClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it but the commit was done when the guardian's erasure was told."""
    business_clock.set_day(2026, 8, 12)
    looked, go_on, real = asyncio.Event(), asyncio.Event(), record_payee._let_go_again

    async def slow(command: record_payee.RecordPayee, uow: BenefitsUnitOfWork) -> None:
        await real(command, uow)
        looked.set()
        await go_on.wait()

    monkeypatch.setattr(record_payee, "_let_go_again", slow)
    entering = asyncio.create_task(enter_account(benefits, CHILD, ACCOUNT_NUMBER, **GUARDIAN))
    await looked.wait()
    erasing = asyncio.create_task(erased(benefits))
    await benefits.over_or_waiting(erasing)
    go_on.set()
    assert (await entering).status_code == 201
    await erasing
    business_clock.set_day(2026, 8, 20)
    await benefits.work_off()
    assert [each[1:] for each in await told(benefits)] == [(Following.HELD, "receives_for_another")]


@pytest.mark.parametrize("is_guardian", [False, True])
async def test_an_account_is_kept_as_long_as_the_file_that_names_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock, *, is_guardian: bool
) -> None:
    """What was instructed waited for weeks, and came into a file that is younger: both go, and neither stays."""
    business_clock.set_day(2026, 8, 12)
    if is_guardian:
        await pay_into(benefits, CHILD, ACCOUNT_NUMBER, **GUARDIAN)
        await settle(benefits, pension(once(date(2026, 8, 1), 300000), party=CHILD))
        assert len(await bank_answers(benefits)) == 1
        await pay_into(benefits, CHILD, OTHER_NUMBER)
    else:
        await paid(benefits)
    await aged(benefits, payment="7 years 1 day", bank_file="6 years")
    await erased(benefits)
    (shown,) = await followed(benefits)
    assert (shown["state"], shown["reason"]) == ("held", "paid_lately")
    async with benefits.database.connection() as worker:
        day = await worker.fetchval("SELECT CAST(max(created_at) + interval '7 years' AS date) + 1 FROM bank_file")
    assert shown["until"] == str(day)
    assert ACCOUNT_NUMBER in await readable(benefits)
    await aged(benefits)
    business_clock.set_day(2026, 8, 14)
    await benefits.work_off()
    assert ACCOUNT_NUMBER not in await readable(benefits)
    assert (await told(benefits))[-1][1] is Following.FORGOTTEN
