"""What a use case is given: an open transaction, the events it publishes, and the work that it leaves for later.

A use case never commits. The route or the runtime that opened the unit commits it, before the answer leaves.
"""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Cause, Event
from shared.persistence.due_work import DueWork
from shared.persistence.outbox import Outbox, Outgoing
from shared.telemetry.decisions import Decision, Fact, log_decisions
from shared.telemetry.ids import ids_of, mark
from shared.telemetry.messaging import create_span


class UnitOfWork:
    """The common part; each service adds its repositories as properties."""

    def __init__(self, connection: AsyncConnection, service: str, cause: Cause) -> None:
        self.connection = connection
        self.service = service
        self.cause = cause
        self.due = DueWork(connection, self)
        # A request that was given an idempotency key has stored its answer in this transaction.
        self.keeps_answer = False
        self._outgoing: list[Outgoing] = []
        self._published = False
        self._decisions: list[Decision] = []

    @property
    def left_work(self) -> bool:
        """Whether the relay or the runner has something to do once this is committed."""
        return self._published or self.due.left

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
        mark(ids_of(facts))
        self._decisions.append(Decision.of(what, {**facts, "correlation_id": self.cause.correlation_id}))

    def log_decisions(self) -> None:
        """Write those lines; called by whoever has committed."""
        decisions, self._decisions = self._decisions, []
        log_decisions(decisions)

    async def flush(self) -> None:
        """Write what was published; called by whoever commits."""
        outgoing, self._outgoing = self._outgoing, []
        if outgoing:
            self._published = True
            await Outbox(self.connection, self.service).append(outgoing)
