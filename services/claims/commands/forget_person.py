"""Let go of a person of whom registration keeps nothing any more: of whatever leads to it, once no claim is open.

What was decided and paid stands under the number, which leads to nobody.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now

_LOOK_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class ForgetPerson:
    """The person's number; ``again``: all have ended who may have kept an earlier word beside the first time."""

    person: int
    again: bool = False


async def forget_person(command: ForgetPerson, uow: ClaimsUnitOfWork) -> None:
    """A notice that came while it was erased is decided first; it looks again each day."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    await uow.claims.lock_person(command.person)
    if await uow.claims.is_any_open(command.person):
        uow.decided("erasure_held", person=command.person, why="claim_open")
        await uow.due.at(command, now() + _LOOK_AGAIN)
        return
    await uow.known_persons.forget(command.person)
    await uow.claims.forget_tokens(command.person)
    await uow.erased_persons.forget(command.person)
    if not command.again:
        # Whoever is keeping an earlier word of the person now does not see that it is let go of.
        await uow.due.after_concurrent(replace(command, again=True))
    uow.decided("person_forgotten", person=command.person)
