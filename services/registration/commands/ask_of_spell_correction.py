"""Ask two officers whether a correction of a spell counts."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskOfSpellCorrection:
    """The correction's id."""

    correction: str


async def ask_of_spell_correction(command: AskOfSpellCorrection, uow: RegistrationUnitOfWork) -> None:
    """Open its task, of the newest revision of the spell; one that was decided is left."""
    said = await uow.spell_corrections.get(UUID(command.correction))
    spell = await uow.spells.lock(said.spell)
    said = await uow.spell_corrections.get(said.id)
    if said.counts is not None:
        return
    about = subjects.spell_correction(said.id)
    await open_task(OpenTask(queues.SPELL_CORRECTION, about, said.reason.value, spell.revision, said.facts()), uow)
