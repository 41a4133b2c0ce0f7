"""Read who is one with whom, what of both differs, and what was stated since."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.domain.person_merge import Difference, KnownFact, MergeStatement, MergeWhat, differences
from services.registration.domain.subjects import statement_of_merge
from services.registration.storage.person_merges import StatedSince
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
from shared.kernel.identifiers import person_id
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState

_BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class MergeRead:
    """What was stated; of a merge what differs, of a split what was stated of either since: facts and employments."""

    statement: MergeStatement
    differences: list[Difference]
    facts: list[StatedSince]
    spells: list[tuple[UUID, int, int]]


async def find_merge(statement: UUID, uow: RegistrationUnitOfWork) -> MergeRead:
    """A statement, with what officers look at; raises MergeUnknown."""
    said = await uow.person_merges.statement(statement)
    if said.what is MergeWhat.MERGE:
        return MergeRead(said, await find_differences(said, uow), [], [])
    facts, spells = await find_stated_since(said.person, uow)
    return MergeRead(said, [], facts, spells)


async def list_merges(after: UUID | None, limit: int, uow: RegistrationUnitOfWork) -> list[MergeRead]:
    """What was stated, by id, after one."""
    found = await uow.person_merges.page(after or _BEFORE_ALL, limit)
    return [MergeRead(said, [], [], []) for said in found]


async def find_differences(said: MergeStatement, uow: RegistrationUnitOfWork) -> list[Difference]:
    """What is known otherwise of both today."""
    of_person, of_survivor = [
        {each.attribute: each.value for each in await uow.person_merges.known(number) if _holds_today(each)}
        for number in (said.person, said.survivor)
    ]
    return differences(of_person, of_survivor)


async def find_stated_since(
    person: int, uow: RegistrationUnitOfWork
) -> tuple[list[StatedSince], list[tuple[UUID, int, int]]]:
    """What was stated of either number since their merge: each stays under its own, unless a split assigns it."""
    merge = next((each for each in await uow.person_merges.lock(person) if each.person == person), None)
    if merge is None or not merge.merged:
        return [], []
    both = (merge.person, merge.survivor)
    facts = await uow.person_merges.stated_since(both, merge.statement)
    return facts, await uow.person_merges.spells_since(both, merge.statement)


async def find_survivor(person: int, known_at: datetime | None, uow: RegistrationUnitOfWork) -> int:
    """The number that survives of the person, as it was known at an instant."""
    return (await uow.person_merges.numbers_of(person, known_at))[0]


async def find_state_of_merge(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a statement, whose persons are locked: the revision moves on with each fact of either."""
    said = await uow.person_merges.statement(statement_of_merge(subject))
    for person in sorted((said.person, said.survivor)):
        await uow.persons.lock(person)
    return await state_of_merge(said, uow)


async def state_of_merge(said: MergeStatement, uow: RegistrationUnitOfWork) -> SubjectState:
    """The same of two persons that the transaction holds: numbers and what differs, no values."""
    revisions = [await uow.persons.revision_of(each) for each in (said.person, said.survivor)]
    facts: dict[str, str | int] = {"person": person_id(said.person), "survivor": person_id(said.survivor)}
    if said.what is MergeWhat.MERGE:
        differs = [each.attribute for each in await find_differences(said, uow)]
        facts |= {"differs": ", ".join(differs)} if differs else {}
    return SubjectState(sum(revisions), {**facts, "held_until": said.held_until.isoformat()})


def _holds_today(fact: KnownFact) -> bool:
    day = today()
    return (fact.first is None or fact.first <= day) and (fact.last is None or day <= fact.last)
