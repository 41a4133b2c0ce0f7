"""Go one step further with a file in pieces: look at the whole, take the lines of the next piece, or close it."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from services.registration.commands.close_contribution_file import CloseContributionFile, close_contribution_file
from services.registration.commands.help_with_contribution_file import HelpWithContributionFile
from services.registration.commands.take_contribution_piece import (
    TakeContributionPiece,
    match_lines,
    read_keys,
    read_piece,
    take_contribution_piece,
)
from services.registration.domain.contribution import FileJob
from services.registration.files.line_checks import months_meant, persons_of, times_of_months
from services.registration.files.repetition import Repeated, Repetition
from services.registration.storage.contribution_pieces import Plan
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ProcessContributionPiece:
    """The file, which the transaction holds."""

    job: FileJob


async def process_contribution_piece(command: ProcessContributionPiece, uow: RegistrationUnitOfWork) -> bool:
    """Whether the file is through by now. Whoever helps may be at the last piece: it is waited for, and then looked
    whether it is done."""
    job, pieces = command.job, uow.contribution_pieces
    plan = await pieces.plan(job.id)
    if plan is None:
        await pieces.begin(job.id, await _look_at_the_whole(job, uow))
        await uow.due.at(HelpWithContributionFile(str(job.id)), now())
    elif not await take_contribution_piece(TakeContributionPiece(job, plan), uow):
        if await pieces.are_done(job):
            await _close(job, uow)
            return True
        await pieces.wait(job)
    return False


async def _look_at_the_whole(job: FileJob, uow: RegistrationUnitOfWork) -> Plan:
    """The months that are meant, and the lines that say a person's month again: no piece tells it by itself.

    Numbers and months alone tell it: names and amounts are read with each piece, when that is taken.
    """
    times: Counter[int] = Counter()
    repetition = Repetition()
    several = await uow.persons.indexes_of_several(job.employer)
    for number in range(1, job.pieces + 1):
        lines = await read_keys(job, number, uow)
        times += times_of_months(lines)
        of_several = uow.persons.among(several, lines.ids)
        await asyncio.to_thread(repetition.add, lines, of_several)
    return Plan(months_meant(job.reading.months, times), await _repeated(job, repetition, uow))


async def _repeated(job: FileJob, repetition: Repetition, uow: RegistrationUnitOfWork) -> frozenset[int]:
    known = Repeated()
    for number, indexes in (await asyncio.to_thread(repetition.suspects)).items():
        piece, columns = await read_piece(job, number, uow)
        named = columns.naming(indexes)
        known.add(piece, persons_of(named, await match_lines(job, named, uow)))
    return known.lines()


async def _close(job: FileJob, uow: RegistrationUnitOfWork) -> None:
    pieces = uow.contribution_pieces
    came = await pieces.outcome(job.id)
    said, changed = await pieces.sums(job.id, "declared"), await pieces.sums(job.id, "brought")
    closed = CloseContributionFile(job, said, changed, came.changed_months, came.accepted, not came.has_faults)
    await close_contribution_file(closed, uow)
