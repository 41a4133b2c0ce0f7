"""State that two numbers are one person's, or are not after all: payments of both are held until officers decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.registration.commands.ask_about_merge import AskAboutMerge, ask_about_merge
from services.registration.domain.errors import AssignedFactUnknown, MergeImpossible, MergeWaits, NotMerged
from services.registration.domain.person_merge import HELD, MergeReason, MergeStatement, MergeWhat, PersonMerge
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
    """The number that was merged wrongly, and what was stated since that is the other one's, by fact."""

    person: int
    reason: MergeReason
    evidence: str | None
    assigned: Sequence[int]
    tenant: str
    officer: str


async def state_merge(command: StateMerge, uow: RegistrationUnitOfWork) -> MergeStatement:
    """Keep it, have both held and ask two officers; raises PersonUnknown, MergeImpossible, MergeWaits."""
    persons = (command.person, command.survivor)
    for person in sorted(set(persons)):
        await uow.persons.lock(person)
    stands = await uow.person_merges.lock(*persons)
    is_merged = any(each.merged and each.person in persons for each in stands)
    has_merged = any(each.merged and each.survivor == command.person for each in stands)
    if command.person == command.survivor or is_merged or has_merged:
        raise MergeImpossible()
    at = now()
    own = next((each for each in stands if each.person == command.person), None)
    merge = own or PersonMerge(command.person, command.survivor, 0, merged=False, held_until=None, changed_at=at)
    said = _said(MergeWhat.MERGE, command, command.survivor, ())
    return await _wait(merge, stands, said, uow)


async def state_split(command: StateSplit, uow: RegistrationUnitOfWork) -> MergeStatement:
    """The same of a split; raises PersonUnknown, NotMerged, MergeWaits, AssignedFactUnknown."""
    survivor = (await uow.person_merges.numbers_of(command.person))[0]
    for person in sorted({command.person, survivor}):
        await uow.persons.lock(person)
    stands = await uow.person_merges.lock(command.person, survivor)
    merge = next((each for each in stands if each.person == command.person and each.merged), None)
    if merge is None:
        raise NotMerged()
    since = await uow.person_merges.stated_since((merge.person, merge.survivor), merge.statement)
    if set(command.assigned) - {each.fact for each in since}:
        raise AssignedFactUnknown()
    said = _said(MergeWhat.SPLIT, command, merge.survivor, command.assigned)
    return await _wait(merge, stands, said, uow)


def _said(what: MergeWhat, command: StateMerge | StateSplit, survivor: int, assigned: Sequence[int]) -> MergeStatement:
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
        assigned=tuple(sorted(set(assigned))),
    )


async def _wait(
    merge: PersonMerge, stands: Sequence[PersonMerge], said: MergeStatement, uow: RegistrationUnitOfWork
) -> MergeStatement:
    if any(each.held_until is not None for each in stands):
        raise MergeWaits()
    await uow.person_merges.state(said)
    held = merge.stated(said)
    await uow.person_merges.keep(held)
    uow.publish(merge_as_it_stands(held))
    uow.decided("merge_stated", person=said.person, survivor=said.survivor, act=said.what.value)
    await ask_about_merge(AskAboutMerge(said), uow)
    return said
