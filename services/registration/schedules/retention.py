"""The timer of retention: what was kept long enough is let go of."""

from datetime import timedelta

from services.registration.commands.forget_expired import ForgetExpired, forget_expired
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.scheduling.runner import Schedule

_EVERY = timedelta(days=1)


def retention() -> Schedule[RegistrationUnitOfWork]:
    """Look once a day, one at a time over all workers."""
    return Schedule(ForgetExpired, forget_expired, _EVERY)
