"""Tells the service that waits for it whether a letter arrived: what its receipts come to, in whatever order."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.subjects import matter_of
from services.claims.events.claims_letter import letter_told
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.messages.following import FollowMessage, follow_message


@dataclass(frozen=True)
class TellOfLetter:
    """A letter."""

    letter: UUID


async def tell_of_letter(command: TellOfLetter, uow: ClaimsUnitOfWork) -> None:
    """Publish what became of it, where a service waits for it and its provider, or two officers, said anything."""
    kept = await uow.letters.find(command.letter)
    matter = None if kept is None else matter_of(kept.about)
    if kept is None or matter is None:
        return
    said = await uow.letters_waited_for.said_of(kept.id)
    if any(said):
        uow.publish(letter_told(kept, matter, said))


async def follow_and_tell(command: FollowMessage, uow: ClaimsUnitOfWork) -> None:
    """Follow a message, and tell what its letter comes to by that."""
    await follow_message(command, uow)
    message = await uow.letters.message(command.message)
    if message is not None:
        await tell_of_letter(TellOfLetter(message.letter), uow)
