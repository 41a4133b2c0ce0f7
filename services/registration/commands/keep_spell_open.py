"""Say that a spell goes on, although its employer stated an end."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.errors import WaitingEndUnknown
from services.registration.domain.spell import Spell
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class KeepSpellOpen:
    """The spell."""

    spell: UUID


async def keep_spell_open(command: KeepSpellOpen, uow: RegistrationUnitOfWork) -> Spell:
    """The spell as it stands, with no end waiting any more; raises SpellUnknown or WaitingEndUnknown."""
    await uow.persons.lock(await uow.spells.person_of(command.spell))
    spell = await uow.spells.lock(command.spell)
    if not await uow.waiting_ends.remove(spell.id):
        raise WaitingEndUnknown()
    return spell
