"""Ask two officers whether a correction counts."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.correction import State
from services.registration.domain.errors import CorrectionOfOneself, CorrectionOver, CorrectionUnknown, PersonErased
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.identifiers import person_id
from shared.kernel.subjects import Subject
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfCorrection:
    """The correction's id."""

    correction: str


async def ask_of_correction(command: AskOfCorrection, uow: RegistrationUnitOfWork) -> None:
    """Open its task; one that was decided is left, and one that went with all that was kept of the person."""
    about = subjects.person_correction(UUID(command.correction))
    with suppress(CorrectionUnknown, PersonErased):
        await ask(queues.PERSON_CORRECTION, about, await state_of_correction(about, uow), uow)


async def state_of_correction(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a correction, whose person is locked: the revision is that of all that is known of whom it is about."""
    said = await uow.corrections.get(subjects.correction_of(subject))
    await uow.persons.lock(said.person)
    said = await uow.corrections.get(said.id)
    return SubjectState(
        await uow.corrections.revision_of(said.person),
        {**said.facts, "person": person_id(await uow.corrections.person_meant(said))},
        reason=said.reason.value,
        stated_by={said.by.officer},
        of_oneself=CorrectionOfOneself,
        is_decided=said.state is not State.WAITING,
        over=CorrectionOver,
    )
