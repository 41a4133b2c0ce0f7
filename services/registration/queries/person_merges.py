"""Read who is one with whom, what of both differs, and what was stated since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.domain.person_merge import (
    Contradiction,
    Difference,
    MergeStatement,
    MergeWhat,
)
from services.registration.storage.person_merges import StatedSince
from services.registration.storage.stated_since import LineSince, SpellSince
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import today

_BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Since:
    """What was stated of either number since their merge: facts, employments and lines."""

    facts: Sequence[StatedSince] = ()
    spells: Sequence[SpellSince] = ()
    lines: Sequence[LineSince] = ()


@dataclass(frozen=True, slots=True)
class MergeRead:
    """What was stated; of a merge what differs and what contradicts, of a split what was stated of either since."""

    statement: MergeStatement
    differences: list[Difference]
    since: Since
    contradicts: Sequence[Contradiction] = ()


async def find_merge(statement: UUID, uow: RegistrationUnitOfWork) -> MergeRead:
    """A statement, with what officers look at; raises MergeUnknown."""
    said = await uow.person_merges.statement(statement)
    if said.what is MergeWhat.MERGE:
        contradicts = await uow.person_merges.contradictions(said)
        return MergeRead(said, await uow.person_merges.differences(said, today()), Since(), contradicts)
    return MergeRead(said, [], await find_stated_since(said.person, uow))


async def list_merges(after: UUID | None, limit: int, uow: RegistrationUnitOfWork) -> list[MergeRead]:
    """What was stated, by id, after one."""
    found = await uow.person_merges.page(after or _BEFORE_ALL, limit)
    return [MergeRead(said, [], Since()) for said in found]


async def find_stated_since(person: int, uow: RegistrationUnitOfWork) -> Since:
    """What was stated of either number since their merge: each stays under its own, unless a split assigns it."""
    numbers = await uow.person_merges.numbers_of(person)
    merge = next((each for each in await uow.person_merges.lock(person) if each.person == person), None)
    if merge is None or not merge.merged:
        return Since()
    return Since(
        await uow.person_merges.stated_since(numbers, merge.statement),
        await uow.stated_since.spells(numbers, merge.statement),
        await uow.stated_since.lines(numbers, merge.statement),
    )


async def find_survivor(person: int, known_at: datetime | None, uow: RegistrationUnitOfWork) -> int:
    """The number that survives of the person, as it was known at an instant."""
    return (await uow.person_merges.numbers_of(person, known_at))[0]
