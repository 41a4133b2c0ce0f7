"""Loans in the database: the records by which they were lent, and what was published of them before a restore."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.payable_stated import ClaimsPayableStatedV1
from shared.law.decision import DecisionRecord

_RECORDS = text("""
    SELECT claim, question, body FROM record
    WHERE claim = ANY(CAST(:claims AS uuid[])) AND question = ANY(CAST(:questions AS text[]))
    ORDER BY claim, question, hash
""")
_RECALL = text("""
    INSERT INTO recalled_loan (payable, revision, event) VALUES (:payable, :revision, :event)
    ON CONFLICT (payable) DO UPDATE SET revision = excluded.revision, event = excluded.event
    WHERE recalled_loan.revision < excluded.revision
""")
_RECALLED = text("SELECT event FROM recalled_loan ORDER BY payable")


class LoanRepository:
    """Reads and writes what is known of loans inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def records_of(
        self, claims: Collection[UUID], questions: Collection[str]
    ) -> Mapping[UUID, Sequence[tuple[str, DecisionRecord]]]:
        """Every record of these questions that was ever kept of these claims, with its question; in a fixed order."""
        values = {"claims": sorted(claims), "questions": sorted(questions)}
        found: dict[UUID, list[tuple[str, DecisionRecord]]] = {}
        for row in await self._connection.execute(_RECORDS, values):
            found.setdefault(row.claim, []).append((row.question, DecisionRecord(bytes(row.body))))
        return found

    async def recall(self, event: ClaimsPayableStatedV1) -> None:
        """Know again what was published of a loan, while the record of it may be lost; the higher revision stays."""
        values = {"payable": event.payable, "revision": event.revision, "event": event.data()}
        await self._connection.execute(_RECALL, values)

    async def recalled(self) -> list[ClaimsPayableStatedV1]:
        """What was published of loans before their database was put back."""
        rows = await self._connection.execute(_RECALLED)
        return [ClaimsPayableStatedV1.model_validate_json(row.event) for row in rows]
