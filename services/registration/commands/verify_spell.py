"""Verify that a spell of employment began as it was stated."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.domain.spell import Spell, Word
from services.registration.events.registration import spell_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class VerifySpell:
    """The spell, and the officer who has seen its papers, for whom."""

    spell: UUID
    officer: str
    source: str


async def verify_spell(command: VerifySpell, uow: RegistrationUnitOfWork) -> Spell:
    """The spell as it stands now; one that is verified already is left as it is. Raises SpellUnknown."""
    await uow.persons.lock(await uow.spells.person_of(command.spell))
    spell = await uow.spells.lock(command.spell)
    if spell.verified:
        return spell
    verified = await uow.spells.hear(spell, Word(True, now(), command.source, command.officer))
    uow.publish(spell_as_it_stands(verified))
    if spell.refused:
        await derive_membership(DeriveMembership(spell.person), uow)
        await uow.due.at(ReviewPostedLines(spell.person), now())
    return verified
