"""How much of what is asked was answered without people, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.answers import QuestionState
from services.claims.domain.queues import IDENTITY, OF_CLAIMS, OF_QUESTIONS

# In the place of a question, of a notice of which nothing is asked: who it is about, or who speaks, is not known.
NOT_ASKED = "notice"
_ANSWERED = (QuestionState.ENTITLED.value, QuestionState.REFUSED.value)
_WAITING = (QuestionState.AWAITING.value, QuestionState.OFFICER.value)
# What people looked at first: a task of the question, or of the claim, that waits or that one of them took. A task that
# the machine closed before anybody took it was a fact on its way.
_FIGURES = text("""
    SELECT coalesce(asked.question, :not_asked) AS question,
           coalesce(asked.state = ANY(CAST(:answered AS text[])), claim.state = 'no_relation') AS is_answered,
           looked.reason,
           CASE WHEN asked.claim IS NULL THEN coalesce(claim.reason, claim.state)
                WHEN asked.state = ANY(CAST(:waiting AS text[])) THEN asked.reason END AS waits,
           count(*) AS claims
    FROM claim
    LEFT JOIN question AS asked ON asked.claim = claim.id
    LEFT JOIN LATERAL (
        SELECT reason FROM task
        WHERE (closed_at IS NULL OR EXISTS (SELECT FROM task_event WHERE task = task.id AND acted_by IS NOT NULL))
          AND ((queue = ANY(CAST(:of_questions AS text[]))
                AND subject = 'question/' || asked.claim || '/' || asked.question)
               OR (queue = ANY(CAST(:of_claims AS text[])) AND subject = 'claim/' || claim.id))
        ORDER BY opened_at, id LIMIT 1) AS looked ON true
    WHERE claim.received_at >= :begin AND claim.received_at < :end AND claim.state NOT IN ('joined', 'closed')
      AND asked.state IS DISTINCT FROM 'found'
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 5 DESC, 2, 3, 4
""")


# More are figures of many, and of nobody.
_MOST_NAMED = 100
_FEW = text("""
    SELECT id FROM claim
    WHERE received_at >= :begin AND received_at < :end AND state NOT IN ('joined', 'closed') LIMIT :limit
""")


@dataclass(frozen=True)
class Answered:
    """So many claims of one question stand alike.

    ``looked_at_for``: why people looked at it first; None: nobody did. ``waits_for``: why it waits, where nobody looks.
    """

    question: str
    is_answered: bool
    looked_at_for: str | None
    waits_for: str | None
    claims: int


class StraightThroughRepository:
    """Counts inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, begin: datetime, end: datetime) -> Sequence[Answered]:
        """The questions of the claims that were received from one instant up to another."""
        values = {
            "not_asked": NOT_ASKED,
            "begin": begin,
            "end": end,
            "answered": list(_ANSWERED),
            "waiting": list(_WAITING),
            "of_questions": [each.name for each in OF_QUESTIONS],
            "of_claims": [IDENTITY.name, *(each.name for each in OF_CLAIMS)],
        }
        return [Answered(*row) for row in await self._connection.execute(_FIGURES, values)]

    async def list_few(self, begin: datetime, end: datetime) -> list[UUID]:
        """The claims that were received from one instant up to another; none where they are more than a hundred."""
        asked = {"begin": begin, "end": end, "limit": _MOST_NAMED + 1}
        found = list((await self._connection.execute(_FEW, asked)).scalars())
        return found if len(found) <= _MOST_NAMED else []
