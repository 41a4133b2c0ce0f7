"""Say that a spell of employment did not begin as it was stated, or take back that it did."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.derive_membership import DeriveMembership, derive_membership
from services.registration.commands.review_posted_lines import ReviewPostedLines
from services.registration.domain.errors import StatementDayUnknown
from services.registration.domain.spell import Spell, Word
from services.registration.events.registration import spell_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class RefuseSpell:
    """The spell, and the officer who found it wrong, for whom."""

    spell: UUID
    officer: str
    source: str


async def refuse_spell(command: RefuseSpell, uow: RegistrationUnitOfWork) -> Spell:
    """The spell as it stands now; one that is refused already is left so. Raises SpellUnknown, StatementDayUnknown."""
    await uow.persons.lock(await uow.spells.person_of(command.spell))
    spell = await uow.spells.lock(command.spell)
    if spell.stated_on is None:
        raise StatementDayUnknown()
    if spell.refused:
        return spell
    refused = await uow.spells.hear(spell, Word(False, now(), command.source, command.officer))
    uow.publish(spell_as_it_stands(refused))
    await derive_membership(DeriveMembership(spell.person), uow)
    await uow.due.at(ReviewPostedLines(spell.person), now())
    return refused
