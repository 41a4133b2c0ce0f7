"""Read whom a search found, and which searches found a person."""

from uuid import UUID

from services.registration.domain.person import Person
from services.registration.domain.person_search import Access
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today


async def list_found(
    search: UUID, officer: str, after: int, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Person]:
    """Whom an officer's own search found, by number, after one; raises PersonSearchUnknown."""
    hits = await uow.person_searches.hits(search, officer, after, limit)
    return await uow.persons.of_numbers(hits, looker, today())


async def list_accesses(
    person: int, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Access]:
    """The searches that found a person, for the person and for officers; raises PersonUnknown."""
    await uow.persons.see(person, looker)
    return await uow.person_searches.accesses(person, after, limit)
