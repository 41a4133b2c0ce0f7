"""Read what is known of an employer, and what waits to be."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.registration.domain.employer import Employer
from services.registration.domain.employer_fact import EmployerFact, EmployerStatement
from services.registration.queries.employers import find_employer
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today


async def find_employer_profile(
    employer: int, at: date | None, known_at: datetime | None, looker: Viewer, uow: RegistrationUnitOfWork
) -> tuple[Employer, Sequence[EmployerFact]]:
    """The employer, and what holds of it on a day, as known now or as of an instant; raises EmployerUnknown."""
    found = await find_employer(employer, looker, uow)
    return found, await uow.employer_facts.standing(employer, at or today(), known_at)


async def list_employer_facts(
    employer: int, after: int, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> Sequence[EmployerFact]:
    """In the order in which they were stated, after one; raises EmployerUnknown."""
    await find_employer(employer, looker, uow)
    return await uow.employer_facts.page(employer, after, limit)


async def list_employer_statements(
    after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> Sequence[EmployerStatement]:
    """By id, after one: the looker's own, or of every employer for an officer."""
    return await uow.employer_facts.statements(after, limit, looker)
