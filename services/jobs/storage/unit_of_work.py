"""What a use case of jobs is given."""

from functools import cached_property

from services.jobs.storage import tables as t
from services.jobs.storage.known_spells import SpellProjection
from services.jobs.storage.placements import PlacementRepository
from services.jobs.storage.seekers import SeekerRepository
from shared.persistence.erased import ErasedPersons
from shared.persistence.known_merges import MergeProjection
from shared.persistence.unit_of_work import UnitOfWork


class JobsUnitOfWork(UnitOfWork):
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

    @cached_property
    def erased_persons(self) -> ErasedPersons:
        """Of whom registration erased what it kept."""
        return ErasedPersons(self.connection)
