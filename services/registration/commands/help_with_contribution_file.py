"""Take pieces of a contribution file beside whoever works it off: a worker has more than one lane (decision 78)."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.take_contribution_piece import TakeContributionPiece, take_contribution_piece
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class HelpWithContributionFile:
    """The file's id."""

    file: str


async def help_with_contribution_file(command: HelpWithContributionFile, uow: RegistrationUnitOfWork) -> None:
    """Piece by piece, a transaction each, until there is none that nobody has taken or is at."""
    file = UUID(command.file)
    plan = await uow.contribution_pieces.plan(file)
    job = await uow.contribution_files.get(file)
    if plan is None or job.state.is_finished:
        return
    if await take_contribution_piece(TakeContributionPiece(job, plan), uow):
        await uow.due.at(command, now())
