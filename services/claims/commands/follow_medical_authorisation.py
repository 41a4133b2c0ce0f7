"""Follow an authorisation of treatment: whose it is, and which scheme bears it by the claim of the accident."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.find_medical_cover import FindMedicalCover, find_medical_cover
from services.claims.domain import subjects
from services.claims.domain.claim import ClaimState
from services.claims.domain.errors import MedicalAuthorisationOver
from services.claims.domain.medical_authorisation import (
    PATIENT_DEADLINE,
    AuthorisationState,
    MedicalAuthorisation,
    Patient,
)
from services.claims.domain.queues import MEDICAL_AUTHORISATION
from services.claims.files.accident_notice_letter import accident_notice_letter
from services.claims.storage.known_persons import PublishedPerson
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.subjects import Subject
from shared.law.book import book
from shared.messages.owing import OweLetter, owe_letter
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState

# What is said of a number by which the patient was covered, and whether the accident is borne.
_HEARD_OF = (subjects.medical, subjects.claims, subjects.death, subjects.spells, subjects.memberships)


@dataclass(frozen=True)
class FollowMedicalAuthorisation:
    """The authorisation."""

    authorisation: UUID


async def follow_medical_authorisation(command: FollowMedicalAuthorisation, uow: ClaimsUnitOfWork) -> None:
    """By what is known now: followed again it says the same."""
    known = await uow.medical_authorisations.lock(command.authorisation)
    if known.state is AuthorisationState.ENDED and known.person is None:
        return
    named = None if known.id_token is None else await uow.known_persons.named(known.id_token, None)
    stands = await _by_patient(known, named, uow)
    if stands.state is AuthorisationState.AWAITING_PATIENT:
        await _await_patient(command, known, stands, named, uow)
    else:
        await _follow_claim(command, known, stands, uow)
    if stands.person is not None:
        await _tell_in_log(known.id, stands.person, uow)


async def _by_patient(
    known: MedicalAuthorisation, named: PublishedPerson | None, uow: ClaimsUnitOfWork
) -> MedicalAuthorisation:
    """With its patient, where id and name mean one by now, or officers named one; else why not."""
    patient = await _patient(known, uow)
    if patient is None:
        return known if known.id_token is None else known.not_found(name_differs=named is not None)
    died_on = await uow.evidence.died_on(await uow.known_persons.numbers_of(patient.person))
    if died_on is not None and known.is_held_by(died_on):
        return known.held(patient.person, died_on)
    return known.of(patient, book().on(today(), today()), died_on)


async def _patient(known: MedicalAuthorisation, uow: ClaimsUnitOfWork) -> Patient | None:
    if known.person is not None:
        return await uow.medical_authorisations.covered(known.person, known.happened_on)
    if known.id_token is None:
        return None
    return await uow.medical_authorisations.patient(known.id_token, known.name_tokens, known.happened_on)


async def _await_patient(
    command: FollowMedicalAuthorisation,
    known: MedicalAuthorisation,
    stands: MedicalAuthorisation,
    named: PublishedPerson | None,
    uow: ClaimsUnitOfWork,
) -> None:
    """People look for whoever is not known, and at a death; it ends on its day, whatever they found. What registration
    says wakes it."""
    about, stands = subjects.medical_authorisation(known.id), stands.waiting(known, now())
    ends_at = stands.since + PATIENT_DEADLINE
    if now() >= ends_at:
        await _save(known, stands.ended(), uow)
        await close_task(CloseTask(MEDICAL_AUTHORISATION, about, "waited_for_long_enough"), uow)
        return
    await _save(known, stands, uow)
    is_looked_for = now() >= stands.looked_for_at
    await _ask_people(about, is_looked_for, uow)
    await uow.due.when(
        command,
        {about} | await _heard_of(stands, named, uow),
        ends_at if is_looked_for else min(stands.looked_for_at, ends_at),
    )


async def _heard_of(stands: MedicalAuthorisation, named: PublishedPerson | None, uow: ClaimsUnitOfWork) -> set[Subject]:
    """What may say who its patient is, or how that stands."""
    if stands.person is not None:
        numbers = await uow.known_persons.numbers_of(stands.person)
        return {each(number) for number in numbers for each in _HEARD_OF}
    heard_of = set() if stands.id_token is None else {subjects.identity(stands.id_token)}
    return heard_of if named is None else heard_of | {subjects.person(number) for number in named.numbers}


async def _follow_claim(
    command: FollowMedicalAuthorisation,
    known: MedicalAuthorisation,
    patient: MedicalAuthorisation,
    uow: ClaimsUnitOfWork,
) -> None:
    """By the claim of the accident; while nobody has noticed that, whoever can is asked, and people once it is late."""
    found = await find_medical_cover(FindMedicalCover(patient.claim, patient.person, patient.happened_on), uow)
    is_ended = known.state is AuthorisationState.ENDED and found.claim is None
    stands = known if is_ended else patient.borne_by(found.claim, found.cover).waiting(known, now())
    stands = await _ask_for_notice(known, stands, uow)
    await _save(known, stands, uow)
    is_late = stands.late_at is not None and now() >= stands.late_at
    await _ask_people(subjects.medical_authorisation(known.id), is_late, uow)
    await uow.due.when(command, await _heard_of(stands, None, uow), None if is_late else stands.late_at)


async def _ask_for_notice(
    known: MedicalAuthorisation, stands: MedicalAuthorisation, uow: ClaimsUnitOfWork
) -> MedicalAuthorisation:
    """Write to the hospital and the patient, once for each time that a notice of the accident is waited for; not while
    the hospital's own notice waits for people."""
    if not stands.awaits_notice or stands.notice_asked_at == stands.since or await _is_looked_at(stands, uow):
        return stands
    asked = replace(stands, notice_asked_at=stands.since)
    for party in (stands.tenant, f"person:{stands.person}"):
        await owe_letter(OweLetter(accident_notice_letter(asked, party, known.revision + 1)), uow)
    return asked


async def _is_looked_at(stands: MedicalAuthorisation, uow: ClaimsUnitOfWork) -> bool:
    claim = None if stands.claim is None else await uow.claims.find(stands.claim)
    return claim is not None and claim.state is not ClaimState.NO_RELATION


async def _ask_people(about: Subject, is_late: bool, uow: ClaimsUnitOfWork) -> None:
    state = await state_of_medical_authorisation(about, uow)
    if is_late and not state.is_decided:
        await ask(MEDICAL_AUTHORISATION, about, state, uow)
    else:
        await close_task(CloseTask(MEDICAL_AUTHORISATION, about, "settled"), uow)


async def _save(known: MedicalAuthorisation, stands: MedicalAuthorisation, uow: ClaimsUnitOfWork) -> None:
    if stands == known:
        return
    await uow.medical_authorisations.save(replace(stands, revision=known.revision + 1))
    await uow.due.wake({subjects.medical_authorisation(known.id)})
    uow.decided("authorisation_stands", authorisation=str(known.id), state=stands.state.value)


async def _tell_in_log(authorisation: UUID, person: int, uow: ClaimsUnitOfWork) -> None:
    """What was asked and read of it before it was known whose it is stands in that person's log (decision 93)."""
    await uow.reads.tell_of(person, [authorisation, *await uow.medical_bills.ids_of(authorisation)])


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
        reason=authorisation.doubt or "",
        is_decided=authorisation.doubt is None,
        over=MedicalAuthorisationOver,
    )
