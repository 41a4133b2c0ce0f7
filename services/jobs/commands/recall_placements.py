"""Knows placements again from what jobs itself published, after its database was put back (rules M8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.job_placed import PlacementConfirmedV1, PlacementWithdrawnV1


@dataclass(frozen=True)
class RecallPlacements:
    """What jobs published, and its database does not know."""

    events: Sequence[Event]


async def recall_placements(command: RecallPlacements, uow: JobsUnitOfWork) -> None:
    """Keep the id of each for the offer that made it, which was never published and comes again.

    A placement whose offer is known finds its proof again by itself, and states it as it did.
    """
    for event in command.events:
        if isinstance(event, PlacementConfirmedV1):
            await uow.placements.recall(event, stands=event.revision - 1)
        if isinstance(event, PlacementWithdrawnV1):
            await uow.placements.recall(event, stands=event.revision)
