"""One of several commands that are run in one transaction: each has the cause and the trace of who asked for it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.contracts.envelope import Cause
from shared.persistence.due_work import kind_of
from shared.persistence.unit_of_work import UnitOfWork
from shared.telemetry.ids import about, ids_of, mark
from shared.telemetry.messaging import child_of

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Asked(Generic[C]):
    """A command, and who asked for it."""

    command: C
    cause: Cause

    @contextmanager
    def within(self, uow: UnitOfWork) -> Iterator[None]:
        """What is published, decided and left for later inside is caused by it, and is part of its trace.

        What nobody traced (a timer) makes no trace of its own.
        """
        before, uow.cause = uow.cause, self.cause
        traceparent, ids = self.cause.trace.get("traceparent"), ids_of(self.command)
        span = child_of(traceparent, f"run {kind_of(type(self.command))}") if traceparent else nullcontext()
        try:
            with span, about(ids):
                mark(ids)
                yield
        finally:
            uow.cause = before
