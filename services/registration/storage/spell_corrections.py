"""Corrections of spells: what was stated, never changed, and what two officers decided of it; the facts of a spell."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.correction import StatedBy
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import SpellCorrectionUnknown, SpellCorrectionWaits
from services.registration.domain.spell_correction import SpellCorrection, SpellCorrectionReason
from services.registration.domain.spell_fact import SpellFact
from services.registration.domain.work import KindOfWork
from services.registration.storage.persons import Viewer
from services.registration.storage.spells import work_of
from services.registration.storage.violations import violated

_COLUMNS = """correction, spell, person, employer, source, officer, started_on, ended_on, goes_on, kind_of_work,
             spouse_of_employer, allowance_sen, reason, evidence, stated_at, counts, proposed_by, approved_by"""
_ADD = text(f"""
    INSERT INTO spell_correction ({_COLUMNS}, tenant, decided_at)
    VALUES (:correction, :spell, :person, :employer, :source, :officer, CAST(:started_on AS date),
            CAST(:ended_on AS date), :goes_on, :kind_of_work, CAST(:spouse_of_employer AS boolean),
            CAST(:allowance_sen AS bigint), :reason, :evidence, :stated_at, CAST(:counts AS boolean), NULL, NULL,
            :tenant, CASE WHEN CAST(:counts AS boolean) IS NULL THEN NULL ELSE CAST(:stated_at AS timestamptz) END)
""")  # noqa: S608 - a constant
_DECIDE = text("""
    UPDATE spell_correction SET counts = :counts, proposed_by = :proposed_by, approved_by = :approved_by,
                                decided_at = :at
    WHERE correction = :correction
""")
_GET = text(f"SELECT {_COLUMNS} FROM spell_correction WHERE correction = :correction")  # noqa: S608 - a constant
_WAITING = text(f"SELECT {_COLUMNS} FROM spell_correction WHERE spell = :spell AND counts IS NULL")  # noqa: S608
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM spell_correction
    WHERE (:officer OR tenant = :tenant) AND correction > CAST(:after AS uuid)
    ORDER BY correction LIMIT :limit
""")  # noqa: S608 - a constant
_FACTS = text("""
    SELECT stated.id, lower(stated.days) AS first_day, upper(stated.days) - 1 AS last_day, stated.kind_of_work,
           stated.spouse_of_employer, stated.allowance_sen, stated.source, stated.officer, stated.approved_by,
           stated.reason, stated.evidence, stated.recorded_at, later.id AS retracted_by
    FROM spell_fact AS stated LEFT JOIN spell_fact AS later ON later.retracts = stated.id
    WHERE stated.spell = :spell AND (:officer OR stated.tenant = :tenant) AND stated.id > :after
    ORDER BY stated.id LIMIT :limit
""")
_BEFORE_ALL = UUID(int=0)


class SpellCorrectionRepository:
    """The corrections that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, said: SpellCorrection) -> None:
        """Keep what was stated; raises SpellCorrectionWaits where another one of the spell waits."""
        values = {
            "correction": said.id,
            "spell": said.spell,
            "person": said.person,
            "employer": said.employer,
            "source": said.by.tenant,
            "officer": said.by.officer,
            "stated_at": said.by.at,
            "started_on": said.started_on,
            "ended_on": said.ended_on,
            "goes_on": said.goes_on,
            "kind_of_work": said.kind,
            "spouse_of_employer": said.spouse,
            "allowance_sen": said.allowance,
            "reason": said.reason.value,
            "evidence": said.evidence,
            "counts": said.counts,
            "tenant": tenant_of(said.employer),
        }
        try:
            await self._connection.execute(_ADD, values)
        except IntegrityError as error:
            if violated(error) == "uq_spell_correction_waits":
                raise SpellCorrectionWaits() from None
            raise

    async def decide(self, said: SpellCorrection, at: datetime) -> None:
        """Keep what two officers decided of a correction whose spell is locked."""
        values = {"correction": said.id, "counts": said.counts, "at": at}
        both = {"proposed_by": said.proposed_by, "approved_by": said.approved_by}
        await self._connection.execute(_DECIDE, values | both)

    async def get(self, correction: UUID) -> SpellCorrection:
        """Raises SpellCorrectionUnknown."""
        row = (await self._connection.execute(_GET, {"correction": correction})).one_or_none()
        if row is None:
            raise SpellCorrectionUnknown()
        return spell_correction_of(row)

    async def waiting(self, spell: UUID) -> SpellCorrection | None:
        """The one of a spell that nobody has decided."""
        row = (await self._connection.execute(_WAITING, {"spell": spell})).one_or_none()
        return None if row is None else spell_correction_of(row)

    async def page(self, after: UUID | None, limit: int, viewer: Viewer) -> Sequence[SpellCorrection]:
        """By id, after one: those of the viewer's spells, or of everybody's for an officer."""
        asked: dict[str, Any] = {"after": after or _BEFORE_ALL, "limit": limit}
        asked |= {"tenant": viewer.tenant, "officer": viewer.officer}
        return [spell_correction_of(row) for row in await self._connection.execute(_PAGE, asked)]

    async def facts(self, spell: UUID, after: int, limit: int, viewer: Viewer) -> Sequence[SpellFact]:
        """The history of a spell in the order in which it was stated, after one."""
        asked = {"spell": spell, "after": after, "limit": limit, "tenant": viewer.tenant, "officer": viewer.officer}
        return [spell_fact_of(row) for row in await self._connection.execute(_FACTS, asked)]


def spell_correction_of(row: Row[Any]) -> SpellCorrection:
    """The correction in a row of ``_COLUMNS``."""
    return SpellCorrection(
        id=row.correction,
        spell=row.spell,
        person=row.person,
        employer=row.employer,
        by=StatedBy(row.source, row.stated_at, row.officer),
        reason=SpellCorrectionReason(row.reason),
        evidence=row.evidence,
        started_on=row.started_on,
        ended_on=row.ended_on,
        goes_on=row.goes_on,
        kind=None if row.kind_of_work is None else KindOfWork(row.kind_of_work),
        spouse=row.spouse_of_employer,
        allowance=row.allowance_sen,
        counts=row.counts,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
    )


def spell_fact_of(row: Row[Any]) -> SpellFact:
    """The fact in a row of ``_FACTS``."""
    return SpellFact(
        id=row.id,
        first=row.first_day,
        last=row.last_day,
        work=work_of(row),
        source=row.source,
        officer=row.officer,
        approved_by=row.approved_by,
        reason=row.reason,
        evidence=row.evidence,
        recorded_at=row.recorded_at,
        retracted_by=row.retracted_by,
    )
