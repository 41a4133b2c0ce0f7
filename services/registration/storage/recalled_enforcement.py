"""Matters of enforcement as they were published, after the database was put back: what officers said, without them."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import AMOUNTS, number_of
from services.registration.domain.employer import tenant_of
from shared.contracts.registration import (
    AssessmentStatedV1,
    CompoundStatedV1,
    EnforcementEvent,
    EnforcementNoticeStatedV1,
    InspectionStatedV1,
)
from shared.kernel.clock import now
from shared.kernel.periods import Month

# In the place of officers, who are in no event: two, since one decides nothing.
BY, AND_BY = "registration", "registration:restore"
_NAMES = ", ".join(AMOUNTS)
_ARRAYS = ", ".join(f"CAST(:{name} AS bigint[])" for name in AMOUNTS)
_INSPECTION = text("""
    INSERT INTO inspection AS known (inspection, employer, tenant, reason, planned_for, officer, stated_at, state,
                                     held_on, findings, evidence, reported_by, reported_at)
    VALUES (:inspection, :employer, :tenant, :reason, :planned_for, :by, :stated_at, :state, :held_on,
            CAST(:findings AS text[]), :evidence, CASE WHEN CAST(:reported_at AS timestamptz) IS NOT NULL THEN :by END,
            :reported_at)
    ON CONFLICT (inspection) DO UPDATE SET state = excluded.state, held_on = excluded.held_on,
        findings = excluded.findings, evidence = excluded.evidence, reported_by = excluded.reported_by,
        reported_at = excluded.reported_at
    WHERE known.state = 'planned' AND excluded.state <> 'planned'
""")
_NOTICE = text("""
    INSERT INTO enforcement_notice AS known (notice, employer, tenant, inspection, demand, given_on, answer_by, law,
                                             evidence, officer, stated_at, revision, state, proposed_by, approved_by,
                                             decided_at)
    VALUES (:notice, :employer, :tenant, :inspection, :demand, :given_on, :answer_by, :law, :evidence, :by, :stated_at,
            :revision, :state, :proposed_by, :approved_by, :decided_at)
    ON CONFLICT (notice) DO UPDATE SET revision = excluded.revision, state = excluded.state,
        proposed_by = excluded.proposed_by, approved_by = excluded.approved_by, decided_at = excluded.decided_at
    WHERE known.revision < excluded.revision
""")
_ASSESSMENT = text("""
    INSERT INTO assessment AS known (assessment, employer, tenant, inspection, evidence, officer, stated_at, object_by,
                                     known_on, law, revision, state, proposed_by, approved_by, decided_at)
    VALUES (:assessment, :employer, :tenant, :inspection, :evidence, :by, :stated_at, :object_by, :known_on, :law,
            :revision, :state, :proposed_by, :approved_by, :decided_at)
    ON CONFLICT (assessment) DO UPDATE SET revision = excluded.revision, state = excluded.state,
        proposed_by = excluded.proposed_by, approved_by = excluded.approved_by, decided_at = excluded.decided_at
    WHERE known.revision < excluded.revision
""")
_LINES = text(f"""
    INSERT INTO assessment_line (assessment, month, person, employer, tenant, wage_sen, {_NAMES})
    SELECT :assessment, sent.month, sent.person, :employer, :tenant, sent.wage_sen,
           {", ".join(f"sent.{name}" for name in AMOUNTS)}
    FROM unnest(CAST(:months AS integer[]), CAST(:persons AS integer[]), CAST(:wages AS bigint[]), {_ARRAYS})
         AS sent (month, person, wage_sen, {_NAMES})
    ON CONFLICT (assessment, month, person) DO NOTHING
""")  # noqa: S608 - constants
_OBJECTION = text("""
    INSERT INTO assessment_objection (assessment, tenant, source, reason, evidence, objected_at)
    VALUES (:assessment, :tenant, :stated_by, :reason, :evidence, :objected_at)
    ON CONFLICT (assessment) DO NOTHING
""")
_COMPOUND = text("""
    INSERT INTO compound AS known (compound, number, employer, tenant, inspection, offence, amount_sen, evidence, law,
                                   officer, stated_at, revision, state, offered_on, pay_by, lapsed_at, paid_sen,
                                   paid_late, returned_sen, proposed_by, approved_by, decided_at,
                                   decided_for)
    OVERRIDING SYSTEM VALUE
    VALUES (:compound, :reference, :employer, :tenant, :inspection, :offence, :amount_sen, :evidence, :law, :by,
            :stated_at, :revision, :state, :offered_on, :pay_by, :lapsed_at, :paid_sen, :paid_late, :returned_sen,
            :proposed_by, :approved_by, :decided_at, :decided_for)
    ON CONFLICT (compound) DO UPDATE SET revision = excluded.revision, state = excluded.state,
        offered_on = excluded.offered_on, pay_by = excluded.pay_by, lapsed_at = excluded.lapsed_at,
        paid_sen = excluded.paid_sen, paid_late = excluded.paid_late,
        returned_sen = excluded.returned_sen, proposed_by = excluded.proposed_by,
        approved_by = excluded.approved_by, decided_at = excluded.decided_at, decided_for = excluded.decided_for
    WHERE known.revision < excluded.revision
""")
# What a payer may have been told is nobody else's.
_ABOVE = text("""
    SELECT setval('compound_number_seq', :number) FROM compound_number_seq WHERE last_value <= :number
""")
_PAYMENT = text("""
    INSERT INTO compound_payment (credit, compound, employer, tenant, amount_sen, banked_on, recorded_at, taken_back_at)
    VALUES (:credit, :compound, :employer, :tenant, :amount_sen, :banked_on, :at,
            CASE WHEN CAST(:taken_back AS boolean) THEN CAST(:at AS timestamptz) END)
    ON CONFLICT (credit, compound) DO UPDATE SET taken_back_at = excluded.taken_back_at
""")


class RecalledEnforcementRepository:
    """For the worker's role."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def inspection(self, event: InspectionStatedV1) -> None:
        """Planned once and reported once."""
        await self._connection.execute(_INSPECTION, {**_said(event), "findings": list(event.findings)})

    async def notice(self, event: EnforcementNoticeStatedV1) -> bool:
        """Whether it was news."""
        return (await self._connection.execute(_NOTICE, _said(event, event.decided_at))).rowcount > 0

    async def assessment(self, event: AssessmentStatedV1) -> bool:
        """With its lines and its objection; whether it was news."""
        said = _said(event, event.decided_at)
        is_news = (await self._connection.execute(_ASSESSMENT, said)).rowcount > 0
        columns = {name: [getattr(each, name) for each in event.lines] for name in AMOUNTS}
        lines = {
            "months": [number_of(Month.of(each.month)) for each in event.lines],
            "persons": [each.person for each in event.lines],
            "wages": [each.wage_sen for each in event.lines],
        }
        whose = {"assessment": event.assessment, "employer": event.employer, "tenant": said["tenant"]}
        await self._connection.execute(_LINES, {**whose, **lines, **columns})
        if event.objection is not None:
            await self._connection.execute(_OBJECTION, {**whose, **event.objection.model_dump()})
        return is_news

    async def compound(self, event: CompoundStatedV1) -> bool:
        """With what was paid of it; whether it was news."""
        said = _said(event, event.decided_at)
        paid_sen = sum(each.amount_sen for each in event.payments if not each.taken_back)
        is_news = (await self._connection.execute(_COMPOUND, {**said, "paid_sen": paid_sen})).rowcount > 0
        await self._connection.execute(_ABOVE, {"number": event.reference})
        whose = {"compound": event.compound, "employer": event.employer, "tenant": said["tenant"], "at": now()}
        for each in event.payments if is_news else ():
            await self._connection.execute(_PAYMENT, {**whose, **each.model_dump()})
        return is_news


def _said(event: EnforcementEvent, decided_at: object = None) -> dict[str, Any]:
    decided = (None, None) if decided_at is None else (BY, AND_BY)
    whose = {"tenant": tenant_of(event.employer), "by": BY, "proposed_by": decided[0], "approved_by": decided[1]}
    return {**event.model_dump(exclude={"lines", "payments", "objection"}), **whose}
