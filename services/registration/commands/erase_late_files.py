"""Erase files that were being worked off while a person was erased whom they name: by number, nothing else is left."""

from dataclasses import dataclass
from datetime import timedelta

from services.registration.commands.ask_whether_closed import AskWhetherClosed, ask_whether_closed
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now

# A file may wait for officers, and one in pieces is worked off a piece a transaction.
_SOON, _DAY = timedelta(minutes=10), timedelta(days=1)


@dataclass(frozen=True)
class EraseLateFiles:
    """All numbers of a person of whom nothing is kept; all have ended who may have worked off a file beside that."""

    numbers: tuple[int, ...]


async def erase_late_files(command: EraseLateFiles, uow: RegistrationUnitOfWork) -> None:
    """Which of the lines that were set aside are the person's nobody can tell any more: none is left for its sender. Of
    a file that failed for good officers are asked whether it is closed."""
    late = await uow.traces.late_files(command.numbers)
    underway = [each for each in late if not each.is_through]
    for each in underway:
        if each.has_failed:
            await ask_whether_closed(AskWhetherClosed(each.id), uow)
    if underway:
        await uow.due.at(command, now() + (_DAY if all(each.has_failed for each in underway) else _SOON))
    if files := [each.id for each in late if each.is_through]:
        rows = await uow.traces.erase_files(command.numbers, files)
        uow.decided("late_files_erased", person=command.numbers[0], files=len(files), rows=rows)
