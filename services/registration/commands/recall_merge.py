"""Know again how two numbers were published to stand, and end the statement of it that waited in the backup."""

from dataclasses import dataclass

from services.registration.commands.assign_stated import AssignStated
from services.registration.commands.decide_merge import part_facts
from services.registration.commands.derive_membership import DeriveAgain
from services.registration.commands.let_go_of_hold import LetGoOfHold
from services.registration.commands.recall_decided import KNOWN_AGAIN, officers_of_before
from services.registration.commands.review_lines_of_person import ReviewLinesOfPerson, review_lines_of_person
from services.registration.commands.settle_duplicate import SettleDuplicate, settle_duplicate
from services.registration.domain import queues, subjects
from services.registration.domain.person_merge import MergeStatement, MergeWhat, PersonMerge
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.registration import PersonMergeEvent
from shared.kernel.clock import now
from shared.kernel.officers import Officers
from shared.tasks.opening import CloseTask, close_task


@dataclass(frozen=True)
class RecallMerge:
    """What was published."""

    event: PersonMergeEvent


async def recall_merge(command: RecallMerge, uow: RegistrationUnitOfWork) -> None:
    """As it was published, unless what stands is as new; once nobody looks any more, what waited was decided."""
    event = command.event
    said = None if event.held_until is not None else await uow.person_merges.waiting(event.person)
    counts = said is not None and event.merged is (said.what is MergeWhat.MERGE)
    stood = next((each for each in await uow.person_merges.lock(event.person) if each.person == event.person), None)
    if not await uow.person_merges.recall(event, said.id if said is not None and counts else None):
        return
    if said is not None:
        officers = officers_of_before(said.tenant, event.changed_at)
        await uow.person_merges.end_again(said, officers, counts=counts)
        await close_task(CloseTask(queues.PERSON_MERGE, subjects.person_merge(said.id), KNOWN_AGAIN), uow)
        if counts:
            await _follow(said, stood, officers, uow)
    for person in (event.person, event.survivor):
        await uow.due.at(DeriveAgain(person), now())
        await review_lines_of_person(ReviewLinesOfPerson(person), uow)
    if event.held_until is not None:
        await uow.due.at(LetGoOfHold(event.person), now())


async def _follow(
    said: MergeStatement, stood: PersonMerge | None, officers: Officers, uow: RegistrationUnitOfWork
) -> None:
    """What a split takes back and assigns is in its statement. What a merge kept of the other one comes back with what
    was published of the survivor, before or after this; a name and an address do not."""
    if said.what is MergeWhat.SPLIT:
        await part_facts(said, None if stood is None else stood.statement, officers, uow)
        if said.assigned.spells or said.assigned.lines:
            await uow.due.at(AssignStated(str(said.id)), now())
    else:
        await keep_again(said.survivor, uow)
    await settle_duplicate(SettleDuplicate(said, officers), uow)


async def keep_again(survivor: int, uow: RegistrationUnitOfWork) -> None:
    """What was published of a survivor and is the other one's goes with that one where a split parts them."""
    await uow.person_merges.keep_again(survivor, officers_of_before)
