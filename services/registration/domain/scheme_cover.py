"""Cover by schemes that people join of themselves, to the minute: periods derived from the ledger of payments.

What is certain and what waits for two officers are apart: of a moment that waits nobody pays and nobody refuses.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from services.registration.domain.cover_payment import CoverPayment, PaymentState, counted
from services.registration.domain.scheme_registration import SchemeRegistration
from services.registration.domain.schemes import Clock, Joining, Scheme
from shared.law.book import LawOn


class Covered(StrEnum):
    """Whether a moment lies in a period."""

    COVERED = "covered"
    WAITS = "waits"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment on, until just before another one."""

    begins: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.begins <= moment < self.ends


@dataclass(frozen=True, slots=True)
class ClockCover:
    """One clock of a scheme: its periods, those that wait, and how it stands at the moment that was asked about."""

    clock: Clock
    covered: Covered
    until: datetime | None
    periods: tuple[Period, ...]
    waits: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class ActivityCover:
    """One activity of a scheme, or the scheme where it has none, with what the answer rests on.

    `law` are Acts and sections, `figures` the entries of the book that were read: figure, in force, known.
    """

    scheme: Scheme
    activity: str
    registrations: tuple[SchemeRegistration, ...]
    payments: tuple[CoverPayment, ...]
    clocks: tuple[ClockCover, ...]
    law: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]


def cover_of(
    scheme: Scheme,
    activity: str,
    registrations: Sequence[SchemeRegistration],
    payments: Sequence[CoverPayment],
    who: Joining,
    moment: datetime,
    law: LawOn,
) -> ActivityCover:
    """All that is derived of one activity, by the law of a day; `who` is the person as known."""
    asked = law.book.on(law.in_force, law.known)
    clocks = tuple(clock_cover(clock, payments, who, moment, asked) for clock in scheme.clocks)
    cited = {*asked.citations, *(clock.law for clock in scheme.clocks)}
    return ActivityCover(
        scheme,
        activity,
        tuple(registrations),
        tuple(payments),
        clocks,
        tuple(sorted(cited)),
        tuple((each.figure, each.in_force.isoformat(), each.known.isoformat()) for each in asked.read),
    )


def not_law(
    scheme: Scheme, activity: str, registrations: Sequence[SchemeRegistration], payments: Sequence[CoverPayment]
) -> ActivityCover:
    """Of a moment at which the scheme was no law: nothing covers."""
    clocks = tuple(ClockCover(clock, Covered.NOT_COVERED, None, (), ()) for clock in scheme.clocks)
    return ActivityCover(scheme, activity, tuple(registrations), tuple(payments), clocks, (), ())


def clock_cover(
    clock: Clock, payments: Sequence[CoverPayment], who: Joining, moment: datetime, law: LawOn
) -> ClockCover:
    """One clock, by the payments that count; one that was reported late counts for certain from its report on."""
    stands = counted(payments)
    late = [each for each in stands if each.state is PaymentState.REPORTED_LATE]
    turns = {*clock.turns([each.paid for each in stands], who, law), *(each.begins_at for each in late)}

    def may_run(at: datetime) -> bool:
        return clock.runs([each.paid for each in stands], who, at, law)

    def runs(at: datetime) -> bool:
        return clock.runs([each.paid for each in stands if each.begins_at <= at or each not in late], who, at, law)

    periods = periods_of(turns, runs)
    waits = periods_of(turns, lambda at: may_run(at) and not runs(at))
    return ClockCover(clock, _covered(periods, waits, moment), _until(periods, moment), periods, waits)


def periods_of(turns: Collection[datetime], holds: Callable[[datetime], bool]) -> tuple[Period, ...]:
    """The periods in which something holds that may turn at these moments only, and does not hold after the last."""
    found: list[Period] = []
    for begins, ends in pairwise(sorted(turns)):
        if not holds(begins):
            continue
        if found and found[-1].ends == begins:
            begins = found.pop().begins
        found.append(Period(begins, ends))
    return tuple(found)


def _covered(periods: Sequence[Period], waits: Sequence[Period], moment: datetime) -> Covered:
    if any(each.holds(moment) for each in periods):
        return Covered.COVERED
    return Covered.WAITS if any(each.holds(moment) for each in waits) else Covered.NOT_COVERED


def _until(periods: Sequence[Period], moment: datetime) -> datetime | None:
    return next((each.ends for each in periods if each.holds(moment)), None)
