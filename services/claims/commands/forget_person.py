"""Let go of a person of whom registration keeps nothing any more: of whatever leads to it, once no claim is open.

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


@dataclass(frozen=True)
class ForgetPerson(ForgettingTwice):
    """Of claims."""


FOLLOWER = Follower(ClaimsErasureFollowedV1, ForgetPerson)


async def forget_person(command: ForgetPerson, uow: ClaimsUnitOfWork) -> None:
    """What comes first is told with its owner and deadline, and looked at again each day."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    await uow.claims.lock_person(command.person)
    hold = CLAIM_OPEN if await uow.claims.is_any_open(command.person) else None
    if hold is None:
        await end_requests(await uow.evidence_requests.waiting_of_person(command.person), uow)
        await uow.documents.forget(command.person)
        await uow.claims.forget_tokens(command.person)
        await uow.medical_authorisations.forget_tokens(command.person)
        await uow.known_persons.forget(command.person)
    await FOLLOWER.follow_twice(command, hold, uow)
