"""Work through a contribution file that was received: take the good lines, set the bad ones aside, publish."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.ask_about_spells import AskAboutSpells, ask_about_spells
from services.registration.commands.bring_to_account import BringToAccount, bring_to_account
from services.registration.commands.note_changed_lines import NoteChangedLines, note_changed_lines
from services.registration.domain.contribution import (
    MONTHLY,
    FileJob,
    LineColumns,
    TakenLine,
    brought,
    declared,
    outcome,
)
from services.registration.domain.parts import laid_over, leaves_something
from services.registration.domain.subjects import contributions
from services.registration.events import contribution_received, registration
from services.registration.files.formats import FORMATS
from services.registration.files.line_checks import Checked, check_lines, wanted
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class ProcessContributionFile:
    """The file's id."""

    file: str


async def process_contribution_file(command: ProcessContributionFile, uow: RegistrationUnitOfWork) -> None:
    """Bring the file from received to its last state in one transaction; a finished file stays as it is."""
    job = await uow.contribution_files.lock(UUID(command.file))
    if job.state.is_finished:
        return
    await _let_earlier_come_first(job, uow)
    checked = await _check(job, uow)
    taken = await uow.contribution_lines.take(job, await _laid_over(job, checked, uow))
    await uow.contribution_files.set_aside(job, checked.faults)
    await uow.contribution_files.sum_up(job, "declared", declared(checked.accepted))
    await ask_about_spells(AskAboutSpells(job, checked.said), uow)
    await _publish(job, taken, uow)
    # After it has woken the month's receipts: looking at one of them, too, comes before what that leaves for a refund.
    await note_changed_lines(NoteChangedLines(job.employer, job.submitted_on, taken), uow)
    await bring_to_account(BringToAccount(job.employer, job.submitted_on, brought(taken)), uow)
    # Written out before the file is finished: the watermark compares both times (storage/contribution_files.py).
    await uow.flush()
    accepted = len(checked.accepted)
    await uow.contribution_files.finish(job, outcome(accepted, not checked.faults), accepted)


async def _let_earlier_come_first(job: FileJob, uow: RegistrationUnitOfWork) -> None:
    """What a file leaves as it stands is what the files before it say: they are worked off first, by whoever does."""
    if leaves_something(job.reading):
        for file in await uow.contribution_files.list_before(job):
            await process_contribution_file(ProcessContributionFile(str(file)), uow)


async def _laid_over(job: FileJob, checked: Checked, uow: RegistrationUnitOfWork) -> LineColumns:
    if not leaves_something(job.reading):
        return checked.accepted
    known = await uow.contribution_lines.standing(job.employer, checked.accepted)
    standing = {key: (line.wage_sen, line.amounts) for key, line in known.items()}
    return laid_over(checked.accepted, standing, job.reading, job.submitted_on)


async def _check(job: FileJob, uow: RegistrationUnitOfWork) -> Checked:
    # In a thread: a large file takes seconds, and the relay publishes heartbeats in this loop meanwhile.
    read = FORMATS[job.reading.format].columns
    found = await asyncio.to_thread(read, await uow.contribution_files.content(job.id), job.reading)
    people = await uow.persons.match(job.employer, wanted(found))
    return await asyncio.to_thread(check_lines, found, people, job.submitted_on)


async def _publish(job: FileJob, taken: list[TakenLine], uow: RegistrationUnitOfWork) -> None:
    source = (job.id, job.employer, job.received_at)
    for chunk in contribution_received.contributions_received(*source, MONTHLY, taken):
        uow.publish(chunk)
    sums = brought(taken)
    await uow.contribution_files.sum_up(job, "brought", sums)
    for each in sums:
        uow.publish(contribution_received.contribution_totals(*source, each))
    await uow.due.wake({contributions(job.employer, each.month) for each in sums})
    for spell in await uow.spells.confirm(job.employer, {line.person for line in taken}):
        uow.publish(registration.spell_confirmed(spell))
