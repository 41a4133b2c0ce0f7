"""Work through a contribution file that was received: take the good lines, set the bad ones aside, publish."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.registration.commands.close_contribution_files import (
    CloseContributionFiles,
    ThroughFile,
    close_contribution_files,
)
from services.registration.commands.note_changed_lines import NoteChangedLines, note_changed_lines
from services.registration.commands.process_contribution_piece import (
    ProcessContributionPiece,
    process_contribution_piece,
)
from services.registration.commands.take_lines import TakeLines, take_lines
from services.registration.domain import queues, subjects
from services.registration.domain.contribution import NOT_WORKED_OFF, WORKED_OFF, FileJob, brought, declared
from services.registration.domain.parts import leaves_something
from services.registration.events.contribution_received import totals_of
from services.registration.files.formats import FORMATS
from services.registration.files.line_checks import Checked, check_matched
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.loop import beside_loop
from shared.persistence.due_work import kind_of, payload_of
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task

# How long a file waits for one before it that fails, before it looks again.
_PAUSE = timedelta(minutes=1)
# And for one that is worked off in pieces.
_SHORT_PAUSE = timedelta(seconds=2)


@dataclass(frozen=True)
class ProcessContributionFile:
    """The file's id."""

    file: str


@dataclass(frozen=True)
class WorkOffLines:
    """The file, and what was found of its lines, which are all of them."""

    job: FileJob
    checked: Checked


@dataclass(frozen=True)
class ThroughLines(ThroughFile):
    """A file by itself, with what was found of its lines in the end."""

    checked: Checked


async def process_contribution_file(command: ProcessContributionFile, uow: RegistrationUnitOfWork) -> None:
    """Bring the file from received to its last state in one transaction; one in pieces, piece by piece, a transaction
    each. A finished file stays as it is."""
    job = await uow.contribution_files.lock(UUID(command.file))
    if job.state.is_finished:
        return
    wait = await _wait_for_earlier(job, uow)
    if wait is not None:
        await uow.due.at(command, now() + wait)
    elif await _go_on(job, uow):
        await close_task(CloseTask(queues.CONTRIBUTION_FILE, subjects.contribution_file(job.id), WORKED_OFF), uow)
    else:
        await uow.due.at(command, now())


async def _go_on(job: FileJob, uow: RegistrationUnitOfWork) -> bool:
    """Whether the file is through by now."""
    if job.pieces:
        return await process_contribution_piece(ProcessContributionPiece(job), uow)
    checked = await check_file(job, await uow.contribution_files.content(job.id), uow)
    await work_off_lines(WorkOffLines(job, checked), uow)
    return True


async def _wait_for_earlier(job: FileJob, uow: RegistrationUnitOfWork) -> timedelta | None:
    """What a file leaves as it stands is what the files before it say: they are worked off first, by whoever does.

    One that fails is waited for, not failed with; of one that failed for good officers are asked whether it is closed.
    One in pieces is as many transactions as it has pieces, each its own work's.
    """
    for file in await uow.contribution_files.list_before(job) if leaves_something(job.reading) else ():
        earlier = ProcessContributionFile(str(file))
        has_failed = await uow.contribution_files.has_failed(kind_of(type(earlier)), payload_of(earlier))
        if has_failed is not None:
            await _ask_whether_it_is_closed(file, has_failed, uow)
            return _PAUSE
        if (await uow.contribution_files.get(file)).pieces:
            return _SHORT_PAUSE
        await process_contribution_file(earlier, uow)
    return None


async def _ask_whether_it_is_closed(file: UUID, for_good: bool, uow: RegistrationUnitOfWork) -> None:
    if for_good:
        failed = await uow.contribution_files.lock(file)
        about = subjects.contribution_file(file)
        await open_task(OpenTask(queues.CONTRIBUTION_FILE, about, NOT_WORKED_OFF, 1, failed.facts), uow)


async def work_off_lines(command: WorkOffLines, uow: RegistrationUnitOfWork) -> Checked:
    """From received to its last state, of a file that is no other's business: locked, or kept by this transaction.

    What was found of its lines in the end.
    """
    through = await through_lines(command, uow)
    await close_contribution_files(CloseContributionFiles([through]), uow)
    return through.checked


async def through_lines(command: WorkOffLines, uow: RegistrationUnitOfWork) -> ThroughLines:
    """The same up to where nothing is left but to close it, its totals published."""
    job = command.job
    took = await take_lines(TakeLines(job, command.checked), uow)
    changed = await note_changed_lines(NoteChangedLines(job.employer, job.submitted_on, took.taken), uow)
    accepted = took.checked.accepted
    said, came = declared(accepted), brought(took.taken)
    for totals in totals_of(job, came):
        uow.publish(totals)
    return ThroughLines(job, said, came, changed, len(accepted), not took.checked.faults, took.checked)


async def check_file(job: FileJob, content: bytes, uow: RegistrationUnitOfWork) -> Checked:
    """What is found of the lines of a file that is kept whole."""
    read = FORMATS[job.reading.format].columns
    found = await beside_loop(len(content), read, content, job.reading)
    matches = await uow.persons.match_lines(job.employer, found.ids, found.months.tolist())
    return await beside_loop(len(content), check_matched, found, matches, job.submitted_on)
