"""Read what corrects spells, and the facts of a spell."""

from collections.abc import Sequence
from uuid import UUID

from services.registration.domain.spell_correction import SpellCorrection
from services.registration.domain.spell_fact import SpellFact
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def list_spell_corrections(
    after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> Sequence[SpellCorrection]:
    """By id, after one: those of the looker's spells, or of everybody's for an officer."""
    return await uow.spell_corrections.page(after, limit, looker)


async def list_spell_facts(
    spell: UUID, after: int, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> Sequence[SpellFact]:
    """In the order in which they were stated, after one; raises SpellUnknown."""
    await uow.spells.person_of(spell)
    return await uow.spell_corrections.facts(spell, after, limit, looker)
