"""Read the ends of employment that wait for an officer."""

from uuid import UUID

from services.registration.domain.spell import WaitingEnd
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def list_waiting_ends(
    after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[WaitingEnd]:
    """In the order of the spells, after one: the looker's own, or all of them for an officer."""
    return await uow.waiting_ends.page(after, limit, looker.tenant, looker.officer)
