"""Keep what two officers found of two numbers: two people, or one."""

from dataclasses import dataclass

from services.registration.domain.duplicate import Verdict
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.tasks.errors import TaskUnknown


@dataclass(frozen=True)
class DecideDuplicate:
    """Both numbers, the verdict, and both officers."""

    person: int
    other: int
    verdict: Verdict
    proposed_by: str
    approved_by: str


async def decide_duplicate(command: DecideDuplicate, uow: RegistrationUnitOfWork) -> None:
    """Keep the verdict; nothing else changes by it."""
    pair = await uow.duplicates.lock(command.person, command.other)
    if pair is None:
        raise TaskUnknown()
    await uow.duplicates.decide(pair, command.verdict, (command.proposed_by, command.approved_by), now())
    uow.decided("duplicate_decided", person=pair.person, other=pair.other, verdict=command.verdict.value)
