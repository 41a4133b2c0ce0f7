"""Time limits of appeals, applications and reviews (Act 4 ss.33, 34(3), 83 and 84)."""

from datetime import date, timedelta

from shared.kernel.periods import months_after
from shared.law.act4.calendar.rules import moved_from_holiday
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def last_day_of_medical_appeal(decided_on: date, law: LawOn) -> date:
    """The last day of an appeal from a medical board; what comes later is a revision (`assumed`)."""
    return moved_from_holiday(decided_on + timedelta(days=law.days("act4.boards.appellate_days")), law)


@rule("2013-01-01")
def last_day_at_the_appellate_board(arose_on: date, law: LawOn) -> date:
    """The last day of an application to the Social Security Appellate Board: three years (ss.83 and 84)."""
    return months_after(arose_on, law.months("act4.boards.ssab_months"))


@rule("2013-01-01")
def first_day_of_aggravation(assessed_on: date, provisional: bool, law: LawOn) -> date:
    """The first day on which a review for aggravation needs no leave: after three years, or six months (s.34(3))."""
    figure = "aggravation_months_provisional" if provisional else "aggravation_months"
    return months_after(assessed_on, law.months(f"act4.boards.{figure}"))


@rule("2013-01-01")
def needs_justification(told_on: date, session_on: date, law: LawOn) -> bool:
    """Whether a medical board's session is so soon that the appointment needs a justification (`assumed`)."""
    return session_on - told_on < timedelta(days=law.days("act4.boards.appointment_days"))


@rule("2013-01-01")
def least_members(law: LawOn) -> int:
    """How many members a panel has at least beside its chairman (`assumed`)."""
    return law.count("act4.boards.panel_members")


@rule("2013-01-01")
def is_absent_too_often(absences: int, law: LawOn) -> bool:
    """Whether a person missed so many sessions that people look at it (`assumed`)."""
    return absences >= law.count("act4.boards.most_absences")


@rule("2013-01-01")
def day_called_back(until: date, law: LawOn) -> date:
    """The day on which the case of a provisional assessment goes back, before it ends (s.32A; `assumed`)."""
    return until - timedelta(days=law.days("act4.boards.called_back_days"))


@rule("2013-01-01")
def days_of_appeal(step: str, law: LawOn) -> int:
    """The working days for a step of an appeal (`assumed`); raises OutsideTable for what is none."""
    table = law.table("act4.boards.appeal_days")
    return table.whole(table.find(step), "days")
