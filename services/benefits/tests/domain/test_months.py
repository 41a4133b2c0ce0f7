"""Months and the payment calendar of the statute book, with plain values."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from services.benefits.domain.calendar import BookCalendar, Reached, months_paid_until
from services.benefits.domain.entitled import Entitled, EntitlementKey, Term
from services.benefits.domain.payments import Payment, PaymentState
from services.benefits.domain.settlement import Books, OpenRecovery, Pay, settle
from shared.kernel.periods import Month
from shared.law.decision import Per

KEY = EntitlementKey(UUID("0197b6a0-6c00-7000-8000-000000000001"), "act4", "invalidity_pension", "person:12")
CALENDAR = BookCalendar(date(2026, 11, 29))


def entitled(*terms: Term, revision: int = 1) -> Entitled:
    return Entitled(KEY, 12, "invalidity", revision, terms)


# Life 6: RM914.50 for the broken April 2026, then RM1,829.00 a month.
PENSION = entitled(Term(Per.ONCE, 91450, date(2026, 4, 30)), Term(Per.MONTH, 182900, date(2026, 5, 1)))


@dataclass(frozen=True)
class MovedCalendar:
    """The book's, but one month is paid on another day: an instrument that was entered later."""

    month: Month
    day: date

    def paid_on(self, month: Month) -> date:
        return self.day if month == self.month else CALENDAR.paid_on(month)


@dataclass(frozen=True)
class Ends:
    """Every month is paid on its last day."""

    def paid_on(self, month: Month) -> date:
        return month.last_day


ENDS = Ends()


def due(owed: Entitled, day: date, before: Reached = Reached()) -> int:
    return owed.due_sen(day, owed.reach(day, before, CALENDAR))


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 5, 28), 0),
        (date(2026, 5, 29), 1),  # the last banking day of May: the 30th is a Saturday
        (date(2026, 6, 30), 2),
        (date(2026, 8, 27), 3),
        (date(2026, 8, 28), 4),  # the 31st is National Day
        (date(2026, 10, 30), 6),
        (date(2026, 11, 29), 6),
        (date(2026, 11, 30), 7),
    ],
)
def test_a_month_without_a_calendar_falls_due_on_its_last_banking_day(day: date, months: int) -> None:
    assert due(PENSION, day) == 91450 + months * 182900


def test_a_month_of_the_calendar_falls_due_on_its_day_before_it_ends_or_after() -> None:
    """2025: January was paid on the 22nd, before Chinese New Year; June on 1 July (dossier act4 §4.7)."""
    pension = entitled(Term(Per.MONTH, 105300, date(2025, 1, 1)))
    days = [date(2025, 1, 21), date(2025, 1, 22), date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 18)]
    assert [due(pension, day) // 105300 for day in days] == [0, 1, 5, 6, 12]


def test_the_next_payment_day_is_when_more_falls_due() -> None:
    day = date(2026, 11, 29)
    reached = PENSION.reach(day, Reached(), CALENDAR)
    assert PENSION.falls_due(day, reached, CALENDAR) == date(2026, 11, 30)
    ends = entitled(Term(Per.MONTH, 182900, date(2026, 5, 1), date(2026, 10, 31)))
    assert ends.falls_due(day, ends.reach(day, Reached(), CALENDAR), CALENDAR) is None


def test_a_payment_day_that_is_entered_before_the_month_comes_near_is_not_missed() -> None:
    """A pension from January is settled in September, before the calendar has January paid on the 22nd."""
    later = entitled(Term(Per.MONTH, 182900, date(2027, 1, 1)))
    moved, reached, day = MovedCalendar(Month(2027, 1), date(2027, 1, 22)), Reached(), date(2026, 9, 15)
    looked_at = []
    for calendar in (CALENDAR, moved, moved, moved):
        reached = later.reach(day, reached, calendar)
        day = later.falls_due(day, reached, calendar) or date.max
        looked_at.append(day)
    assert looked_at == [date(2026, 12, 1), date(2027, 1, 22), date(2027, 2, 26), date(2027, 3, 31)]
    last = entitled(Term(Per.MONTH, 182900, date(9999, 12, 1)))
    assert last.falls_due(date(9999, 11, 30), Reached(), ENDS) == date.max


def test_a_month_that_was_paid_stays_due_when_its_day_moves_to_a_later_one() -> None:
    """October was paid on the 30th; a calendar of the 16 November takes nothing back, and pays nothing twice."""
    day = date(2026, 10, 30)
    october = entitled(Term(Per.MONTH, 182900, date(2026, 10, 1)))
    reached = october.reach(day, Reached(), CALENDAR)
    (paid,) = settle(october, Books(), day, reached)
    assert isinstance(paid, Pay)
    books = Books(paid.amount_sen, 0, (Payment(paid.key, paid.amount_sen, PaymentState.SENT),))
    moved = MovedCalendar(Month(2026, 10), date(2026, 11, 16))
    for later in (date(2026, 10, 31), date(2026, 11, 2), date(2026, 11, 16)):
        reached = october.reach(later, reached, moved)
        assert settle(october, books, later, reached) == ()
        assert october.falls_due(later, reached, moved) == date(2026, 11, 30)


def test_a_death_after_the_payment_day_lets_the_rest_of_the_month_come_back() -> None:
    """Life 6: June's RM1,829.00 were paid, nothing is owed of June: the estate owes them (Act 4 s.50)."""
    day = CALENDAR.paid_on(Month(2026, 6))
    june = entitled(Term(Per.MONTH, 182900, date(2026, 6, 1)))
    (paid,) = settle(june, Books(), day, june.reach(day, Reached(), CALENDAR))
    assert isinstance(paid, Pay)
    books = Books(paid.amount_sen, 0, (Payment(paid.key, paid.amount_sen, PaymentState.SETTLED),))
    ended = entitled(revision=2)
    assert settle(ended, books, day, ended.reach(day, Reached(), CALENDAR)) == (OpenRecovery(182900),)


def test_a_broken_month_is_paid_as_it_was_worked_out_and_divided_by_nobody() -> None:
    assert due(PENSION, date(2026, 4, 29)) == 0
    assert due(PENSION, date(2026, 4, 30)) == 91450


def test_the_border_of_months_never_goes_back_from_day_to_day() -> None:
    days = [date.fromordinal(number) for number in range(date(2024, 12, 1).toordinal(), date(2027, 2, 1).toordinal())]
    borders = [months_paid_until(day, CALENDAR) for day in days]
    assert borders == sorted(borders)
    assert {border.day for border in borders} == {1}
    assert months_paid_until(date.max, CALENDAR) == date.max
