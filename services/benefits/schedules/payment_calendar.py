"""The timer of the payment calendar: whether this release, or this day, has another one than was known."""

from datetime import timedelta

from services.benefits.commands.compare_calendar import CompareCalendar, compare_calendar
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.scheduling.runner import Schedule


def payment_calendar(every: timedelta) -> Schedule[BenefitsUnitOfWork]:
    """Look again and again, one at a time over all workers."""
    return Schedule(CompareCalendar, compare_calendar, every)
