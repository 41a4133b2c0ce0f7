"""Ask two officers whether a correction of a spell counts."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.errors import PersonErased, SpellCorrectionOfOneself, SpellCorrectionOver
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfSpellCorrection:
    """The correction's id."""

    correction: str


async def ask_of_spell_correction(command: AskOfSpellCorrection, uow: RegistrationUnitOfWork) -> None:
    """Open its task; one that was decided is left, and one of a person of whom nothing is kept any more."""
    about = subjects.spell_correction(UUID(command.correction))
    with suppress(PersonErased):
        await ask(queues.SPELL_CORRECTION, about, await state_of_spell_correction(about, uow), uow)


async def state_of_spell_correction(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a correction, whose person and spell are locked: the revision is the spell's."""
    said = await uow.spell_corrections.get(subjects.correction_of_spell(subject))
    await uow.persons.lock(said.person)
    spell = await uow.spells.lock(said.spell)
    said = await uow.spell_corrections.get(said.id)
    return SubjectState(
        spell.revision,
        said.facts(),
        reason=said.reason.value,
        stated_by={said.by.officer},
        of_oneself=SpellCorrectionOfOneself,
        is_decided=said.counts is not None,
        over=SpellCorrectionOver,
    )
