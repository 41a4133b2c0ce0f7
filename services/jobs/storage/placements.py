"""Placements in the database."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.jobs.domain.placement import Placement, PlacementState, Proof
from services.jobs.storage import tables as t
from shared.contracts.job_placed import PlacementConfirmedV1, PlacementWithdrawnV1

_RECALL = text("""
    INSERT INTO recalled_placement AS known (placement, seeker, employer, stands)
    VALUES (:placement, :seeker, :employer, :stands)
    ON CONFLICT (placement) DO UPDATE SET stands = excluded.stands WHERE known.stands < excluded.stands
""")
_GO_ON = text("""
    UPDATE placement SET revision = goes_on.above
    FROM (SELECT id, CASE state WHEN 'confirmed' THEN CAST(:revision AS integer) ELSE CAST(:stands AS integer) END
                     AS above FROM placement WHERE id = :placement) AS goes_on
    WHERE placement.id = goes_on.id AND placement.revision < goes_on.above
""")
_OF = text("SELECT id FROM placement WHERE person = ANY(CAST(:persons AS bigint[])) ORDER BY id")


class PlacementRepository:
    """The repository of placements, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, placement: Placement, tenant: str) -> None:
        """Add a placement that this party reports."""
        await self._connection.execute(insert(t.placement).values(tenant=tenant, **_values(placement)))

    async def recall(self, event: PlacementConfirmedV1 | PlacementWithdrawnV1, *, stands: int) -> None:
        """Keep the id of a placement that was published, for the offer that made it, and its revision.

        ``stands`` is the one above which the next word of it is stated; one that is known goes on above it as well.
        """
        values = {"placement": event.placement, "seeker": event.seeker, "employer": event.employer, "stands": stands}
        await self._connection.execute(_RECALL, values)
        await self._connection.execute(_GO_ON, {**values, "revision": event.revision})

    async def recalled(self, placement: Placement) -> Placement:
        """The same under the id, and above the revision, under which one of its search with its employer was published,
        where that is not known again."""
        known = exists().where(t.placement.c.id == t.recalled_placement.c.placement)
        kept = t.recalled_placement.c
        of_offer = (kept.seeker == placement.seeker) & (kept.employer == placement.employer)
        query = select(kept.placement, kept.stands).where(of_offer, ~known).order_by(kept.placement).limit(1)
        found = (await self._connection.execute(query)).one_or_none()
        return placement if found is None else replace(placement, id=found.placement, revision=found.stands)

    async def list_of(self, persons: Sequence[int]) -> Sequence[UUID]:
        """The placements of these numbers."""
        return (await self._connection.execute(_OF, {"persons": list(persons)})).scalars().all()

    async def is_awaited(self, seeker: UUID, employer: int) -> bool:
        """Whether an accepted offer of this employer still waits for its proof."""
        waiting = exists().where(
            t.placement.c.seeker == seeker,
            t.placement.c.employer == employer,
            t.placement.c.state == PlacementState.AWAITING_PROOF.value,
        )
        return bool(await self._connection.scalar(select(waiting)))

    async def seeker_of(self, placement: UUID) -> UUID | None:
        """The search that a placement belongs to; its row is locked before the placement's."""
        seeker: UUID | None = await self._connection.scalar(
            select(t.placement.c.seeker).where(t.placement.c.id == placement)
        )
        return seeker

    async def lock(self, placement: UUID) -> Placement:
        """The placement, held until the transaction ends."""
        statement = select(t.placement).where(t.placement.c.id == placement).with_for_update()
        return placement_of((await self._connection.execute(statement)).one())

    async def save(self, placement: Placement) -> None:
        """Store the placement as it is now."""
        values = _values(placement)
        await self._connection.execute(update(t.placement).where(t.placement.c.id == values.pop("id")).values(values))

    async def list_published(self, after: UUID | None, limit: int) -> Sequence[Placement]:
        """Placements of which something was published, in the order of their ids."""
        statement = select(t.placement).where(t.placement.c.revision > 0)
        if after is not None:
            statement = statement.where(t.placement.c.id > after)
        found = await self._connection.execute(statement.order_by(t.placement.c.id).limit(limit))
        return [placement_of(row) for row in found]


def placement_of(row: Row[Any]) -> Placement:
    """The placement in a row of the table."""
    return Placement(
        id=row.id,
        offer=row.offer,
        seeker=row.seeker,
        person=row.person,
        claim=row.claim,
        employer=row.employer,
        starts_on=row.starts_on,
        accepted_at=row.accepted_at,
        state=PlacementState(row.state),
        revision=row.revision,
        proof=Proof(row.spell, row.started_on, row.month, row.wage_sen) if row.spell else None,
        confirmed_at=row.confirmed_at,
    )


def _values(placement: Placement) -> dict[str, object]:
    proof = placement.proof
    return {
        "id": placement.id,
        "offer": placement.offer,
        "seeker": placement.seeker,
        "person": placement.person,
        "claim": placement.claim,
        "employer": placement.employer,
        "starts_on": placement.starts_on,
        "accepted_at": placement.accepted_at,
        "state": placement.state.value,
        "revision": placement.revision,
        "spell": proof.spell if proof else None,
        "started_on": proof.started_on if proof else None,
        "month": proof.month if proof else None,
        "wage_sen": proof.wage_sen if proof else None,
        "confirmed_at": placement.confirmed_at,
    }
