"""Let go of a person of whom registration keeps nothing any more: of whatever leads to it, once no claim is open.

What was decided and paid stands under the number, which leads to nobody.
"""

from dataclasses import dataclass, replace

from services.claims.events.claims_erasure import erasure_followed
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.persistence.erased import LOOK_AGAIN, Hold

# A notice that came while the person was erased is decided first.
CLAIM_OPEN = Hold("claim_open", "service:claims")


@dataclass(frozen=True)
class ForgetPerson:
    """The person's number; ``again``: all have ended who may have kept an earlier word beside the first time."""

    person: int
    again: bool = False


async def forget_person(command: ForgetPerson, uow: ClaimsUnitOfWork) -> None:
    """What comes first is told with its owner and deadline, and looked at again each day."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    await uow.claims.lock_person(command.person)
    hold = CLAIM_OPEN if await uow.claims.is_any_open(command.person) else None
    if hold is None:
        await uow.known_persons.forget(command.person)
        await uow.claims.forget_tokens(command.person)
    else:
        await uow.due.at(command, now() + LOOK_AGAIN)
    told = await uow.erased_persons.follow(command.person, hold)
    if told is not None:
        uow.publish(erasure_followed(told))
    if hold is None and not command.again:
        # Whoever is keeping an earlier word of the person now does not see that it is let go of.
        await uow.due.after_concurrent(replace(command, again=True))
