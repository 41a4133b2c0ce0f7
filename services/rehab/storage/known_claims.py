"""What rehab knows of claims: two projections, each of one topic, so that each can be dropped and rebuilt alone."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.rehab.storage.tables import ACCIDENT, ASSESSMENT
from shared.contracts.accident_reported import AccidentReportedV1
from shared.contracts.claim_assessed import AssessmentEvent, ClaimDecidedV1, ClaimRefusedV1


class ClaimFacts:
    """Accidents and assessments by claim, inside one transaction; the higher revision wins."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_accidents(self, events: Sequence[AccidentReportedV1]) -> None:
        """Store what the notices say."""
        await self._keep(ACCIDENT, [_accident(event) for event in events])

    async def keep_assessments(self, events: Sequence[AssessmentEvent]) -> None:
        """Store how the claims stand."""
        await self._keep(ASSESSMENT, [_assessment(event) for event in events])

    async def happened_on(self, claim: UUID) -> date | None:
        """The day of the accident; None while its notice has not arrived."""
        day: date | None = await self._connection.scalar(
            select(ACCIDENT.c.happened_on).where(ACCIDENT.c.claim == claim)
        )
        return day

    async def is_refused(self, claim: UUID) -> bool:
        """Whether the newest assessment that arrived refuses the claim."""
        return bool(await self._connection.scalar(select(ASSESSMENT.c.refused).where(ASSESSMENT.c.claim == claim)))

    async def _keep(self, table: Table, rows: Sequence[dict[str, object]]) -> None:
        newest = {row["claim"]: row for row in sorted(rows, key=lambda row: (str(row["claim"]), row["revision"]))}
        if not newest:
            return
        adding = insert(table).values(list(newest.values()))
        changed = {name: adding.excluded[name] for name in next(iter(newest.values())) if name != "claim"}
        older = table.c.revision < adding.excluded.revision
        await self._connection.execute(
            adding.on_conflict_do_update(index_elements=["claim"], set_=changed, where=older)
        )


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
