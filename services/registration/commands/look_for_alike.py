"""Look among those who came with an opening file for people who look like somebody else."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.review_identity import ReviewIdentity
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class LookForAlike:
    """The file, which is loaded."""

    file: str


async def look_for_alike(command: LookForAlike, uow: RegistrationUnitOfWork) -> None:
    """Each of them is looked at by itself, as at a registration; nobody is guessed to be somebody else."""
    for person in await uow.opening_rows.alike(UUID(command.file)):
        await uow.due.at(ReviewIdentity(person), now())
