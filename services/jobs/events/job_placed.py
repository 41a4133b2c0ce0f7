"""Topic ``job.placed``: a placement, stated from what is stored, alike at first and when republished."""

from collections.abc import Iterator

from services.jobs.domain.placement import Placement
from shared.contracts.job_placed import PlacementConfirmedV1, PlacementWithdrawnV1


def events_of(placement: Placement) -> Iterator[PlacementConfirmedV1 | PlacementWithdrawnV1]:
    """What was published last about a placement: nothing before it is proved."""
    proof, confirmed_at = placement.proof, placement.confirmed_at
    if proof is None and placement.revision:
        yield PlacementWithdrawnV1(
            person=placement.person,
            placement=placement.id,
            seeker=placement.seeker,
            revision=placement.revision,
            claim=placement.claim,
            employer=placement.employer,
        )
    if proof is not None and confirmed_at is not None:
        yield PlacementConfirmedV1(
            person=placement.person,
            placement=placement.id,
            seeker=placement.seeker,
            revision=placement.revision,
            claim=placement.claim,
            employer=placement.employer,
            started_on=proof.started_on,
            month=proof.month,
            wage_sen=proof.wage_sen,
            confirmed_at=confirmed_at,
        )
