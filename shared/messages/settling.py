"""What two officers do about a letter that reached nobody: it is sent once more, or the person was told otherwise."""

from dataclasses import dataclass
from uuid import UUID

from shared.kernel.clock import now
from shared.kernel.officers import Officers
from shared.messages.following import FollowMessage
from shared.messages.message import Channel, message_id
from shared.messages.repository import LetterRepository, Preference
from shared.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class SettleLetter:
    """A letter, whether it is sent once more, by post, and both officers."""

    letter: UUID
    is_sent_once_more: bool
    officers: Officers


async def settle_letter(command: SettleLetter, uow: UnitOfWork) -> None:
    """Owe one more message, or keep the officers' word beside what the provider said."""
    letters = LetterRepository(uow.connection)
    last = (await letters.messages_of(command.letter))[-1][0]
    if command.is_sent_once_more:
        number = await letters.count_messages(command.letter) + 1
        by_post = Preference((await letters.preference(last.tenant)).wording, Channel.POST)
        await letters.add_message(message_id(command.letter, number), command.letter, last.tenant, by_post)
        return
    await letters.tell_otherwise(last.id, command.officers)
    await uow.due.at(FollowMessage(last.id, by_officers=True), now())
