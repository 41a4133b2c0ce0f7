"""The timer of the law: whether this release, or this day, has another one than the questions were asked by."""

from datetime import timedelta

from services.claims.commands.compare_law import CompareLaw, compare_law
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.scheduling.runner import Schedule


def law(every: timedelta) -> Schedule[ClaimsUnitOfWork]:
    """Look again and again, one at a time over all workers."""
    return Schedule(CompareLaw, compare_law, every)
