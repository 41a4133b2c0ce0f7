"""Work through a contribution file that was received: take the good lines, set the bad ones aside, publish."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.registration.commands.ask_whether_closed import AskWhetherClosed, ask_whether_closed
from services.registration.commands.check_contribution_files import CheckContributionFiles, check_contribution_files
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
from services.registration.commands.take_lines import TakeLines, TookLines, take_lines
from services.registration.domain import queues, subjects
from services.registration.domain.contribution import (
    WORKED_OFF,
    FileJob,
    brought,
    declared,
)
from services.registration.domain.parts import leaves_something
from services.registration.events.contribution_received import totals_of
from services.registration.files.line_checks import Checked
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.persistence.due_work import kind_of, payload_of
from shared.tasks.opening import CloseTask, close_task

# How long a file waits for one before it that fails, before it looks again.
_PAUSE = timedelta(minutes=1)
# And for one that is worked off in pieces.
_SHORT_PAUSE = timedelta(seconds=2)


@dataclass(frozen=True)
class ProcessContributionFile:
    """The file's id."""

    file: str


async def process_contribution_file(command: ProcessContributionFile, uow: RegistrationUnitOfWork) -> None:
    """Bring the file from received to its last state in one transaction; one in pieces, piece by piece, a transaction
    each. A finished file stays as it is."""
    sent = await uow.contribution_files.get(UUID(command.file))
    if leaves_something(sent.reading):
        # Before anything is held that what is on its way may wait for, such as this file sent once more.
        await uow.contribution_files.wait_for_what_is_received(sent.employer)
    await _process(command, uow)


async def _process(command: ProcessContributionFile, uow: RegistrationUnitOfWork) -> None:
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
    content = await uow.contribution_files.content(job.id)
    (checked,) = await check_contribution_files(CheckContributionFiles({job: content}), uow)
    await work_off_lines(TakeLines([checked]), uow)
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
            if has_failed:
                await ask_whether_closed(AskWhetherClosed(file), uow)
            return _PAUSE
        if (await uow.contribution_files.get(file)).pieces:
            return _SHORT_PAUSE
        await _process(earlier, uow)
    return None


async def work_off_lines(command: TakeLines, uow: RegistrationUnitOfWork) -> list[Checked]:
    """From received to their last state, of files that are no other's business: locked, or kept by this transaction.

    What was found of the lines of each in the end.
    """
    took = await take_lines(command, uow)
    through = [await _through(each, command, uow) for each in took]
    await close_contribution_files(CloseContributionFiles(through, command.asked), uow)
    return [each.checked for each in took]


async def _through(took: TookLines, command: TakeLines, uow: RegistrationUnitOfWork) -> ThroughFile:
    """Up to where nothing is left but to close it, its totals published."""
    job, accepted = took.job, took.checked.accepted
    changed = await note_changed_lines(NoteChangedLines(job.employer, job.submitted_on, took.taken), uow)
    said, came = declared(accepted), brought(took.taken)
    with command.of(job, uow):
        for totals in totals_of(job, came):
            uow.publish(totals)
    return ThroughFile(job, said, came, changed, len(accepted), not took.checked.faults, took.checked.bearers)
