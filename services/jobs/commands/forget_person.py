"""Let go of a person of whom registration keeps nothing any more: of its employments; placements stand by number."""

from dataclasses import dataclass, replace

from services.jobs.events.jobs_erasure import erasure_followed
from services.jobs.storage.unit_of_work import JobsUnitOfWork


@dataclass(frozen=True)
class ForgetPerson:
    """The person's number; ``again``: all have ended who may have kept an earlier word beside the first time."""

    person: int
    again: bool = False


async def forget_person(command: ForgetPerson, uow: JobsUnitOfWork) -> None:
    """A search that nobody went on with is no reason to keep anything: nothing comes first."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    await uow.known_spells.forget(command.person)
    told = await uow.erased_persons.follow(command.person, None)
    if told is not None:
        uow.publish(erasure_followed(told))
    if not command.again:
        # Whoever is keeping an earlier word of the person now does not see that it is let go of.
        await uow.due.after_concurrent(replace(command, again=True))
