"""Entering accounts: what is refused, and that nothing of an account is ever shown."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.benefits.domain.parties import Holding, party_of
from services.benefits.storage.payees import BankAccount, Entered, Payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    ACCOUNT_NAME,
    ACCOUNT_NUMBER,
    PERSON,
    bank_answers,
    enter_payee,
    fetch,
    files,
    first,
    freeze,
    listed,
    release_payee,
    settle,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id, person_id
from shared.security.tokens import Caller, Role
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

OFFICER = Caller("test", "organisation:1", Role.OFFICER, frozenset())
OTHER = "person:13"
WRITE = ("benefits:payee:write",)
BODY: dict[str, Any] = {
    "person": person_id(PERSON),
    "account_name": ACCOUNT_NAME,
    "account": {"bank_bic": "MBBEMYKL", "number": ACCOUNT_NUMBER},
}


async def test_the_answer_has_the_version_and_nothing_of_the_account(benefits: ServiceUnderTest) -> None:
    entered: dict[str, Any] = {"person": person_id(PERSON), "version": 1, "bank_bic": "MBBEMYKL"}
    entered |= {"held_until": None, "needs_release": False}
    assert await enter_payee(benefits) == entered
    assert (await enter_payee(benefits))["version"] == 1
    assert (await enter_payee(benefits, "77777777"))["version"] == 2


async def test_account_and_name_are_stored_encrypted(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    async with benefits.database.connection() as connection:
        (row,) = await connection.fetch("SELECT * FROM payee")
    stored = row["account_number"] + row["account_name"]
    assert ACCOUNT_NUMBER.encode() not in stored
    assert ACCOUNT_NAME.encode() not in stored


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"person": "P0000000120"}, "public_id_invalid"),
    ({"person": "12"}, "request_invalid"),
    ({"account_name": "A\u0007"}, "request_invalid"),
    ({"account_name": "  "}, "request_invalid"),
    ({"account_name": "A" * 141}, "request_invalid"),
    ({"account": {"bank_bic": "maybank", "number": ACCOUNT_NUMBER}}, "request_invalid"),
    ({"account": {"bank_bic": "MBBEMYKL", "number": "51-23"}}, "request_invalid"),
    ({"balance": "1"}, "request_invalid"),
)


async def test_a_bad_payee_is_refused_and_nothing_is_written(benefits: ServiceUnderTest) -> None:
    for change, code in BAD:
        answer = await benefits.call("POST", "/v1/payees", scopes=WRITE, json={**BODY, **change})
        assert (answer.status_code, answer.json()["code"]) == (422, code), change
        assert ACCOUNT_NUMBER not in answer.text
    async with benefits.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM payee") == 0


async def test_a_partner_enters_no_account_whatever_its_scope(benefits: ServiceUnderTest) -> None:
    answer = await benefits.call("POST", "/v1/payees", scopes=WRITE, json=BODY, party="employer:3", role="partner")
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")


async def test_a_repeated_key_answers_as_before_and_with_another_body_is_refused(benefits: ServiceUnderTest) -> None:
    once = await benefits.call("POST", "/v1/payees", scopes=WRITE, json=BODY, key="k-1")
    again = await benefits.call("POST", "/v1/payees", scopes=WRITE, json=BODY, key="k-1")
    other = {**BODY, "account_name": "Somebody Else"}
    refused = await benefits.call("POST", "/v1/payees", scopes=WRITE, json=other, key="k-1")
    assert (again.json(), again.headers["idempotency-replayed"]) == (once.json(), "true")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


async def test_no_account_and_no_name_stands_in_any_table_log_or_answer(
    benefits: ServiceUnderTest, capfd: pytest.CaptureFixture[str]
) -> None:
    """After the whole way of a payment: every column of every table, every log line, every list."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    shown = [await listed(benefits, what) for what in ("payments", "entitlements", "recoveries")]
    async with benefits.database.connection("migrate") as connection:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [await connection.fetch(f'SELECT * FROM "{table["tablename"]}"') for table in tables]  # noqa: S608
    said = capfd.readouterr()
    kept = "".join(repr(list(row.values())) for found in rows for row in found)
    assert "settled" in kept
    for secret in (ACCOUNT_NUMBER, ACCOUNT_NAME):
        assert secret not in kept
        assert secret not in json.dumps(shown)
        assert secret not in said.out + said.err


async def test_one_officer_alone_moves_nobodys_money(benefits: ServiceUnderTest, business_clock: BusinessClock) -> None:
    """A changed account is held for three days; whoever entered it does not release it, another officer does."""
    await enter_payee(benefits)
    changed = await enter_payee(benefits, "77777777")
    assert datetime.fromisoformat(changed["held_until"]) > now() + timedelta(hours=71)
    await settle(benefits, first())
    assert await bank_answers(benefits) == []
    (waiting,) = (await listed(benefits, "entitlements"))[0]["waiting"]
    held_until = datetime.fromisoformat(waiting["until"])
    assert (waiting["reason"], held_until) == ("account_held", datetime.fromisoformat(changed["held_until"]))
    answer = await release_payee(benefits, 2, officer="organisation:1")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_officer_needed")
    assert (await release_payee(benefits, 2)).status_code == 201
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1763.91"]


async def test_a_change_that_nobody_releases_counts_when_its_time_has_run_out(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await enter_payee(benefits)
    await enter_payee(benefits, "77777777")
    await settle(benefits, first())
    business_clock.advance(hours=71)
    await benefits.work_off()
    assert await bank_answers(benefits) == []
    business_clock.advance(hours=2)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["1763.91"]


async def test_what_was_instructed_before_an_account_was_changed_waits_too(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await enter_payee(benefits, "77777777")
    assert await bank_answers(benefits) == []
    await release_payee(benefits, 2)
    assert await bank_answers(benefits) == ["1763.91"]


async def test_another_spelling_of_the_name_ends_no_hold_and_makes_none(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    renamed = {**BODY, "account_name": "Aminah Osman"}
    answer = await benefits.call("POST", "/v1/payees", scopes=WRITE, json=renamed)
    assert (answer.json()["version"], answer.json()["held_until"]) == (2, None)
    changed = await enter_payee(benefits, "77777777")
    again = {**renamed, "account": {"bank_bic": "MBBEMYKL", "number": "77777777"}}
    answer = await benefits.call("POST", "/v1/payees", scopes=WRITE, json=again)
    assert (answer.json()["version"], answer.json()["held_until"]) == (4, changed["held_until"])


async def test_only_the_newest_account_of_a_person_is_released(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await enter_payee(benefits, "77777777")
    for version, person in ((1, PERSON), (3, PERSON), (1, 99)):
        answer = await release_payee(benefits, version, person)
        assert (answer.status_code, answer.json()["code"]) == (404, "payee_unknown")
    path = f"/v1/payees/{person_id(PERSON)}/versions/2/releases"
    answer = await benefits.call("POST", path, scopes=["benefits:payee:release"], party="employer:3", role="partner")
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")


@pytest.mark.parametrize("name", ["陳美玲", "AMINAH 😀", "AMI\u200bNAH", "\u202eHANIMA"])
async def test_a_name_that_banks_do_not_take_is_refused_where_it_is_entered(
    benefits: ServiceUnderTest, name: str
) -> None:
    answer = await benefits.call("POST", "/v1/payees", scopes=WRITE, json={**BODY, "account_name": name})
    assert (answer.status_code, answer.json()["code"]) == (422, "text_unfit_for_bank")
    assert name not in answer.text


async def test_a_name_is_kept_as_given_and_goes_out_in_the_alphabet_of_banks(benefits: ServiceUnderTest) -> None:
    """José @ Zé is kept so; one that was kept before names were checked goes out without what banks do not take."""
    await benefits.call("POST", "/v1/payees", scopes=WRITE, json={**BODY, "account_name": "JOSÉ @ ZÉ"})
    cipher = benefits.app.state.field_cipher
    async with benefits.app.state.database.begin(BenefitsUnitOfWork, Cause("test"), OFFICER) as uow:
        newest = await uow.payees.newest(party_of(PERSON))
        assert newest is not None
        assert newest.opened(cipher).name == "JOSÉ @ ZÉ"
        kept = BankAccount("陳美玲 TAN", "5123456", "MBBEMYKL")
        await uow.payees.add(Payee.sealed(OTHER, 1, kept, Entered("", Holding.of(OTHER)), cipher), "organisation:1")
    await settle(benefits, first(), first(claim=new_id(), person=13))
    await freeze(benefits)
    (file,) = await files(benefits)
    content = (await fetch(benefits, file)).decode()
    assert "<Nm>JOSE AT ZE</Nm>" in content
    assert "<Nm>TAN</Nm>" in content


async def test_a_corrected_name_holds_no_account_that_was_released(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    await enter_payee(benefits)
    changed = await enter_payee(benefits, "77777777")
    body = {**BODY, "account": {"bank_bic": "MBBEMYKL", "number": "77777777"}}
    corrected = {**body, "account_name": "Aminah Osman"}
    held = await benefits.call("POST", "/v1/payees", scopes=WRITE, json=corrected)
    assert held.json()["held_until"] == changed["held_until"], "another name is no officer's word"
    assert (await release_payee(benefits, 3)).status_code == 201
    again = await benefits.call("POST", "/v1/payees", scopes=WRITE, json=body)
    assert (again.json()["version"], again.json()["held_until"]) == (4, None)
    await settle(benefits, first())
    assert await bank_answers(benefits) == ["1763.91"]


async def test_an_account_of_before_is_held_back_by_what_came_back_from_its_newest_version(
    benefits: ServiceUnderTest,
) -> None:
    """Before benefits_0006 another name made another version, each taken for an account of its own since."""
    await enter_payee(benefits)
    renamed = BankAccount("Aminah Osman", ACCOUNT_NUMBER, "MBBEMYKL")
    async with benefits.app.state.database.begin(BenefitsUnitOfWork, Cause("test"), OFFICER) as uow:
        party, cipher = party_of(PERSON), benefits.app.state.field_cipher
        of_before = Payee.sealed(party, 2, renamed, Entered("", Holding.of(party)), cipher)
        await uow.payees.add(of_before, "organisation:1")
    await settle(benefits, first())
    assert await bank_answers(benefits, "RJCT/AC04") == ["1763.91"]
    entered = await enter_payee(benefits)
    assert (entered["version"], entered["held_until"]) == (3, None), "another name is no other account"
    await benefits.work_off()
    ((waiting,),) = [each["waiting"] for each in await listed(benefits, "entitlements")]
    assert waiting["reason"] == "account_returned"
    assert await bank_answers(benefits) == []
