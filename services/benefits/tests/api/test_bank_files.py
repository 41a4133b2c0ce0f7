"""The bank's side: the same bytes each time, answers that may repeat, and nothing of what is not its own."""

import hashlib
from typing import Any

import pytest
from lxml import etree

from services.benefits.tests.support import (
    ACCOUNT_NAME,
    ACCOUNT_NUMBER,
    PAIN_001,
    READ,
    balances,
    enter_payee,
    events,
    fetch,
    files,
    first,
    freeze,
    listed,
    report,
    send_report,
    settle,
    transfers,
)
from shared.kernel.identifiers import new_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


@pytest.fixture
async def file(benefits: ServiceUnderTest) -> dict[str, Any]:
    """A ready file with the story's first payment."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    (file,) = await files(benefits)
    return file


async def end_to_end_id(benefits: ServiceUnderTest, file: dict[str, Any]) -> str:
    return transfers(await fetch(benefits, file))[0][0]


async def test_a_file_is_the_same_bytes_each_time_and_says_their_hash(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    contents = {await fetch(benefits, file) for _ in range(3)}
    (content,) = contents
    assert hashlib.sha256(content).hexdigest() == file["sha256"]
    answer = await benefits.call("GET", f"/v1/bank-files/{file['bank_file']}/content", scopes=READ)
    assert answer.headers["etag"] == f'"{file["sha256"]}"'
    assert answer.headers["content-type"].startswith("application/xml")


async def test_a_file_pays_the_account_that_was_entered(benefits: ServiceUnderTest, file: dict[str, Any]) -> None:
    root = etree.fromstring(await fetch(benefits, file))
    texts = {
        path: root.findtext(f".//p:CdtTrfTxInf/{path}", None, PAIN_001)
        for path in ("p:Cdtr/p:Nm", "p:CdtrAcct/p:Id/p:Othr/p:Id", "p:CdtrAgt/p:FinInstnId/p:BICFI", "p:Amt/p:InstdAmt")
    }
    assert list(texts.values()) == [ACCOUNT_NAME, ACCOUNT_NUMBER, "MBBEMYKL", "1763.91"]
    assert (file["transactions"], file["control_sum"]["amount"]) == (1, "1763.91")


async def test_a_file_goes_from_ready_to_fetched_to_answered_and_is_made_once(
    benefits: ServiceUnderTest, file: dict[str, Any]
) -> None:
    await benefits.call("GET", f"/v1/bank-files/{file['bank_file']}/content", scopes=READ)
    assert len(await files(benefits, "ready")) == 1, "an officer's look does not move it on"
    id_ = await end_to_end_id(benefits, file)
    assert [len(await files(benefits, state)) for state in ("ready", "fetched", "answered")] == [0, 1, 0]
    await send_report(benefits, file, report(file["message_id"], {id_: "ACSC"}))
    await freeze(benefits)
    assert [len(await files(benefits, state)) for state in ("ready", "fetched", "answered")] == [0, 0, 1]


@pytest.mark.parametrize("version", ["09", "10"])
async def test_a_report_settles_once_and_its_repeat_changes_nothing(
    benefits: ServiceUnderTest, file: dict[str, Any], version: str
) -> None:
    body = report(file["message_id"], {await end_to_end_id(benefits, file): "ACCC"}, version)
    answers = [(await send_report(benefits, file, body)).json() for _ in range(2)]
    assert answers == [
        {"settled": 1, "returned": 0, "pending": 0, "repeated": 0, "held": 0},
        {"settled": 0, "returned": 0, "pending": 0, "repeated": 1, "held": 0},
    ]
    assert len(await events(benefits)) == 1
    assert await balances(benefits) == {"bank": "-1763.91", "benefit_expense": "1763.91"}


@pytest.mark.parametrize("status", ["PDNG", "ACCP", "ACSP", "RCVD"])
async def test_a_pending_status_leaves_the_payment_until_a_final_one(
    benefits: ServiceUnderTest, file: dict[str, Any], status: str
) -> None:
    id_ = await end_to_end_id(benefits, file)
    answer = await send_report(benefits, file, report(file["message_id"], {id_: status}))
    assert answer.json() == {"settled": 0, "returned": 0, "pending": 1, "repeated": 0, "held": 0}
    assert [payment["state"] for payment in await listed(benefits, "payments")] == ["sent"]
    final = await send_report(benefits, file, report(file["message_id"], {id_: "ACSC"}))
    assert final.json()["settled"] == 1


async def test_a_report_about_another_message_is_refused(benefits: ServiceUnderTest, file: dict[str, Any]) -> None:
    id_ = await end_to_end_id(benefits, file)
    answer = await send_report(benefits, file, report("0" * 32, {id_: "ACSC"}))
    assert (answer.status_code, answer.json()["code"]) == (422, "status_report_foreign")


async def test_a_report_that_is_no_pain_002_is_refused(benefits: ServiceUnderTest, file: dict[str, Any]) -> None:
    answer = await send_report(benefits, file, b"<Document/>")
    assert (answer.status_code, answer.json()["code"]) == (422, "status_report_malformed")
    answer = await send_report(benefits, file, b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (415, "status_report_not_xml")


async def test_a_report_longer_than_the_limit_is_refused(benefits: ServiceUnderTest, file: dict[str, Any]) -> None:
    answer = await send_report(benefits, file, b" " * ((8 << 20) + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_bank_sees_its_own_files_only(benefits: ServiceUnderTest, file: dict[str, Any]) -> None:
    other: dict[str, Any] = {"party": "bank:2", "role": "partner"}
    assert await files(benefits, "ready", **other) == []
    path = f"/v1/bank-files/{file['bank_file']}/content"
    content = await benefits.call("GET", path, scopes=READ, **other)
    answer = await send_report(benefits, file, report(file["message_id"], {"f" * 32: "ACSC"}), **other)
    assert [found.json()["code"] for found in (content, answer)] == ["bank_file_unknown"] * 2
    assert [found.status_code for found in (content, answer)] == [404, 404]


async def test_a_bank_without_the_scope_sees_no_file(benefits: ServiceUnderTest, file: dict[str, Any]) -> None:
    for scopes in ((), ("benefits:status_report:write",)):
        answer = await benefits.call("GET", "/v1/bank-files", scopes=scopes, party="bank:1", role="partner")
        assert answer.status_code in (401, 403), answer.text
    answer = await send_report(benefits, file, b"", scopes=READ)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_a_file_that_does_not_exist_is_not_found(benefits: ServiceUnderTest) -> None:
    answer = await benefits.call("GET", f"/v1/bank-files/{new_id()}/content", scopes=READ)
    assert (answer.status_code, answer.json()["code"]) == (404, "bank_file_unknown")
