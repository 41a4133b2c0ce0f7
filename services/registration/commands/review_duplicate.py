"""Ask two officers whether two numbers are one person's."""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.duplicate import DuplicateReason
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class ReviewDuplicate:
    """Both, and why they look like one."""

    person: int
    other: int
    reason: DuplicateReason


async def review_duplicate(command: ReviewDuplicate, uow: RegistrationUnitOfWork) -> None:
    """Keep the pair and open its task; whom officers told apart is asked about again by the same digits only, and of
    numbers that are one person's, or of whom nothing is kept, nobody is asked."""
    both = (command.person, command.other)
    if command.other in await uow.person_merges.numbers_of(command.person) or await uow.persons.erased(both):
        return
    await uow.duplicates.note(command.person, command.other, command.reason, now())
    pair = await uow.duplicates.lock(command.person, command.other)
    if pair is None or (pair.verdict is not None and command.reason is not DuplicateReason.SAME_DIGITS):
        return
    about = subjects.possible_duplicate(pair.person, pair.other)
    await open_task(OpenTask(queues.DUPLICATE_PERSON, about, command.reason.value, pair.revision, pair.facts), uow)
