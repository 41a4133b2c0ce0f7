"""How each question of a claim stands, in the database: for whoever asks why it waits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.answers import Answer, QuestionState
from services.claims.storage import tables as t

# The worker shows them: at most 100,000 are counted, by an index alone.
OPEN = text("""
    SELECT state, reason, waits_for, count(*),
           CAST(extract(epoch FROM CAST(:now AS timestamptz) - min(since)) AS double precision)
    FROM (SELECT waits_for, reason, state, since FROM question WHERE state IN ('awaiting', 'officer')
          LIMIT 100000) AS waiting
    GROUP BY state, reason, waits_for
""")
# A question waits since its state and reason are what they are, however often it is asked meanwhile. What was looked up
# is kept once for all that looked up the same; in their order, or two transactions would wait for each other.
KEEP_QUESTIONS = """
    before AS (
        SELECT question, queues, revision FROM question WHERE claim = :claim
    ), gone AS (
        DELETE FROM question WHERE claim = :claim AND question <> ALL(CAST(:questions AS text[]))
    ), looked_up AS (
        INSERT INTO law_lookups (hash, body)
        SELECT DISTINCT ON (hash) hash, body
        FROM unnest(CAST(:lookups AS text[]), CAST(:bodies AS text[])) AS fresh (hash, body)
        WHERE hash IS NOT NULL ORDER BY hash
        ON CONFLICT (hash) DO NOTHING
    ), written AS (
        INSERT INTO question AS kept
            (claim, question, tenant, state, reason, waits_for, since, queues, facts, lookups, law_on, revision)
        SELECT :claim, question, :tenant, state, reason, waits_for, :now, string_to_array(queues, ','),
               CAST(facts AS jsonb), lookups, law_on, 0
        FROM unnest(CAST(:questions AS text[]), CAST(:states AS text[]), CAST(:reasons AS text[]),
                    CAST(:waits_for AS text[]), CAST(:queues AS text[]), CAST(:facts AS text[]),
                    CAST(:lookups AS text[]), CAST(:law_on AS date[]))
             AS fresh (question, state, reason, waits_for, queues, facts, lookups, law_on)
        ON CONFLICT (claim, question) DO UPDATE
        SET state = excluded.state, reason = excluded.reason, waits_for = excluded.waits_for,
            facts = excluded.facts, lookups = excluded.lookups, law_on = excluded.law_on,
            -- What was asked goes on while a fact is on its way again.
            queues = CASE WHEN excluded.state = 'awaiting'
                          THEN ARRAY(SELECT DISTINCT unnest(kept.queues || excluded.queues) ORDER BY 1)
                          ELSE excluded.queues END,
            revision = CASE WHEN kept.facts = excluded.facts THEN kept.revision ELSE kept.revision + 1 END,
            since = CASE WHEN (kept.state, kept.reason) = (excluded.state, excluded.reason) THEN kept.since
                         ELSE excluded.since END
        WHERE (kept.state, kept.reason, kept.waits_for, kept.queues, kept.facts, kept.lookups, kept.law_on)
              IS DISTINCT FROM
              (excluded.state, excluded.reason, excluded.waits_for, excluded.queues, excluded.facts,
               excluded.lookups, excluded.law_on)
        RETURNING question, queues, revision
    )
"""
# Those that stand in a queue, or stood in one before.
QUESTIONS_KEPT = """
    SELECT question, coalesce(before.queues, '{}') AS queues, coalesce(written.revision, before.revision) AS revision
    FROM before FULL JOIN written USING (question)
    WHERE before.queues <> '{}' OR written.queues <> '{}'
"""


@dataclass(frozen=True)
class Kept:
    """A question that waits for people, or waited: in which queues before, and how often what they look at changed."""

    queues_before: tuple[str, ...]
    revision: int


@dataclass(frozen=True)
class QuestionRead:
    """How one question stands: why, with whom (empty where it is answered), and since when.

    ``facts`` are what people look at, ``revision`` says how often they were others.
    """

    claim: UUID
    question: str
    state: QuestionState
    reason: str
    waits_for: str
    since: datetime
    facts: Mapping[str, str | int]
    revision: int


def values_of(
    answers: Sequence[Answer],
    queues: Mapping[str, Collection[str]],
    facts: Mapping[str, Mapping[str, str | int]],
) -> dict[str, object]:
    """What ``KEEP_QUESTIONS`` takes beside claim, tenant and now: all questions of a claim, what is not asked any more
    is gone.

    ``queues`` are those of each question in which it waits for people, ``facts`` what they look at.
    """
    lookups = [answer.lookups for answer in answers]
    return {
        "questions": [answer.question for answer in answers],
        "states": [answer.state.value for answer in answers],
        "reasons": [answer.reason for answer in answers],
        "waits_for": [answer.waits_for for answer in answers],
        "queues": [",".join(queues.get(answer.question, ())) for answer in answers],
        "facts": [orjson.dumps(dict(facts.get(answer.question, {}))).decode() for answer in answers],
        "lookups": [each and each.hash for each in lookups],
        "bodies": [each and each.body for each in lookups],
        "law_on": [each and each.law_on for each in lookups],
    }


class QuestionRepository:
    """Reads the questions of claims inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, claim: UUID) -> list[QuestionRead]:
        """The questions of a claim that the role may see, by name."""
        query = select(
            t.question.c.claim,
            t.question.c.question,
            t.question.c.state,
            t.question.c.reason,
            t.question.c.waits_for,
            t.question.c.since,
            t.question.c.facts,
            t.question.c.revision,
        ).where(t.question.c.claim == claim)
        rows = await self._connection.execute(query.order_by(t.question.c.question))
        return [
            QuestionRead(
                row.claim,
                row.question,
                QuestionState(row.state),
                row.reason,
                row.waits_for,
                row.since,
                row.facts,
                row.revision,
            )
            for row in rows
        ]
