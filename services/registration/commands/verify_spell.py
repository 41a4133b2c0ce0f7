"""Verify that a spell of employment began as it was stated."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.spell import Spell
from services.registration.events.registration import spell_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class VerifySpell:
    """The spell, whose papers an officer has seen."""

    spell: UUID


async def verify_spell(command: VerifySpell, uow: RegistrationUnitOfWork) -> Spell:
    """The spell as it stands now; one that is verified already is left as it is. Raises SpellUnknown."""
    await uow.persons.lock(await uow.spells.person_of(command.spell))
    spell = await uow.spells.lock(command.spell)
    if spell.verified:
        return spell
    verified = await uow.spells.verify(spell.id)
    uow.publish(spell_as_it_stands(verified))
    return verified
