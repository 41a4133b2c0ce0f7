"""Let go of a person of whom registration keeps nothing: of what claims published, once no referral is open."""

from dataclasses import dataclass

from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.erasure_followed import RehabErasureFollowedV1
from shared.persistence.erased import Hold
from shared.persistence.following import Follower, ForgettingTwice

# Who is expected, or being treated, is treated first.
REFERRAL_OPEN = Hold("referral_open", "officer:case_manager")


@dataclass(frozen=True)
class ForgetPerson(ForgettingTwice):
    """Of rehab."""


FOLLOWER = Follower(RehabErasureFollowedV1, ForgetPerson)


async def forget_person(command: ForgetPerson, uow: RehabUnitOfWork) -> None:
    """What comes first is told and looked at again each day. Referrals and bills stand under the number."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    hold = REFERRAL_OPEN if await uow.referrals.is_any_open(command.person) else None
    if hold is None:
        await uow.known_claims.forget(command.person)
    await FOLLOWER.follow_twice(command, hold, uow)
