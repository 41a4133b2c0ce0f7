"""Whoever is paid, is paid into an account of that very party: an employer's 7 and a person's 7 never meet."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from services.benefits.tests.support import (
    PAIN_001,
    assessed,
    bank_answers,
    benefits_on,
    enter_account,
    enter_payee,
    fetch,
    files,
    freeze,
    once,
    owed_to,
    pay_into,
    relay,
    release_account,
    report,
    send_report,
    settle,
    transfers,
)
from shared.contracts.benefit_paid import PayableEvent, PaymentEvent
from shared.contracts.claim_assessed import Fund
from shared.contracts.payable_stated import RegistrationPayableStatedV1
from shared.kernel.identifiers import new_id
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

NUMBER = 7
WORKER, EMPLOYER = f"person:{NUMBER}", f"employer:{NUMBER}"
HERS, ITS = "1111111111", "2222222222"
DUE = date(2026, 8, 20)


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service on a database that was put back."""
    async with benefits_on(databases, issuer) as fresh:
        yield fresh


async def owe(benefits: ServiceUnderTest, sen: int, payable: UUID | None = None, revision: int = 1) -> None:
    """Registration owes the employer a refund that is about nobody."""
    stated = RegistrationPayableStatedV1(
        payable=payable or new_id(),
        revision=revision,
        kind="contribution_refund",
        party=EMPLOYER,
        scheme="act4",
        fund=Fund.NON_EMPLOYMENT_INJURY,
        law="Act 4 s.44A",
        arose_on=date(2026, 7, 31),
        stated_at=datetime(2026, 8, 20, tzinfo=UTC),
        decision_hash="0" * 64,
        terms=(once(DUE, sen),),
    )
    await benefits.consume(stated)
    await benefits.work_off()


async def grant(benefits: ServiceUnderTest, sen: int, claim: UUID | None = None) -> None:
    """A claim owes the person of the same number a benefit once."""
    owed = owed_to(WORKER, once(DUE, sen), benefit="funeral")
    await settle(benefits, assessed(1, owed, claim=claim or new_id(), person=NUMBER))


async def waits_for(benefits: ServiceUnderTest, party: str) -> list[str]:
    answer = await benefits.call("GET", f"/v1/parties/{party}/entitlements", scopes=["benefits:entitlement:read"])
    assert answer.status_code == 200, answer.text
    return [why["reason"] for each in answer.json()["data"] for why in each["waiting"]]


async def paid_to(benefits: ServiceUnderTest, party: str) -> list[tuple[str, str]]:
    answer = await benefits.call("GET", f"/v1/parties/{party}/payments", scopes=["benefits:payment:read"])
    assert answer.status_code == 200, answer.text
    paid = [(each["amount"]["amount"], each["state"]) for each in answer.json()["data"]]
    return sorted(paid)


def credited(content: bytes) -> dict[str, str]:
    """The amount of each credit transfer by the account that it goes to."""
    found = etree.fromstring(content).findall(".//p:CdtTrfTxInf", PAIN_001)
    account, amount = "p:CdtrAcct/p:Id/p:Othr/p:Id", "p:Amt/p:InstdAmt"
    return {each.findtext(account, "", PAIN_001): each.findtext(amount, "", PAIN_001) for each in found}


async def test_what_an_employer_is_owed_goes_to_no_account_of_the_person_of_its_number(
    benefits: ServiceUnderTest,
) -> None:
    """Neither before it has an account, nor beside the person's payment in one file, nor when one of them refuses."""
    await enter_payee(benefits, HERS, NUMBER)
    await owe(benefits, 91_750)
    await grant(benefits, 300_000)
    assert await bank_answers(benefits) == ["3000.00"]
    assert (await waits_for(benefits, EMPLOYER), await waits_for(benefits, WORKER)) == (["account_missing"], [])
    await pay_into(benefits, EMPLOYER, ITS)
    await benefits.work_off()
    await grant(benefits, 120_000)
    await freeze(benefits)
    (file,) = await files(benefits)
    content = await fetch(benefits, file)
    assert credited(content) == {HERS: "1200.00", ITS: "917.50"}
    codes = {id_: "RJCT/AC04" if amount == "917.50" else "ACSC" for id_, amount in transfers(content)}
    assert (await send_report(benefits, file, report(file["message_id"], codes))).status_code == 200
    await benefits.work_off()
    assert (await waits_for(benefits, EMPLOYER), await waits_for(benefits, WORKER)) == (["account_returned"], [])
    await grant(benefits, 5_000)
    await owe(benefits, 6_000)
    assert await bank_answers(benefits) == ["50.00"], "an employer's account that refused holds back no person's"
    assert await waits_for(benefits, EMPLOYER) == ["account_returned"] * 2
    assert (await release_account(benefits, EMPLOYER, officer="third")).status_code == 201
    await benefits.work_off()
    assert sorted(await bank_answers(benefits)) == ["60.00", "917.50"]
    assert await paid_to(benefits, EMPLOYER) == [("60.00", "settled"), ("917.50", "returned"), ("917.50", "settled")]
    assert {amount for amount, _ in await paid_to(benefits, WORKER)} == {"3000.00", "1200.00", "50.00"}


async def test_a_persons_account_that_refused_holds_back_no_employers(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits, HERS, NUMBER)
    await grant(benefits, 300_000)
    assert await bank_answers(benefits, "RJCT/AC04") == ["3000.00"]
    await pay_into(benefits, EMPLOYER, HERS)
    await owe(benefits, 91_750)
    assert await bank_answers(benefits) == ["917.50"], "not even where it is the same account"
    await benefits.work_off()
    assert await waits_for(benefits, WORKER) == ["account_returned"]


async def test_what_is_told_of_both_is_known_again_and_rendered_to_the_same_bytes(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """What is paid about nobody names no person in its events; a file that was lost waits for the account of each."""
    await enter_payee(benefits, HERS, NUMBER)
    await pay_into(benefits, EMPLOYER, ITS)
    await owe(benefits, 6_000)
    await grant(benefits, 300_000)
    assert sorted(await bank_answers(benefits)) == ["3000.00", "60.00"]
    await owe(benefits, 91_750)
    await grant(benefits, 120_000)
    await freeze(benefits)
    (file,) = await files(benefits)
    content = await fetch(benefits, file)
    told = [each for each in await published_by(benefits) if isinstance(each, PaymentEvent | PayableEvent)]
    assert sorted((type(each).__name__, each.key) for each in told) == [
        ("BenefitInstructedV1", WORKER),
        ("BenefitInstructedV1", WORKER),
        ("BenefitSettledV1", WORKER),
        ("PayableInstructedV1", EMPLOYER),
        ("PayableInstructedV1", EMPLOYER),
        ("PayableSettledV1", EMPLOYER),
    ]
    assert not any(b"person" in each.data() for each in told if isinstance(each, PayableEvent))
    await recall(benefits, again)
    assert await payments_in(again) == await payments_in(benefits)
    await relay(again)
    await enter_payee(again, HERS, NUMBER)
    await again.work_off()
    assert file["bank_file"] not in [each["bank_file"] for each in await files(again, "fetched")]
    assert (await enter_account(again, EMPLOYER, ITS)).status_code == 201
    await again.work_off()
    assert await fetch(again, file) == content


async def test_an_account_of_no_person_that_was_lost_is_never_stood_in_for_by_a_persons(
    benefits: ServiceUnderTest, again: ServiceUnderTest
) -> None:
    """The file held the employer's payment alone: with the person's account for it the bytes would be others."""
    await pay_into(benefits, EMPLOYER, ITS)
    await owe(benefits, 91_750)
    await freeze(benefits)
    await recall(benefits, again)
    await relay(again)
    await enter_payee(again, ITS, NUMBER)
    await again.work_off()
    assert await files(again, "fetched") == []
    assert await waiting_for(again, "render_lost_file") == [[f"payee/{EMPLOYER}"]]


async def payments_in(benefits: ServiceUnderTest) -> list[tuple[Any, ...]]:
    columns = "id::text, end_to_end_id, party, person, owner, state, bank_file::text, payee_version, fund, amount_sen"
    async with benefits.database.connection("migrate") as connection:
        rows = await connection.fetch(f"SELECT {columns} FROM payment ORDER BY 1")  # noqa: S608 - constants
    return [tuple(row) for row in rows]


async def waiting_for(benefits: ServiceUnderTest, kind: str) -> list[list[str]]:
    async with benefits.database.connection("migrate") as connection:
        rows = await connection.fetch("SELECT waits_for FROM due_work WHERE kind = $1", kind)
    return [row["waits_for"] for row in rows]
