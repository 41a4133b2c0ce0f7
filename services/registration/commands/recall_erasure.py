"""Know again that what was kept of a person was erased, and erase what a backup brought back of it."""

from dataclasses import dataclass

from services.registration.commands.erase_late_files import EraseLateFiles
from services.registration.commands.erase_traces import EraseTraces, erase_traces, note_unfinished
from services.registration.commands.leave_others_alone import LeaveOthersAlone, close_questions, leave_others_alone
from services.registration.domain import queues, subjects
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.person_erased import PersonErasedV1
from shared.tasks.opening import CloseTask, close_task


@dataclass(frozen=True)
class RecallErasure:
    """What was published."""

    event: PersonErasedV1


async def recall_erasure(command: RecallErasure, uow: RegistrationUnitOfWork) -> None:
    """Nobody has anything to decide of it any more, nor of what else was asked of the same person."""
    event, traces = command.event, EraseTraces([command.event.person], command.event.whole)
    if event.whole:
        await uow.recalled.keep_erased(event.person)
    words = await leave_others_alone(LeaveOthersAlone([event.person]), uow) if event.whole else {}
    if not event.whole and not await uow.erasures.stands(event):
        await close_questions(await uow.erasures.questions([event.person], is_whole=False), uow)
    if event.whole:
        await note_unfinished(traces, uow)
        await uow.due.after_concurrent(EraseLateFiles((event.person,)))
    for over in await uow.erasures.recall(event, lambda: erase_traces(traces, uow)):
        await close_task(CloseTask(queues.ERASURE, subjects.erasure(over), "erased"), uow)
    await uow.register_statements.keep_words(words)
    await uow.known_followers.settle([event.person])
