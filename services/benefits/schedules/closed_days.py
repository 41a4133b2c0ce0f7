"""The timer of the books: days that are over are added up."""

from datetime import timedelta

from services.benefits.commands.end_days import EndDays, end_days
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.scheduling.runner import Schedule

# Until a day is added up its transfers are read one by one.
_EVERY = timedelta(hours=1)


def closed_days() -> Schedule[BenefitsUnitOfWork]:
    """Look again and again, one at a time over all workers."""
    return Schedule(EndDays, end_days, _EVERY)
