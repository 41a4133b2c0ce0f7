"""End a spell of employment."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.domain.spell import Spell, check_end
from services.registration.events.registration import spell_ended
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class EndSpell:
    """`ended_on` is the last day of employment, `latest` the last that is accepted, `source` who says so."""

    spell: UUID
    ended_on: date
    latest: date
    source: str


async def end_spell(command: EndSpell, uow: RegistrationUnitOfWork) -> Spell:
    """The spell with its last day; raises SpellUnknown, SpellAlreadyEnded, or what is wrong with the day."""
    person = await uow.spells.person_of(command.spell)
    await uow.persons.lock(person)
    spell = await uow.spells.lock(command.spell)
    check_end(spell, command.ended_on, command.latest)
    ended = await uow.spells.end(spell, command.ended_on, command.source)
    uow.publish(spell_ended(ended))
    await derive_membership(DeriveMembership(person), uow)
    return ended
