"""Follow an authorisation of treatment: whose it is, and which scheme bears it by the claim of the accident."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.find_medical_cover import FindMedicalCover, find_medical_cover
from services.claims.domain import subjects
from services.claims.domain.errors import MedicalAuthorisationOver
from services.claims.domain.medical_authorisation import (
    PATIENT_DEADLINE,
    AuthorisationState,
    MedicalAuthorisation,
)
from services.claims.domain.medical_cover import NAME_DIFFERS
from services.claims.domain.queues import MEDICAL_AUTHORISATION
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.subjects import Subject
from shared.law.book import book
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class FollowMedicalAuthorisation:
    """The authorisation."""

    authorisation: UUID


async def follow_medical_authorisation(command: FollowMedicalAuthorisation, uow: ClaimsUnitOfWork) -> None:
    """By what is known now: followed again it says the same."""
    known = await uow.medical_authorisations.lock(command.authorisation)
    if known.state is AuthorisationState.ENDED:
        return
    stands = known if known.person is not None else await _found(known, uow)
    if stands.person is None:
        await _await_patient(command, known, stands, uow)
        return
    found = await find_medical_cover(FindMedicalCover(stands.claim, stands.person, stands.happened_on), uow)
    stands = stands.borne_by(found.claim, found.cover)
    await _save(known, stands, uow)
    await close_task(CloseTask(MEDICAL_AUTHORISATION, subjects.medical_authorisation(known.id), "settled"), uow)
    numbers = await uow.known_persons.numbers_of(stands.person or 0)
    await uow.due.when(
        command, {each(number) for number in numbers for each in (subjects.medical, subjects.claims)}, None
    )


async def _found(known: MedicalAuthorisation, uow: ClaimsUnitOfWork) -> MedicalAuthorisation:
    """With its patient, where id and name mean one by now; else why not."""
    if known.id_token is None:
        return known
    patient = await uow.medical_authorisations.patient(known.id_token, known.name_tokens, known.happened_on)
    if patient is not None:
        return known.of(patient, book().on(today(), today()))
    named = await uow.known_persons.named(known.id_token, None)
    return known.not_found(name_differs=named is not None)


async def _await_patient(
    command: FollowMedicalAuthorisation,
    known: MedicalAuthorisation,
    stands: MedicalAuthorisation,
    uow: ClaimsUnitOfWork,
) -> None:
    """Whose name differs people look at, and after 30 days at whom nobody knows; what registration says wakes it."""
    await _save(known, stands, uow)
    about, late_at = subjects.medical_authorisation(known.id), known.asked_at + PATIENT_DEADLINE
    is_late = now() >= late_at
    if is_late or stands.reason == NAME_DIFFERS:
        await ask(MEDICAL_AUTHORISATION, about, await state_of_medical_authorisation(about, uow), uow)
    else:
        await close_task(CloseTask(MEDICAL_AUTHORISATION, about, "settled"), uow)
    listens_to = {about} if known.id_token is None else {about, subjects.identity(known.id_token)}
    named = None if known.id_token is None else await uow.known_persons.named(known.id_token, None)
    if named is not None:
        listens_to |= {subjects.person(number) for number in named.numbers}
    await uow.due.when(command, listens_to, None if is_late else late_at)


async def _save(known: MedicalAuthorisation, stands: MedicalAuthorisation, uow: ClaimsUnitOfWork) -> None:
    if stands == known:
        return
    await uow.medical_authorisations.save(replace(stands, revision=known.revision + 1))
    await uow.due.wake({subjects.medical_authorisation(known.id)})
    uow.decided("authorisation_stands", authorisation=str(known.id), state=stands.state.value)


async def find_state_of_medical_authorisation(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """As officers look at it: that it is followed is left before it is locked, since its runner holds both so."""
    await uow.due.at(FollowMedicalAuthorisation(subjects.medical_of(subject)), now())
    return await state_of_medical_authorisation(subject, uow)


async def state_of_medical_authorisation(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of an authorisation, which is locked."""
    authorisation = await uow.medical_authorisations.lock(subjects.medical_of(subject))
    return SubjectState(
        authorisation.revision,
        authorisation.facts,
        reason=authorisation.reason or "",
        is_decided=authorisation.state is not AuthorisationState.AWAITING_PATIENT,
        over=MedicalAuthorisationOver,
    )
