"""Read what was declared and paid of months of employment, as the looker may see it."""

from services.registration.domain.arrears import due_on
from services.registration.domain.person_months import MissingLine, PersonMonth
from services.registration.queries.employers import find_employer
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.periods import Month


async def list_person_months(
    person: int, after: tuple[int, int], limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[PersonMonth]:
    """A person's months by month and employer, after such a position: those of all employers for the person and for
    officers, its own for an employer; raises PersonUnknown."""
    await uow.persons.see(person, looker)
    return await uow.person_months.of_person(person, today(), after, limit)


async def list_missing_lines(
    employer: int, month: Month, after: int, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[MissingLine]:
    """Who worked in a month and has no wages declared, by number, after one; raises EmployerUnknown."""
    await find_employer(employer, looker, uow)
    return await uow.person_months.missing_lines(employer, month, due_on(month, today()), after, limit)
