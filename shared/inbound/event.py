"""An event that a partner pushed: where it stands, and what a service makes of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self, TypeVar
from uuid import UUID

from shared.kernel.errors import JaringError
from shared.kernel.subjects import Subject
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)
# What is needed came neither before nor in time, what was said later took its place, and what is a defect of ours.
NOT_IN_TIME, CORRECTED, DEFECT = "needed_event_missing", "corrected_by_later", "internal_error"


class InboundState(StrEnum):
    """Where a pushed event stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    WARNED = "warned"
    """Taken, and something about it is to be looked at."""
    REFUSED = "refused"
    PARKED = "parked"
    """It waits for what it needs, until a deadline."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What its sender reads: a stable reason and the same in words, bad members, and what came of it."""

    reason: str | None = None
    message: str | None = None
    errors: Sequence[Mapping[str, Any]] = ()
    warnings: tuple[str, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_error(cls, reason: JaringError) -> Self:
        """The refusal that an error is."""
        errors = [
            {"pointer": each.pointer, "code": each.code, "detail": each.detail, "allowed": list(each.allowed) or None}
            for each in reason.errors
        ]
        return cls(reason.code, reason.detail or reason.title, errors)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an event; a parked one waits for subjects or an instant."""

    state: InboundState
    answer: Answer = Answer()
    waits_for: tuple[Subject, ...] = ()
    wake_at: datetime | None = None


def accepted(result: Mapping[str, Any], *warnings: str) -> Outcome:
    """It was taken, with or without something to be looked at."""
    state = InboundState.WARNED if warnings else InboundState.ACCEPTED
    return Outcome(state, Answer(warnings=warnings, result=result))


def refused(reason: str, message: str, errors: Sequence[Mapping[str, Any]] = (), **result: Any) -> Outcome:
    """It was not taken, and will not be."""
    return Outcome(InboundState.REFUSED, Answer(reason, message, errors, result=result))


def parked(reason: str, message: str, *subjects: Subject, wake_at: datetime | None = None) -> Outcome:
    """It waits for what it needs."""
    return Outcome(InboundState.PARKED, Answer(reason, message), subjects, wake_at)


@dataclass(frozen=True, slots=True, repr=False)
class Arriving:
    """An event as it is kept when it arrives; ``sealed`` is the command that it becomes.

    ``about``: whom it is about, ``key``: what a later event of the same key corrects; both as keyed hashes.
    """

    event: UUID
    source: str
    id: str
    type: str
    digest: bytes
    state: InboundState
    answer: Answer = Answer()
    about: bytes | None = None
    key: bytes | None = None
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """An event that is worked on."""

    number: int
    event: UUID
    tenant: str
    type: str
    about: bytes
    key: bytes
    sealed: bytes
    parked_until: datetime | None
    received_on: date
    """The business day of its receipt, which is that of what it says: it may be worked off days later."""
    corrected_by: UUID | None = None
    """A later event of the same key that was worked off before."""


@dataclass(frozen=True, slots=True)
class Stands:
    """An event as its sender sees it. ``at_door``: it was refused when it arrived."""

    number: int
    event: UUID
    source: str
    id: str
    type: str
    state: InboundState
    at_door: bool
    answer: Answer
    received_at: datetime
    answered_at: datetime | None
    parked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many events of a type a party sent on a day, what came of them, and how soon that stood."""

    type: str
    day: date
    states: Mapping[InboundState, int]
    p50_ms: int | None
    p99_ms: int | None


Handler = Callable[[Sequence[tuple[Taken, Any]], U], Awaitable[list[Outcome]]]
