"""Which scheme bears the treatment of an accident, by what stands of its claim."""

from uuid import UUID

from services.claims.domain.claim import Claim
from services.claims.domain.medical_authorisation import MedicalAuthorisation
from services.claims.domain.medical_cover import TO_BE_NOTICED, Asked, Cover, cover_of
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_claim_of(authorisation: MedicalAuthorisation, uow: ClaimsUnitOfWork) -> Claim | None:
    """The claim that stands for the accident: that of its own notice or the one which this joined, else the person's of
    that day; None while nobody has noticed it, or its notice shows no relation yet."""
    claim = None if authorisation.claim is None else await find_standing(authorisation.claim, uow)
    if claim is not None and claim.relation is not None:
        return claim
    if authorisation.person is None:
        return None
    found = await uow.medical_authorisations.accident_of(authorisation.person, authorisation.happened_on)
    return None if found is None else await find_standing(found, uow)


async def find_standing(claim: UUID, uow: ClaimsUnitOfWork) -> Claim | None:
    """A claim, or that which it joined."""
    found = await uow.claims.find(claim)
    return found if found is None or found.joined_to is None else await uow.claims.find(found.joined_to)


async def find_cover(claim: Claim | None, uow: ClaimsUnitOfWork) -> Cover:
    """By its newest decision; where that does not say, why its questions wait."""
    if claim is None or claim.relation is None:
        return TO_BE_NOTICED
    questions = await uow.questions.of(claim.id)
    asked = {each.question: Asked(each.state, each.reason, each.waits_for) for each in questions}
    return cover_of(claim, await uow.claims.last_records(claim), asked)
