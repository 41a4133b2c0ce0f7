"""Read persons, as the looker may see them."""

from services.registration.domain.person import Person
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today


async def find_person(number: int, looker: Viewer, uow: RegistrationUnitOfWork) -> Person:
    """A person as known today; raises PersonUnknown."""
    return await uow.persons.get(number, looker, today())


async def list_persons(after: int, limit: int, looker: Viewer, uow: RegistrationUnitOfWork) -> list[Person]:
    """Persons by number, after one."""
    return await uow.persons.page(after, limit, looker, today())
