"""Work that was found for an injured person, for the file (topic ``job.placed``)."""

from collections.abc import Sequence

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.job_placed import PlacementConfirmedV1

_KEPT = {"placement", "person", "employer", "started_on", "month", "wage_sen", "revision"}


async def apply(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
    """Keep confirmed placements; the higher revision wins."""
    await uow.case_file.keep_placements(
        [event.model_dump(include=_KEPT) for event in events if isinstance(event, PlacementConfirmedV1)]
    )
