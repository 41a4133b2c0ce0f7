"""Assessments of what employers did not declare, by month and person, and what of them counts in their accounts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.assessment import (
    AssessedLine,
    AssessedWage,
    Assessment,
    AssessmentState,
    Objection,
    ObjectionReason,
)
from services.registration.domain.contribution import AMOUNTS, month_of, number_of
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import EnforcementUnknown, ObjectionTaken
from services.registration.domain.insured import Insured
from services.registration.storage.contribution_lines import amounts_of
from services.registration.storage.insured import INSURED, born_and_resident, insured_of, one_person, released, works
from services.registration.storage.persons import Viewer
from services.registration.storage.violations import violated
from shared.kernel.officers import Officers
from shared.kernel.periods import Month

_NOTHING = UUID(int=0)
_NAMES = ", ".join(AMOUNTS)
_ARRAYS = ", ".join(f"CAST(:{name} AS bigint[])" for name in AMOUNTS)
# People as known for the month's end.
_INSURED = text(f"""
    SELECT asked.month, asked.person, {INSURED}, {released("asked.days")} AS released
    FROM (SELECT sent.person, sent.month, sent.last,
                 daterange(make_date(sent.month / 100, sent.month % 100, 1), sent.last, '[]') AS days
          FROM unnest(CAST(:persons AS integer[]), CAST(:months AS integer[]), CAST(:days AS date[]))
               AS sent (person, month, last)) AS asked
    CROSS JOIN {one_person("asked.person")}
    CROSS JOIN {works(":employer", "asked.person", "asked.days")}
    {born_and_resident("asked.last")}
    WHERE works.first_liable_on IS NOT NULL
""")  # noqa: S608 - constants
_STATE = text("""
    INSERT INTO assessment (assessment, employer, tenant, inspection, evidence, officer, stated_at, object_by, known_on,
                            law, state)
    VALUES (:id, :employer, :tenant, :inspection, :evidence, :officer, :stated_at, :object_by, :known_on, :law, :state)
""")
_LINES = text(f"""
    INSERT INTO assessment_line (assessment, month, person, employer, tenant, wage_sen, {_NAMES})
    SELECT :id, sent.month, sent.person, :employer, :tenant, sent.wage_sen, {", ".join(f"sent.{n}" for n in AMOUNTS)}
    FROM unnest(CAST(:months AS integer[]), CAST(:persons AS integer[]), CAST(:wages AS bigint[]), {_ARRAYS})
         AS sent (month, person, wage_sen, {_NAMES})
""")  # noqa: S608 - constants
_SELECT = f"""
    SELECT stated.assessment, stated.employer, stated.inspection, stated.evidence, stated.officer, stated.stated_at,
           stated.object_by, stated.known_on, stated.law, stated.revision, stated.state, stated.proposed_by,
           stated.approved_by, stated.decided_at, said.source, said.officer AS objecting_officer, said.reason,
           said.evidence AS objection_evidence, said.objected_at,
           (SELECT coalesce(sum({" + ".join(AMOUNTS)}), 0) FROM assessment_line AS line
            WHERE line.assessment = stated.assessment) AS total_sen,
           (SELECT count(DISTINCT person) FROM assessment_line AS line
            WHERE line.assessment = stated.assessment) AS persons,
           (SELECT count(DISTINCT month) FROM assessment_line AS line
            WHERE line.assessment = stated.assessment) AS months
    FROM assessment AS stated LEFT JOIN assessment_objection AS said ON said.assessment = stated.assessment
"""  # noqa: S608 - constants
_ONE = text(f"{_SELECT} WHERE stated.assessment = :id")
_HOLD = text("SELECT FROM assessment WHERE assessment = :id FOR UPDATE")
_OF = text(f"SELECT month, person, wage_sen, {_NAMES} FROM assessment_line WHERE assessment = :id ORDER BY 1, 2")  # noqa: S608
_PAGES = {
    is_one: text(f"""
        {_SELECT}
        WHERE stated.assessment > CAST(:after AS uuid) AND (:officer OR stated.tenant = :tenant)
        {"AND stated.employer = :employer" if is_one else ""}
        ORDER BY stated.assessment LIMIT :limit
    """)
    for is_one in (True, False)
}
_OBJECT = text("""
    INSERT INTO assessment_objection (assessment, tenant, source, officer, reason, evidence, objected_at)
    VALUES (:id, :tenant, :source, :officer, :reason, :evidence, :at)
""")
_CONFIRMED_OF = text("""
    SELECT DISTINCT assessment FROM assessed_line WHERE person = ANY(CAST((SELECT numbers_of(:person)) AS integer[]))
    ORDER BY assessment
""")
_DECIDE = text("""
    UPDATE assessment SET state = :state, revision = revision + 1, proposed_by = :proposed_by,
                          approved_by = :approved_by, decided_at = :at
    WHERE assessment = :id
""")
_RAISE = text("UPDATE assessment SET revision = revision + 1 WHERE assessment = :id")
# What was stated last counts, whichever was confirmed last.
_LET_COUNT = text(f"""
    INSERT INTO assessed_line (employer, month, person, tenant, assessment, wage_sen, {_NAMES})
    SELECT employer, month, person, tenant, assessment, wage_sen, {_NAMES} FROM assessment_line WHERE assessment = :id
    ORDER BY month, person
    ON CONFLICT (employer, month, person) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in ("assessment", "wage_sen", *AMOUNTS))}
    WHERE (SELECT (newer.stated_at, newer.assessment) FROM assessment AS newer WHERE newer.assessment = :id)
        > (SELECT (stood.stated_at, stood.assessment) FROM assessment AS stood
           WHERE stood.assessment = assessed_line.assessment)
""")  # noqa: S608 - constants


class AssessmentRepository:
    """The assessments that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def insured(self, employer: int, wages: Sequence[AssessedWage]) -> dict[tuple[int, Month], Insured]:
        """The people of these wages as the tables need them; who never worked is left out. For officers."""
        asked = {
            "employer": employer,
            "persons": [each.person for each in wages],
            "months": [number_of(each.month) for each in wages],
            "days": [each.month.last_day for each in wages],
        }
        rows = await self._connection.execute(_INSURED, asked)
        return {(row.person, month_of(row.month)): insured_of(row) for row in rows}

    async def state(self, assessment: Assessment) -> None:
        """Keep it with its lines."""
        names = ("id", "employer", "inspection", "evidence", "officer", "stated_at", "object_by", "known_on", "law")
        whose = {"tenant": tenant_of(assessment.employer), "state": assessment.state}
        await self._connection.execute(_STATE, {**{name: getattr(assessment, name) for name in names}, **whose})
        lines = assessment.lines
        columns = {name: [getattr(each.amounts, name) for each in lines] for name in AMOUNTS}
        what = {
            "months": [number_of(each.month) for each in lines],
            "persons": [each.person for each in lines],
            "wages": [each.wage_sen for each in lines],
        }
        about = {"id": assessment.id, "employer": assessment.employer, "tenant": whose["tenant"]}
        await self._connection.execute(_LINES, {**about, **what, **columns})

    async def get(self, id_: UUID) -> Assessment:
        """Raises EnforcementUnknown."""
        found = (await self._connection.execute(_ONE, {"id": id_})).one_or_none()
        if found is None:
            raise EnforcementUnknown()
        return assessment_of(found)

    async def lock(self, id_: UUID) -> Assessment:
        """The same, held until the transaction ends; for officers and the worker."""
        await self._connection.execute(_HOLD, {"id": id_})
        return await self.get(id_)

    async def lines(self, id_: UUID) -> list[AssessedLine]:
        """What is assessed, by month and person."""
        found = await self._connection.execute(_OF, {"id": id_})
        return [AssessedLine(month_of(row.month), row.person, row.wage_sen, amounts_of(row)) for row in found]

    async def confirmed_of(self, person: int) -> list[UUID]:
        """The assessments by which something counts of a person, by any number: for officers and the worker."""
        return list((await self._connection.execute(_CONFIRMED_OF, {"person": person})).scalars())

    async def page(self, employer: int | None, after: UUID | None, limit: int, viewer: Viewer) -> list[Assessment]:
        """Assessments by id, after one, without their lines."""
        asked = {"after": after or _NOTHING, "limit": limit, "tenant": viewer.tenant, "officer": viewer.officer}
        whose = {} if employer is None else {"employer": employer}
        found = await self._connection.execute(_PAGES[employer is not None], {**asked, **whose})
        return [assessment_of(row) for row in found]

    async def object_to(self, id_: UUID, tenant: str, said: Objection) -> None:
        """Keep an objection; raises ObjectionTaken for a second one."""
        values = {"source": said.source, "officer": said.officer, "reason": said.reason, "evidence": said.evidence}
        try:
            await self._connection.execute(_OBJECT, {"id": id_, "tenant": tenant, **values, "at": said.at})
        except IntegrityError as error:
            if violated(error) != "assessment_objection_pkey":
                raise
            raise ObjectionTaken() from error

    async def decide(self, id_: UUID, state: AssessmentState, officers: Officers) -> None:
        """Keep what two officers decided; what they confirm is what counts of its people's months from now on."""
        await self._connection.execute(_DECIDE, {"id": id_, "state": state, **officers.row})
        if state is AssessmentState.CONFIRMED:
            await self.let_count(id_)

    async def let_count(self, id_: UUID) -> None:
        """From now on it is what counts of its people's months."""
        await self._connection.execute(_LET_COUNT, {"id": id_})

    async def raise_revision(self, id_: UUID) -> None:
        """Something was said of it."""
        await self._connection.execute(_RAISE, {"id": id_})


def assessment_of(row: Row[Any]) -> Assessment:
    """The assessment in a row of ``_SELECT``."""
    objection = None
    if row.objected_at is not None:
        reason = ObjectionReason(row.reason)
        objection = Objection(row.source, row.objecting_officer, reason, row.objection_evidence, row.objected_at)
    return Assessment(
        id=row.assessment,
        employer=row.employer,
        inspection=row.inspection,
        evidence=row.evidence,
        officer=row.officer,
        stated_at=row.stated_at,
        object_by=row.object_by,
        known_on=row.known_on,
        law=row.law,
        total_sen=int(row.total_sen),
        persons=row.persons,
        months=row.months,
        revision=row.revision,
        state=AssessmentState(row.state),
        objection=objection,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
        decided_at=row.decided_at,
    )
