"""Follow whether who was shown to act for somebody still does: the days of its term are benefits'."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.acting import has_ended, looked_at_next
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import start_of_day, today


@dataclass(frozen=True)
class FollowActing:
    """The claim that a guardian's or representative's notice opened, or joined to another."""

    claim: UUID


async def follow_acting(command: FollowActing, uow: ClaimsUnitOfWork) -> None:
    """End its reading and its letters when its term has ended, and look again on the next day that changes it.

    Of whom benefits says nothing it stays as it was, so that nobody acts by mistake while what benefits published is
    read once more.
    """
    shown, day = await uow.known_acting.shown(command.claim), today()
    if shown is None:
        return
    said = await uow.known_acting.of({*shown.person, *shown.others})
    ended = has_ended(shown, said, day)
    if ended is not None and await uow.known_acting.end(command.claim, ended=ended):
        uow.decided("acting_ended" if ended else "acting_again", claim=str(command.claim))
    if (next_day := looked_at_next(said, day)) is not None:
        await uow.due.at(command, start_of_day(next_day))
