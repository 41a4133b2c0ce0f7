"""Take in a file of an earlier system's register: keep what was sent, and leave the dry run to the worker."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.registration.commands.check_opening import CheckOpening
from services.registration.domain.opening import OpeningFile, OpeningKind, order_of_pieces
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True, repr=False)
class TakeOpeningFile:
    """What the rows are, how many columns they have, the lines behind the header, and the officer who sends them."""

    kind: OpeningKind
    columns: int
    lines: Sequence[str]
    tenant: str
    officer: str


async def take_opening_file(command: TakeOpeningFile, uow: RegistrationUnitOfWork) -> OpeningFile:
    """The file, or the one that the same lines made before."""
    files = uow.opening_files
    sent = (command.kind, command.columns, command.lines)
    file, is_new = await files.receive(*sent, command.tenant, command.officer, now())
    found = await files.get(file)
    if is_new:
        for piece in order_of_pieces(found.pieces):
            await uow.due.at(CheckOpening(str(file), piece), now())
    return found
