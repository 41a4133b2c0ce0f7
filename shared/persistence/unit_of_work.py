"""What a use case is given: an open transaction, the events it publishes, and the work that it leaves for later.

A use case never commits. The route or the runtime that opened the unit commits it, before the answer leaves.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Cause, Event
from shared.persistence.due_work import DueWork
from shared.persistence.idempotency import Claim, KeptAnswer, columns_of
from shared.persistence.outbox import Outbox, Outgoing
from shared.persistence.read_log import ReadLog, Whose
from shared.persistence.transient import is_transient
from shared.telemetry.decisions import Decision, Fact, log_decisions
from shared.telemetry.ids import ids_of, mark
from shared.telemetry.messaging import create_span

_SAVEPOINT, _RELEASE = text("SAVEPOINT apart"), text("RELEASE SAVEPOINT apart")
_TAKE_BACK = text("ROLLBACK TO SAVEPOINT apart")


class UnitOfWork:
    """The common part; each service adds its repositories as properties."""

    # Of what the service's routes tell, whose data it is.
    whose: ClassVar[Whose] = {}
    # And to which claims it leads, where that is another id.
    claims_of: ClassVar[Whose] = {}
    # What of the service does not exist for an officer: a select of ids, as text, by :officer.
    hides: ClassVar[str | None] = None
    # Of which officer that complains which a letter is about: a select by :about.
    complains_of: ClassVar[str | None] = None
    # Whether processes of the service read the statute book (`shared.persistence.law_entries`).
    reads_law: ClassVar[bool] = False

    def __init__(self, connection: AsyncConnection, service: str, cause: Cause) -> None:
        self.connection = connection
        self.service = service
        self.cause = cause
        self.due = DueWork(connection, self)
        # The idempotency key that the request was given, and what is answered to it.
        self.claim: Claim | None = None
        self._answer: KeptAnswer | None = None
        self._outgoing: list[Outgoing] = []
        # Whether the relay has something to send once this is committed.
        self.published = False
        self._decisions: list[Decision] = []

    @property
    def keeps_answer(self) -> bool:
        """Whether a request that was given an idempotency key has its answer in this transaction."""
        return self._answer is not None

    @cached_property
    def reads(self) -> ReadLog:
        """Who was told whose data."""
        return ReadLog(self.connection, self.whose, self.claims_of)

    async def hidden_from(self, officer: str | None) -> list[str]:
        """The ids of what does not exist for an officer, such as a complaint of itself; None: for nobody of ours."""
        if self.hides is None or officer is None:
            return []
        found = await self.connection.execute(text(self.hides), {"officer": officer})
        return list(found.scalars())

    async def complained_of(self, about: str) -> str | None:
        """The officer for whom a letter about this does not exist; None where it complains of nobody."""
        if self.complains_of is None:
            return None
        officer: str | None = (
            await self.connection.execute(text(self.complains_of), {"about": about})
        ).scalar_one_or_none()
        return officer

    def keep(self, answer: KeptAnswer) -> None:
        """Keep the answer for whoever sends the same key again; raises ValueError where none was claimed."""
        if self.claim is None:
            raise ValueError("no key was claimed")
        self._answer = answer

    def publish(self, event: Event) -> None:
        """Publish what happened: the event goes into the outbox of this very transaction (rules M1)."""
        with create_span(event.topic.name, event.type()) as trace:
            self.decided("published", type=event.type(), amount_sen=event.money_sen or None, **ids_of(event))
            self._outgoing.append(Outgoing(event, self.cause, trace))

    def republish(self, run: str, events: Iterable[Event]) -> None:
        """State again what already happened; such events reach projections only (rules M8)."""
        self._outgoing.extend(Outgoing(event, self.cause, {}, announcement=run) for event in events)

    def decided(self, what: str, **facts: Fact) -> None:
        """Something was decided: one line in the log once it is committed, none when it is rolled back.

        Facts are ids, codes, counts and amounts of ours, never what a person is called or where one banks.
        """
        mark(facts)
        self._decisions.append(Decision.of(what, {**facts, "correlation_id": self.cause.correlation_id}))

    def log_decisions(self) -> None:
        """Write those lines; called by whoever has committed."""
        decisions, self._decisions = self._decisions, []
        log_decisions(decisions)

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[None]:
        """Whatever is done inside is taken back by itself when it raises, with what it published and decided.

        What was published before is written first: a flush inside would be taken back with it. See `DueWork.is_armed`
        for what is left for later inside.
        """
        if self._outgoing:
            await self.flush()
        decisions = len(self._decisions)
        await self.connection.execute(_SAVEPOINT)
        try:
            yield
        except Exception as reason:
            if not is_transient(reason):
                self._outgoing.clear()
                del self._decisions[decisions:]
                await self.connection.execute(_TAKE_BACK)
                await self.connection.execute(_RELEASE)
            raise
        await self.connection.execute(_RELEASE)

    async def flush(self) -> None:
        """Write what was published and what is answered; called by whoever commits."""
        outgoing, self._outgoing = self._outgoing, []
        self.published = self.published or bool(outgoing)
        answer = None if self.claim is None or self._answer is None else columns_of(self.claim, self._answer)
        await Outbox(self.connection, self.service).append(outgoing, answer)
