"""State that two numbers are one person's, or are not after all: payments of both are held until officers decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from services.registration.commands.ask_about_merge import AskAboutMerge, ask_about_merge
from services.registration.domain.errors import (
    AssignedFactUnknown,
    AssignedLineUnemployed,
    MergeImpossible,
    MergeRefusedBefore,
    MergeWaits,
    NotMerged,
)
from services.registration.domain.person_merge import (
    HELD,
    Assigned,
    MergeReason,
    MergeStatement,
    MergeWhat,
    PersonMerge,
    check_they_may_be_one,
    leaving,
)
from services.registration.events.registration import merge_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class StateMerge:
    """The number that goes and the one that survives, why, by which document, and who says so."""

    person: int
    survivor: int
    reason: MergeReason
    evidence: str | None
    tenant: str
    officer: str


@dataclass(frozen=True)
class StateSplit:
    """The number that was merged wrongly, and what was stated since that is the other one's."""

    person: int
    reason: MergeReason
    evidence: str | None
    assigned: Assigned
    tenant: str
    officer: str


async def state_merge(command: StateMerge, uow: RegistrationUnitOfWork) -> MergeStatement:
    """Keep it, have both held and ask two officers; raises PersonUnknown, MergeImpossible, MergeOfRelatives,
    MergeContradicts, MergeWaits, MergeRefusedBefore.

    Of a number that is merged already the one that survives is meant: it goes, or both are known under it.
    """
    (person, *_), (survivor, *_) = numbers = await _hold((command.person, command.survivor), uow)
    if person == survivor:
        raise MergeImpossible()
    are_relatives, found = await uow.person_merges.may_be_one(*numbers)
    check_they_may_be_one(command.reason, found, are_relatives=are_relatives)
    stands = await _unlooked_at({number for each in numbers for number in each}, uow)
    own = next((each for each in stands if each.person == person), None)
    merge = own or PersonMerge(person, survivor, 0, merged=False, held_until=None, changed_at=now())
    return await _wait(merge, _said(MergeWhat.MERGE, replace(command, person=person), survivor, Assigned()), uow)


async def state_split(command: StateSplit, uow: RegistrationUnitOfWork) -> MergeStatement:
    """The same of a split, with all that was merged into the number; raises PersonUnknown, NotMerged, MergeWaits,
    AssignedFactUnknown, AssignedLineUnemployed, MergeRefusedBefore."""
    (numbers,) = await _hold((command.person,), uow)
    stands = await _unlooked_at(numbers, uow)
    merge = next((each for each in stands if each.person == command.person and each.merged), None)
    if merge is None:
        raise NotMerged()
    await _check_assigned(command.assigned, numbers, merge, leaving(command.person, stands), uow)
    return await _wait(merge, _said(MergeWhat.SPLIT, command, merge.survivor, command.assigned), uow)


async def _check_assigned(
    assigned: Assigned, numbers: Sequence[int], merge: PersonMerge, leave: Collection[int], uow: RegistrationUnitOfWork
) -> None:
    facts = await uow.person_merges.stated_since(numbers, merge.statement) if assigned.facts else []
    spells = await uow.stated_since.spells(numbers, merge.statement) if assigned.spells else []
    lines = await uow.stated_since.lines(numbers, merge.statement) if assigned.lines else []
    unknown = set(assigned.facts) - {each.fact for each in facts}
    unknown_spells = set(assigned.spells) - {each.spell for each in spells}
    unknown_lines = set(assigned.lines) - {each.line for each in lines}
    if unknown or unknown_spells or unknown_lines:
        raise AssignedFactUnknown()
    if assigned.lines and await uow.stated_since.unemployed(assigned.lines, numbers, leave, assigned.spells):
        raise AssignedLineUnemployed()


async def _hold(persons: Sequence[int], uow: RegistrationUnitOfWork) -> list[list[int]]:
    """All numbers of the people of these, the one that survives first, which are held until the transaction ends."""
    before = [await uow.person_merges.numbers_of(person) for person in persons]
    await uow.persons.lock(*persons)
    numbers = [await uow.person_merges.numbers_of(person) for person in persons]
    # Somebody decided meanwhile that they stand otherwise: whoever states it looks again.
    if numbers != before:
        raise MergeWaits()
    return numbers


async def _unlooked_at(numbers: Collection[int], uow: RegistrationUnitOfWork) -> list[PersonMerge]:
    """How these numbers stand, of which no other statement waits; raises MergeWaits."""
    stands = await uow.person_merges.lock(*numbers)
    if await uow.person_merges.is_looked_at(numbers):
        raise MergeWaits()
    return stands


def _said(what: MergeWhat, command: StateMerge | StateSplit, survivor: int, assigned: Assigned) -> MergeStatement:
    at = now()
    return MergeStatement(
        id=new_id(),
        person=command.person,
        survivor=survivor,
        what=what,
        reason=command.reason,
        evidence=command.evidence,
        tenant=command.tenant,
        officer=command.officer,
        stated_at=at,
        held_until=at + HELD,
        assigned=assigned,
    )


async def _wait(merge: PersonMerge, said: MergeStatement, uow: RegistrationUnitOfWork) -> MergeStatement:
    if await uow.person_merges.is_refused(said):
        raise MergeRefusedBefore()
    await uow.person_merges.state(said)
    held = merge.stated(said)
    await uow.person_merges.keep(held)
    uow.publish(merge_as_it_stands(held))
    uow.decided("merge_stated", person=said.person, survivor=said.survivor, act=said.what.value)
    await ask_about_merge(AskAboutMerge(said), uow)
    return said
