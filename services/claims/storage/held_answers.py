"""The answers that tasks laid before officers, in the database: appended, never changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.claim import Claim
from services.claims.domain.held_answers import Held, HeldAnswers
from shared.kernel.clock import now
from shared.law.decision import DecisionRecord

# The same revision once more is no news.
_KEEP = text("""
    INSERT INTO held_answer (claim, question, revision, tenant, questions, records, held_at)
    SELECT :claim, asked, revision, :tenant, array_agg(question ORDER BY place), array_agg(record ORDER BY place), :now
    FROM unnest(CAST(:asked AS text[]), CAST(:revisions AS integer[]), CAST(:questions AS text[]),
                CAST(:records AS bytea[])) WITH ORDINALITY AS held (asked, revision, question, record, place)
    GROUP BY asked, revision
    ON CONFLICT DO NOTHING
""")
_UP_TO = text("""
    SELECT revision, questions, records FROM held_answer
    WHERE claim = :claim AND question = :question AND revision <= :revision
    ORDER BY revision DESC LIMIT 1
""")
_NEWEST = text("""
    SELECT revision, questions, records FROM held_answer
    WHERE claim = :claim AND question = :question ORDER BY revision DESC LIMIT :limit
""")


class HeldAnswerRepository:
    """Reads and appends what officers are asked to let stand, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, claim: Claim, held: Mapping[str, HeldAnswers]) -> None:
        """Keep, for each question of a claim that waits for people, the answers of a revision."""
        rows = [
            (asked, each.revision, question, record.canonical)
            for asked, each in held.items()
            for question, record in each.records.items()
        ]
        if rows:
            columns = zip(
                ("asked", "revisions", "questions", "records"), map(list, zip(*rows, strict=True)), strict=True
            )
            values: dict[str, Any] = {"claim": claim.id, "tenant": claim.tenant, "now": now(), **dict(columns)}
            await self._connection.execute(_KEEP, values)

    async def up_to(self, claim: UUID, question: str, revision: int) -> HeldAnswers | None:
        """The answers of a question as that revision has them, if any were laid before anybody by then."""
        values = {"claim": claim, "question": question, "revision": revision}
        row = (await self._connection.execute(_UP_TO, values)).one_or_none()
        return None if row is None else _held_of(row)

    async def newest(self, claim: UUID, question: str, limit: int) -> list[HeldAnswers]:
        """The newest revisions, the newest first."""
        values = {"claim": claim, "question": question, "limit": limit}
        return [_held_of(row) for row in await self._connection.execute(_NEWEST, values)]


def _held_of(row: Row[Any]) -> HeldAnswers:
    records: Held = {
        question: DecisionRecord(bytes(body)) for question, body in zip(row.questions, row.records, strict=True)
    }
    return HeldAnswers(row.revision, records)
