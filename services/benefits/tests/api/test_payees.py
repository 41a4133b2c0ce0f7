"""Entering accounts: what is refused, and that nothing of an account is ever shown."""

import json
from typing import Any

import pytest

from services.benefits.tests.support import (
    ACCOUNT_NAME,
    ACCOUNT_NUMBER,
    PERSON,
    bank_answers,
    enter_payee,
    first,
    listed,
    settle,
)
from shared.kernel.identifiers import person_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

WRITE = ("benefits:payee:write",)
BODY: dict[str, Any] = {
    "person": person_id(PERSON),
    "account_name": ACCOUNT_NAME,
    "account": {"bank_bic": "MBBEMYKL", "number": ACCOUNT_NUMBER},
}


async def test_the_answer_has_the_version_and_nothing_of_the_account(benefits: ServiceUnderTest) -> None:
    assert await enter_payee(benefits) == {"person": person_id(PERSON), "version": 1, "bank_bic": "MBBEMYKL"}
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
