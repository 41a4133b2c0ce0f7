"""Decide a correction of a spell, on the word of two officers."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.correct_spell import let_correction_count
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class DecideSpellCorrection:
    """The correction, whether it counts, and both officers."""

    correction: UUID
    counts: bool
    proposed_by: str
    approved_by: str


async def decide_spell_correction(command: DecideSpellCorrection, uow: RegistrationUnitOfWork) -> None:
    """Raises SpellCorrectionOver, SpellCorrectionOfOneself, SpellOverlaps, or what is wrong with a day."""
    said = await uow.spell_corrections.get(command.correction)
    await uow.persons.lock(said.person)
    spell = await uow.spells.lock(said.spell)
    both = {"proposed_by": command.proposed_by, "approved_by": command.approved_by}
    said = (await uow.spell_corrections.get(said.id)).decided(counts=command.counts, **both)
    await uow.spell_corrections.decide(said, now())
    if said.counts:
        await let_correction_count(spell, said, uow)
