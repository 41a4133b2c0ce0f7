"""What a use case of jobs is given."""

from functools import cached_property

from services.jobs.storage.placements import Placements
from services.jobs.storage.seekers import Seekers
from services.jobs.storage.spells import Spells
from shared.persistence.unit_of_work import UnitOfWork


class JobsUnitOfWork(UnitOfWork):
    """The common part, with the repositories of jobs."""

    @cached_property
    def seekers(self) -> Seekers:
        return Seekers(self.connection)

    @cached_property
    def placements(self) -> Placements:
        return Placements(self.connection)

    @cached_property
    def spells(self) -> Spells:
        return Spells(self.connection)
