"""Decide what was stated of two numbers: they are one person's from now on, or are not; nothing stated is changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.registration.commands.apply_correction import check_birth
from services.registration.commands.ask_about_pass import AskAboutPass
from services.registration.commands.ask_of_correction import AskOfCorrection
from services.registration.commands.ask_of_erasure import AskOfErasure
from services.registration.commands.assign_stated import AssignStated
from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.commands.let_ends_wait import LetEndsWait, let_ends_wait
from services.registration.commands.review_lines_of_person import ReviewLinesOfPerson, review_lines_of_person
from services.registration.commands.settle_duplicate import SettleDuplicate, settle_duplicate
from services.registration.domain.errors import FactNeeded, MergeImpossible, NotMerged
from services.registration.domain.person_merge import (
    MergeStatement,
    MergeWhat,
    PersonMerge,
    check_decided,
    check_they_may_be_one,
)
from services.registration.events.registration import merge_as_it_stands, person_registered
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideMerge:
    """The statement, what was found (None: both stay as they are), both officers, and whose fact is kept by attribute.

    It is said where both differ.
    """

    statement: UUID
    found: MergeWhat | None
    officers: Officers
    kept: Mapping[str, int] = field(default_factory=dict)


async def decide_merge(command: DecideMerge, uow: RegistrationUnitOfWork) -> None:
    """Let it count or not, and publish how the number stands; raises MergeImpossible, MergeOfRelatives,
    MergeContradicts, MergeDifferenceUndecided, BirthAfterEmployment, BirthAfterDeath, NotMerged, FactNeeded."""
    said, officers = await uow.person_merges.statement(command.statement), command.officers
    counts = command.found is not None
    if command.found not in (said.what, None):
        raise MergeImpossible()
    stands = await uow.person_merges.lock(said.person, said.survivor)
    before = next((each for each in stands if each.person == said.person), None)
    if before is None:
        raise NotMerged()
    if command.found is MergeWhat.MERGE:
        await _check_they_may_be_one(said, uow)
    # Who decides that nothing changes need not say what would be kept.
    await uow.person_merges.end(said, command.kept, officers, counts=counts)
    merge = before.ended(said, officers.at, counts=counts)
    await uow.person_merges.keep(merge)
    if counts:
        await _EFFECTS[said.what](said, before, command.kept, officers, uow)
        await settle_duplicate(SettleDuplicate(said, officers), uow)
    uow.publish(merge_as_it_stands(merge))
    uow.decided("merge_decided", person=said.person, act=said.what.value, counts=str(counts))


async def _merge(
    said: MergeStatement, _: PersonMerge, kept: Mapping[str, int], officers: Officers, uow: RegistrationUnitOfWork
) -> None:
    """Whoever sees one sees both; of what differs the survivor has what was kept, until a split takes it back."""
    found = await uow.person_merges.differences(said, today())
    check_decided(found, kept, (said.person, said.survivor))
    await uow.person_merges.share_access(said.person)
    names = {each.attribute for each in found if kept[each.attribute] == said.person}
    facts = [each for each in await uow.person_merges.known(said.person) if each.attribute in names]
    if facts:
        await uow.person_merges.add(said.survivor, facts, said, officers, are_copies=True)
        await _tell(said.survivor, uow)
    if any(each.attribute == "born_on" for each in found):
        await check_birth(said.survivor, await uow.spells.born_on(said.survivor, today()), uow)
    died_on = await uow.persons.died_on(said.survivor)
    if died_on is not None:
        # Of the number of which the death was stated they wait already, or are decided.
        numbers = tuple(await uow.person_merges.numbers_of(said.survivor))
        await let_ends_wait(LetEndsWait(numbers, died_on, said.tenant, is_beside=True), uow)
    await _follow(said.person, uow)


async def _check_they_may_be_one(said: MergeStatement, uow: RegistrationUnitOfWork) -> None:
    """By what is known now of both, who are held, as when it was stated."""
    both = [await uow.person_merges.numbers_of(number) for number in (said.person, said.survivor)]
    are_relatives, found = await uow.person_merges.may_be_one(*both)
    check_they_may_be_one(said.reason, found, are_relatives=are_relatives)


async def _split(
    said: MergeStatement, before: PersonMerge, _: Mapping[str, int], officers: Officers, uow: RegistrationUnitOfWork
) -> None:
    """By source: each has again what was stated of it; what was assigned is stated of the other, and not of the one."""
    await uow.person_merges.part_access(before)
    for person in await part_facts(said, before.statement, officers, uow):
        await _tell(person, uow)
    for person in (said.person, said.survivor):
        await _follow(person, uow)
    if said.assigned.spells or said.assigned.lines:
        await uow.due.at(AssignStated(str(said.id)), now())


async def part_facts(
    said: MergeStatement, of: UUID | None, officers: Officers, uow: RegistrationUnitOfWork
) -> list[int]:
    """Take back what the merge kept, and state what is assigned of the other; of whom something is known otherwise."""
    leaves, stays = [await uow.person_merges.numbers_of(person) for person in (said.person, said.survivor)]
    since = await uow.person_merges.stated_since((*leaves, *stays), of)
    changed = set(await uow.person_merges.take_back(of, said.assigned.facts, said, officers))
    for each in (each for each in since if each.fact in said.assigned.facts):
        other = stays[0] if each.person in leaves else leaves[0]
        await uow.person_merges.add(other, [each.known], said, officers)
        changed.add(other)
    return sorted(changed)


async def _tell(person: int, uow: RegistrationUnitOfWork) -> None:
    if not await uow.person_facts.is_whole(person):
        raise FactNeeded()
    await uow.persons.raise_revision(person)
    uow.publish(person_registered(await uow.persons.told(person, today())))


async def _follow(person: int, uow: RegistrationUnitOfWork) -> None:
    """Memberships, and what rests on them and on what is known; what waits is asked of whom it is about now."""
    await derive_membership(DeriveMembership(person), uow)
    await uow.due.at(AskAboutPass(person), now())
    numbers = await uow.person_merges.numbers_of(person)
    for correction in await uow.corrections.waiting(numbers):
        await uow.due.at(AskOfCorrection(str(correction)), now())
    for erasure in await uow.erasures.open_of(numbers):
        await uow.due.at(AskOfErasure(str(erasure)), now())
    await review_lines_of_person(ReviewLinesOfPerson(person), uow)


_EFFECTS = {MergeWhat.MERGE: _merge, MergeWhat.SPLIT: _split}
