"""Accidents as the outside world says them; nothing here reads the statute book or decides anything.

`generator.py` draws them, `table.py` judges them, `adapter.py` has the book decide, and `comparison.py` holds the one
against the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month

SKBBK_BEGINS = date(2026, 6, 1)
WINDOW_OPENS, WINDOW_CLOSES = date(2026, 7, 13), date(2026, 8, 31)
CITIZEN, PERMANENT_RESIDENT, FOREIGN = "citizen", "permanent_resident", "foreign"
MANDATORY, BY_DEFAULT, BY_CHOICE, OUT = "mandatory", "by_default", "by_choice", "out"
FIRST, SECOND = "first", "second"

AT_WORK, COMMUTING, JOURNEY = "at_work", "commuting", "journey_for_employment"
BREAK, EMERGENCY = "authorised_break", "emergency_at_premises"
EMPLOYER_ACTIVITY, OTHER = "employer_activity", "other"
CIRCUMSTANCES = (AT_WORK, COMMUTING, JOURNEY, BREAK, EMERGENCY, EMPLOYER_ACTIVITY, OTHER)
JOURNEYS = (COMMUTING, JOURNEY)


@dataclass(frozen=True, slots=True)
class Spell:
    """Employment with an employer, from its first day to its last; open while it goes on.

    ``stated_on`` is the day on which it was first stated, ``verified`` whether an officer stated or verified it.
    """

    employer: int
    first: date
    last: date | None
    stated_on: date
    verified: bool = False

    def covers(self, day: date) -> bool:
        """Whether the person was employed on the day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def touches(self, month: Month) -> bool:
        """Whether the person was employed on a day of the month."""
        return self.first <= month.last_day and (self.last is None or self.last >= month.first_day)


@dataclass(frozen=True, slots=True)
class Period:
    """A category of Act 4, or a status in SKBBK, from a first day to a last one; open while it goes on."""

    status: str
    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether it holds on the day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A doctor's certificate: the days of unfitness; a final one has the first day of fitness in their place."""

    issued_on: date
    days: Days | None = None
    fit_from: date | None = None


Wages = Mapping[tuple[int, Month], Sen]
"""Wages in sen by employer and month. Zero: declared as a month without wages; absent: not declared so far."""


@dataclass(frozen=True, eq=False)
class Accident:
    """One accident: who, where employed and insured, which wages, what happened, and what doctors certified.

    ``found`` is what a person found of an employer's activity (None: nobody has looked), ``similar_work`` the average
    assumed monthly wage of a similar worker, ``looked_at`` whether a person looked at the days above 180.
    """

    born: date
    residence: str
    spells: tuple[Spell, ...]
    categories: tuple[Period, ...]
    released_on: date | None
    came_back_on: date | None
    participation: tuple[Period, ...]
    wages: Wages
    day: date
    circumstance: str
    interrupted_or_deviated: bool = False
    found: bool | None = None
    outside_malaysia: bool = False
    act_of_section_93: bool = False
    breach_of_immigration_law: bool = False
    circumstance_of_section_96b: bool = False
    certificates: tuple[Certificate, ...] = ()
    worked_with_wages: tuple[date, ...] = ()
    similar_work: Sen | None = None
    looked_at: bool = True

    @property
    def month(self) -> Month:
        """The month of the accident."""
        return Month.of(self.day)
