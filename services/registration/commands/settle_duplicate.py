"""A merge or a split that counts says of two numbers whether they are one person's: nobody else is asked that."""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.duplicate import Verdict
from services.registration.domain.person_merge import MergeStatement, MergeWhat
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.officers import Officers
from shared.tasks.opening import CloseTask, close_task


@dataclass(frozen=True)
class SettleDuplicate:
    """What counts, and on whose word."""

    statement: MergeStatement
    officers: Officers


async def settle_duplicate(command: SettleDuplicate, uow: RegistrationUnitOfWork) -> None:
    """Keep it as the verdict on each pair of both sides that was found to look like one, and close its task."""
    said, officers = command.statement, command.officers
    verdict = Verdict.SAME_PERSON if said.what is MergeWhat.MERGE else Verdict.DIFFERENT_PERSONS
    # Since a split the numbers of each; of a merge all that are one now, on both sides.
    person, survivor = [await uow.person_merges.numbers_of(each) for each in (said.person, said.survivor)]
    for pair in await uow.duplicates.between(person, survivor):
        if pair.verdict is not verdict:
            await uow.duplicates.decide(pair, verdict, officers)
        about = subjects.possible_duplicate(pair.person, pair.other)
        await close_task(CloseTask(queues.DUPLICATE_PERSON, about, said.what.value), uow)
