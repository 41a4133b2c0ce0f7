"""How each question of a claim stands, in the database: for whoever asks why it waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.claim import Claim
from services.claims.storage import tables as t
from shared.kernel.clock import now

# A question waits since its state and reason are what they are, however often it is asked meanwhile.
_KEEP = text("""
    WITH gone AS (
        DELETE FROM question WHERE claim = :claim AND question <> ALL(CAST(:questions AS text[]))
    )
    INSERT INTO question AS kept (claim, question, tenant, state, reason, waits_for, since)
    SELECT :claim, question, :tenant, state, reason, waits_for, :now
    FROM unnest(CAST(:questions AS text[]), CAST(:states AS text[]), CAST(:reasons AS text[]),
                CAST(:waits_for AS text[])) AS fresh (question, state, reason, waits_for)
    ON CONFLICT (claim, question) DO UPDATE
    SET state = excluded.state, reason = excluded.reason, waits_for = excluded.waits_for,
        since = CASE WHEN (kept.state, kept.reason) = (excluded.state, excluded.reason) THEN kept.since
                     ELSE excluded.since END
    WHERE (kept.state, kept.reason, kept.waits_for) <> (excluded.state, excluded.reason, excluded.waits_for)
""")


@dataclass(frozen=True)
class QuestionRead:
    """How one question stands: why, with whom (empty where it is answered), and since when."""

    claim: UUID
    question: str
    state: QuestionState
    reason: str
    waits_for: str
    since: datetime


class QuestionRepository:
    """Reads and writes the questions of claims inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, claim: Claim, answers: Sequence[Answer]) -> None:
        """Keep how all questions of a claim stand; what is not asked any more is gone."""
        values = {
            "claim": claim.id,
            "tenant": claim.tenant,
            "questions": [answer.question for answer in answers],
            "states": [answer.state.value for answer in answers],
            "reasons": [answer.reason for answer in answers],
            "waits_for": [answer.waits_for for answer in answers],
            "now": now(),
        }
        await self._connection.execute(_KEEP, values)

    async def of(self, claim: UUID) -> list[QuestionRead]:
        """The questions of a claim that the role may see, by name."""
        query = select(
            t.question.c.claim,
            t.question.c.question,
            t.question.c.state,
            t.question.c.reason,
            t.question.c.waits_for,
            t.question.c.since,
        ).where(t.question.c.claim == claim)
        rows = await self._connection.execute(query.order_by(t.question.c.question))
        return [
            QuestionRead(row.claim, row.question, QuestionState(row.state), row.reason, row.waits_for, row.since)
            for row in rows
        ]
