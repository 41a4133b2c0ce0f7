"""Ask two officers whether a correction counts."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain import queues, subjects
from services.registration.domain.correction import State
from services.registration.domain.errors import CorrectionUnknown, PersonErased
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.identifiers import person_id
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskOfCorrection:
    """The correction's id."""

    correction: str


async def ask_of_correction(command: AskOfCorrection, uow: RegistrationUnitOfWork) -> None:
    """Open its task, of the newest revision of what is known of whom it is about; one that was decided is left, and one
    that went with all that was kept of the person."""
    with suppress(CorrectionUnknown, PersonErased):
        await _ask(command, uow)


async def _ask(command: AskOfCorrection, uow: RegistrationUnitOfWork) -> None:
    person = (await uow.corrections.get(UUID(command.correction))).person
    await uow.persons.lock(person)
    said = await uow.corrections.get(UUID(command.correction))
    if said.state is not State.WAITING:
        return
    revision = await uow.corrections.revision_of(person)
    facts = {**said.facts, "person": person_id(await uow.corrections.person_meant(said))}
    about = subjects.person_correction(said.id)
    await open_task(OpenTask(queues.PERSON_CORRECTION, about, said.reason.value, revision, facts), uow)
