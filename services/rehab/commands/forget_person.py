"""Let go of a person of whom registration keeps nothing: of what claims published, once no referral is open."""

from dataclasses import dataclass, replace

from services.rehab.events.rehab_erasure import erasure_followed
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now
from shared.persistence.erased import LOOK_AGAIN, Hold

# Who is expected, or being treated, is treated first.
REFERRAL_OPEN = Hold("referral_open", "officer:case_manager")


@dataclass(frozen=True)
class ForgetPerson:
    """The person's number; ``again``: all have ended who may have kept an earlier word beside the first time."""

    person: int
    again: bool = False


async def forget_person(command: ForgetPerson, uow: RehabUnitOfWork) -> None:
    """What comes first is told and looked at again each day. Referrals and bills stand under the number."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    hold = REFERRAL_OPEN if await uow.referrals.is_any_open(command.person) else None
    if hold is None:
        await uow.known_claims.forget(command.person)
    else:
        await uow.due.at(command, now() + LOOK_AGAIN)
    told = await uow.erased_persons.follow(command.person, hold)
    if told is not None:
        uow.publish(erasure_followed(told))
    if hold is None and not command.again:
        # Whoever is keeping an earlier word of the person now does not see that it is let go of.
        await uow.due.after_concurrent(replace(command, again=True))
