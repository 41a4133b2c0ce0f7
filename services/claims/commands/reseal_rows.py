"""Put what is sealed under the current key, while keys are rotated."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from services.claims.storage.sealed import SEALED_TABLES
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.persistence.resealing import seal_again
from shared.security.fields import FieldCipher


@dataclass(frozen=True)
class ResealRows:
    """A piece of one table, and the next after a pause; nothing while there is one key."""


def resealing_with(cipher: FieldCipher) -> Callable[[ResealRows, ClaimsUnitOfWork], Awaitable[None]]:
    """What runs the command; what is read meanwhile is opened under either key."""

    async def reseal_rows(command: ResealRows, uow: ClaimsUnitOfWork) -> None:
        async def again(at: datetime) -> None:
            await uow.due.at(command, at)

        await seal_again(SEALED_TABLES, cipher, again, uow)

    return reseal_rows
