"""Let rest what officers are asked about a person of whom nothing is kept from now on: nobody could decide it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.registration.domain import queues
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.tasks.opening import CloseTask, close_task

_QUEUES = {each.name: each for each in queues.ALL}


@dataclass(frozen=True)
class LetQuestionsRest:
    """All numbers of the person, which the transaction holds."""

    numbers: Sequence[int]


async def let_questions_rest(command: LetQuestionsRest, uow: RegistrationUnitOfWork) -> None:
    """Close their tasks: whether it looks like somebody else, whether a pass was renewed. A backup may hold a statement
    that waits, although it was decided since: it counts for nothing."""
    for name, about in await uow.erasures.questions(command.numbers):
        queue = _QUEUES[name]
        await close_task(CloseTask(queue, Subject.of(queue.subject, about), "erased"), uow)
    await uow.erasures.let_questions_rest(command.numbers, now())
