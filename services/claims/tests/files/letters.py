"""What the tests of letters share: the hour after which they are written, and what the gateway says of messages."""

import base64
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import OFFICER, PERSON, role_of
from shared.contracts.benefit_paid import BenefitSettledV1
from shared.contracts.claim_assessed import Fund
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.letters.letter import Letter
from shared.messages.gateway import SIGNATURE, signature_of, signed_of_receipt
from shared.testing.service import TEST_KEY, ServiceUnderTest

READ_LETTERS = ["claims:letter:read"]
KEY = base64.b64decode(TEST_KEY)
_WRITING = "'write_letters', 'write_payment_advice', 'write_recovery_letter'"
_DUE_NOW = text(f"UPDATE due_work SET due_at = :now WHERE kind IN ({_WRITING})")  # noqa: S608 - a constant


def a_payment(party: str = f"person:{PERSON}") -> BenefitSettledV1:
    """What benefits tells of a payment that the bank confirmed."""
    return BenefitSettledV1(
        person=PERSON,
        claim=UUID(int=1),
        scheme="act4",
        benefit="temporary_disablement",
        party=party,
        fund=Fund.EMPLOYMENT_INJURY,
        amount_sen=176_391,
        happened_at=datetime(2026, 8, 12, tzinfo=UTC),
        instruction=UUID(int=2),
        claim_revision=1,
        period_first=date(2026, 7, 16),
        period_last=date(2026, 8, 11),
    )


async def write(claims: ServiceUnderTest) -> None:
    """Write what is owed, as when the time has passed in which more could follow."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await uow.connection.execute(_DUE_NOW, {"now": now()})
    await claims.work_off()


async def listed(claims: ServiceUnderTest, party: str = OFFICER, about: str = "") -> list[dict[str, Any]]:
    """The letters that a party reads."""
    path = f"/v1/letters?about={about}" if about else "/v1/letters"
    answer = await claims.call("GET", path, scopes=READ_LETTERS, party=party, role=role_of(party))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def letters_after(claims: ServiceUnderTest) -> list[dict[str, Any]]:
    """All letters with their messages, once what is owed is written."""
    await claims.work_off()
    await write(claims)
    return [await letter_of(claims, each["letter"]) for each in await listed(claims)]


async def letter_of(claims: ServiceUnderTest, letter: str, party: str = OFFICER) -> dict[str, Any]:
    """A letter with its messages."""
    answer = await claims.call("GET", f"/v1/letters/{letter}", scopes=READ_LETTERS, party=party, role=role_of(party))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def said_in(claims: ServiceUnderTest, letter: str) -> Letter:
    """What stands in a letter."""
    async with claims.database.connection() as connection:
        content = await connection.fetchval("SELECT content FROM letter WHERE id = $1", letter)
    return Letter.read(content)


def words_of(letter: Letter, language: str) -> str:
    """All that a letter says in a language."""
    said = letter.said[language]  # type: ignore[index]
    sections = [text for each in said.sections for text in (each.heading, *each.lines, *sum(each.rows, ()))]
    return "\n".join([said.title, *said.opening, *sections])


async def say(
    claims: ServiceUnderTest,
    message: str,
    what: str,
    *,
    receipt: str = "",
    ago: float = 0,
    key: bytes = KEY,
    signed_for: str = "",
    **more: str,
) -> httpx.Response:
    """The gateway says what became of a message so many hours ago; what is due of it runs.

    ``signed_for`` is the message for which the receipt was signed, where that is another one.
    """
    at = (now() - timedelta(hours=ago)).isoformat(timespec="seconds")
    body = {"receipt": receipt or f"R-{what}-{len(more)}-{int(ago)}", "what": what, "at": at, **more}
    content = json.dumps(body).encode()
    signed = signed_of_receipt(signed_for or message, content)
    headers = {"content-type": "application/json", SIGNATURE: signature_of(key, signed)}
    scopes = ["claims:message_receipt:write"]
    path = f"/v1/messages/{message}/receipts"
    answer = await claims.call("POST", path, scopes=scopes, subject="gateway", headers=headers, content=content)
    await claims.work_off()
    return answer
