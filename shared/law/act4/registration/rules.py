"""Time limits of registration and of keeping records under Act 4."""

from datetime import date, timedelta

from shared.law.act4.calendar.rules import moved_from_holiday
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def register_employer_by(liable_on: date, law: LawOn) -> date:
    """The last day on which an employer who became liable on a day registers (Act 4 s.4)."""
    return moved_from_holiday(liable_on + timedelta(days=law.days("act4.registration.employer_days")), law)


@rule("2013-01-01")
def register_employee_by(started_on: date, law: LawOn) -> date:
    """The last day on which an employee who started on a day is registered (Act 4 s.5)."""
    return moved_from_holiday(started_on + timedelta(days=law.days("act4.registration.employee_days")), law)


@rule("2013-01-01")
def notify_cessation_by(ceased_on: date, law: LawOn) -> date:
    """The last day on which ceasing to be an employer is notified, on Form 1A (General Regulations 1971)."""
    return moved_from_holiday(ceased_on + timedelta(days=law.days("act4.registration.cessation_days")), law)


@rule("2013-01-01")
def keep_records_to(last_entry_on: date, law: LawOn) -> date:
    """The last day on which records are kept: so many years after their last entry (General Regulations 1971)."""
    year = last_entry_on.year + law.count("act4.registration.records_years")
    try:
        return last_entry_on.replace(year=year)
    except ValueError:  # 29 February ends with the February of a common year
        return date(year, 2, 28)


@rule("2013-01-01")
def kept_for_life_to(born_on: date, law: LawOn) -> date:
    """The last day on which the record of somebody is kept of whom no death is known: by an age."""
    year = born_on.year + law.age("act4.registration.life_years")
    return keep_records_to(born_on.replace(year=year, day=min(born_on.day, 28)), law)
