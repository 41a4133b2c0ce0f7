"""Let go of a person of whom registration keeps nothing any more: of its employments; placements stand by number."""

from dataclasses import dataclass

from services.jobs.events.jobs_erasure import erasure_followed
from services.jobs.storage.unit_of_work import JobsUnitOfWork


@dataclass(frozen=True)
class ForgetPerson:
    """The person's number."""

    person: int


async def forget_person(command: ForgetPerson, uow: JobsUnitOfWork) -> None:
    """A search that nobody went on with is no reason to keep anything: nothing comes first."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    await uow.erased_persons.lock()
    await uow.known_spells.forget(command.person)
    told = await uow.erased_persons.follow(command.person, None)
    if told is not None:
        uow.publish(erasure_followed(told))
