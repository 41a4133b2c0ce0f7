"""Correct a spell: at once where nothing is lowered or extended by it, else two officers decide (decision 41)."""

from dataclasses import dataclass, replace
from datetime import date

from services.registration.commands.ask_about_pass import ask_about_known_pass
from services.registration.commands.ask_of_spell_correction import AskOfSpellCorrection
from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.commands.state_of_employer import let_end_wait
from services.registration.domain import subjects
from services.registration.domain.spell import Spell, Word
from services.registration.domain.spell_correction import SpellCorrection, check_corrected, counts_at_once
from services.registration.events.registration import spell_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.law.book import book


@dataclass(frozen=True)
class CorrectSpell:
    """What is stated, and the last day that a spell may have."""

    correction: SpellCorrection
    latest: date


async def correct_spell(command: CorrectSpell, uow: RegistrationUnitOfWork) -> SpellCorrection:
    """Keep it; it counts at once, or two officers are asked. Raises SpellUnknown, or what is wrong with it."""
    person = await uow.spells.person_of(command.correction.spell)
    await uow.persons.lock(person)
    spell = await uow.spells.lock(command.correction.spell)
    said = replace(command.correction, person=person, employer=spell.employer)
    corrected = said.of(spell)
    check_corrected(corrected, await uow.spells.born_on(person, today()), command.latest)
    if counts_at_once(spell, corrected, book().on(today(), today())):
        said = replace(said, counts=True)
        await uow.spell_corrections.add(said)
        await let_correction_count(spell, said, uow)
        return said
    await uow.spell_corrections.add(said)
    # A partner's request sees no tasks: the worker asks.
    await uow.due.at(AskOfSpellCorrection(str(said.id)), now())
    return said


async def let_correction_count(spell: Spell, said: SpellCorrection, uow: RegistrationUnitOfWork) -> None:
    """Of a spell that the transaction holds with its person; raises SpellOverlaps, or what is wrong with a day."""
    corrected, word = said.of(spell), None
    check_corrected(corrected, await uow.spells.born_on(spell.person, today()), max(today(), _last_of(corrected)))
    if corrected.ended_on != spell.ended_on:
        stated_on = None if corrected.ended_on is None else today()
        corrected = replace(corrected, end_stated_on=stated_on, end_verified=True)
        await uow.waiting_ends.remove(spell.id)
    if said.approved_by is not None and corrected.started_on != spell.started_on:
        # They have seen by which papers it began on the other day.
        word = Word(granted=True, at=now(), source=said.by.tenant, officer=said.approved_by)
    stands = await uow.spells.restate(corrected, said, word)
    await let_end_wait(await uow.employers.get(spell.employer), stands, uow)
    uow.publish(spell_as_it_stands(stands))
    await derive_membership(DeriveMembership(spell.person), uow)
    await uow.due.at(ReviewPostedLines(spell.person), now())
    await ask_about_known_pass(spell.person, uow)
    await uow.due.wake({subjects.employed(spell.employer, spell.person)})


def _last_of(spell: Spell) -> date:
    """The latest day that it names: what was taken when it was stated is taken when it is decided."""
    return max(spell.started_on, spell.ended_on or spell.started_on)
