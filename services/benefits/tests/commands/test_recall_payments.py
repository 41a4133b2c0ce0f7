"""What was at the bank is known again after a restore, and is paid by nobody a second time (rules M8, S5)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.benefits.commands.recall_payments import PaymentUnheardOf
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    BENEFIT,
    LAST_DAY,
    assessed,
    balances,
    bank_answers,
    benefits_on,
    change_payee,
    decided,
    enter_payee,
    fetch,
    files,
    first,
    freeze,
    handle_events,
    listed,
    once,
    owed_to,
    refused,
    relay,
    report,
    second,
    send_report,
    settle,
    settling,
    third,
    transfers,
)
from shared.contracts.benefit_paid import BenefitInstructedV1, BenefitSettledV1
from shared.contracts.envelope import Cause
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, read_back, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

_BOOKS = """
    SELECT cause, debit, credit, amount_sen, payment::text, claim::text, scheme, benefit, party, fund, value_on
    FROM transfer ORDER BY 1, 2, 3, 4, 5
"""
_PAYMENTS = """
    SELECT id::text, end_to_end_id, amount_sen, state, bank_file::text, payee_version, reason, refused_with_file,
           claim::text, scheme, benefit, party, person, fund, kind FROM payment ORDER BY 1
"""


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service on a database that was put back."""
    async with benefits_on(databases, issuer) as fresh:
        yield fresh


async def look(service: ServiceUnderTest, query: str) -> list[Any]:
    async with service.database.connection("migrate") as connection:
        return [tuple(row) for row in await connection.fetch(query)]


async def test_payments_the_banks_answers_and_the_books_are_known_again(
    benefits: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Each counts on the day on which it counted: when it was instructed, and when the bank said that it went."""
    business_clock.set_day(2026, 8, 11)
    await enter_payee(benefits)
    await settle(benefits, first())
    business_clock.set_day(2026, 8, 13)
    await bank_answers(benefits)
    await settle(benefits, second())
    business_clock.set_day(2026, 8, 14)
    await freeze(benefits)
    await recall(benefits, again)
    await settle(again, first(), second())
    assert await look(again, _PAYMENTS) == await look(benefits, _PAYMENTS)
    assert await look(again, _BOOKS) == await look(benefits, _BOOKS)
    await enter_payee(again)
    await freeze(again)
    assert len(await look(again, "SELECT FROM bank_file")) == 2, "nothing is in a file a second time"


async def test_a_file_of_which_every_answer_is_known_again_is_answered(
    benefits: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """No report of the bank comes for it any more; for one whose payment is at the bank one is waited for."""
    business_clock.set_day(2026, 8, 11)
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    business_clock.set_day(2026, 8, 13)
    await settle(benefits, second())
    await freeze(benefits)
    await recall(benefits, again)
    await settle(again, first(), second())
    stands = "SELECT state, reason FROM bank_file ORDER BY created_at"
    assert await look(again, stands) == [("fetched", None)] * 2
    business_clock.advance(days=30)
    await again.work_off()
    assert await look(again, stands) == [("answered", None), ("fetched", "bank_silent")]


async def test_what_is_known_again_is_brought_down_before_another_of_the_party_is_paid(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """The claim is known before its payment is, which nothing has settled yet."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    await handle_events(again, refused(2))
    await recall(benefits, again)
    another = replace(settling().key, claim=UUID("0197b6a0-6c00-7000-8000-000000000002"))
    async with again.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        turn = await uow.settling.begin(another, 10)
    assert turn is not None
    assert turn.overtaken == (settling().key,)


async def test_an_older_revision_than_was_paid_by_is_not_settled(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """What claims decided is read again one by one: by the second, which owes nothing, all that was paid by the third
    would be to come back."""
    await enter_payee(benefits)
    for revision in (first(), refused(2), decided(3, *second().entitlements[0].terms)):
        await settle(benefits, revision)
        await bank_answers(benefits)
    await recall(benefits, again)
    await enter_payee(again)
    await settle(again, refused(2))
    assert await listed(again, "recoveries") == []
    await settle(again, decided(3, *second().entitlements[0].terms))
    assert await balances(again) == await balances(benefits)


async def test_what_came_back_is_owed_again_and_only_once(benefits: ServiceUnderTest, again: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits, "RJCT/AC04")
    await recall(benefits, again)
    await settle(again, first())
    await enter_payee(again)
    await change_payee(again, "9999999999")
    await again.work_off()
    paid = [(each["amount"]["amount"], each["state"]) for each in await listed(again, "payments")]
    assert paid == [("1763.91", "returned"), ("1763.91", "unsent")]


async def test_what_is_in_no_file_yet_says_after_a_restore_that_the_account_refused(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """The other claim's payment was known to the backup, the refused one was not."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits, "RJCT/AC04")
    await enter_payee(again)
    await settle(again, first(claim=UUID("0197b6a0-6c00-7000-8000-000000000002")))
    await recall(benefits, again)
    await again.work_off()
    (entitlement,) = await listed(again, "entitlements")
    assert [each["reason"] for each in entitlement["waiting"]] == ["account_returned"]


async def test_what_came_back_with_its_whole_file_is_known_again_as_that(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """It waits for an officer's word on the file, and the account is not to blame."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    (file,) = await files(benefits)
    refused = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    await send_report(benefits, file, report(file["message_id"], {}, group=refused))
    await recall(benefits, again)
    assert await look(again, _PAYMENTS) == await look(benefits, _PAYMENTS)
    await settle(again, first())
    await enter_payee(again)
    await again.work_off()
    (entitlement,) = await listed(again, "entitlements")
    assert [each["reason"] for each in entitlement["waiting"]] == ["file_returned"]


async def test_a_recovery_opens_again_with_its_amount(benefits: ServiceUnderTest, again: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    await settle(benefits, second())
    await bank_answers(benefits)
    await settle(benefits, third())
    await recall(benefits, again)
    # Only the newest revision may be left on the topics' projection when it is settled.
    await settle(again, third())
    assert [each["open"]["amount"] for each in await listed(again, "recoveries")] == ["612.00"]
    assert await look(again, _BOOKS) == await look(benefits, _BOOKS)


async def test_a_file_that_the_bank_did_not_fetch_is_handed_out_with_the_same_bytes(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    content = await fetch(benefits, (await files(benefits))[0])
    await recall(benefits, again)
    await relay(again)
    await again.work_off()
    assert await files(again, "fetched") == [], "the account was lost with the database"
    await enter_payee(again)
    await again.work_off()
    (file,) = await files(again, "fetched")
    assert await fetch(again, file) == content
    statuses = {id_: "ACSC" for id_, _ in transfers(content)}
    assert (await send_report(again, file, report(file["message_id"], statuses))).json()["settled"] == 1


async def test_a_file_that_would_be_another_is_never_handed_out(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    (file,) = await files(benefits)
    content = await fetch(benefits, file)
    await recall(benefits, again)
    await enter_payee(again, "1111111111")
    await again.work_off()
    assert await files(again, "fetched") == []
    # The bank's word is taken all the same.
    statuses = {id_: "ACSC" for id_, _ in transfers(content)}
    assert (await send_report(again, file, report(file["message_id"], statuses))).json()["settled"] == 1


async def test_an_answer_to_a_payment_that_is_unheard_of_needs_an_officer_and_the_rest_is_recalled(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """The payment was told of before the topics begin: what may be at the bank is not all known."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    await settle(benefits, second())
    await bank_answers(benefits)
    told = await published_by(benefits)
    lost, kept = [each.instruction for each in told if isinstance(each, BenefitInstructedV1)]
    rest = [each for each in told if not (isinstance(each, BenefitInstructedV1) and each.instruction == lost)]
    (answer,) = [each for each in rest if isinstance(each, BenefitSettledV1) and each.instruction == lost]
    with pytest.raises(PaymentUnheardOf):
        async with again.worker.database.begin(BenefitsUnitOfWork, Cause("restore")) as uow:
            await again.worker.work.recall([answer], uow)
    assert await read_back(again, rest) == "jaring.benefit.settled.v1 cannot be recalled"
    assert [(row[0], row[3]) for row in await look(again, _PAYMENTS)] == [(str(kept), "settled")]
    causes = await look(again, "SELECT cause, payment::text FROM transfer ORDER BY 1")
    assert causes == [("instructed", str(kept)), ("settled", str(kept))]


async def test_the_bank_sees_no_file_before_it_was_told_what_is_in_it(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    async with benefits.database.connection("migrate") as connection:
        await connection.execute("ALTER TABLE outbox ADD CONSTRAINT unsent CHECK (published_at IS NULL) NOT VALID")
    with pytest.raises(Exception, match="unsent"):
        await freeze(benefits)
    assert await files(benefits) == []
    assert len(await look(benefits, "SELECT FROM bank_file")) == 1
    async with benefits.database.connection("migrate") as connection:
        await connection.execute("ALTER TABLE outbox DROP CONSTRAINT unsent")
    await relay(benefits)
    assert len(await files(benefits)) == 1


async def test_what_was_paid_of_a_benefit_that_ended_is_set_off_though_only_its_end_is_told_again(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """Nothing but its payment is known of it: no decision names it, and the books of the backup lack it."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    await recall(benefits, again)
    await enter_payee(again)
    higher = owed_to("person:12", once(LAST_DAY, 200_000), benefit="permanent_disablement")
    await settle(again, assessed(2, higher, refuses=[BENEFIT]))
    assert await bank_answers(again) == ["236.09"]
    (recovery,) = await listed(again, "recoveries")
    assert (recovery["state"], recovery["set_off"]["amount"]) == ("closed", "1763.91")
