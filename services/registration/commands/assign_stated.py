"""Carry what a split assigned to whose it is: employments and lines that were stated under the other number."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from uuid import UUID

from services.registration.commands.ask_about_pass import ask_about_known_pass
from services.registration.commands.carry_what_waits import CarryWhatWaits, carry_what_waits
from services.registration.commands.confirm_spell import leave_to_confirm
from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.commands.review_lines_of_person import ReviewLinesOfPerson, review_lines_of_person
from services.registration.domain import subjects
from services.registration.domain.contribution import MONTHLY, TakenColumns
from services.registration.domain.employer import tenant_of
from services.registration.domain.errors import PersonErased, SpellOverlaps
from services.registration.domain.person_merge import MergeStatement, StatedLine
from services.registration.domain.spell import Spell, Word, days_beside
from services.registration.events.contribution_received import contributions_received
from services.registration.events.registration import (
    spell_as_it_stands,
    spell_carried_from,
    spell_carried_to,
    spell_confirmed,
)
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class AssignStated:
    """The split, which two officers let count."""

    statement: str


async def assign_stated(command: AssignStated, uow: RegistrationUnitOfWork) -> None:
    """What is assigned is stated of the one and no more of the other, from the day on which it was stated.

    What cannot be carried stays where it is: the other one has wages of that employer and month already. Of one who was
    erased the other one gets what is its own all the same; where both were it ends here.
    """
    said = await uow.person_merges.statement(UUID(command.statement))
    await uow.contribution_lines.wait_for_loads()
    leaves, stays = [await uow.person_merges.numbers_of(number) for number in (said.person, said.survivor)]
    erased = await _hold(leaves[0], stays[0], uow)
    kept = [person for person in (leaves[0], stays[0]) if person not in erased]
    if not kept:
        uow.decided("assignment_ended", statement=str(said.id), reason=PersonErased.code)
        return
    await _carry_spells(said, leaves, stays, erased, uow)
    await _carry_lines(said, leaves, stays, uow)
    for person in kept:
        await derive_membership(DeriveMembership(person), uow)
        await review_lines_of_person(ReviewLinesOfPerson(person), uow)


async def _hold(person: int, other: int, uow: RegistrationUnitOfWork) -> set[int]:
    """Hold both; those of whom nothing is kept."""
    try:
        await uow.persons.lock_either(person, other)
    except PersonErased:
        return {person, other}
    return await uow.persons.erased((person, other))


def _other(person: int, leaves: Sequence[int], stays: Sequence[int]) -> int:
    return stays[0] if person in leaves else leaves[0]


async def carry_line(line: StatedLine, other: int, uow: RegistrationUnitOfWork) -> None:
    """The month, which may be the first of an employment of the other one."""
    moved = await uow.stated_since.move(line, other)
    if moved is None:
        uow.decided("line_not_carried", **asdict(line), other=other)
        return
    file, employer, received_at = moved.source
    for told in contributions_received(file, employer, received_at, MONTHLY, TakenColumns.of(moved.lines), other):
        uow.publish(told)
    for spell in await uow.spells.confirm([employer], [other]):
        uow.publish(spell_confirmed(spell))


async def _carry_lines(
    said: MergeStatement, leaves: Sequence[int], stays: Sequence[int], uow: RegistrationUnitOfWork
) -> None:
    """What a restore read back of the month since stays as it was published, also where nothing was carried by then."""
    told = await uow.stated_since.told_since(said.id)
    for line in said.assigned.lines:
        other = _other(line.person, leaves, stays)
        if line not in told:
            await carry_line(line, other, uow)
        elif not told[line]:
            uow.decided("line_not_carried", **asdict(line), other=other)


async def _carry_spells(
    said: MergeStatement,
    leaves: Sequence[int],
    stays: Sequence[int],
    erased: Collection[int],
    uow: RegistrationUnitOfWork,
) -> None:
    """What a restore read back to be carried stands as it was published since, of both."""
    carried = await uow.stated_since.carried_since(said.id)
    for id_ in said.assigned.spells:
        spell = await uow.spells.lock(id_)
        if id_ in carried:
            await _carry_again(spell, erased, uow)
        else:
            await _carry(spell, _other(spell.person, leaves, stays), said, erased, uow)


async def _carry(
    spell: Spell, other: int, said: MergeStatement, erased: Collection[int], uow: RegistrationUnitOfWork
) -> None:
    """It is refused of the one and stated of the other, as it was stated first and on the same word: of the days on
    which the other one was not employed there already. One that was refused of the other counts again on those of them
    that it has. Of whom nothing is kept nothing is stated. One that is refused already is nobody's."""
    if spell.refused:
        return
    uow.publish(spell_carried_to(await uow.spells.hear(spell, _word(said, granted=False)), other))
    parts = [] if other in erased else await _stated_of(other, spell, said, uow)
    await carry_what_waits(CarryWhatWaits(spell, parts), uow)


async def _carry_again(spell: Spell, erased: Collection[int], uow: RegistrationUnitOfWork) -> None:
    """Nobody would state again what was carried: it comes back under its own id, with what was decided of it since."""
    parts = []
    for forgotten in await uow.spells.forgotten(spell):
        if forgotten.person not in erased:
            parts.extend(await _start_again(forgotten, uow))
    if spell.refused:
        await carry_what_waits(CarryWhatWaits(spell, parts), uow)


async def _start_again(forgotten: Spell, uow: RegistrationUnitOfWork) -> list[Spell]:
    """It counts, or is refused; where what made room for it was forgotten too, it waits to be stated again."""
    await uow.spells.let_see(forgotten.employer, forgotten.person)
    try:
        async with uow.connection.begin_nested():
            stands = await uow.spells.start_again(forgotten, tenant_of(forgotten.employer))
    except SpellOverlaps:
        uow.decided("spell_not_carried", spell=str(forgotten.id), employer=forgotten.employer, person=forgotten.person)
        return []
    uow.publish(spell_as_it_stands(stands))
    await leave_to_confirm(stands, uow)
    await _look_at_pushed(stands.employer, stands.person, uow)
    return [] if stands.refused else [stands]


async def _stated_of(other: int, spell: Spell, said: MergeStatement, uow: RegistrationUnitOfWork) -> list[Spell]:
    known = await uow.spells.between(spell.employer, other)
    parts = [await _count_again(each, spell, said, uow) for each in known if each.refused and each.overlaps(spell)]
    for first, last in days_beside(spell, known):
        parts.append(await _state(_part(spell, first, last), other, said, uow))
    await _look_at_pushed(spell.employer, other, uow)
    return sorted(parts, key=lambda part: part.started_on)


async def _look_at_pushed(employer: int, person: int, uow: RegistrationUnitOfWork) -> None:
    """What the employer pushed of that one before waits for the employment."""
    await ask_about_known_pass(person, uow)
    await uow.due.wake({subjects.employed(employer, person)})


def _word(said: MergeStatement, *, granted: bool) -> Word:
    return Word(granted, now(), said.tenant, said.officer)


async def _count_again(refused: Spell, spell: Spell, said: MergeStatement, uow: RegistrationUnitOfWork) -> Spell:
    days, word = refused.within(spell), _word(said, granted=True)
    if days == refused:
        counts = await uow.spells.hear(refused, word)
    else:
        counts = await uow.spells.count_again(days, said.tenant, word)
    uow.publish(spell_as_it_stands(counts))
    await leave_to_confirm(counts, uow)
    return counts


def _part(spell: Spell, first: date, last: date | None) -> Spell:
    """Of a day that another employment ends it on, the officers' word is of today."""
    part = replace(spell, started_on=first, ended_on=last)
    return part if last == spell.ended_on else replace(part, end_stated_on=today(), end_verified=True)


async def _state(spell: Spell, person: int, said: MergeStatement, uow: RegistrationUnitOfWork) -> Spell:
    await uow.spells.let_see(spell.employer, person)
    word = _word(said, granted=True) if spell.verified else None
    fresh = replace(spell, id=new_id(), person=person, revision=1, confirmed=None, confirmed_wage=None)
    stated = await uow.spells.start(fresh, said.tenant, word)
    uow.publish(spell_carried_from(stated, spell))
    await leave_to_confirm(stated, uow)
    return stated
