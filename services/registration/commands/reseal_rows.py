"""Put what is sealed under the current key, while keys are rotated."""

from dataclasses import dataclass
from datetime import datetime

from services.registration.storage.sealed import sealed_tables
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.persistence.resealing import seal_again


@dataclass(frozen=True)
class ResealRows:
    """A piece of one table, and the next after a pause; nothing while there is one key."""


async def reseal_rows(command: ResealRows, uow: RegistrationUnitOfWork) -> None:
    """What is read meanwhile is found and opened under either key."""

    async def again(at: datetime) -> None:
        await uow.due.at(command, at)

    await seal_again(sealed_tables(uow.keys), uow.keys.cipher, again, uow)
