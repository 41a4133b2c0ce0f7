"""A spell of employment under a contract of service, and what its days may be (Act 4 s.5)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.registration.domain.errors import (
    SpellAlreadyEnded,
    SpellEndsBeforeStart,
    SpellEndsTooFarAhead,
    SpellStartsBeforeBirth,
    SpellStartsTooFarAhead,
)
from services.registration.domain.work import NOT_STATED, Work
from shared.kernel.money import Sen
from shared.kernel.periods import Month


@dataclass(frozen=True, slots=True)
class Spell:
    """The whole spell as it is known now; `ended_on` is its last day.

    `confirmed` is the wage month of its first contribution, `confirmed_wage` the wage declared for it, in sen.
    `stated_on` is the business day on which its start was first stated, None of spells of before that was kept;
    `verified`: an officer stated it, or has verified it since; `refused`: the last word of an officer was that it did
    not begin as stated. `end_stated_on` is the business day on which its last day was stated, None of ends of before
    that was kept; `end_verified`: no employer's word alone ends it.
    """

    id: UUID
    person: int
    employer: int
    revision: int
    started_on: date
    ended_on: date | None = None
    confirmed: Month | None = None
    confirmed_wage: Sen | None = None
    stated_on: date | None = None
    verified: bool = True
    refused: bool = False
    end_stated_on: date | None = None
    end_verified: bool = True
    work: Work = NOT_STATED

    def overlaps(self, other: "Spell") -> bool:
        """Whether both have a day."""
        before = max(self.started_on, other.started_on) - timedelta(1)
        return self.goes_on_behind(before) and other.goes_on_behind(before)

    def goes_on_behind(self, day: date) -> bool:
        """Whether it has not ended by a day."""
        return self.ended_on is None or self.ended_on > day

    def within(self, other: "Spell") -> "Spell":
        """The same of the days that the other one has too: it ends with that one, as was stated of it."""
        within = replace(self, started_on=max(self.started_on, other.started_on))
        if other.ended_on is None or not self.goes_on_behind(other.ended_on):
            return within
        last, stated_on = other.ended_on, other.end_stated_on
        return replace(within, ended_on=last, end_stated_on=stated_on, end_verified=other.end_verified)


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of whether a spell began as it was stated: a fact. The last one holds.

    `officer` is who said it, `source` for whom; None where only the event of it came back after a restore.
    """

    granted: bool
    at: datetime
    source: str
    officer: str | None


class WaitReason(StrEnum):
    """Why a last day waits for an officer: far back, or of a death that a public register stated; wages after it."""

    DATED_BACK = "dated_back"
    WAGES_REPORTED_AFTER = "wages_reported_after"


class EndCause(StrEnum):
    """What else ended, so that the employment is to end: a foreign worker's pass, or the employer itself."""

    PASS_ENDED = "pass_ended"  # noqa: S105 - a foreign worker's pass
    EMPLOYER_ENDED = "employer_ended"


@dataclass(frozen=True, slots=True)
class WaitingEnd:
    """A last day that an employer stated and an officer has not confirmed: until then the spell goes on."""

    spell: UUID
    person: int
    employer: int
    ended_on: date
    reason: WaitReason
    stated_at: datetime
    source: str
    cause: EndCause | None = None


def wait_reason(ended_on: date, earliest: date, last_reported: Month | None) -> WaitReason | None:
    """Why an employer alone cannot end a spell on this day, if so: it takes away cover of days that have passed.

    `earliest` is the first day that is taken without an officer, `last_reported` the last month with wages.
    """
    if last_reported is not None and last_reported > Month.of(ended_on):
        return WaitReason.WAGES_REPORTED_AFTER
    return WaitReason.DATED_BACK if ended_on < earliest else None


def days_beside(spell: Spell, others: Iterable[Spell]) -> list[tuple[date, date | None]]:
    """The days of a spell that none of these has, as first and last days; None where they go on."""
    left: list[tuple[date, date | None]] = []
    first = spell.started_on
    last = spell.ended_on or date.max
    for other in sorted(others, key=lambda each: each.started_on):
        ends = other.ended_on or date.max
        if ends < first or other.started_on > last:
            continue
        if other.started_on > first:
            left.append((first, other.started_on - timedelta(1)))
        if ends >= last:
            return left
        first = ends + timedelta(1)
    return [*left, (first, spell.ended_on)]


def check_start(started_on: date, born_on: date, latest: date) -> None:
    """Raises SpellStartsBeforeBirth, or SpellStartsTooFarAhead after the latest day accepted."""
    if started_on < born_on:
        raise SpellStartsBeforeBirth()
    if started_on > latest:
        raise SpellStartsTooFarAhead(f"A spell may start on {latest} at the latest.")


def check_end(spell: Spell, ended_on: date, latest: date, *, corrects: bool) -> None:
    """Raises SpellAlreadyEnded unless the day may be corrected, SpellEndsBeforeStart, or SpellEndsTooFarAhead."""
    if spell.ended_on is not None and not corrects:
        raise SpellAlreadyEnded()
    if ended_on < spell.started_on:
        raise SpellEndsBeforeStart(f"The spell starts on {spell.started_on}.")
    if ended_on > latest:
        raise SpellEndsTooFarAhead(f"A spell may end on {latest} at the latest.")
