"""What an assessment comes to, written in one statement: questions, a decision with its records, and the claim."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.answers import Answer
from services.claims.domain.claim import Claim
from services.claims.storage.claims import SET_CLAIM, values_saved
from services.claims.storage.questions import KEEP_QUESTIONS, QUESTIONS_KEPT, Kept, values_of
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.kernel.clock import now
from shared.kernel.release import CODE_VERSION
from shared.law.decision import DecisionRecord

# A record is kept once. Of a claim of which people were asked no fingerprint is kept.
_KEEP = text(f"""
    WITH {KEEP_QUESTIONS}, recorded AS (
        INSERT INTO record (claim, hash, tenant, question, body)
        SELECT :claim, hash, :tenant, question, body
        FROM unnest(CAST(:records AS text[]), CAST(:answered AS text[]), CAST(:record_bodies AS bytea[]))
             AS fresh (hash, question, body)
        ON CONFLICT (claim, hash) DO NOTHING
    ), decided AS (
        INSERT INTO decision (claim, revision, tenant, hash, records, envelope, event_type, event)
        SELECT :claim, :claim_revision, :tenant, :hash, CAST(:records AS text[]), CAST(:envelope AS jsonb), :event_type,
               :event
        WHERE CAST(:hash AS text) IS NOT NULL
    ), owed AS (
        INSERT INTO claim_party (claim, person)
        SELECT :claim, person FROM unnest(CAST(:owed_to AS bigint[])) AS person
        ON CONFLICT DO NOTHING
    ), saved AS (
        UPDATE claim {SET_CLAIM},
            known_state = CASE WHEN NOT EXISTS (SELECT FROM before WHERE queues <> '{{}}')
                               THEN CAST(:known_state AS bytea) END
        WHERE id = :claim AND :is_changed
    )
    {QUESTIONS_KEPT}
""")  # noqa: S608 - nothing that came from outside stands in it
_UNDECIDED: Mapping[str, object] = {
    **dict.fromkeys(("records", "answered", "record_bodies", "owed_to"), ()),
    **dict.fromkeys(("hash", "envelope", "event_type", "event")),
}


@dataclass(frozen=True)
class Decided:
    """A revision of a claim: the records that stand by it, by question in their order, and the event that tells it."""

    hash: str
    records: Sequence[tuple[str, DecisionRecord]]
    event: ClaimAssessedV1

    @property
    def values(self) -> dict[str, object]:
        """What the statement takes of it."""
        envelope = {"code_version": CODE_VERSION, "decided_by": "rule", "decided_at": now()}
        return {
            "hash": self.hash,
            "records": [record.hash for _, record in self.records],
            "answered": [question for question, _ in self.records],
            "record_bodies": [record.canonical for _, record in self.records],
            "envelope": orjson.dumps(envelope).decode(),
            "event_type": self.event.type(),
            "event": self.event.data(),
            "owed_to": sorted(self.owed_to),
        }

    @property
    def owed_to(self) -> set[int]:
        """The people whom it names as owed something."""
        parties = (each.party.partition(":") for each in self.event.entitlements)
        return {int(number) for kind, _, number in parties if kind == "person"}


@dataclass(frozen=True)
class Assessment:
    """A locked claim as it stands by its answers, and whether it is another one than before.

    ``queues`` are those of each question in which it waits for people, ``facts`` what they look at, ``decided`` a
    revision where what stands has changed, ``known_state`` the fingerprint of what it was assessed on, if one is kept.
    """

    claim: Claim
    is_changed: bool
    answers: Sequence[Answer]
    queues: Mapping[str, Collection[str]]
    facts: Mapping[str, Mapping[str, str | int]]
    decided: Decided | None
    known_state: bytes | None


class AssessmentRepository:
    """Writes assessments inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, assessment: Assessment) -> Mapping[str, Kept]:
        """Keep how all questions of a claim stand and the claim, and append its decision; none is ever changed.

        Answers with the questions that stand in a queue, or stood in one before.
        """
        decided = assessment.decided
        values = {
            **values_of(assessment.answers, assessment.queues, assessment.facts),
            **values_saved(assessment.claim),
            **(_UNDECIDED if decided is None else decided.values),
            "tenant": assessment.claim.tenant,
            "is_changed": assessment.is_changed,
            "known_state": assessment.known_state,
        }
        kept = await self._connection.execute(_KEEP, values)
        return {row.question: Kept(tuple(row.queues), row.revision) for row in kept}
