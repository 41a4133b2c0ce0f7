"""Work through a contribution file that was received: take the good lines, set the bad ones aside, publish."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.close_contribution_file import CloseContributionFile, close_contribution_file
from services.registration.commands.note_changed_lines import NoteChangedLines, note_changed_lines
from services.registration.commands.process_contribution_piece import (
    ProcessContributionPiece,
    process_contribution_piece,
)
from services.registration.commands.take_lines import TakeLines, take_lines
from services.registration.domain.contribution import FileJob, brought, declared
from services.registration.domain.parts import leaves_something
from services.registration.files.formats import FORMATS
from services.registration.files.line_checks import Checked, check_lines, wanted
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ProcessContributionFile:
    """The file's id."""

    file: str


async def process_contribution_file(command: ProcessContributionFile, uow: RegistrationUnitOfWork) -> None:
    """Bring the file from received to its last state in one transaction; one in pieces, piece by piece, a transaction
    each. A finished file stays as it is."""
    if not await _go_on(UUID(command.file), uow):
        await uow.due.at(command, now())


async def _go_on(file: UUID, uow: RegistrationUnitOfWork) -> bool:
    """Whether the file is through by now."""
    job = await uow.contribution_files.lock(file)
    if job.state.is_finished:
        return True
    await _let_earlier_come_first(job, uow)
    if job.pieces:
        return await process_contribution_piece(ProcessContributionPiece(job), uow)
    await _process_whole(job, uow)
    return True


async def _let_earlier_come_first(job: FileJob, uow: RegistrationUnitOfWork) -> None:
    """What a file leaves as it stands is what the files before it say: they are worked off first, by whoever does."""
    if leaves_something(job.reading):
        for file in await uow.contribution_files.list_before(job):
            while not await _go_on(file, uow):
                pass


async def _process_whole(job: FileJob, uow: RegistrationUnitOfWork) -> None:
    checked = await _check(job, uow)
    taken = await take_lines(TakeLines(job, checked), uow)
    changed = await note_changed_lines(NoteChangedLines(job.employer, job.submitted_on, taken), uow)
    said, accepted = declared(checked.accepted), len(checked.accepted)
    closed = CloseContributionFile(job, said, brought(taken), changed, accepted, not checked.faults)
    await close_contribution_file(closed, uow)


async def _check(job: FileJob, uow: RegistrationUnitOfWork) -> Checked:
    # In a thread: a large file takes seconds, and the relay publishes heartbeats in this loop meanwhile.
    read = FORMATS[job.reading.format].columns
    found = await asyncio.to_thread(read, await uow.contribution_files.content(job.id), job.reading)
    people = await uow.persons.match(job.employer, wanted(found))
    return await asyncio.to_thread(check_lines, found, people, job.submitted_on)
