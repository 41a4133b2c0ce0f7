"""What rehab knows of claims: two tables, each of one topic, so that each can be dropped and rebuilt alone."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.rehab.storage import tables as t
from shared.contracts.accident_reported import AccidentReportedV1
from shared.contracts.claim_assessed import AssessmentEvent, ClaimDecidedV1, ClaimRefusedV1
from shared.persistence.upsert import keep_higher_revision


class ClaimProjection:
    """The projection of ``accident.reported`` and ``claim.assessed``, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_accidents(self, events: Sequence[AccidentReportedV1]) -> None:
        """Keep what the notices say; the higher revision wins."""
        await keep_higher_revision(self._connection, t.accident, [_accident(event) for event in events])

    async def keep_assessments(self, events: Sequence[AssessmentEvent]) -> None:
        """Keep how the claims stand; the higher revision wins."""
        await keep_higher_revision(self._connection, t.assessment, [_assessment(event) for event in events])

    async def happened_on(self, claim: UUID) -> date | None:
        """The day of the accident; None while its notice has not arrived."""
        day: date | None = await self._connection.scalar(
            select(t.accident.c.happened_on).where(t.accident.c.claim == claim)
        )
        return day

    async def is_refused(self, claim: UUID) -> bool:
        """Whether the newest assessment that arrived refuses the claim."""
        return bool(await self._connection.scalar(select(t.assessment.c.refused).where(t.assessment.c.claim == claim)))


def _accident(event: AccidentReportedV1) -> dict[str, object]:
    return {
        "claim": event.claim,
        "revision": event.revision,
        "person": event.person,
        "employer": event.employer,
        "happened_on": event.happened_on,
    }


def _assessment(event: AssessmentEvent) -> dict[str, object]:
    decided = isinstance(event, ClaimDecidedV1)
    return {
        "claim": event.claim,
        "revision": event.revision,
        "person": event.person,
        "refused": isinstance(event, ClaimRefusedV1),
        "provisional": isinstance(event, ClaimDecidedV1) and event.provisional,
        "benefit_days": _days(event) if decided else 0,
        "reason": event.reason if isinstance(event, ClaimRefusedV1) else None,
    }


def _days(event: AssessmentEvent) -> int:
    entitlements = event.entitlements if isinstance(event, ClaimDecidedV1) else ()
    return sum(period.days for entitlement in entitlements for period in entitlement.periods)
