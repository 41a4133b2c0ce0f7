"""Hands messages over to the gateway, beside all else that a worker does: a gateway that is slow holds up nothing.

An attempt is counted and the next one set in a transaction before it is made, what became of it is kept in another one
after it. Whoever dies in between has made an attempt: the next one hands the same message over once more, which the
gateway knows by its id.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import httpx
import structlog

from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.failpoints import failpoint
from shared.kernel.pace import pause
from shared.letters.letter import Wording
from shared.letters.rendering import pdf
from shared.messages.following import FollowMessage
from shared.messages.gateway import Gateway, GatewayRefused
from shared.messages.message import (
    FIRST_PAUSE,
    GATEWAY_AWAY,
    LONGEST_PAUSE,
    NO_RECEIPT,
    RECEIPT_WITHIN,
    Message,
    MessageState,
    is_exhausted,
)
from shared.messages.repository import KeptLetter, LetterRepository
from shared.persistence.engine import Database
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)

AT_ONCE = 10
LOOK_SECONDS = 2.0
_CAUSE = Cause("messages")

log = structlog.get_logger()


@dataclass
class MessageSender(Generic[U]):
    """Sends what a service owes; ``run`` serves until stopped. Several may run: a message is leased by one of them."""

    database: Database
    unit: type[U]
    gateway: Gateway

    async def run(self, stop: asyncio.Event) -> None:
        """Send until stopped; a fault of database or gateway pauses it and never ends it."""
        while not stop.is_set():
            sent = 0
            try:
                sent = await self.send_some()
            except Exception as reason:
                if not is_transient(reason):
                    log.exception("messages_failed")
            if sent < AT_ONCE:
                await pause(stop, LOOK_SECONDS)
        await self.gateway.close()

    async def send_some(self) -> int:
        """Make an attempt with some that are due; how many these were."""
        async with self.database.begin(self.unit, _CAUSE) as uow:
            leased = await LetterRepository(uow.connection).lease(AT_ONCE, (FIRST_PAUSE, LONGEST_PAUSE))
        failpoint("message.leased")
        for message in leased:
            await self._attempt(message)
        return len(leased)

    async def _attempt(self, message: Message) -> None:
        if message.state is MessageState.SENT and message.reason == NO_RECEIPT:
            await self._keep(message, _given_up(NO_RECEIPT))
            return
        letter = await self._letter(message)
        # In a thread: laying out a long letter takes a while, and nobody is to wait for it.
        content = await asyncio.to_thread(pdf, letter.letter, Wording(message.wording))
        try:
            await self.gateway.hand_over(message, letter.letter.kind, content)
        except GatewayRefused as refused:
            await self._keep(message, _given_up(str(refused)))
        except httpx.HTTPError:
            await self._keep(message, _to_be_tried_again)
        else:
            failpoint("message.handed_over")
            await self._keep(message, _taken(hashlib.sha256(content).hexdigest()))

    async def _letter(self, message: Message) -> KeptLetter:
        async with self.database.begin(self.unit, _CAUSE) as uow:
            found = await LetterRepository(uow.connection).find(message.letter)
        if found is None:
            raise LookupError(f"the message {message.id} has no letter")
        return found

    async def _keep(self, message: Message, outcome: "Outcome") -> None:
        """Keep what became of an attempt, unless a receipt has come meanwhile."""
        async with self.database.begin(self.unit, _CAUSE) as uow:
            letters = LetterRepository(uow.connection)
            stands = await letters.lock(message.id)
            if stands is not None and stands.state in (MessageState.WAITING, MessageState.SENT):
                await outcome(stands, letters)
            await uow.due.at(FollowMessage(message.id), now())
            failpoint("message.before_commit")


Outcome = Callable[[Message, LetterRepository], Awaitable[None]]


def _taken(sha256: str) -> Outcome:
    async def keep(message: Message, letters: LetterRepository) -> None:
        reason = NO_RECEIPT if message.state is MessageState.SENT else ""
        next_at = now() + RECEIPT_WITHIN[message.channel]
        await letters.tried(message, "taken")
        await letters.save(replace(message, state=MessageState.SENT, next_at=next_at, reason=reason), sha256)

    return keep


def _given_up(reason: str) -> Outcome:
    async def keep(message: Message, letters: LetterRepository) -> None:
        await letters.tried(message, "given_up", reason)
        await letters.save(replace(message, state=MessageState.UNDELIVERED, next_at=None, reason=reason))

    return keep


async def _to_be_tried_again(message: Message, letters: LetterRepository) -> None:
    if is_exhausted(message.attempts):
        await _given_up(GATEWAY_AWAY)(message, letters)
    else:
        await letters.tried(message, "failed", GATEWAY_AWAY)
