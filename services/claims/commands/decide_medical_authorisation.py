"""Two officers find whose treatment a hospital asks about, or nobody."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.errors import PersonNotRegistered
from services.claims.domain.medical_authorisation import MedicalAuthorisation
from services.claims.domain.medical_cover import SCHEME_OPEN
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class DecideMedicalAuthorisation:
    """An authorisation, and whom it is about; nobody where no person is named."""

    authorisation: UUID
    person: int | None = None


async def decide_medical_authorisation(command: DecideMedicalAuthorisation, uow: ClaimsUnitOfWork) -> None:
    """Whoever approves it has left it to be followed. Raises MedicalAuthorisationOver, PersonNotRegistered."""
    known = await uow.medical_authorisations.lock(command.authorisation)
    stands = known.ended() if command.person is None else await _of(known, command.person, uow)
    await uow.medical_authorisations.save(replace(stands, revision=known.revision + 1))
    # Its bills wait for it.
    await uow.due.wake({subjects.medical_authorisation(known.id)})
    uow.decided("authorisation_stands", authorisation=str(known.id), state=stands.state.value)


async def _of(known: MedicalAuthorisation, person: int, uow: ClaimsUnitOfWork) -> MedicalAuthorisation:
    """By the word of both; what covered the person the claim of the accident says."""
    known.must_await_patient()
    published = await uow.known_persons.named(None, person)
    if published is None:
        raise PersonNotRegistered()
    return known.found(published.number, SCHEME_OPEN)
