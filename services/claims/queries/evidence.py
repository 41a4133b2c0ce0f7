"""What was stated of claims, as the caller may see it; for officers with how each statement stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.claim import Claim
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.standing import Piece, standing
from services.claims.queries.claims import find_claim
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


@dataclass(frozen=True)
class EvidenceRead:
    """A statement, and how it stands; None where that is not shown, or its notice counts nowhere."""

    stated: Evidence
    piece: Piece | None = None


async def list_of_claim(claim: UUID, for_officer: bool, uow: ClaimsUnitOfWork) -> list[EvidenceRead]:
    """The statements about a claim that the caller may see, oldest first; raises ClaimUnknown.

    An officer sees those of the notices that joined it too, and how each stands now. Documents are listed elsewhere.
    """
    found = await find_claim(claim, uow)
    if for_officer and found.relation is not None and found.person is not None:
        stated = await _with_standing(found, found.person, uow)
    else:
        stated = [EvidenceRead(each) for each in await uow.evidence.list_of(claim)]
    documents = {each.stated.id for each in stated if each.stated.kind is EvidenceKind.DOCUMENT}
    return [each for each in stated if documents.isdisjoint({each.stated.id, each.stated.about})]


async def _with_standing(claim: Claim, person: int, uow: ClaimsUnitOfWork) -> list[EvidenceRead]:
    counts_in = claim if claim.joined_to is None else await find_claim(claim.joined_to, uow)
    everything: Sequence[Evidence] = (await uow.evidence.of(counts_in)).evidence
    stands = standing(everything, await uow.known_persons.spells_of(person))
    pieces = {piece.evidence: piece for piece in stands.pieces}
    shown = everything if claim.joined_to is None else [each for each in everything if each.claim == claim.id]
    return [EvidenceRead(each, pieces[each.id]) for each in shown]
