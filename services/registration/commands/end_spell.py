"""End a spell of employment, or leave its end to an officer."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.registration.commands.ask_about_pass import ask_about_known_pass
from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.domain.spell import Spell, WaitingEnd, check_end, wait_reason
from services.registration.events.registration import spell_ended
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True)
class EndSpell:
    """`ended_on` is the last day of employment, `latest` the last that is accepted, `source` who says so.

    `earliest` is the first day that is taken without an officer's word; None where an officer says it, who may also
    correct the last day of a spell that has ended. `stated_on` is the business day on which it was stated where that is
    not today.
    """

    spell: UUID
    ended_on: date
    latest: date
    source: str
    earliest: date | None = None
    stated_on: date | None = None


async def end_spell(command: EndSpell, uow: RegistrationUnitOfWork) -> tuple[Spell, WaitingEnd | None]:
    """The spell, and the end that waits; raises SpellUnknown, SpellAlreadyEnded, or what is wrong with the day."""
    person = await uow.spells.person_of(command.spell)
    await uow.persons.lock(person)
    spell = await uow.spells.lock(command.spell)
    check_end(spell, command.ended_on, command.latest, corrects=command.earliest is None)
    waiting = await _waiting(spell, command, uow)
    if waiting is not None:
        await uow.waiting_ends.keep(waiting)
        return spell, waiting
    by_officer = command.earliest is None
    ending = replace(
        spell, ended_on=command.ended_on, end_stated_on=command.stated_on or today(), end_verified=by_officer
    )
    ended = await uow.spells.end(ending, command.source)
    await uow.waiting_ends.remove(spell.id)
    uow.publish(spell_ended(ended))
    await derive_membership(DeriveMembership(person), uow)
    await ask_about_known_pass(person, uow)
    return ended, None


async def _waiting(spell: Spell, command: EndSpell, uow: RegistrationUnitOfWork) -> WaitingEnd | None:
    if command.earliest is None:
        return None
    reported = await uow.contribution_lines.last_month(spell.employer, spell.person)
    reason = wait_reason(command.ended_on, command.earliest, reported)
    if reason is None:
        return None
    return WaitingEnd(spell.id, spell.person, spell.employer, command.ended_on, reason, now(), command.source)
