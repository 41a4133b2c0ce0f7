"""Two officers let a correction of a spell count, or refuse it."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.commands.correct_spell import let_correction_count
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideSpellCorrection:
    """The correction, whether it counts, and both officers."""

    correction: UUID
    counts: bool
    officers: Officers


async def decide_spell_correction(command: DecideSpellCorrection, uow: RegistrationUnitOfWork) -> None:
    """Raises SpellOverlaps, or what is wrong with a day."""
    said, by = await uow.spell_corrections.get(command.correction), command.officers
    said = replace(said, counts=command.counts, proposed_by=by.proposed_by, approved_by=by.approved_by)
    await uow.spell_corrections.decide(said, by.at)
    if said.counts:
        await let_correction_count(await uow.spells.lock(said.spell), said, uow)
