"""Take in an archive of many employers' files; each member becomes a file of its own, by the worker."""

from dataclasses import dataclass, field

from services.registration.commands.process_contribution_archive import ProcessContributionArchive
from services.registration.domain.archive import Archive, ArchiveState
from services.registration.domain.contribution import Reading
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class SubmitContributionArchive:
    """The archive as it was sent, how many files it has, how all of them are read, and by whom it was sent."""

    content: bytes = field(repr=False)
    members: int
    tenant: str
    is_of_officer: bool
    reading: Reading


async def submit_contribution_archive(command: SubmitContributionArchive, uow: RegistrationUnitOfWork) -> Archive:
    """The archive, whose members have no answers yet."""
    archive = Archive(
        id=new_id(),
        tenant=command.tenant,
        is_of_officer=command.is_of_officer,
        state=ArchiveState.RECEIVED,
        reading=command.reading,
        members=command.members,
        received_at=now(),
    )
    await uow.archives.add(archive, command.content)
    await uow.due.at(ProcessContributionArchive(str(archive.id)), now())
    return archive
