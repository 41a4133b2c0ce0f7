"""Read the spells that employers stated and that no officer has verified."""

from uuid import UUID

from services.registration.domain.errors import PersonFilterNeeded
from services.registration.domain.spell import Spell
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def list_unverified_spells(
    person: int | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Spell]:
    """By id, after one: an employer's own, or a person's for an officer; raises PersonFilterNeeded."""
    if looker.officer:
        if person is None:
            raise PersonFilterNeeded()
        return await uow.spells.unverified_of(person, after, limit)
    if looker.employer is None:
        return []
    return await uow.spells.unverified_with(looker.employer, person, after, limit)
