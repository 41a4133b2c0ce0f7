"""Leave alone who stands beside a person of whom nothing is kept from now on: nobody is asked, and their words stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.tasks.opening import CloseTask, close_task

_QUEUES = {each.name: each for each in queues.ALL}


@dataclass(frozen=True)
class LeaveOthersAlone:
    """All numbers of the person, which the transaction holds."""

    numbers: Sequence[int]


async def leave_others_alone(command: LeaveOthersAlone, uow: RegistrationUnitOfWork) -> Mapping[UUID, bytes]:
    """Close what officers are asked about the person, since nobody could decide it; what registers said of others, by
    statement, is kept once all words are erased.

    A backup may hold a statement that waits, although it was decided since: it counts for nothing.
    """
    await close_questions(await uow.erasures.questions(command.numbers, is_whole=True), uow)
    await uow.erasures.let_questions_rest(command.numbers, now())
    return await uow.register_statements.words_of_others(command.numbers)


async def close_questions(questions: Sequence[tuple[str, str]], uow: RegistrationUnitOfWork) -> None:
    """Nobody is asked what goes with what is kept of a person."""
    for name, about in questions:
        queue = _QUEUES[name]
        await close_task(CloseTask(queue, subjects.asked_in(queue, about), "erased"), uow)
