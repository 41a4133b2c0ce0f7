"""Follows what becomes of a message: a person looks where nobody was reached, and no more once somebody was."""

from dataclasses import dataclass, replace
from uuid import UUID

from shared.kernel.officers import OF_OFFICER
from shared.kernel.queues import Queue
from shared.kernel.subjects import Subject
from shared.letters.letter import Wording
from shared.messages.message import Channel, Message, MessageState, message_id, outcome
from shared.messages.repository import LetterRepository, Preference
from shared.persistence.unit_of_work import UnitOfWork
from shared.tasks.opening import CloseTask, ask, close_task
from shared.tasks.task import SubjectState


def undelivered(service: str) -> Queue:
    """The queue of letters that reached nobody."""
    return Queue("undelivered", subject="letter", scope=f"{service}:undelivered:decide", charter="complaint")


@dataclass(frozen=True)
class FollowMessage:
    """A message of which something was said.

    What officers say is a work of its own: they hold the letter while they leave it, and whoever runs the other one
    waits for the letter.
    """

    message: UUID
    by_officers: bool = False


async def follow_message(command: FollowMessage, uow: UnitOfWork) -> None:
    """Bring the message to what its receipts come to, and ask people about its letter, or no more."""
    letters = LetterRepository(uow.connection)
    found = await letters.message(command.message)
    if found is None:
        return
    # The letter before its message, as whoever decides about it does.
    await letters.lock_letter(found.letter)
    message = await _brought_up(command.message, letters, uow)
    queue, subject = undelivered(uow.service), letter_subject(message.letter)
    state = await state_of_letter(subject, uow)
    if state.is_decided:
        await close_task(CloseTask(queue, subject, "settled"), uow)
    elif message.state is MessageState.UNDELIVERED:
        await _by_post_or_by_people(message, queue, state, uow)


async def _brought_up(id_: UUID, letters: LetterRepository, uow: UnitOfWork) -> Message:
    """The message, locked, as its receipts have it; one that did not leave may have left only by their word."""
    message = await letters.lock(id_)
    told = outcome(await letters.receipts(id_))
    is_over = message.state is MessageState.SUPERSEDED and (told is None or told[0] is not MessageState.DELIVERED)
    if told is not None and told != (message.state, message.reason) and not is_over:
        message = replace(message, state=told[0], reason=told[1], next_at=None)
        await letters.save(message)
        uow.decided(f"message_{message.state.value}", message=str(message.id), why=message.reason or None)
    return message


async def _by_post_or_by_people(message: Message, queue: Queue, state: SubjectState, uow: UnitOfWork) -> None:
    """What did not arrive by a shorter way goes by post, once for a letter; then people look: nobody was reached."""
    letters = LetterRepository(uow.connection)
    messages = [each for each, _ in await letters.messages_of(message.letter)]
    if any(each.channel is Channel.POST for each in messages):
        await ask(queue, letter_subject(message.letter), state, uow)
        return
    by_post, number = Preference(Wording(message.wording), Channel.POST), len(messages) + 1
    await letters.add_message(message_id(message.letter, number), message.letter, message.tenant, by_post)


async def state_of_letter(subject: Subject, uow: UnitOfWork) -> SubjectState:
    """Of a letter, which is locked: why it reached nobody. Its revision rises with each message and each attempt.

    Nobody looks at it while one of its messages is on its way, and once a newer letter took its place.
    """
    letter, letters = letter_of(subject), LetterRepository(uow.connection)
    await letters.lock_letter(letter)
    messages = [message for message, _ in await letters.messages_of(letter)]
    kept = await letters.find(letter)
    if not messages or kept is None:
        return SubjectState(0, {}, is_decided=True)
    last, attempts = messages[-1], sum(each.attempts for each in messages)
    facts: dict[str, str | int] = {
        "letter": str(letter),
        "kind": kept.kind.value,
        "about": kept.about,
        "channel": last.channel.value,
        "messages": len(messages),
        "attempts": attempts,
    }
    if (officer := await uow.complained_of(kept.about)) is not None:
        facts[OF_OFFICER] = officer
    is_on_its_way = any(each.state is not MessageState.UNDELIVERED for each in messages)
    is_decided = is_on_its_way or await letters.is_replaced(letter)
    return SubjectState(len(messages) + attempts, facts, reason=_code(last), is_decided=is_decided)


def letter_subject(letter: UUID) -> Subject:
    """A letter, as tasks are about it."""
    return Subject.of("letter", str(letter))


def letter_of(subject: Subject) -> UUID:
    """The letter that a task is about."""
    return UUID(subject.split("/")[1])


def _code(message: Message) -> str:
    return message.reason or "bounced"
