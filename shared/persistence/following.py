"""Follow `person.erased`: each service does it alike, but for what it lets go of and what comes first there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from shared.contracts.envelope import Event
from shared.contracts.erasure_followed import ErasureFollowedV1
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.clock import now
from shared.persistence.erased import LOOK_AGAIN, ErasedPersons, FollowedErasure, Hold
from shared.persistence.unit_of_work import UnitOfWork

PAGE_SIZE = 500


class FollowingUnit(UnitOfWork):
    """A unit of work of a service that follows erasures."""

    @cached_property
    def erased_persons(self) -> ErasedPersons:
        """Of whom registration erased what it kept."""
        return ErasedPersons(self.connection)


@dataclass(frozen=True)
class Forgetting:
    """The number of a person whom a service lets go of: each has a command of its own of this shape."""

    person: int


@dataclass(frozen=True)
class ForgettingTwice(Forgetting):
    """The same; ``again``: all have ended who may have kept an earlier word beside the first time."""

    again: bool = False


@dataclass(frozen=True)
class RepublishErasures:
    """The run, and the last person of whom it has stated how the erasure is followed."""

    run: str
    after: int = 0


@dataclass(frozen=True)
class Follower:
    """By which event a service tells how it follows, and by which command it lets go of a person."""

    told_by: type[ErasureFollowedV1]
    forget: type[Forgetting]

    async def apply(self, events: Sequence[PersonErasedV1], uow: FollowingUnit) -> None:
        """Keep it, and let go of each person of whom everything was erased; the higher revision wins."""
        await uow.erased_persons.keep([event.model_dump() for event in events])
        for person in sorted({event.person for event in events if event.whole}):
            await uow.due.at(self.forget(person), now())

    async def follow(self, command: Forgetting, hold: Hold | None, uow: FollowingUnit) -> None:
        """Tell what comes first and look at it again each day, or that the person is let go of."""
        if hold is not None:
            await uow.due.at(command, now() + LOOK_AGAIN)
        told = await uow.erased_persons.follow(command.person, hold)
        if told is not None:
            uow.publish(self._stated(told))

    async def follow_twice(self, command: ForgettingTwice, hold: Hold | None, uow: FollowingUnit) -> None:
        """The same where nothing keeps what comes of the person from being kept while it is let go of."""
        await self.follow(command, hold, uow)
        if hold is None and not command.again:
            # Whoever is keeping an earlier word of the person now does not see that it is let go of.
            await uow.due.after_concurrent(replace(command, again=True))

    async def republish(self, command: RepublishErasures, uow: FollowingUnit) -> None:
        """Republish one page with the revisions it had, and leave the next one for later (rules M8)."""
        told = await uow.erased_persons.list_published(command.after, PAGE_SIZE)
        uow.republish(command.run, [self._stated(each) for each in told])
        if len(told) == PAGE_SIZE:
            await uow.due.at(RepublishErasures(command.run, told[-1].person), now())

    async def recall(self, events: Sequence[Event], uow: FollowingUnit) -> None:
        """Know again what was published, after a restore: no revision goes back, and who was let go of since the backup
        is in the database again, and is let go of again."""
        for event in events:
            if isinstance(event, self.told_by):
                await uow.erased_persons.recall(event)
                await uow.due.at(self.forget(event.person), now())

    def _stated(self, told: FollowedErasure) -> ErasureFollowedV1:
        return self.told_by(**asdict(told))
