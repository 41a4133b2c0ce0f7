"""Two officers release an opening file that is checked, or drop it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.load_opening import LoadOpening
from services.registration.domain.opening import OpeningState, order_of_pieces
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideOpening:
    """The file, whether it is released, and both officers."""

    file: UUID
    is_released: bool
    officers: Officers


async def decide_opening(command: DecideOpening, uow: RegistrationUnitOfWork) -> None:
    """Leave its pieces to the worker, or nothing of it."""
    file, by = await uow.opening_files.lock(command.file), command.officers
    if not command.is_released:
        await uow.opening_files.turn(file.id, OpeningState.DROPPED, by.at, by)
        return
    await uow.opening_files.turn(file.id, OpeningState.LOADING, officers=by)
    for piece in order_of_pieces(file.pieces):
        await uow.due.at(LoadOpening(str(file.id), piece), now())
