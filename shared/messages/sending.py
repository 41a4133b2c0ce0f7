"""Hands messages over to the gateway, beside all else that a worker does: a gateway that is slow holds up nothing.

An attempt is counted and the next one set in a transaction before it is made, what became of it is kept in another one
after it. Whoever dies in between has made an attempt: the next one hands the same message over once more, which the
gateway knows by its id.
"""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

import httpx
import structlog

from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.kernel.failpoints import failpoint
from shared.kernel.pace import pause
from shared.letters.letter import LetterKind, Wording
from shared.letters.rendering import pdf
from shared.messages.following import FollowMessage
from shared.messages.gateway import Gateway, GatewayRefused
from shared.messages.message import (
    ATTEMPTS,
    ATTEMPTS_BROKE_OFF,
    FIRST_PAUSE,
    GATEWAY_AWAY,
    LONGEST_PAUSE,
    NO_RECEIPT,
    NOT_LAID_OUT,
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
        """What goes wrong with one holds up none of the others: its next attempt is set already."""
        try:
            outcome = over(message) or await self._handed_over(message)
            if outcome is not None:
                await self._keep(message, outcome)
        except Exception as reason:
            if not is_transient(reason):
                log.exception("message_failed", message=str(message.id))

    async def _handed_over(self, message: Message) -> "Outcome | None":
        """What became of handing it over; None where it is not to be sent any more."""
        kept = await self._to_be_sent(message)
        if kept is None:
            return None
        try:
            # In a thread: laying out a long letter takes a while, and nobody is to wait for it.
            content = await asyncio.to_thread(pdf, kept.letter, Wording(message.wording))
        except Exception:
            log.exception("message_not_laid_out", message=str(message.id), letter=str(message.letter))
            return Outcome("failed", NOT_LAID_OUT)
        return await self._taken(message, kept.kind, content)

    async def _taken(self, message: Message, kind: LetterKind, content: bytes) -> "Outcome":
        try:
            await self.gateway.hand_over(message, kind, content)
        except GatewayRefused as refused:
            return Outcome("given_up", str(refused))
        except httpx.HTTPError:
            return Outcome("failed", GATEWAY_AWAY)
        failpoint("message.handed_over")
        return Outcome("taken", sha256=hashlib.sha256(content).hexdigest())

    async def _to_be_sent(self, message: Message) -> KeptLetter | None:
        """Its letter; None where a newer one took its place since the message was leased."""
        async with self.database.begin(self.unit, _CAUSE) as uow:
            letters = LetterRepository(uow.connection)
            stands = await letters.message(message.id)
            is_to_be_sent = stands is not None and stands.state in _TO_BE_SENT
            return await letters.find(message.letter) if is_to_be_sent else None

    async def _keep(self, message: Message, outcome: "Outcome") -> None:
        """Keep what became of an attempt, unless a receipt has come meanwhile.

        The due work goes before the message, as its runner has both.
        """
        async with self.database.begin(self.unit, _CAUSE) as uow:
            await uow.due.at(FollowMessage(message.id), now())
            letters = LetterRepository(uow.connection)
            stands = await letters.lock(message.id)
            if outcome.is_news_of(stands):
                await letters.tried(stands, outcome.what, outcome.reason)
                await letters.save(outcome.after(stands), outcome.sha256)
            failpoint("message.before_commit")


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt: it was taken, failed, or was given up; of one that was taken, which bytes were."""

    what: Literal["taken", "failed", "given_up"]
    reason: str = ""
    sha256: str | None = None

    def is_news_of(self, message: Message) -> bool:
        """What a newer letter took the place of, while the gateway took it, has been sent all the same."""
        return message.state in _TO_BE_SENT or (message.state is MessageState.SUPERSEDED and self.what == "taken")

    def after(self, message: Message) -> Message:
        """The message after the attempt: one that failed waits on, until it was the last."""
        if self.what == "taken":
            reason = NO_RECEIPT if message.state is MessageState.SENT else ""
            next_at = now() + RECEIPT_WITHIN[message.channel]
            return replace(message, state=MessageState.SENT, next_at=next_at, reason=reason)
        if self.what == "given_up" or is_exhausted(message.attempts):
            return replace(message, state=MessageState.UNDELIVERED, next_at=None, reason=self.reason)
        return message


_TO_BE_SENT = (MessageState.WAITING, MessageState.SENT)


def over(message: Message) -> Outcome | None:
    """Of what is not attempted once more: handed over twice without a receipt, or more often than anybody came back."""
    if message.state is MessageState.SENT and message.reason == NO_RECEIPT:
        return Outcome("given_up", NO_RECEIPT)
    # Where no receipt came it is handed over once more than that.
    most = ATTEMPTS + (message.state is MessageState.SENT)
    return Outcome("given_up", ATTEMPTS_BROKE_OFF) if message.attempts > most else None
