"""What documents and people say of an event, and the register of what contradicts its notice: appended only."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.claim import Claim
from services.claims.domain.particulars import (
    Contradiction,
    CorrectedFor,
    Inconsistency,
    InconsistencyEnd,
    Particular,
    ParticularItem,
    SourceKind,
    Stands,
)

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('inconsistency/' || CAST(:id AS text), 0))")
# Of the claim, and of what joined it.
_CLAIMS = """
    SELECT id FROM claim
    WHERE id = :claim OR (joined_to = :claim AND person = CAST(:person AS bigint) AND relation IS NOT NULL)
"""
_STATE = text("""
    INSERT INTO particular (id, claim, tenant, source, document, interview, item, month, employer, value, stated_by,
                            stated_at)
    SELECT id, :claim, :tenant, :source, :document, CAST(:interview AS uuid), item, month, employer, value, :stated_by,
           :stated_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:items AS text[]), CAST(:months AS text[]), CAST(:employers AS bigint[]),
                CAST(:said AS text[])) AS given (id, item, month, employer, value)
""")
_PARTICULARS = """
    SELECT particular.id, claim, source, document, item, value, particular.stated_by, stated_at, month, employer,
           interview, withdrawn.particular IS NOT NULL AS is_withdrawn
    FROM particular LEFT JOIN particular_withdrawal AS withdrawn ON withdrawn.particular = particular.id
"""
_OF_CLAIM = text(f"{_PARTICULARS} WHERE claim IN ({_CLAIMS}) ORDER BY stated_at, particular.id")
_FIND = text(f"{_PARTICULARS} WHERE particular.id = :id")
_COUNT = text("SELECT count(*) FROM particular WHERE claim = :claim AND stated_by = :officer")
_COUNT_OF_INVESTIGATION = text("""
    SELECT count(*) FROM particular JOIN interview ON interview.id = particular.interview
    WHERE investigation = :investigation
""")
_WITHDRAW = text("""
    INSERT INTO particular_withdrawal (particular, tenant, stated_by, at)
    SELECT unnest(CAST(:ids AS uuid[])), :tenant, :stated_by, :at ON CONFLICT DO NOTHING
""")
_OF_INTERVIEW = text(f"{_PARTICULARS} WHERE interview = :interview")
_OPEN = text("""
    INSERT INTO inconsistency (id, claim, tenant, item, about, source_kind, source, notice_value, document_value,
                               number, opened_at, stated_by)
    VALUES (:id, :claim, :tenant, :item, :about, :source_kind, :source, :notice_value, :document_value, :number,
            :opened_at, :stated_by)
    ON CONFLICT DO NOTHING
""")
_END = text("""
    INSERT INTO inconsistency_end (inconsistency, tenant, stands, corrected, why, proposed_by, approved_by, at)
    VALUES (:inconsistency, :tenant, :stands, :corrected, :why, :proposed_by, :approved_by, :at)
    ON CONFLICT DO NOTHING
""")
_REGISTER = """
    SELECT inconsistency.id, claim, item, about, source_kind, source, notice_value, document_value, number, opened_at,
           inconsistency.stated_by, ended.stands, ended.corrected, ended.why, ended.proposed_by, ended.approved_by,
           ended.at
    FROM inconsistency LEFT JOIN inconsistency_end AS ended ON ended.inconsistency = inconsistency.id
"""
_FIND_ENTRY = text(f"{_REGISTER} WHERE inconsistency.id = :id")
_ENTRIES = text(f"{_REGISTER} WHERE claim = :claim ORDER BY opened_at, inconsistency.id")


class InconsistencyRepository:
    """Reads and appends inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def state(self, said: Sequence[Particular], tenant: str) -> None:
        """Append what one document or interview says of a claim."""
        if not said:
            return
        first = said[0]
        values = {name: getattr(first, name) for name in ("claim", "document", "interview", "stated_by", "stated_at")}
        columns = {
            "ids": [each.id for each in said],
            "items": [each.item.value for each in said],
            "months": [each.month for each in said],
            "employers": [each.employer for each in said],
            "said": [each.value for each in said],
        }
        await self._connection.execute(_STATE, {**values, **columns, "source": first.source.value, "tenant": tenant})

    async def particulars_of(self, claim: Claim) -> list[Particular]:
        """What documents and people say of a claim, and of what joined it, oldest first; also what was withdrawn."""
        values = {"claim": claim.id, "person": claim.person}
        return [_particular_of(row) for row in await self._connection.execute(_OF_CLAIM, values)]

    async def find_particular(self, particular: UUID) -> Particular | None:
        """One, if the role may see it."""
        row = (await self._connection.execute(_FIND, {"id": particular})).one_or_none()
        return None if row is None else _particular_of(row)

    async def count_of(self, claim: UUID, officer: str) -> int:
        """How many an officer has stated of a claim."""
        found = await self._connection.execute(_COUNT, {"claim": claim, "officer": officer})
        return int(found.scalar_one())

    async def count_of_investigation(self, investigation: UUID) -> int:
        """How many the interviews of an investigation stated; what was taken back was news too."""
        found = await self._connection.execute(_COUNT_OF_INVESTIGATION, {"investigation": investigation})
        return int(found.scalar_one())

    async def of_interview(self, interview: UUID) -> list[Particular]:
        """What an interview said."""
        return [_particular_of(row) for row in await self._connection.execute(_OF_INTERVIEW, {"interview": interview})]

    async def withdraw(self, particulars: Sequence[UUID], tenant: str, officer: str, at: object) -> None:
        """Append that they are taken back; what was taken back before stays so."""
        if particulars:
            values = {"ids": list(particulars), "tenant": tenant, "stated_by": officer, "at": at}
            await self._connection.execute(_WITHDRAW, values)

    async def add(self, entry: Inconsistency, tenant: str) -> None:
        """Enter what contradicts; one that is entered already changes nothing."""
        said = entry.said
        values = {name: getattr(entry, name) for name in ("id", "claim", "number", "opened_at", "stated_by")}
        values |= {name: getattr(said, name) for name in ("about", "source", "notice_value", "document_value")}
        kinds = {"item": said.item.value, "source_kind": said.source_kind.value, "tenant": tenant}
        await self._connection.execute(_OPEN, {**values, **kinds})

    async def lock(self, inconsistency: UUID) -> Inconsistency | None:
        """An entry, if there is such, that nobody else ends until the transaction does."""
        await self._connection.execute(_LOCK, {"id": str(inconsistency)})
        row = (await self._connection.execute(_FIND_ENTRY, {"id": inconsistency})).one_or_none()
        return None if row is None else _entry_of(row)

    async def of(self, claim: UUID) -> list[Inconsistency]:
        """The register of a claim as far as the role may see it, oldest first."""
        return [_entry_of(row) for row in await self._connection.execute(_ENTRIES, {"claim": claim})]

    async def end(self, inconsistency: UUID, end: InconsistencyEnd, tenant: str) -> None:
        """Append how it ended; the entry is locked."""
        values = {name: getattr(end, name) for name in ("proposed_by", "approved_by", "at")}
        decided = end.stands is not None
        values |= {"stands": end.stands and end.stands.value, "corrected": end.corrected if decided else None}
        why = None if end.why is None else end.why.value
        await self._connection.execute(_END, {**values, "inconsistency": inconsistency, "tenant": tenant, "why": why})


def _particular_of(row: Row[Any]) -> Particular:
    kinds = {"source": SourceKind(row.source), "item": ParticularItem(row.item)}
    return Particular(**{**row._mapping, **kinds})


def _entry_of(row: Row[Any]) -> Inconsistency:
    said = Contradiction(
        ParticularItem(row.item),
        row.about,
        SourceKind(row.source_kind),
        row.source,
        row.notice_value,
        row.document_value,
    )
    end = None
    if row.at is not None:
        stands, why = row.stands and Stands(row.stands), row.why and CorrectedFor(row.why)
        end = InconsistencyEnd(row.at, stands, row.corrected or "", why, row.proposed_by, row.approved_by)
    return Inconsistency(row.id, row.claim, said, row.number, row.opened_at, row.stated_by, end)
