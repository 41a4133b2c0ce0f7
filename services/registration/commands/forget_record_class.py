"""Let go of what registration has kept long enough of one class (rules F5; docs/privacy.md has the table)."""

from dataclasses import dataclass

from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now

_BATCH = 1_000


@dataclass(frozen=True)
class ForgetRecordClass:
    """The class, as `storage/retention.py` names it."""

    name: str


async def forget_record_class(command: ForgetRecordClass, uow: RegistrationUnitOfWork) -> None:
    """A piece of it; a full one means that there is more, and the next follows at once."""
    found = await uow.retention.forget(command.name, _BATCH)
    if found:
        uow.decided("retention", **{command.name: found})
    if found >= _BATCH:
        await uow.due.at(command, now())
