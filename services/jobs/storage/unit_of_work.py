"""What a use case of jobs is given."""

from functools import cached_property

from services.jobs.storage import tables as t
from services.jobs.storage.known_spells import SpellProjection
from services.jobs.storage.placements import PlacementRepository
from services.jobs.storage.seekers import SeekerRepository
from shared.persistence.following import FollowingUnit
from shared.persistence.known_merges import MergeProjection


class JobsUnitOfWork(FollowingUnit):
    """The common part, with the repositories of jobs."""

    @cached_property
    def seekers(self) -> SeekerRepository:
        return SeekerRepository(self.connection)

    @cached_property
    def placements(self) -> PlacementRepository:
        return PlacementRepository(self.connection)

    @cached_property
    def known_merges(self) -> MergeProjection:
        return MergeProjection(self.connection, t.known_merge)

    @cached_property
    def known_spells(self) -> SpellProjection:
        return SpellProjection(self.connection)
