"""Two officers find whose treatment a hospital asks about, or nobody, and whether a notice of it still comes."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.errors import PersonNotRegistered
from services.claims.domain.medical_authorisation import AuthorisationFinding, MedicalAuthorisation
from services.claims.domain.medical_cover import SCHEME_OPEN
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class DecideMedicalAuthorisation:
    """An authorisation, what was found of it, and of a patient who was found whom it is about."""

    authorisation: UUID
    found: AuthorisationFinding
    person: int | None = None


async def decide_medical_authorisation(command: DecideMedicalAuthorisation, uow: ClaimsUnitOfWork) -> None:
    """Whoever approves it has left it to be followed. Raises MedicalAuthorisationOver, MedicalNoticeNotAwaited,
    MedicalAuthorisationExtended, PersonNotRegistered."""
    known = await uow.medical_authorisations.lock(command.authorisation)
    stands = await _decided(command, known, uow)
    await uow.medical_authorisations.save(replace(stands, revision=known.revision + 1))
    # Its bills wait for it.
    await uow.due.wake({subjects.medical_authorisation(known.id)})
    uow.decided(
        "authorisation_decided", authorisation=str(known.id), found=command.found.value, state=stands.state.value
    )


async def _decided(
    command: DecideMedicalAuthorisation, known: MedicalAuthorisation, uow: ClaimsUnitOfWork
) -> MedicalAuthorisation:
    if command.found is AuthorisationFinding.PATIENT_NOT_FOUND:
        return known.nobody_found()
    if command.found is AuthorisationFinding.NOT_NOTICED:
        return known.not_noticed()
    if command.found is AuthorisationFinding.NOTICE_AWAITED:
        return known.extended(now())
    return await _of(known, command.person, uow)


async def _of(known: MedicalAuthorisation, person: int | None, uow: ClaimsUnitOfWork) -> MedicalAuthorisation:
    """By the word of both; by what the person was covered is said as it is followed. A death of which they were not
    asked holds it, as it would hold whoever is found by id and name."""
    known.must_await_patient()
    published = None if person is None else await uow.known_persons.named(None, person)
    if published is None:
        raise PersonNotRegistered()
    died_on = await uow.evidence.died_on(published.numbers)
    if died_on is not None and known.death_on != died_on and known.is_held_by(died_on):
        return known.held(published.number, died_on)
    return known.found(published.number, SCHEME_OPEN)
