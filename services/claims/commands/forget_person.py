"""Let go of a person of whom registration keeps nothing any more: of whatever leads to it, once nothing of it is open.

What was decided and paid stands under the number, which leads to nobody; the bytes of documents, which name it, go, and
nobody is asked for more.
"""

from dataclasses import dataclass

from services.claims.commands.follow_evidence_request import end_requests
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.erasure_followed import ClaimsErasureFollowedV1
from shared.persistence.erased import Hold
from shared.persistence.following import Follower, ForgettingTwice

# A notice that came while the person was erased is decided first.
CLAIM_OPEN = Hold("claim_open", "service:claims")
# What an order or a board states, and what is answered, is of somebody who can be found, and paid.
APPEAL_OPEN = Hold("appeal_open", "service:claims")
BOARD_CASE_OPEN = Hold("board_case_open", "service:claims")
COMPLAINT_OPEN = Hold("complaint_open", "service:claims")


@dataclass(frozen=True)
class ForgetPerson(ForgettingTwice):
    """Of claims."""


FOLLOWER = Follower(ClaimsErasureFollowedV1, ForgetPerson)


async def forget_person(command: ForgetPerson, uow: ClaimsUnitOfWork) -> None:
    """What comes first is told with its owner and deadline, and looked at again each day."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    await uow.claims.lock_person(command.person)
    hold = await _find_hold(command.person, uow)
    if hold is None:
        await end_requests(await uow.evidence_requests.waiting_of_person(command.person), uow)
        await uow.documents.forget(command.person)
        await uow.claims.forget_tokens(command.person)
        await uow.medical_authorisations.forget_tokens(command.person)
        await uow.known_persons.forget(command.person)
    await FOLLOWER.follow_twice(command, hold, uow)


async def _find_hold(person: int, uow: ClaimsUnitOfWork) -> Hold | None:
    """What is open of the person, by whichever of its numbers."""
    if await uow.claims.is_any_open(person):
        return CLAIM_OPEN
    if await uow.appeals.is_any_open(person):
        return APPEAL_OPEN
    if await uow.board_cases.is_any_open(person):
        return BOARD_CASE_OPEN
    return COMPLAINT_OPEN if await uow.complaints.is_any_open(person) else None
