"""One line of the table that says what a service listens to, and why."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.contracts.envelope import Event
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)


@dataclass(frozen=True)
class Subscription(Generic[U]):
    """A topic, and what is done with its events.

    ``apply`` keeps a projection: set-based, commutative, keeps the higher revision, needs no inbox.
    ``handle`` reacts to one event at a time, each exactly once (inbox); it never sees republished events.
    """

    topic: str
    apply: Callable[[Sequence[Any], U], Awaitable[None]] | None = None
    handle: Callable[[Any, U], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        if self.apply is None and self.handle is None:
            raise ValueError(f"the subscription to {self.topic} does nothing")


def events_of(received: Sequence[Any]) -> list[Event]:
    """The events, sorted by key, so that two batches that share rows lock them in one order."""
    return sorted((each.event for each in received), key=lambda event: event.key)
