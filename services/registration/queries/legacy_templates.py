"""Read what the amount of an employer's legacy files means."""

from services.registration.queries.employers import find_employer
from services.registration.storage.legacy_templates import LegacyTemplate
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def list_legacy_templates(employer: int, looker: Viewer, uow: RegistrationUnitOfWork) -> list[LegacyTemplate]:
    """What holds, part by part; raises EmployerUnknown."""
    await find_employer(employer, looker, uow)
    return await uow.legacy_templates.list_of(employer)
