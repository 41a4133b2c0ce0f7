"""Finds out whom a notice is about; until registration has announced the person, the claim waits."""

from dataclasses import replace
from datetime import timedelta

from services.claims.domain import subjects
from services.claims.domain.claim import Claim, ClaimState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.accident_reported import AccidentPlace, AccidentReportedV1
from shared.kernel.subjects import Subject

# A person who is not registered after this long is looked for by an officer.
IDENTITY_DEADLINE = timedelta(days=30)


async def identify(claim: Claim, uow: ClaimsUnitOfWork) -> Claim:
    """The claim of a known person, opened and announced now if it was not before; else the claim as it was.

    A second notice of an accident that has a claim already joins that claim and is announced no more.
    """
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
        uow.publish(reported(known))
    return known


def waits_for_identity(claim: Claim) -> set[Subject]:
    """What would say whom the notice is about."""
    if claim.id_token is not None:
        return {subjects.identity(claim.id_token)}
    return set() if claim.person is None else {subjects.person(claim.person)}


def reported(claim: Claim) -> AccidentReportedV1:
    """The announcement of a claim whose person is known."""
    return AccidentReportedV1(
        person=claim.person or 0,
        claim=claim.id,
        notice=claim.notice,
        revision=1,
        employer=claim.employer,
        happened_on=claim.happened_on,
        place=AccidentPlace(claim.place),
        received_at=claim.received_at,
    )


async def _known_person(claim: Claim, uow: ClaimsUnitOfWork) -> int | None:
    if claim.id_token is not None:
        return await uow.knowledge.person_behind(claim.id_token)
    if claim.person is not None and await uow.knowledge.person(claim.person) is not None:
        return claim.person
    return None
