"""Take the lines of a piece of a contribution file that nobody has taken, nor is at."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace

from services.registration.commands.note_changed_lines import NoteChangedLines, note_changed_lines
from services.registration.commands.take_lines import CheckedFile, TakeLines, take_lines
from services.registration.domain.contribution import FileJob, Piece, brought, declared
from services.registration.domain.insured import Matches
from services.registration.files.columns import FileColumns, LineKeys
from services.registration.files.formats import FORMATS
from services.registration.files.line_checks import Checked, check_matched
from services.registration.storage.contribution_pieces import Outcome, Plan
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class TakeContributionPiece:
    """The file, and what was found of the whole."""

    job: FileJob
    plan: Plan


async def take_contribution_piece(command: TakeContributionPiece, uow: RegistrationUnitOfWork) -> bool:
    """Whether there was one; what was done stands with its lines, so that whoever goes on knows it."""
    job, pieces = command.job, uow.contribution_pieces
    number = await pieces.next(job)
    if number is None:
        return False
    checked = await _check(job, command.plan, number, uow)
    (took,) = await take_lines(TakeLines([CheckedFile(job, checked)]), uow)
    changed = await note_changed_lines(NoteChangedLines(job.employer, job.submitted_on, took.taken), uow)
    accepted = took.checked.accepted
    came = Outcome(len(accepted), bool(took.checked.faults), changed)
    await pieces.done(job, number, came, took.checked.bearers)
    await pieces.sum_up(job, number, "declared", declared(accepted))
    await pieces.sum_up(job, number, "brought", brought(took.taken))
    return True


async def read_piece(job: FileJob, number: int, uow: RegistrationUnitOfWork) -> tuple[Piece, FileColumns]:
    """A piece, and its lines."""
    # In a thread: the relay publishes heartbeats in this loop meanwhile.
    piece = await uow.contribution_pieces.get(job.id, number)
    read = FORMATS[job.reading.format].columns
    return piece, await asyncio.to_thread(read, piece.content, job.reading)


async def read_keys(job: FileJob, number: int, uow: RegistrationUnitOfWork) -> LineKeys:
    """Number and month of the lines of a piece."""
    piece = await uow.contribution_pieces.get(job.id, number)
    return await asyncio.to_thread(FORMATS[job.reading.format].keys, piece.content, job.reading)


async def match_lines(job: FileJob, columns: FileColumns, uow: RegistrationUnitOfWork) -> Matches:
    """Whom the numbers of lines stand for."""
    return await uow.persons.match_lines([job.employer] * len(columns.ids), columns.ids, columns.months.tolist())


async def _check(job: FileJob, plan: Plan, number: int, uow: RegistrationUnitOfWork) -> Checked:
    piece, columns = await read_piece(job, number, uow)
    meant = replace(columns, reading=replace(job.reading, months=plan.months))
    repeated = _of_piece(plan.repeated_lines, piece)
    matches = await match_lines(job, columns, uow)
    checked = await asyncio.to_thread(check_matched, meant, matches, job.submitted_on, repeated)
    return checked.moved(piece.lines_before)


def _of_piece(lines: Collection[int], piece: Piece) -> frozenset[int]:
    """Those of these lines that are of the piece, counted from 0 in it."""
    return frozenset(line - piece.first_line for line in lines if piece.holds(line))
