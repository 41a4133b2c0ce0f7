"""Read the spells that employers stated and that no officer has verified."""

from uuid import UUID

from services.registration.domain.spell import Spell
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def list_unverified_spells(
    person: int | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Spell]:
    """In the order of their ids, after one: the looker's own, or all of them for an officer; or of one person."""
    return await uow.spells.unverified(person, after, limit, looker)
