"""Pairs of people that may be one, and what two officers found of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.duplicate import DuplicateReason, PossibleDuplicate, Verdict
from shared.kernel.officers import Officers

# The same reason again is no news.
_NOTE = text("""
    INSERT INTO possible_duplicate AS known (person, other, reason, found_at)
    VALUES (least(CAST(:person AS integer), :other), greatest(CAST(:person AS integer), :other), :reason, :at)
    ON CONFLICT (person, other) DO UPDATE SET reason = excluded.reason, revision = known.revision + 1
    WHERE known.reason <> excluded.reason
""")
_LOCK = text("""
    SELECT pair.person, pair.other, pair.reason, pair.revision,
           (SELECT verdict FROM duplicate_verdict AS said
            WHERE said.person = pair.person AND said.other = pair.other ORDER BY said.id DESC LIMIT 1) AS verdict
    FROM possible_duplicate AS pair
    WHERE pair.person = least(CAST(:person AS integer), :other)
      AND pair.other = greatest(CAST(:person AS integer), :other)
    FOR UPDATE
""")
_BETWEEN = text("""
    SELECT pair.person, pair.other, pair.reason, pair.revision,
           (SELECT verdict FROM duplicate_verdict AS said
            WHERE said.person = pair.person AND said.other = pair.other ORDER BY said.id DESC LIMIT 1) AS verdict
    FROM possible_duplicate AS pair
    WHERE (pair.person = ANY(CAST(:these AS integer[])) AND pair.other = ANY(CAST(:those AS integer[]))
           OR pair.person = ANY(CAST(:those AS integer[])) AND pair.other = ANY(CAST(:these AS integer[])))
    ORDER BY pair.person, pair.other FOR UPDATE
""")
_DECIDE = text("""
    INSERT INTO duplicate_verdict (person, other, verdict, proposed_by, approved_by, decided_at)
    VALUES (:person, :other, :verdict, :proposed_by, :approved_by, :at)
""")
# Who has a way to read the name in common with the person, as both are named now, and the same day of birth.
_LIKE = text("""
    SELECT DISTINCT theirs.person
    FROM person_name_token AS mine
    JOIN person_attribute AS my_name
      ON my_name.person = mine.person AND my_name.attribute = 'name' AND my_name.fact = mine.fact
    JOIN person_name_token AS theirs ON theirs.token = mine.token AND theirs.person <> mine.person
    JOIN person_attribute AS their_name
      ON their_name.person = theirs.person AND their_name.attribute = 'name' AND their_name.fact = theirs.fact
    JOIN person_attribute AS b ON b.person = mine.person AND b.attribute = 'born_on'
    JOIN person_fact AS born ON born.id = b.fact
    JOIN person_attribute AS c ON c.person = theirs.person AND c.attribute = 'born_on'
    JOIN person_fact AS their_birth ON their_birth.id = c.fact AND their_birth.plain = born.plain
    WHERE mine.person = :person ORDER BY theirs.person LIMIT :limit
""")


class DuplicateRepository:
    """Pairs, for officers and for the worker."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def like(self, person: int, limit: int) -> list[int]:
        """Who has the name and the day of birth of a person."""
        return list((await self._connection.execute(_LIKE, {"person": person, "limit": limit})).scalars())

    async def note(self, person: int, other: int, reason: DuplicateReason, at: datetime) -> None:
        """Keep that the two may be one."""
        values = {"person": person, "other": other, "reason": reason.value, "at": at}
        await self._connection.execute(_NOTE, values)

    async def lock(self, person: int, other: int) -> PossibleDuplicate | None:
        """The pair, held until the transaction ends."""
        row = (await self._connection.execute(_LOCK, {"person": person, "other": other})).one_or_none()
        return None if row is None else possible_duplicate_of(row)

    async def between(self, these: Sequence[int], those: Sequence[int]) -> list[PossibleDuplicate]:
        """The pairs of one of these numbers and one of those, held until the transaction ends."""
        found = await self._connection.execute(_BETWEEN, {"these": list(these), "those": list(those)})
        return [possible_duplicate_of(row) for row in found]

    async def decide(self, pair: PossibleDuplicate, verdict: Verdict, officers: Officers) -> None:
        """Keep what two officers found; the last word holds."""
        values = {"person": pair.person, "other": pair.other, "verdict": verdict.value}
        await self._connection.execute(_DECIDE, {**values, **officers.row})


def possible_duplicate_of(row: Row[Any]) -> PossibleDuplicate:
    """The pair in a row of ``_LOCK``."""
    verdict = None if row.verdict is None else Verdict(row.verdict)
    return PossibleDuplicate(row.person, row.other, DuplicateReason(row.reason), row.revision, verdict)
