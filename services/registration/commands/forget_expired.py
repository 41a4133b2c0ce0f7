"""Let go of what registration has kept long enough, class by class (rules F5; docs/privacy.md has the table)."""

from dataclasses import dataclass

from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now

_BATCH = 1_000


@dataclass(frozen=True)
class ForgetExpired:
    """A piece of each class."""


async def forget_expired(_: ForgetExpired, uow: RegistrationUnitOfWork) -> None:
    """A full piece means that there is more: the next run follows at once instead of after the timer's interval."""
    found = await uow.retention.forget(_BATCH)
    if any(found.values()):
        uow.decided("retention", **found)
    if max(found.values()) >= _BATCH:
        await uow.due.at(ForgetExpired(), now())
