"""Owes a letter to a party, once for each revision of its matter, and the message that brings it there."""

from dataclasses import dataclass
from uuid import UUID

from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id
from shared.letters.letter import Letter
from shared.messages.following import FollowMessage
from shared.messages.message import message_id
from shared.messages.repository import LetterRepository
from shared.persistence.unit_of_work import UnitOfWork

# Whom the gateway finds: whose address registration has. Any other party reads its letters here.
_REACHED = ("person:",)


@dataclass(frozen=True)
class OweLetter:
    """A letter; ``is_whole``: nothing of its matter is pending, so that it tells refusals as well."""

    letter: Letter
    is_whole: bool = True

    @property
    def id(self) -> UUID:
        """The same for the same letter, also in a database that was put back: who has it finds it again."""
        letter = self.letter
        return derived_id("letter", letter.about, letter.party, letter.revision, int(self.is_whole))


async def owe_letter(command: OweLetter, uow: UnitOfWork) -> UUID | None:
    """Keep the letter and its message; None where it is kept.

    Of the earlier ones none is sent that did not leave, and nobody looks at one that reached nobody. One that is
    written after a newer one is not sent.
    """
    letter, letters = command.letter, LetterRepository(uow.connection)
    if not await letters.add(command.id, letter, is_whole=command.is_whole):
        return None
    for message in await letters.supersede(letter, is_whole=command.is_whole):
        uow.decided("message_superseded", message=str(message))
    replaced = await letters.undelivered_before(letter, is_whole=command.is_whole)
    await uow.due.all_at([FollowMessage(each) for each in replaced], now())
    if letter.party.startswith(_REACHED) and not await letters.is_replaced(command.id):
        preference = await letters.preference(letter.party)
        await letters.add_message(message_id(command.id, 1), command.id, letter.party, preference)
    uow.decided("letter_owed", letter=str(command.id), kind=letter.kind.value)
    return command.id
