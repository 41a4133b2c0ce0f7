"""What a use case of claims works with."""

from functools import cached_property

from services.claims.storage.claims import ClaimRepository
from services.claims.storage.file import FileProjection
from services.claims.storage.knowledge import Knowledge
from services.claims.storage.wages import WageProjection
from shared.messaging.consumer_store import ConsumerStore
from shared.persistence.unit_of_work import UnitOfWork


class ClaimsUnitOfWork(UnitOfWork):
    """The common unit of work, with the repositories of claims."""

    @cached_property
    def claims(self) -> ClaimRepository:
        """Claims, their certificates and their decisions."""
        return ClaimRepository(self.connection)

    @cached_property
    def knowledge(self) -> Knowledge:
        """Persons, spells and memberships, as registration announced them."""
        return Knowledge(self.connection)

    @cached_property
    def wages(self) -> WageProjection:
        """The wage history."""
        return WageProjection(self.connection)

    @cached_property
    def file(self) -> FileProjection:
        """Payments and placements, for the file."""
        return FileProjection(self.connection)

    @cached_property
    def consumer_store(self) -> ConsumerStore:
        """Up to when a topic has arrived here."""
        return ConsumerStore(self.connection, self.service)
