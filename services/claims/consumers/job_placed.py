"""Work that was found for an injured person, for the file (topic ``job.placed``)."""

from collections.abc import Sequence

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.job_placed import PlacementConfirmedV1, PlacementWithdrawnV1

_KEPT = {"placement", "person", "employer", "started_on", "month", "wage_sen", "revision"}
# Of one that nothing proves any more there is neither day nor wage.
_WITHDRAWN: dict[str, object] = {"started_on": None, "month": None, "wage_sen": None}


async def apply(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
    """Keep placements, confirmed or withdrawn; the higher revision wins."""
    placements = [each for each in events if isinstance(each, PlacementConfirmedV1 | PlacementWithdrawnV1)]
    await uow.case_file.keep_placements([{**_WITHDRAWN, **each.model_dump(include=_KEPT)} for each in placements])
