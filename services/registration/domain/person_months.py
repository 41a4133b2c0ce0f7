"""What a person sees of a month of employment: whether its employer declared it, and whether that is paid."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.registration.domain.arrears import due_on
from services.registration.domain.contribution import month_of
from shared.kernel.money import Sen
from shared.kernel.periods import Month


class MonthState(StrEnum):
    """Where a person's month with an employer stands."""

    NOT_DUE = "not_due"
    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    UNPAID = "unpaid"
    NO_WAGES = "no_wages"
    MISSING = "missing"
    TAKEN_OVER = "taken_over"
    NOT_KNOWN_HERE = "not_known_here"


class MonthReason(StrEnum):
    """Why nobody here can say of a month that it is paid or missing."""

    STATED_BY_EARLIER_SYSTEM = "stated_by_earlier_system"
    """The earlier system knew these wages; what was banked for them it knew as well."""
    BEFORE_FIRST_MONTH_TAKEN_OVER = "before_first_month_taken_over"
    """The months that were taken over of the employer begin later."""
    NO_MONTHS_TAKEN_OVER = "no_months_taken_over"
    """Of the employer none was taken over, and the month was due before the employment was."""


class Owner(StrEnum):
    """Who has to do something about it."""

    EMPLOYER = "employer"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A month in which a person has a day of employment: the wages that its employer declares, None where it declares
    none; what the employer declares and paid for all its people; and whether money of the month waits for officers.

    `is_taken_over`: all that is known of the wages an earlier system stated. `taken_over_on` is the day on which all
    employment of the month was taken over, None where somebody stated some of it here; `first_month` is the first that
    was taken over of the employer then.
    """

    month: int
    employer: int
    wage_sen: Sen | None
    declared_sen: Sen
    banked_sen: Sen
    money_waits: bool
    is_taken_over: bool = False
    taken_over_on: date | None = None
    first_month: int | None = None

    @property
    def wage_month(self) -> Month:
        return month_of(self.month)

    def state(self, on: date) -> MonthState:
        """Where it stands on a day: nothing is missing before the contributions are due."""
        if self.is_taken_over:
            return MonthState.TAKEN_OVER
        if self.wage_sen == 0:
            return MonthState.NO_WAGES
        if self.wage_sen is not None and self.banked_sen >= self.declared_sen:
            return MonthState.PAID
        due = due_on(self.wage_month, on)
        if self.wage_sen is None and is_of_before(self.month, due, self.taken_over_on, self.first_month):
            return MonthState.NOT_KNOWN_HERE
        if due is None or on <= due:
            return MonthState.NOT_DUE
        if self.wage_sen is None:
            return MonthState.MISSING
        return MonthState.PARTLY_PAID if self.banked_sen > 0 else MonthState.UNPAID

    def reason(self, on: date) -> MonthReason | None:
        """Why it can be said neither that it is paid nor that it is missing, if so."""
        if self.state(on) is MonthState.TAKEN_OVER:
            return MonthReason.STATED_BY_EARLIER_SYSTEM
        if self.state(on) is not MonthState.NOT_KNOWN_HERE:
            return None
        if self.first_month is None:
            return MonthReason.NO_MONTHS_TAKEN_OVER
        return MonthReason.BEFORE_FIRST_MONTH_TAKEN_OVER

    def owner(self, on: date) -> Owner | None:
        """Who has to do something about it on a day, if somebody has: money that nobody matched is the organisation's
        to look at, and all else is the employer's."""
        if self.state(on) not in (MonthState.MISSING, MonthState.UNPAID, MonthState.PARTLY_PAID):
            return None
        return Owner.ORGANISATION if self.money_waits else Owner.EMPLOYER


def is_of_before(month: int, due: date | None, taken_over_on: date | None, first_month: int | None) -> bool:
    """Whether a month without a line is of before what was taken over, and so the earlier system's to know.

    What was taken over of an employer says where its months begin. Where none was, it is all that was due before.
    """
    if taken_over_on is None:
        return False
    if first_month is not None:
        return month < first_month
    return due is None or due < taken_over_on


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A person with a day of employment in a month of which its employer declares no wages."""

    person: int
    started_on: date
    is_withdrawn: bool
