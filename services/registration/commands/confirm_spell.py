"""Confirm a spell by contributions that were known before it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.spell import Spell
from services.registration.events.registration import spell_confirmed
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class ConfirmSpell:
    """The spell's id."""

    spell: str


async def leave_to_confirm(spell: Spell, uow: RegistrationUnitOfWork) -> None:
    """Look for the spell's lines when every transaction has ended that was open when the spell was committed.

    A file that does not see the spell has written its lines in one of these. Files that come later see it, and confirm
    it themselves.
    """
    await uow.due.after_concurrent(ConfirmSpell(str(spell.id)))


async def confirm_spell(command: ConfirmSpell, uow: RegistrationUnitOfWork) -> None:
    """Confirm it by its earliest line, if there is one and nobody has yet."""
    spell = await uow.spells.lock(UUID(command.spell))
    for confirmed in await uow.spells.confirm([spell.employer], [spell.person]):
        uow.publish(spell_confirmed(confirmed))
