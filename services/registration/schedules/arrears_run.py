"""The timer of arrears: what is not paid bears interest by the day, and is charged once a month."""

from datetime import timedelta

from services.registration.commands.run_arrears import RunArrears, run_arrears
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.scheduling.runner import Schedule

_EVERY = timedelta(minutes=1)


def arrears_run() -> Schedule[RegistrationUnitOfWork]:
    """Look again and again, one at a time over all workers."""
    return Schedule(RunArrears, run_arrears, _EVERY)
