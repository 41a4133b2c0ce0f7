"""What rehab knows of claims: accidents, assessments, and what boards advised; each table can be rebuilt alone."""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.rehab.storage import tables as t
from shared.contracts.accident_reported import AccidentReportedV1
from shared.contracts.claim_assessed import ClaimAssessedV1, Per, RehabilitationAdvisedV1
from shared.persistence.upsert import keep_higher_revision

_OF_ANOTHER = {
    known: text(f"""
        SELECT claim FROM {known.name} AS known
        JOIN unnest(CAST(:claims AS uuid[]), CAST(:persons AS bigint[])) AS told (claim, person) USING (claim)
        WHERE known.person <> told.person LIMIT 1
    """)  # noqa: S608 - the names stand in tables.py
    for known in (t.accident, t.assessment)
}


_FORGET = text("""
    WITH gone AS (DELETE FROM accident WHERE person = :person),
         advised AS (DELETE FROM advice WHERE person = :person)
    DELETE FROM assessment WHERE person = :person
""")
_HAPPENED_ON = text("""
    SELECT coalesce((SELECT happened_on FROM accident WHERE claim = :claim),
                    (SELECT min(happened_on) FROM advice WHERE claim = :claim))
""")


_OfClaim: TypeAlias = AccidentReportedV1 | ClaimAssessedV1 | RehabilitationAdvisedV1


class ClaimOfAnother(RuntimeError):
    """The notice of a claim and what was decided of it name two persons: somebody must look."""


class ClaimProjection:
    """The projection of ``accident.reported`` and ``claim.assessed``, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_accidents(self, events: Sequence[AccidentReportedV1]) -> None:
        """Keep what the notices say; the higher revision wins. Raises ClaimOfAnother."""
        await self._must_be_of(events, t.assessment)
        await keep_higher_revision(self._connection, t.accident, [_accident(event) for event in events])

    async def keep_assessments(self, events: Sequence[ClaimAssessedV1]) -> None:
        """Keep how the claims stand; the higher revision wins. Raises ClaimOfAnother."""
        await self._must_be_of(events, t.accident)
        await keep_higher_revision(self._connection, t.assessment, [_assessment(event) for event in events])

    async def keep_advice(self, events: Sequence[RehabilitationAdvisedV1]) -> None:
        """Keep what boards advise; the higher revision wins. Raises ClaimOfAnother."""
        await self._must_be_of(events, t.accident)
        await self._must_be_of(events, t.assessment)
        await keep_higher_revision(self._connection, t.advice, [_advice(event) for event in events])

    async def forget(self, person: int) -> None:
        """Keep nothing of a person's claims any more."""
        await self._connection.execute(_FORGET, {"person": person})

    async def happened_on(self, claim: UUID) -> date | None:
        """The day of the event of a claim; None while neither its notice nor an advice has arrived."""
        day: date | None = await self._connection.scalar(_HAPPENED_ON, {"claim": claim})
        return day

    async def _must_be_of(self, events: Sequence[_OfClaim], known: Table) -> None:
        """Whom the events are about, as far as the other topic said of whom their claims are."""
        persons = {event.claim: event.person for event in events}
        told = {"claims": list(persons), "persons": list(persons.values())}
        if found := (await self._connection.execute(_OF_ANOTHER[known], told)).first():
            raise ClaimOfAnother(f"claim {found.claim} is not of the person whom an event names")


def _accident(event: AccidentReportedV1) -> dict[str, object]:
    return {
        "claim": event.claim,
        "revision": event.revision,
        "person": event.person,
        "employer": event.employer,
        "happened_on": event.happened_on,
    }


def _assessment(event: ClaimAssessedV1) -> dict[str, object]:
    # While something may still be owed, the claim is not refused.
    refused = not event.entitlements and not event.pending
    return {
        "claim": event.claim,
        "revision": event.revision,
        "person": event.person,
        "refused": refused,
        "provisional": any(each.provisional for each in event.entitlements),
        "benefit_days": _days(event),
        "reason": _reason(event) if refused else None,
    }


def _advice(event: RehabilitationAdvisedV1) -> dict[str, object]:
    return {
        "board_case": event.case,
        "claim": event.claim,
        "revision": event.revision,
        "person": event.person,
        "happened_on": event.happened_on,
        "sat_on": event.sat_on,
        "advice": ",".join(event.advice),
    }


def _days(event: ClaimAssessedV1) -> int:
    """The days that are paid by the day, of the terms that have an end."""
    by_day = (term for each in event.entitlements for term in each.terms if term.per is Per.DAY)
    return sum((term.last - term.first).days + 1 for term in by_day if term.last is not None)


def _reason(event: ClaimAssessedV1) -> str:
    """Why nothing is owed: the first refusal, or that another claim has taken its place."""
    if event.refusals:
        return event.refusals[0].reason
    return "nothing_owed" if event.superseded_by is None else "superseded"
