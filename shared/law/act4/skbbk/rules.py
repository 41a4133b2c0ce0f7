"""Who takes part in SKBBK, the cover of non-employment injury, in which month (Act 4 s.6(2), Act A1788).

All took part in June 2026. Since July 2026 a local employee may be released; who did not file in time stays in for
good, who was released may come back. A month is judged by its own law, as known on the day of `law`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.kernel.periods import Month
from shared.law.book import LawOn
from shared.law.rule import rule


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
    closes = law.day("act4.skbbk.window_closes")
    if employed_from is not None:
        closes = max(closes, employed_from + timedelta(days=law.days("act4.skbbk.new_hire_days")))
    return law.day("act4.skbbk.window_opens") <= released_on <= closes


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


@rule("2026-06-01")
def takes_part(choices: Choices, month: Month, law: LawOn) -> bool:
    """Whether a person takes part in a month, and so contributes and is covered."""
    return participation(choices, month, law) is not Participation.OUT
