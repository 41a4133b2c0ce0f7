"""The client charter's clock of a benefit, and of the registering of a notice: from the complete file to the decision.

While a board is to certify, the file is not complete and the charter promises nothing: for that there is a clock of the
invitation, from when somebody waits for a board to when it is invited to a session (days assumed).

| state | is entered by | is left by |
|---|---|---|
| running | nothing is missing any more, and people are to decide | something is missing again; the decision |
| standing | evidence is asked for, a board is to sit, records are on their way, an officer waits | what was missing |
| over | the decision; another claim goes on with it | nothing: what is opened again has a clock of its own |

It is no task's clock: that begins when people are asked, and a benefit may be asked about in several queues. The same
working days count, and of a stop the same whole days are taken out. What is decided as soon as the file is complete has
no clock: nobody waited.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.claims.domain.boards import BoardCase, BoardCaseState
from shared.kernel.clock import business_day, start_of_day
from shared.kernel.identifiers import derived_id
from shared.kernel.working_days import Stop, due_day
from shared.law.act4.charter.rules import BOARD_INVITATION

REGISTRATION = "registration"
_DAY = timedelta(days=1)


class StandsFor(StrEnum):
    """What is missing while a clock stands."""

    EVIDENCE = "evidence"
    """A party was asked for it, or it is to be stated by who claims."""
    MEDICAL_BOARD = "medical_board"
    RECORDS = "records"
    """What registration or employers send is on its way."""
    OFFICERS_STOP = "officers_stop"
    """An officer stopped a task about it: somebody outside, or the answer to a question, is waited for."""


# What only a party can state, or a board.
_MISSING = {
    "application_awaited": StandsFor.EVIDENCE,
    "dependants_to_be_stated": StandsFor.EVIDENCE,
    "funeral_claimants_to_be_stated": StandsFor.EVIDENCE,
    "medical_board_to_certify": StandsFor.MEDICAL_BOARD,
}


class ClockState(StrEnum):
    """Where a clock stands; ``predicted``: it runs on its last day; ``missed``: its time is over."""

    RUNNING = "running"
    PREDICTED = "predicted"
    MISSED = "missed"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class ClockStop:
    """The clock stood, for what, and until when; None: it stands."""

    stopped_at: datetime
    stands_for: StandsFor
    resumed_at: datetime | None = None

    @property
    def days(self) -> Stop:
        """In days, as a charter counts them."""
        return Stop(business_day(self.stopped_at), None if self.resumed_at is None else business_day(self.resumed_at))


@dataclass(frozen=True, slots=True)
class CharterClock:
    """A clock: of which claim and what of it, since when the file is complete, and what became of it.

    ``revision`` counts how it was published, from 1.
    """

    claim: UUID
    name: str
    number: int
    promise: str
    days: int
    complete_at: datetime
    due_at: datetime | None
    stops: tuple[ClockStop, ...] = ()
    predicted_at: datetime | None = None
    missed_at: datetime | None = None
    ended_at: datetime | None = None
    revision: int = 0

    @property
    def id(self) -> UUID:
        """The same in a database that was put back."""
        return derived_id("charter_clock", self.claim, self.name, self.number)

    @property
    def stands_for(self) -> StandsFor | None:
        """What is missing now; where nothing is and the clock stands, an officer stopped it."""
        missing = next((each.stands_for for each in self.stops if each.resumed_at is None), None)
        return missing or (StandsFor.OFFICERS_STOP if self.due_at is None else None)

    @property
    def state(self) -> ClockState:
        """As it is listed."""
        if self.missed_at is not None:
            return ClockState.MISSED
        if self.due_at is None:
            return ClockState.STANDING
        return ClockState.RUNNING if self.predicted_at is None else ClockState.PREDICTED


@dataclass(frozen=True, slots=True)
class Followed:
    """How what a clock is of stands now: whether it is decided, and what is missing, if anything is.

    ``since`` is when it came to stand so; ``stops`` are those of the tasks about it.
    """

    name: str
    promise: str
    is_settled: bool
    missing: StandsFor | None
    since: datetime
    stops: Sequence[Stop] = ()


WorksOn = Callable[[date], bool]


def missing_for(reason: str, *, is_asked: bool) -> StandsFor | None:
    """What is missing for a question that waits for officers; ``is_asked``: of a party, which has time to answer."""
    return _MISSING.get(reason) or (StandsFor.EVIDENCE if is_asked else None)


def inviting(
    open_: Sequence[BoardCase], waits_since: datetime | None, at: datetime, *, is_asked: bool
) -> Followed | None:
    """The invitation to a board of whom a claim is about; None where nobody waits for one.

    ``open_`` are its cases that no board has decided; ``waits_since`` is when a question came to wait for one, be it
    before anybody puts a case; ``is_asked``: of a party, for what a board is to have before it.
    """
    waiting = [each for each in open_ if each.state is BoardCaseState.WAITING]
    # One that was before a board waits once more since now.
    since = min((each.put_at if each.revision == 1 else at for each in waiting), default=None if open_ else waits_since)
    if since is None and not open_:
        return None
    missing = StandsFor.EVIDENCE if is_asked else None
    return Followed(BOARD_INVITATION, BOARD_INVITATION, since is None, missing, since or at)


def begun(claim: UUID, number: int, days: int, now: Followed) -> CharterClock | None:
    """A clock of what is not decided though nothing is missing; None of anything else: the file is not complete."""
    if now.is_settled or now.missing is not None:
        return None
    return CharterClock(claim, now.name, number, now.promise, days, now.since, due_at=None)


def followed(clock: CharterClock, now: Followed, at: datetime, works_on: WorksOn) -> CharterClock:
    """The clock as it stands at an instant: stopped, running again, predicted to miss its day, missed, or over."""
    if now.is_settled:
        clock = replace(_resumed(clock, at), ended_at=at)
    elif now.missing is None:
        clock = _resumed(clock, at)
    elif all(each.resumed_at is not None for each in clock.stops):
        clock = replace(clock, stops=(*clock.stops, ClockStop(at, now.missing)))
    last = _last_day(clock, now.stops, business_day(at), works_on)
    clock = replace(clock, due_at=None if last is None else start_of_day(last + _DAY))
    if last is None or clock.due_at is None:
        return clock
    if clock.missed_at is None and at >= clock.due_at:
        clock = replace(clock, missed_at=at, predicted_at=clock.predicted_at or at)
    elif clock.predicted_at is None and clock.ended_at is None and at >= start_of_day(last):
        clock = replace(clock, predicted_at=at)
    return clock


def looked_at_next(clock: CharterClock, at: datetime) -> datetime | None:
    """When something of it changes by itself: its last day begins, then it is over; of one that stands tomorrow.

    What ends a stop is mostly an assessment, which has the clock followed at once. The look of each day is for the
    rest: an officer's stop that is over, a deadline of a party, records that came and were decided upon by a rule, a
    claim that joined another one. Only what stood in a queue has a clock, and a look is a few reads.
    """
    if clock.ended_at is not None or clock.missed_at is not None:
        return None
    if clock.due_at is None:
        return at + _DAY
    return clock.due_at if clock.predicted_at is not None else clock.due_at - _DAY


def _resumed(clock: CharterClock, at: datetime) -> CharterClock:
    stops = tuple(each if each.resumed_at is not None else replace(each, resumed_at=at) for each in clock.stops)
    return replace(clock, stops=stops)


def _as_of(stops: Sequence[Stop], day: date) -> list[Stop]:
    """Stops of tasks as they stand on a day: one that ends on a later day holds, and may end sooner."""
    return [each if each.resumed_on and each.resumed_on <= day else Stop(each.stopped_on, None) for each in stops]


def _last_day(clock: CharterClock, stops: Sequence[Stop], day: date, works_on: WorksOn) -> date | None:
    """The last day in time as it is on a day; None while it stands, unless its days were over before."""
    own = [each.days for each in clock.stops]
    return due_day(business_day(clock.complete_at), clock.days, _as_of([*own, *stops], day), works_on)
