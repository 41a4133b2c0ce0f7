"""Follows what becomes of a message: a person looks where nobody was reached, and no more once somebody was."""

from dataclasses import dataclass, replace
from uuid import UUID

from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject
from shared.letters.letter import Wording
from shared.messages.message import Channel, Message, MessageState, outcome
from shared.messages.owing import message_id
from shared.messages.repository import LetterRepository, Preference
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState


def undelivered(service: str) -> Queue:
    """The queue of letters that reached nobody."""
    return Queue("undelivered", subject="letter", scope=f"{service}:undelivered:decide", charter="complaint")


@dataclass(frozen=True)
class FollowMessage:
    """A message of which something was said."""

    message: UUID


async def follow_message(command: FollowMessage, uow: UnitOfWork) -> None:
    """Bring the message to what its receipts come to, and ask people about its letter, or no more."""
    letters = LetterRepository(uow.connection)
    message = await letters.lock(command.message)
    if message is None or message.state is MessageState.SUPERSEDED:
        return
    message = await _brought_up(message, letters, uow)
    queue, subject = undelivered(uow.service), letter_subject(message.letter)
    state = await state_of_letter(subject, uow)
    if message.state is MessageState.DELIVERED:
        await close_task(CloseTask(queue, subject, "delivered"), uow)
    elif message.state is MessageState.UNDELIVERED and not state.is_decided:
        await _by_post_or_by_people(message, queue, state, uow)


async def _brought_up(message: Message, letters: LetterRepository, uow: UnitOfWork) -> Message:
    """As its receipts have it."""
    told = outcome(await letters.receipts(message.id))
    if told is not None and told != (message.state, message.reason):
        message = replace(message, state=told[0], reason=told[1], next_at=None)
        await letters.save(message)
        uow.decided(f"message_{message.state.value}", message=str(message.id), why=message.reason or None)
    return message


async def _by_post_or_by_people(message: Message, queue: Queue, state: SubjectState, uow: UnitOfWork) -> None:
    """What did not arrive by a shorter way goes by post once; then people look, since nobody was reached."""
    letters = LetterRepository(uow.connection)
    if message.channel is Channel.POST:
        await ask(queue, letter_subject(message.letter), state, uow)
        return
    number = await letters.count_messages(message.letter) + 1
    by_post = Preference(Wording(message.wording), Channel.POST)
    await letters.add_message(message_id(message.letter, number), message.letter, message.tenant, by_post)


async def state_of_letter(subject: Subject, uow: UnitOfWork) -> SubjectState:
    """Of a letter, which is locked: why it reached nobody. Its revision rises with each message and each attempt."""
    letter, letters = letter_of(subject), LetterRepository(uow.connection)
    await letters.lock_letter(letter)
    messages = [message for message, _ in await letters.messages_of(letter)]
    kept = await letters.find(letter)
    if not messages or kept is None:
        return SubjectState(0, {}, is_decided=True)
    last = messages[-1]
    attempts = sum(each.attempts for each in messages)
    facts: dict[str, str | int] = {
        "letter": str(letter),
        "kind": kept.letter.kind.value,
        "about": kept.letter.about,
        "channel": last.channel.value,
        "messages": len(messages),
        "attempts": attempts,
    }
    is_decided = any(each.state is not MessageState.UNDELIVERED for each in messages)
    return SubjectState(len(messages) + attempts, facts, reason=_code(last), is_decided=is_decided)


def letter_subject(letter: UUID) -> Subject:
    """A letter, as tasks are about it."""
    return Subject.of("letter", str(letter))


def letter_of(subject: Subject) -> UUID:
    """The letter that a task is about."""
    return UUID(subject.split("/")[1])


def _code(message: Message) -> str:
    return message.reason or "bounced"
