"""Read employers, as the looker may see them."""

from services.registration.domain.employer import Employer, tenant_of
from services.registration.domain.errors import EmployerUnknown
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def find_employer(number: int, looker: Viewer, uow: RegistrationUnitOfWork) -> Employer:
    """An employer: itself for an employer, any for an officer; raises EmployerUnknown."""
    if not looker.officer and looker.tenant != tenant_of(number):
        raise EmployerUnknown()
    return await uow.employers.get(number)
