"""Who takes part in SKBBK, the cover of non-employment injury, in which month (Act 4 s.6(2), Act A1788).

All took part in June 2026. Since July 2026 a local employee may be released; who did not file in time stays in for
good, who was released may come back. A month is judged by its own law, as known on the day of `law`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.kernel.periods import Month
from shared.law.act4.contributions.rules import refunded as contributions_refunded
from shared.law.book import LawOn
from shared.law.figures import Entry
from shared.law.rule import rule

# What a person's standing rests on, besides what the person says.
FIGURES = tuple(
    f"act4.skbbk.{name}"
    for name in (
        "release_of_foreigners_counts",
        "locals_may_be_released",
        "window_opens",
        "window_closes",
        "new_hire_days",
        "new_hire_is_first_employment",
        "stays_in_after_window",
        "release_from",
        "may_come_back",
        "whole_month_on_entry",
    )
)
_NO_DAY_YET = date(9999, 1, 1)


class Participation(StrEnum):
    """How a person stands in a month."""

    MANDATORY = "mandatory"
    BY_DEFAULT = "in by default"
    BY_CHOICE = "in by choice"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Choices:
    """What bears on it: nationality, start of work, and the days of a release and of coming back, if any."""

    foreign: bool
    employed_from: date | None = None
    released_on: date | None = None
    came_back_on: date | None = None


@rule("2026-06-01")
def may_be_released(month: Month, foreign: bool, law: LawOn) -> bool:
    """Whether a release can leave a month free: not June 2026, and not for a foreign worker."""
    then = law.on(month.first_day)
    if foreign and not then.says("act4.skbbk.release_of_foreigners_counts"):
        return False
    return then.says("act4.skbbk.locals_may_be_released")


@rule("2026-06-01")
def release_in_time(released_on: date, employed_from: date | None, law: LawOn) -> bool:
    """Whether a release was filed in the window, or, for a new employee, soon enough after the start of work."""
    closes = last_day_of_release(employed_from, law)
    return law.day("act4.skbbk.window_opens") <= released_on <= closes


def last_day_of_release(employed_from: date | None, law: LawOn) -> date:
    """The last day on which a release may be filed: of the window, or, for a new employee, if it is later, of the time
    from the start of work."""
    closes = law.day("act4.skbbk.window_closes")
    return closes if employed_from is None else max(closes, last_day_of_new_hire(employed_from, law))


def last_day_of_new_hire(employed_from: date, law: LawOn) -> date:
    """The last day on which a new employee may file a release, by the start of work alone."""
    return employed_from + timedelta(days=law.days("act4.skbbk.new_hire_days"))


@rule("2026-06-01")
def new_hire_from(spells: Iterable[tuple[date, date | None]], released_on: date, law: LawOn) -> date | None:
    """The start of work from which the time of a new employee counts for a release; None for who never worked since.

    `spells` are first and last days of employment with any employer, None for a last day while it goes on. The first of
    them since July 2026 counts: who stayed in stays in with a new employer too (`assumed`). If the book says otherwise,
    the last one that had begun when the release was filed.
    """
    begins = Month.of(law.day("act4.skbbk.release_from")).first_day
    starts = sorted(first for first, last in spells if last is None or last >= begins)
    if not starts or law.says("act4.skbbk.new_hire_is_first_employment"):
        return starts[0] if starts else None
    return max((first for first in starts if first <= released_on), default=starts[0])


@rule("2026-06-01")
def free_from(choices: Choices, law: LawOn) -> Month | None:
    """The first month that the release leaves free, or None: one filed in time counts from July 2026 or the start."""
    if choices.released_on is None:
        return None
    if not release_in_time(choices.released_on, choices.employed_from, law):
        return None if law.says("act4.skbbk.stays_in_after_window") else Month.of(choices.released_on)
    first = Month.of(law.day("act4.skbbk.release_from"))
    return first if choices.employed_from is None else max(first, Month.of(choices.employed_from))


@rule("2026-06-01")
def participation(choices: Choices, month: Month, law: LawOn) -> Participation:
    """How a person stands in a month: mandatory, in by default, in by choice, or out."""
    then = law.on(month.first_day)
    if not may_be_released(month, choices.foreign, then):
        return Participation.MANDATORY
    free = free_from(choices, then)
    if free is None or month < free:
        return Participation.BY_DEFAULT
    if choices.came_back_on is not None and then.says("act4.skbbk.may_come_back"):
        back = Month.of(choices.came_back_on) + (0 if then.says("act4.skbbk.whole_month_on_entry") else 1)
        if month >= back:
            return Participation.BY_CHOICE
    return Participation.OUT


def first_month(law: LawOn) -> Month | None:
    """The first month of SKBBK; None as long as nobody knows of it."""
    return min((Month.of(entry.in_force) for entry in _known(law)), default=None)


def settled_from(choices: Choices, law: LawOn) -> Month:
    """A month from which on a person's standing is the same for good, by what is known and was said."""
    said = (choices.employed_from, choices.released_on, choices.came_back_on)
    changes = {Month.of(day) + 1 for day in said if day is not None}
    for entry in _known(law):
        changes |= {Month.of(day) for day in (entry.in_force, entry.value) if isinstance(day, date)}
    return max(changes)


def known_later(law: LawOn) -> date | None:
    """The next day on which more of the law of participation is known than on that of `law`; None if it is all."""
    entries = (entry for name in FIGURES for entry in law.book.figures[name].entries)
    return min((entry.known for entry in entries if entry.known > law.known), default=None)


def _known(law: LawOn) -> Iterator[Entry]:
    for name in FIGURES:
        for entry in law.book.figures[name].entries:
            if entry.known <= law.known and entry.in_force < _NO_DAY_YET:
                yield entry


@rule("2026-06-01")
def takes_part(choices: Choices, month: Month, law: LawOn) -> bool:
    """Whether a person takes part in a month, and so contributes and is covered."""
    return participation(choices, month, law) is not Participation.OUT


@rule("2026-06-01")
def skbbk_refunded(month: Month, law: LawOn) -> bool:
    """Whether an SKBBK that was paid and not due for a wage month is refunded: from July 2026, never June."""
    then = law.on(month.first_day)
    return contributions_refunded(then) and month.first_day >= then.day("act4.skbbk.refund_from")
