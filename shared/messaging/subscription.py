"""One line of the table that says what a service listens to, and why."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from inspect import signature
from types import UnionType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from shared.contracts.envelope import Event
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)


@dataclass(frozen=True)
class Subscription(Generic[U]):
    """A topic, and what is done with its events.

    ``apply`` keeps a projection: set-based, commutative, keeps the higher revision, needs no inbox.
    ``handle`` reacts to one event at a time, each exactly once (inbox); it never sees republished events.
    What they say of their first parameter, ``Sequence[SpellEvent]`` or ``ClaimAssessedV1``, are the types that come:
    an event of another type is counted and passed over. One that says ``Event`` gets them all.
    """

    topic: str
    apply: Callable[[Sequence[Any], U], Awaitable[None]] | None = None
    handle: Callable[[Any, U], Awaitable[None]] | None = None
    uses: tuple[type[Event], ...] = field(init=False)
    _wanted: dict[type, bool] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.apply is None and self.handle is None:
            raise ValueError(f"the subscription to {self.topic} does nothing")
        used = [kind for does in (self.apply, self.handle) if does is not None for kind in _used_by(does)]
        object.__setattr__(self, "uses", tuple(used))

    @property
    def label(self) -> str:
        """By what metrics name it."""
        return self.topic

    def wants(self, event: Event) -> bool:
        """Whether it does anything with an event of this type."""
        kind = type(event)
        # Asked of each event, and a class of pydantic takes long to say whether something is one of it.
        if kind not in self._wanted:
            self._wanted[kind] = issubclass(kind, self.uses)
        return self._wanted[kind]


def _used_by(does: Callable[..., Any]) -> Sequence[type[Event]]:
    first = next(iter(signature(does).parameters))
    stated = get_type_hints(does).get(first)
    if get_origin(stated) is Sequence:
        [stated] = get_args(stated)
    kinds = get_args(stated) if isinstance(stated, UnionType) else (stated,)
    are_events = all(isinstance(kind, type) and issubclass(kind, Event) for kind in kinds)
    return kinds if are_events else (Event,)


def events_of(received: Sequence[Any]) -> list[Event]:
    """The events, sorted by key, so that two batches that share rows lock them in one order."""
    return [each.event for each in sorted(received, key=lambda each: each.raw.key)]
