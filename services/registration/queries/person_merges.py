"""Read who is one with whom, what of both differs, and what was stated since."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.domain.person_merge import Difference, MergeStatement, MergeWhat, facts_of
from services.registration.domain.subjects import statement_of_merge
from services.registration.storage.person_merges import StatedSince
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today
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
        return MergeRead(said, await uow.person_merges.differences(said, today()), [], [])
    facts, spells = await find_stated_since(said.person, uow)
    return MergeRead(said, [], facts, spells)


async def list_merges(after: UUID | None, limit: int, uow: RegistrationUnitOfWork) -> list[MergeRead]:
    """What was stated, by id, after one."""
    found = await uow.person_merges.page(after or _BEFORE_ALL, limit)
    return [MergeRead(said, [], [], []) for said in found]


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
    revision = sum([await uow.persons.revision_of(each) for each in (said.person, said.survivor)])
    return SubjectState(revision, facts_of(said, await uow.person_merges.differences(said, today())))
