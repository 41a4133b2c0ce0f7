"""Ask two officers whether what is kept of a person is erased."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.drop_erasure import DropErasure, drop_erasure
from services.registration.domain import queues, subjects
from services.registration.domain.erasure import ASKED, Erasure, ErasureState
from services.registration.domain.errors import MergedByMistake
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskOfErasure:
    """The erasure's id."""

    erasure: str


async def ask_of_erasure(command: AskOfErasure, uow: RegistrationUnitOfWork) -> None:
    """Open its task, of all numbers of the person; one that was decided of the same numbers is left, and nothing
    becomes of one whose person was erased by another one meanwhile."""
    said = await uow.erasures.lock(UUID(command.erasure))
    if said.is_over:
        return
    numbers = await uow.person_merges.numbers_of(said.person)
    if await uow.erasures.is_done_by_another(said, numbers):
        await drop_erasure(DropErasure(said, "erased"), uow)
        return
    if not said.is_of(numbers):
        said = await ask_again(said, numbers, uow)
    if said.state is ErasureState.WAITING:
        await _ask(said, uow)


async def ask_again(said: Erasure, numbers: list[int], uow: RegistrationUnitOfWork) -> Erasure:
    """Take back what was decided of other numbers than there are now."""
    asked = said.asked_again(numbers)
    await uow.erasures.ask_again(asked)
    uow.decided("erasure_asked_again", erasure=str(said.id), person=said.person)
    return asked


async def _ask(said: Erasure, uow: RegistrationUnitOfWork) -> None:
    about = subjects.erasure(said.id)
    try:
        said.check_numbers(said.numbers)
    except MergedByMistake as error:
        await drop_erasure(DropErasure(said, error.code), uow)
        return
    await open_task(OpenTask(queues.ERASURE, about, ASKED, said.revision, said.facts), uow)
