"""The timer of uploads: what nobody went on with is let go of."""

from datetime import timedelta

from services.registration.commands.drop_upload import CleanUpUploads, clean_up_uploads
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.scheduling.runner import Schedule

_EVERY = timedelta(minutes=10)


def upload_clean_up() -> Schedule[RegistrationUnitOfWork]:
    """Look again and again, one at a time over all workers."""
    return Schedule(CleanUpUploads, clean_up_uploads, _EVERY)
