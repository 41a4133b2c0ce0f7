"""The timer of the rotation of keys: what stands under another key than the current one is put under that."""

from datetime import timedelta

from services.registration.commands.reseal_rows import ResealRows, reseal_rows
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.scheduling.runner import Schedule

_EVERY = timedelta(minutes=1)


def resealing() -> Schedule[RegistrationUnitOfWork]:
    """Look again and again, one at a time over all workers; a piece that leaves more goes on by itself."""
    return Schedule(ResealRows, reseal_rows, _EVERY)
