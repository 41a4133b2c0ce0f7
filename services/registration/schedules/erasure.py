"""The timer of erasure: of whom nothing needs to be kept any more, everything is let go of."""

from datetime import timedelta

from services.registration.commands.erase_expired import EraseExpired, erase_expired
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.scheduling.runner import Schedule

_EVERY = timedelta(days=1)


def erasure() -> Schedule[RegistrationUnitOfWork]:
    """Look once a day, one at a time over all workers."""
    return Schedule(EraseExpired, erase_expired, _EVERY)
