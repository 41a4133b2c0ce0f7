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


class Owner(StrEnum):
    """Who has to do something about it."""

    EMPLOYER = "employer"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A month in which a person has a day of employment: the wages that its employer declares, None where it declares
    none; what the employer declares and paid for all its people; and whether money of the month waits for officers.
    """

    month: int
    employer: int
    wage_sen: Sen | None
    declared_sen: Sen
    banked_sen: Sen
    money_waits: bool

    @property
    def wage_month(self) -> Month:
        return month_of(self.month)

    def state(self, on: date) -> MonthState:
        """Where it stands on a day: nothing is missing before the contributions are due."""
        if self.wage_sen == 0:
            return MonthState.NO_WAGES
        if self.wage_sen is not None and self.banked_sen >= self.declared_sen:
            return MonthState.PAID
        due = due_on(self.wage_month, on)
        if due is None or on <= due:
            return MonthState.NOT_DUE
        if self.wage_sen is None:
            return MonthState.MISSING
        return MonthState.PARTLY_PAID if self.banked_sen > 0 else MonthState.UNPAID

    def owner(self, on: date) -> Owner | None:
        """Who has to do something about it on a day, if somebody has: money that nobody matched is the organisation's
        to look at, and all else is the employer's."""
        if self.state(on) not in (MonthState.MISSING, MonthState.UNPAID, MonthState.PARTLY_PAID):
            return None
        return Owner.ORGANISATION if self.money_waits else Owner.EMPLOYER


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A person with a day of employment in a month of which its employer declares no wages."""

    person: int
    started_on: date
    is_withdrawn: bool
