"""What auditors read: samples of decisions, and everything around one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.audit import Population
from services.claims.storage.whose import CLAIMS_OF
from shared.kernel.sampling import Frame
from shared.persistence.sampling import drawn, frame_of

MOST_OF_A_PART = 10_000

# The instant stands there as text in UTC, with or without a fraction of the second: whole seconds are compared. An
# office is that of a task of the claim as it was when the decision was made, whoever has the task since: since when it
# had one of a claim is found once, not for each decision.
_POPULATION = f"""
    WITH held AS (
        SELECT task.id, task.opened_at AS since FROM task
        WHERE CAST(:office AS text) = (SELECT CASE WHEN count(moved) = 0 THEN task.office
                                              ELSE (array_agg(moved.detail ->> 'from' ORDER BY number))[1] END
                                       FROM task_event AS moved
                                       WHERE moved.task = task.id AND what = 'transferred')
        UNION ALL
        SELECT task, at FROM task_event WHERE what = 'transferred' AND detail ->> 'to' = :office
    ), of_office AS MATERIALIZED (
        SELECT found.claim, min(held.since) AS since
        FROM held CROSS JOIN LATERAL ({CLAIMS_OF["task"].format(ids="ARRAY[held.id]")}) AS found (claim)
        GROUP BY found.claim
    )
    SELECT decision.claim || '/' || decision.revision AS key
    FROM decision CROSS JOIN LATERAL (SELECT CAST(convert_from(decision.event, 'UTF8') AS jsonb) AS event) AS told
    LEFT JOIN of_office ON of_office.claim = decision.claim
    WHERE (decision.envelope ->> 'decided_at') COLLATE "C" >= :begins
      AND (decision.envelope ->> 'decided_at') COLLATE "C" < :ends
      AND (CAST(:benefit AS text) IS NULL OR EXISTS (
          SELECT FROM jsonb_array_elements((told.event -> 'entitlements') || (told.event -> 'refusals')) AS one
          WHERE one ->> 'benefit' = :benefit))
      AND (CAST(:office AS text) IS NULL
           OR of_office.since <= CAST(decision.envelope ->> 'decided_at' AS timestamptz))
"""  # noqa: S608 - constants
_FRAMES = {
    Population.DECISIONS: drawn(_POPULATION),
    Population.REFUSALS: drawn(
        f"{_POPULATION} AND jsonb_array_length(told.event -> 'entitlements') = 0"
        " AND jsonb_array_length(told.event -> 'refusals') > 0"
    ),
}
_SAMPLED = text("""
    SELECT decision.claim, decision.revision, decision.hash,
           CAST(decision.envelope ->> 'decided_at' AS timestamptz) AS decided_at,
           jsonb_array_length(CAST(convert_from(decision.event, 'UTF8') AS jsonb) -> 'entitlements') > 0 AS is_owed
    FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS drawn (key, place)
    JOIN decision ON decision.claim = CAST(split_part(key, '/', 1) AS uuid)
                     AND decision.revision = CAST(split_part(key, '/', 2) AS integer)
    ORDER BY place
""")
_CLAIMS = "(SELECT id FROM claim WHERE id = :claim OR joined_to = :claim)"
_SUBJECTS = f"""
    SELECT 'claim/' || id FROM claim WHERE id IN {_CLAIMS}
    UNION ALL SELECT 'question/' || claim || '/' || question FROM question WHERE claim IN {_CLAIMS}
    UNION ALL SELECT 'investigation/' || id FROM investigation WHERE claim IN {_CLAIMS}
    UNION ALL SELECT 'inconsistency/' || id FROM inconsistency WHERE claim IN {_CLAIMS}
    UNION ALL SELECT 'board_case/' || id FROM board_case WHERE claim IN {_CLAIMS}
    UNION ALL SELECT 'board_session/' || session FROM board_case WHERE claim IN {_CLAIMS} AND session IS NOT NULL
    UNION ALL SELECT 'appeal/' || id FROM appeal WHERE claim IN {_CLAIMS}
    UNION ALL SELECT 'evidence_request/' || id FROM evidence_request WHERE claim IN {_CLAIMS}
"""  # noqa: S608 - constants
# By the name of the part; who of the organisation acted is a column that says officer, or by whom.
_PARTS = {
    "made": """
        SELECT envelope ->> 'decided_at' AS decided_at, envelope ->> 'decided_by' AS decided_by,
               envelope ->> 'code_version' AS code_version
        FROM decision WHERE claim = :claim AND revision = :revision LIMIT :limit
    """,
    "evidence": f"""
        SELECT id AS evidence, claim, kind, tenant AS stated_by, stated_by AS officer, stated_at, issued_on,
               first_day AS first, last_day AS last, about, late
        FROM evidence WHERE claim IN {_CLAIMS} ORDER BY stated_at, id LIMIT :limit
    """,  # noqa: S608 - constants
    "documents": f"""
        SELECT id AS document, claim, kind, sha256, size, media_type, tenant AS sent_by, sent_by AS officer,
               received_at, state
        FROM document WHERE claim IN {_CLAIMS} ORDER BY received_at, id LIMIT :limit
    """,  # noqa: S608 - constants
    "tasks": f"""
        SELECT task.id AS task, task.queue, task.subject, event.number, event.what, event.at, event.acted_by,
               event.reason, event.revision
        FROM task JOIN task_event AS event ON event.task = task.id
        WHERE task.queue = ANY (CAST(:queues AS text[])) AND task.subject IN ({_SUBJECTS})
        ORDER BY task.id, event.number LIMIT :limit
    """,  # noqa: S608 - constants
    "inconsistencies": f"""
        SELECT id AS inconsistency, claim, item, notice_value, document_value, opened_at, stands, corrected, why,
               proposed_by AS recommended_by, approved_by, at AS ended_at
        FROM inconsistency LEFT JOIN inconsistency_end ON inconsistency = id
        WHERE claim IN {_CLAIMS} ORDER BY opened_at, id LIMIT :limit
    """,  # noqa: S608 - constants
    "appeals": f"""
        SELECT appeal.id AS appeal, claim, tenant AS party, forum, ground, question, revision, record, filed_at, state,
               outcome, ordered_on, reference, proposed_by, approved_by, ended_at, flips.body AS what_would_change
        FROM appeal LEFT JOIN appeal_flips AS flips ON flips.appeal = appeal.id
        WHERE claim IN {_CLAIMS} ORDER BY filed_at, appeal.id LIMIT :limit
    """,  # noqa: S608 - constants
    "letters": """
        SELECT id AS letter, kind, revision, tenant AS party, content_hash AS sha256, written_at,
               (SELECT count(*) FROM message WHERE message.letter = letter.id AND state = 'delivered') AS delivered
        FROM letter WHERE about = 'claim/' || CAST(CAST(:claim AS uuid) AS text) ORDER BY written_at, id LIMIT :limit
    """,
    "payments": """
        SELECT instruction AS payment, benefit, amount_sen, returned, happened_at AS at
        FROM known_payment WHERE claim = :claim ORDER BY happened_at, instruction LIMIT :limit
    """,
    "reads": f"""
        SELECT id AS read, at, tenant AS party, role, subject AS officer, office, route, purpose
        FROM read_log
        WHERE id IN (SELECT read FROM read_log_about WHERE kind = 'claim' AND about IN {_CLAIMS})
        ORDER BY id LIMIT :limit
    """,  # noqa: S608 - constants
}
_STATEMENTS = {name: text(part) for name, part in _PARTS.items()}


@dataclass(frozen=True, slots=True)
class Sampled:
    """A decision that was drawn."""

    claim: UUID
    revision: int
    hash: str
    decided_at: datetime
    is_owed: bool


class AuditRepository:
    """Reads for auditors, who are officers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def frame(self, population: Population, **asked: Any) -> Frame:
        """All of which is drawn, and what is drawn of it by ``seed``."""
        return frame_of((await self._connection.execute(_FRAMES[population], asked)).one())

    async def sampled(self, keys: Sequence[str]) -> list[Sampled]:
        """The decisions that were drawn, in this order."""
        rows = await self._connection.execute(_SAMPLED, {"keys": list(keys)})
        return [Sampled(row.claim, row.revision, row.hash, row.decided_at, row.is_owed) for row in rows]

    async def parts(self, claim: UUID, revision: int, queues: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
        """How a decision was made, and what there is around its claim and those that joined it."""
        asked = {"claim": claim, "revision": revision, "queues": list(queues), "limit": MOST_OF_A_PART}
        return {
            name: [dict(row._mapping) for row in await self._connection.execute(statement, asked)]
            for name, statement in _STATEMENTS.items()
        }
