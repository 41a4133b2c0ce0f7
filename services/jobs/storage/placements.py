"""Placements in the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.jobs.domain.placement import Placement, PlacementState, Proof
from services.jobs.storage import tables as t


class PlacementRepository:
    """The repository of placements, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, placement: Placement, tenant: str) -> None:
        """Add a placement that this party reports."""
        await self._connection.execute(insert(t.placement).values(tenant=tenant, **_values(placement)))

    async def recall(self, placement: UUID, seeker: UUID, employer: int) -> None:
        """Keep the id of a placement that was published, for the offer that made it."""
        values = {"placement": placement, "seeker": seeker, "employer": employer}
        await self._connection.execute(upsert(t.recalled_placement).values(values).on_conflict_do_nothing())

    async def recalled(self, seeker: UUID, employer: int) -> UUID | None:
        """The id under which a placement of this search with this employer was published and is not known again."""
        known = exists().where(t.placement.c.id == t.recalled_placement.c.placement)
        of_offer = (t.recalled_placement.c.seeker == seeker) & (t.recalled_placement.c.employer == employer)
        query = select(t.recalled_placement.c.placement).where(of_offer, ~known)
        found: UUID | None = await self._connection.scalar(query.order_by(t.recalled_placement.c.placement).limit(1))
        return found

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
        """Placements of which something was published, the confirmed ones, in the order of their ids."""
        statement = select(t.placement).where(t.placement.c.state == PlacementState.CONFIRMED.value)
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
