"""Finds out whom a notice is about; until the registration of the person has arrived, the claim waits."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from services.claims.domain import subjects
from services.claims.domain.claim import Claim, ClaimState
from services.claims.events.accident_reported import accident_reported
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.subjects import Subject

# A person who is not registered after this long is looked for by an officer.
IDENTITY_DEADLINE = timedelta(days=30)


@dataclass(frozen=True)
class IdentifyClaim:
    """The claim to look at."""

    claim: UUID


async def identify_claim(command: IdentifyClaim, uow: ClaimsUnitOfWork) -> Claim:
    """The locked claim of a known person, opened and published now if it was not before; else the claim as it was.

    A second notice of an accident that has a claim already joins that claim and is not published.
    """
    claim = await uow.claims.lock(command.claim)
    if claim.state != ClaimState.AWAITING_IDENTITY:
        return claim
    person = await _known_person(claim, uow)
    if person is None:
        return claim
    await uow.claims.lock_person(person)
    known = replace(claim, person=person, id_token=None, state=ClaimState.ASSESSING)
    twin = await uow.claims.of_accident(known)
    if twin is not None:
        known = replace(known, state=ClaimState.JOINED, joined_to=twin)
    await uow.claims.save(known)
    if twin is None:
        uow.publish(accident_reported(known))
    return known


def waits_for_identity(claim: Claim) -> set[Subject]:
    """What would say whom the notice is about."""
    if claim.id_token is not None:
        return {subjects.identity(claim.id_token)}
    return set() if claim.person is None else {subjects.person(claim.person)}


async def _known_person(claim: Claim, uow: ClaimsUnitOfWork) -> int | None:
    if claim.id_token is not None:
        return await uow.known_persons.person_behind(claim.id_token)
    if claim.person is not None and await uow.known_persons.is_known(claim.person):
        return claim.person
    return None
