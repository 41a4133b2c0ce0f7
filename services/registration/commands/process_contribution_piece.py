"""Go one step further with a file in pieces: look at the whole, take the lines of the next piece, or close it."""

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from services.registration.commands.close_contribution_file import CloseContributionFile, close_contribution_file
from services.registration.commands.note_changed_lines import NoteChangedLines, note_changed_lines
from services.registration.commands.take_lines import TakeLines, take_lines
from services.registration.domain.contribution import FileJob, Piece, brought, declared
from services.registration.files.columns import FileColumns
from services.registration.files.formats import FORMATS
from services.registration.files.line_checks import (
    Checked,
    check_lines,
    months_meant,
    persons_of,
    times_of_months,
    wanted,
)
from services.registration.files.repetition import Repeated, Repetition
from services.registration.storage.contribution_pieces import Plan
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class ProcessContributionPiece:
    """The file, which the transaction holds."""

    job: FileJob


async def process_contribution_piece(command: ProcessContributionPiece, uow: RegistrationUnitOfWork) -> bool:
    """Whether the file is through by now; what was done stands with its lines, so that whoever goes on knows it."""
    job = command.job
    plan = await uow.contribution_pieces.plan(job.id)
    if plan is None:
        await uow.contribution_pieces.begin(job.id, await _look_at_the_whole(job, uow))
        return False
    number = await uow.contribution_pieces.next(job.id)
    if number <= job.pieces:
        await _take(job, plan, number, uow)
        return False
    await _close(job, uow)
    return True


async def _look_at_the_whole(job: FileJob, uow: RegistrationUnitOfWork) -> Plan:
    """The months that are meant, and the lines that say a person's month again: no piece tells it by itself."""
    times: Counter[int] = Counter()
    repetition = Repetition()
    several = await uow.persons.indexes_of_several(job.employer)
    columns = None
    for number in range(1, job.pieces + 1):
        _, columns = await _read(job, number, uow)
        times += times_of_months(columns)
        of_several = uow.persons.among(several, columns.ids)
        await asyncio.to_thread(repetition.add, columns, of_several)
    meant = () if columns is None else months_meant(columns, times)
    return Plan(meant, await _repeated(job, repetition, uow))


async def _repeated(job: FileJob, repetition: Repetition, uow: RegistrationUnitOfWork) -> frozenset[int]:
    known = Repeated()
    for number, indexes in (await asyncio.to_thread(repetition.suspects)).items():
        piece, columns = await _read(job, number, uow)
        asked = {(columns.ids[index], int(columns.months[index])) for index in indexes} & wanted(columns)
        known.add(piece, persons_of(columns, await uow.persons.match(job.employer, asked), indexes))
    return known.lines()


async def _take(job: FileJob, plan: Plan, number: int, uow: RegistrationUnitOfWork) -> None:
    checked = await _check(job, plan, number, uow)
    taken = await take_lines(TakeLines(job, checked), uow)
    changed = await note_changed_lines(NoteChangedLines(job.employer, job.submitted_on, taken), uow)
    pieces, accepted = uow.contribution_pieces, len(checked.accepted)
    await pieces.done(job, number, accepted, has_faults=bool(checked.faults), changed_months=changed)
    await pieces.sum_up(job, number, "declared", declared(checked.accepted))
    await pieces.sum_up(job, number, "brought", brought(taken))


async def _check(job: FileJob, plan: Plan, number: int, uow: RegistrationUnitOfWork) -> Checked:
    piece, columns = await _read(job, number, uow)
    meant = replace(columns, reading=replace(job.reading, months=plan.months))
    repeated = _of_piece(plan.repeated_lines, piece)
    people = await uow.persons.match(job.employer, wanted(columns))
    checked = await asyncio.to_thread(check_lines, meant, people, job.submitted_on, repeated)
    return replace(checked, faults=tuple(replace(each, line=each.line + piece.lines_before) for each in checked.faults))


def _of_piece(lines: Collection[int], piece: Piece) -> frozenset[int]:
    """Those of these lines that are of the piece, counted from 0 in it."""
    return frozenset(line - piece.first_line for line in lines if piece.holds(line))


async def _read(job: FileJob, number: int, uow: RegistrationUnitOfWork) -> tuple[Piece, FileColumns]:
    # In a thread: the relay publishes heartbeats in this loop meanwhile.
    piece = await uow.contribution_pieces.get(job.id, number)
    read = FORMATS[job.reading.format].columns
    return piece, await asyncio.to_thread(read, piece.content, job.reading)


async def _close(job: FileJob, uow: RegistrationUnitOfWork) -> None:
    pieces = uow.contribution_pieces
    came = await pieces.outcome(job.id)
    said, changed = await pieces.sums(job.id, "declared"), await pieces.sums(job.id, "brought")
    closed = CloseContributionFile(job, said, changed, came.changed_months, came.accepted, not came.has_faults)
    await close_contribution_file(closed, uow)
