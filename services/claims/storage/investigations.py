"""Investigations with their interviews, in the database: appended, never changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.investigation import (
    Conclusion,
    Heard,
    HeardAt,
    Interview,
    InvestigatedFor,
    Investigation,
    InvestigationEnd,
)

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('investigation/' || CAST(:id AS text), 0))")
_ADD = text("""
    INSERT INTO investigation (id, claim, tenant, reason, opened_by, opened_at)
    VALUES (:id, :claim, :tenant, :reason, :opened_by, :opened_at)
""")
_ADD_INTERVIEW = text("""
    INSERT INTO interview (id, investigation, tenant, heard, person, held_on, held_at, document, stated_by, stated_at,
                           replaces)
    VALUES (:id, :investigation, :tenant, :heard, :person, :held_on, :held_at, :document, :stated_by, :stated_at,
            :replaces)
""")
_END = text("""
    INSERT INTO investigation_end (investigation, tenant, conclusion, found, proposed_by, approved_by, at)
    VALUES (:investigation, :tenant, :conclusion, :found, :proposed_by, :approved_by, :at)
""")
_READ = """
    SELECT investigation.id, claim, reason, opened_by, opened_at, ended.conclusion, ended.found, ended.proposed_by,
           ended.approved_by, ended.at,
           ARRAY (SELECT ROW (id, investigation, heard, person, held_on, held_at, document, stated_by, stated_at,
                              replaces)
                  FROM interview WHERE interview.investigation = investigation.id ORDER BY stated_at, id) AS interviews
    FROM investigation LEFT JOIN investigation_end AS ended ON ended.investigation = investigation.id
"""
_FIND = text(f"{_READ} WHERE investigation.id = :id")
# Those too of what joined the claim: how they end counts there.
_OF_CLAIM = text(f"""
    {_READ}
    WHERE claim = :claim OR claim IN (
              SELECT joined.id FROM claim AS joined JOIN claim AS stands ON stands.person = joined.person
              WHERE stands.id = :claim AND joined.joined_to = :claim)
    ORDER BY opened_at, investigation.id
""")  # noqa: S608 - constants


class InvestigationRepository:
    """Reads and appends investigations inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, opened: Investigation, tenant: str) -> None:
        """Keep one that was opened."""
        values = {name: getattr(opened, name) for name in ("id", "claim", "opened_by", "opened_at")}
        await self._connection.execute(_ADD, {**values, "reason": opened.reason.value, "tenant": tenant})

    async def lock(self, investigation: UUID) -> Investigation | None:
        """One, if there is such, and nobody else adds to it until the transaction ends."""
        await self._connection.execute(_LOCK, {"id": str(investigation)})
        return await self.find(investigation)

    async def find(self, investigation: UUID) -> Investigation | None:
        """One, if the role may see it."""
        row = (await self._connection.execute(_FIND, {"id": investigation})).one_or_none()
        return None if row is None else _investigation_of(row)

    async def of(self, claim: UUID) -> list[Investigation]:
        """Those of a claim, and of what joined it, that the role may see, oldest first."""
        return [_investigation_of(row) for row in await self._connection.execute(_OF_CLAIM, {"claim": claim})]

    async def add_interview(self, interview: Interview, tenant: str) -> None:
        """Append an interview."""
        values = {name: getattr(interview, name) for name in Interview.__dataclass_fields__}
        texts = {"heard": interview.heard.value, "held_at": interview.held_at.value, "tenant": tenant}
        await self._connection.execute(_ADD_INTERVIEW, {**values, **texts})

    async def end(self, investigation: UUID, end: InvestigationEnd, tenant: str) -> None:
        """Append how two officers ended it."""
        found = [each for pair in end.found for each in pair]
        values = {"investigation": investigation, "tenant": tenant, "conclusion": end.conclusion.value, "found": found}
        both = {"proposed_by": end.proposed_by, "approved_by": end.approved_by, "at": end.at}
        await self._connection.execute(_END, {**values, **both})


def _investigation_of(row: Row[Any]) -> Investigation:
    end = None
    if row.conclusion is not None:
        found = tuple(zip(row.found[::2], row.found[1::2], strict=True))
        end = InvestigationEnd(Conclusion(row.conclusion), row.proposed_by, row.approved_by, row.at, found)
    interviews = tuple(_interview_of(each) for each in row.interviews)
    return Investigation(row.id, row.claim, InvestigatedFor(row.reason), row.opened_by, row.opened_at, end, interviews)


def _interview_of(said: Sequence[Any]) -> Interview:
    id_, investigation, heard, person, held_on, held_at, *rest = said
    return Interview(id_, investigation, Heard(heard), person, held_on, HeardAt(held_at), *rest)
