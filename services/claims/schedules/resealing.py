"""The timer of the rotation of the key: what stands under another key than the current one is put under that."""

from datetime import timedelta

from services.claims.commands.reseal_rows import ResealRows, resealing_with
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.scheduling.runner import Schedule
from shared.security.fields import FieldCipher

_EVERY = timedelta(minutes=1)


def resealing(cipher: FieldCipher) -> Schedule[ClaimsUnitOfWork]:
    """Look again and again, one at a time over all workers; a piece that leaves more goes on by itself."""
    return Schedule(ResealRows, resealing_with(cipher), _EVERY)
