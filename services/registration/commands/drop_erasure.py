"""Let nothing become of an erasure that is not over: nobody has anything to decide of it any more."""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.erasure import Erasure
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import CloseTask, close_task


@dataclass(frozen=True)
class DropErasure:
    """The erasure, which is locked, and why its task is closed."""

    said: Erasure
    why: str


async def drop_erasure(command: DropErasure, uow: RegistrationUnitOfWork) -> None:
    """It reads as refused."""
    await uow.erasures.drop(command.said)
    await close_task(CloseTask(queues.ERASURE, subjects.erasure(command.said.id), command.why), uow)
    uow.decided("erasure_dropped", erasure=str(command.said.id), person=command.said.person, why=command.why)
