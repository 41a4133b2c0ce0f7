"""Let go of what registration has kept long enough: class by class, and none waits for another."""

from dataclasses import dataclass

from services.registration.commands.forget_record_class import ForgetRecordClass
from services.registration.storage.retention import RECORD_CLASSES
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ForgetExpired:
    """Every class, once a day."""


async def forget_expired(_: ForgetExpired, uow: RegistrationUnitOfWork) -> None:
    """One that fails, or takes longer than it may, keeps no other from going."""
    for name in RECORD_CLASSES:
        await uow.due.at(ForgetRecordClass(name), now())
