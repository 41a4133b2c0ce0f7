"""Ask two officers whether what is kept of a person is erased."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.erasure import ASKED, ErasureState
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskOfErasure:
    """The erasure's id."""

    erasure: str


async def ask_of_erasure(command: AskOfErasure, uow: RegistrationUnitOfWork) -> None:
    """Open its task; one that was decided is left."""
    said = await uow.erasures.lock(UUID(command.erasure))
    if said.state is not ErasureState.WAITING:
        return
    await open_task(OpenTask(queues.ERASURE, subjects.erasure(said.id), ASKED, said.revision, said.facts), uow)
