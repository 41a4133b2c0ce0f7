"""Let go of a person of whom registration keeps nothing any more: of its employments; placements stand by number."""

from dataclasses import dataclass

from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.erasure_followed import JobsErasureFollowedV1
from shared.persistence.following import Follower, ForgettingTwice


@dataclass(frozen=True)
class ForgetPerson(ForgettingTwice):
    """Of jobs."""


FOLLOWER = Follower(JobsErasureFollowedV1, ForgetPerson)


async def forget_person(command: ForgetPerson, uow: JobsUnitOfWork) -> None:
    """A search that nobody went on with is no reason to keep anything: nothing comes first."""
    if not await uow.erased_persons.is_whole(command.person):
        return
    await uow.known_spells.forget(command.person)
    await FOLLOWER.follow_twice(command, None, uow)
