"""What the client charter promises to whoever waits for a person of the organisation, in working days."""

from datetime import date

from shared.law.act4.calendar.rules import public_holidays
from shared.law.book import LawOn
from shared.law.rule import rule

# What the charter is silent on, and the organisation owes all the same while a file waits for a board.
BOARD_INVITATION = "board_invitation"
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@rule("2013-01-01")
def promised_days(promise: str, law: LawOn) -> int:
    """The working days within which an answer is promised (`assumed`); raises OutsideTable for what is not promised."""
    if promise == BOARD_INVITATION:
        return law.days("act4.charter.board_invitation_days")
    table = law.table("act4.charter.days")
    return table.whole(table.find(promise), "days")


@rule("2013-01-01")
def days_of_a_stop(law: LawOn) -> int:
    """The working days after which a clock runs again that an officer stopped (`assumed`)."""
    return law.days("act4.charter.stop_days")


@rule("2013-01-01")
def is_working_day(day: date, law: LawOn) -> bool:
    """Whether the offices work on this day: in their week, and no nationwide public holiday (`assumed`)."""
    return _WEEK[day.weekday()] in law.names("act4.charter.working_week") and str(day) not in public_holidays(law)
