"""The dry run of a piece of an opening file: nothing is written but what would be."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.judge_opening import JudgeOpening, judge_opening
from services.registration.domain import queues, subjects
from services.registration.domain.opening import OpeningState, facts_of_opening
from services.registration.files.opening_file import rows_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class CheckOpening:
    """The file, and which of its pieces."""

    file: str
    piece: int


async def check_opening(command: CheckOpening, uow: RegistrationUnitOfWork) -> None:
    """Keep how many rows are new, known, or set aside; the last piece asks two officers."""
    file = await uow.opening_files.get(UUID(command.file))
    piece = await uow.opening_files.piece(file.id, command.piece)
    if piece.is_checked:
        return
    sent = (file.kind, file.columns, piece.lines, piece.first_line)
    rows, malformed = await asyncio.to_thread(rows_of, *sent, today())
    judged = await judge_opening(JudgeOpening(file.kind, rows, hold=False), uow)
    await uow.opening_files.set_aside(piece, [*malformed, *judged.faults])
    await uow.opening_files.keep_checked(piece, len(judged.new), judged.known, judged.known_lines)
    held = await uow.opening_files.lock(file.id)
    if not await uow.opening_files.is_any_left(file.id, to_load=False):
        await uow.opening_files.turn(file.id, OpeningState.CHECKED)
        facts, about = facts_of_opening(held), subjects.opening_file(file.id)
        await open_task(OpenTask(queues.OPENING_FILE, about, "checked", held.revision + 1, facts), uow)
