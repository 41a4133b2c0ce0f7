"""Read a person's contributions, as the looker may see them."""

from collections.abc import Sequence

from services.registration.storage.contribution_lines import KnownLine
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def list_contributions(
    person: int, after: Sequence[int], limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[KnownLine]:
    """Lines by month, employer and kind, after such a position; raises PersonUnknown."""
    await uow.persons.see(person, looker)
    return await uow.contribution_lines.of_person(person, looker.tenant, looker.officer, after, limit)
