"""Two officers release an opening file that is checked, or drop it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.load_opening import LoadOpening
from services.registration.domain.errors import OpeningFileNotChecked, OpeningFileOfOneself
from services.registration.domain.opening import OpeningState, order_of_pieces
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class DecideOpening:
    """The file, whether it is released, and both officers."""

    file: UUID
    is_released: bool
    proposed_by: str
    approved_by: str


async def decide_opening(command: DecideOpening, uow: RegistrationUnitOfWork) -> None:
    """Leave its pieces to the worker, or nothing of it.

    Raises OpeningFileUnknown, OpeningFileNotChecked, OpeningFileOfOneself.
    """
    file = await uow.opening_files.lock(command.file)
    if command.approved_by == file.officer:
        raise OpeningFileOfOneself()
    if file.state is not OpeningState.CHECKED:
        raise OpeningFileNotChecked(facts={"state": file.state.value})
    officers = (command.proposed_by, command.approved_by)
    if not command.is_released:
        await uow.opening_files.turn(file.id, OpeningState.DROPPED, now(), officers)
        return
    await uow.opening_files.turn(file.id, OpeningState.LOADING, officers=officers)
    for piece in order_of_pieces(file.pieces):
        await uow.due.at(LoadOpening(str(file.id), piece), now())
