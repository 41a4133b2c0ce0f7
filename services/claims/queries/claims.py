"""Claims, and the notices that opened them, as the caller may see them."""

from dataclasses import replace
from uuid import UUID

from services.claims.domain.buckets import Sought
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.errors import ClaimUnknown, NoticeUnknown
from services.claims.storage.buckets import Viewer
from services.claims.storage.questions import QuestionRead
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def find_claim(claim: UUID, uow: ClaimsUnitOfWork) -> Claim:
    """One claim; raises ClaimUnknown."""
    found = await uow.claims.find(claim)
    if found is None:
        raise ClaimUnknown()
    return found


async def find_joined_state(claim: Claim, uow: ClaimsUnitOfWork) -> ClaimState | None:
    """How the claim stands that this one joined; None where it joined none."""
    return None if claim.joined_to is None else await uow.claims.state_of_joined(claim.id)


async def find_notice(notice: UUID, uow: ClaimsUnitOfWork) -> Claim:
    """The claim that a notice opened; raises NoticeUnknown."""
    found = await uow.claims.find_by_notice(notice)
    if found is None:
        raise NoticeUnknown()
    return found


async def list_claims(
    sought: Sought, viewer: Viewer, person: int | None, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[Claim]:
    """Claims in the order of their ids, after a position; of one person, and narrowed, where that is asked for.

    A number that was merged, or survives, asks for all claims of the person.
    """
    if person is not None:
        person = (await uow.known_persons.numbers_of(person))[0]
    if viewer.person is not None:
        viewer = replace(viewer, person=(await uow.known_persons.numbers_of(viewer.person))[0])
    if sought == Sought():
        return await uow.claims.page(person, after, limit)
    return await uow.buckets.page(sought, viewer, person, after, limit)


async def list_questions(claim: UUID, uow: ClaimsUnitOfWork) -> list[QuestionRead]:
    """How each question of a claim stands, in the order in which they are asked; raises ClaimUnknown.

    Last comes what another release asked, until the claim is asked again.
    """
    asked = questions_of((await find_claim(claim, uow)).kind)
    order = {question.name: place for place, question in enumerate(asked)}
    return sorted(await uow.questions.of(claim), key=lambda read: order.get(read.question, len(order)))
