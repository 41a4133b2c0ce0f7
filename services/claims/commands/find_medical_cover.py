"""Finds which scheme bears the treatment of an accident, by what stands of its claim."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.domain.claim import Claim
from services.claims.domain.medical_cover import TO_BE_NOTICED, Asked, Cover, cover_of
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class FindMedicalCover:
    """The claim that a notice of the accident opened, where there is one, and whose accident it is, of which day."""

    claim: UUID | None
    person: int | None = None
    happened_on: date | None = None


@dataclass(frozen=True)
class CoverFound:
    """The claim that stands for the accident, and which scheme bears it."""

    claim: UUID | None
    cover: Cover


async def find_medical_cover(command: FindMedicalCover, uow: ClaimsUnitOfWork) -> CoverFound:
    """By the newest decision of the claim; where that does not say, why its questions wait."""
    claim = await _claim(command, uow)
    if claim is None:
        return CoverFound(None, TO_BE_NOTICED)
    questions = await uow.questions.of(claim.id)
    asked = {each.question: Asked(each.state, each.reason, each.waits_for) for each in questions}
    return CoverFound(claim.id, cover_of(claim, await uow.claims.last_records(claim), asked))


async def _claim(command: FindMedicalCover, uow: ClaimsUnitOfWork) -> Claim | None:
    """That of its own notice or the one which this joined, else the person's of that day; None while nobody has noticed
    it, or no notice of it shows a relation yet."""
    found = await _standing(command.claim, uow)
    if found is not None or command.person is None or command.happened_on is None:
        return found
    return await _standing(await uow.medical_authorisations.accident_of(command.person, command.happened_on), uow)


async def _standing(id_: UUID | None, uow: ClaimsUnitOfWork) -> Claim | None:
    claim = None if id_ is None else await uow.claims.find(id_)
    if claim is not None and claim.joined_to is not None:
        claim = await uow.claims.find(claim.joined_to)
    return None if claim is None or claim.relation is None else claim
