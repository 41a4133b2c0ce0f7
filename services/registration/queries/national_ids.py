"""Read what is kept of a person's national ids, and who else bears one."""

from services.registration.domain.errors import SsfwUnknown
from services.registration.domain.person import KeptNationalId
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.security.national_id import NationalId


async def list_national_ids(person: int, looker: Viewer, uow: RegistrationUnitOfWork) -> list[KeptNationalId]:
    """Those of a person, for the person and for officers, without numbers; raises PersonUnknown."""
    await uow.persons.see(person, looker)
    return await uow.national_ids.of_person(person)


async def find_ssfw_number(person: int, looker: Viewer, uow: RegistrationUnitOfWork) -> str:
    """The social security number of a foreign worker; raises PersonUnknown, SsfwUnknown."""
    await uow.persons.see(person, looker)
    number = await uow.national_ids.ssfw(person)
    if number is None:
        raise SsfwUnknown()
    return number


async def find_other_bearer(
    person: int, national_id: NationalId, looker: Viewer, uow: RegistrationUnitOfWork
) -> int | None:
    """Who else bears the id or its digits; raises PersonUnknown, NationalIdKnown."""
    await uow.persons.see(person, looker)
    return await uow.national_ids.other_bearer(person, national_id)
