"""Make the tokens of names that were stated before people were found by them."""

from dataclasses import dataclass

from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now

PAGE_SIZE = 1_000


@dataclass(frozen=True)
class IndexNames:
    """The fact after which it goes on."""

    after: int = 0


async def index_names(command: IndexNames, uow: RegistrationUnitOfWork) -> None:
    """Index one page, and leave the next for later."""
    last = await uow.person_facts.index_names(command.after, PAGE_SIZE)
    if last is not None:
        await uow.due.at(IndexNames(last), now())
