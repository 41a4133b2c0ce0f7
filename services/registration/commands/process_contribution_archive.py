"""Make files of the next members of an archive: each has an answer of its own, and harms no other."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.submit_contribution_file import SubmitContributionFile, submit_contribution_file
from services.registration.domain.archive import Archive, ArchiveState, Member, MemberState
from services.registration.files.archive import Entries, read_archive
from services.registration.files.formats import FORMATS, CodedUpload
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import JaringError

# In one transaction: so many members, or so many bytes of them.
_AT_ONCE, _BYTES_AT_ONCE = 100, 8 << 20


@dataclass(frozen=True)
class ProcessContributionArchive:
    """The archive's id."""

    archive: str


async def process_contribution_archive(command: ProcessContributionArchive, uow: RegistrationUnitOfWork) -> None:
    """Go on behind the last member with an answer; what was sent goes with the last."""
    archive = await uow.archives.lock(UUID(command.archive))
    if archive.state is ArchiveState.FINISHED:
        return
    entries = await asyncio.to_thread(read_archive, await uow.archives.content(archive.id))
    numbers = _next(entries, archive.answered)
    await uow.archives.answer(archive, [await _answer(number, entries, archive, uow) for number in numbers])
    if numbers[-1] == archive.members:
        await uow.archives.finish(archive.id)
    else:
        await uow.due.at(command, now())


def _next(entries: Entries, answered: int) -> list[int]:
    numbers, size = [answered + 1], entries.sizes[answered]
    for number in range(answered + 2, min(len(entries), answered + _AT_ONCE) + 1):
        size += entries.sizes[number - 1]
        if size > _BYTES_AT_ONCE:
            break
        numbers.append(number)
    return numbers


async def _answer(number: int, entries: Entries, archive: Archive, uow: RegistrationUnitOfWork) -> Member:
    name = entries.names[number - 1]
    try:
        async with uow.apart():
            upload = await asyncio.to_thread(_read, number, entries, archive)
            sent = SubmitContributionFile(upload, archive.tenant, archive.is_of_officer, archive.reading)
            job = await submit_contribution_file(sent, uow)
    except JaringError as fault:
        line = fault.facts.get("line")
        told = (fault.code, fault.detail or fault.title, None if line is None else int(line))
        return Member(number, name, MemberState.REFUSED, None, *told)
    return Member(number, name, MemberState.RECEIVED, job.id)


def _read(number: int, entries: Entries, archive: Archive) -> CodedUpload:
    read = FORMATS[archive.reading.format].read
    if read is None:
        raise ValueError(f"{archive.reading.format} has a route of its own")
    return read(entries.content(number), archive.reading)
