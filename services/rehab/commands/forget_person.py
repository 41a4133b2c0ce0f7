"""Let go of a person of whom registration keeps nothing: of what claims published, once no referral is open."""

from dataclasses import dataclass, replace
from datetime import timedelta

from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now

_LOOK_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class ForgetPerson:
    """The person's number; ``again``: all have ended who may have kept an earlier word beside the first time."""

    person: int
    again: bool = False


async def forget_person(command: ForgetPerson, uow: RehabUnitOfWork) -> None:
    """Who is being treated is treated first; it looks again each day. Referrals and bills stand under the number."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    if await uow.referrals.is_any_open(command.person):
        uow.decided("erasure_held", person=command.person, why="referral_open")
        await uow.due.at(command, now() + _LOOK_AGAIN)
        return
    await uow.known_claims.forget(command.person)
    await uow.erased_persons.forget(command.person)
    if not command.again:
        # Whoever is keeping an earlier word of the person now does not see that it is let go of.
        await uow.due.after_concurrent(replace(command, again=True))
    uow.decided("person_forgotten", person=command.person)
