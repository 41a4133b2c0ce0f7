"""The key of documents is rotated: they are read to the same bytes under the next one."""

import base64
import hashlib
from typing import Any

import pytest

from services.claims.commands.reseal_rows import ResealRows, resealing_with
from services.claims.main import build
from services.claims.settings import ClaimsSettings
from services.claims.storage import tables as t
from services.claims.storage.sealed import SEALED_TABLES
from services.claims.tests.support import report
from services.claims.worker import work
from shared.contracts.envelope import Cause
from shared.security.fields import FieldCipher
from shared.testing.service import TEST_KEY, ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer

NEW_KEY = b"fedcba9876543210fedcba9876543210"
NEXT: dict[str, Any] = {"field_key": base64.b64encode(NEW_KEY).decode(), "field_key_id": "claims-2"}
BOTH: dict[str, Any] = {**NEXT, "other_keys": {"claims-1": {"field": TEST_KEY}}}
CONTENT = b"%PDF-1.7 \x00\xff"
# What partners push is kept as tokens of whom it names, and bytes that hold nobody's: no key seals it.
UNSEALED = {
    *("claim.known_state", "decision.event", "record.body", "recalled_decision.event", "recalled_loan.event"),
    *("outbox.payload", "parked.payload", "medical_line_record.body", "medical_payable.event"),
}


@pytest.mark.postgres
async def test_a_document_is_read_to_the_same_bytes_under_the_next_key(
    worker: ServiceUnderTest, issuer: TestIssuer
) -> None:
    reported = await report(worker)
    asked = {"kind": "letter", "sha256": hashlib.sha256(CONTENT).hexdigest(), "claim": reported["claim"]}
    caller: dict[str, Any] = {"scopes": ["claims:notice:write"], "headers": {"content-type": "application/pdf"}}
    employer: dict[str, Any] = {"party": "employer:3", "role": "partner"}
    sent = await worker.call("POST", "/v1/documents", params=asked, content=CONTENT, **caller, **employer)
    assert sent.status_code == 201, sent.text
    path = f"/v1/documents/{sent.json()['document']}/content"
    reseal = resealing_with(FieldCipher("claims-2", NEW_KEY, {"claims-1": base64.b64decode(TEST_KEY)}))
    async with service_under_test(ClaimsSettings, build, work, worker.database, issuer, **BOTH) as both:
        for expected in ("claims-1", "claims-2"):
            async with both.database.connection() as connection:
                (key,) = await connection.fetch("SELECT DISTINCT key_id FROM sealed_values()")
            assert key["key_id"] == expected
            got = await both.call("GET", path, scopes=["claims:notice:read"])
            assert got.content == CONTENT
            async with both.worker.database.begin(both.worker.work.unit, Cause("test")) as uow:
                await reseal(ResealRows(), uow)


def test_every_sealed_column_is_rotated() -> None:
    binary = {
        f"{table.name}.{column.name}"
        for table in t.metadata.tables.values()
        for column in table.columns
        if str(column.type) == "BLOB"
    }
    assert {f"{each.name}.{column}" for each in SEALED_TABLES for column in each.columns} == binary - UNSEALED
