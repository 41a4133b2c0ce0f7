"""Read what corrects spells, and the facts of a spell."""

from collections.abc import Sequence
from uuid import UUID

from services.registration.domain.spell_correction import SpellCorrection
from services.registration.domain.spell_fact import SpellFact
from services.registration.domain.subjects import correction_of_spell
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


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


async def find_state_of_spell_correction(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a correction, whose spell is locked: the revision is the spell's."""
    said = await uow.spell_corrections.get(correction_of_spell(subject))
    await uow.persons.lock(said.person)
    spell = await uow.spells.lock(said.spell)
    return SubjectState(spell.revision, said.facts())
