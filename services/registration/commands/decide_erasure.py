"""Decide that what is kept of a person is erased, as far as no law keeps it, or that it is not."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.commands.erase_person import ErasePerson
from services.registration.domain.erasure import ErasureState
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.officers import Officers


@dataclass(frozen=True)
class DecideErasure:
    """The erasure, whether it is granted, and both officers."""

    erasure: UUID
    is_granted: bool
    officers: Officers


async def decide_erasure(command: DecideErasure, uow: RegistrationUnitOfWork) -> None:
    """The worker erases what is granted; what postpones it, it goes on waiting for. Raises MergedByMistake."""
    known, by = await uow.erasures.lock(command.erasure), command.officers
    if command.is_granted:
        known.check_numbers(known.numbers)
    decided = replace(
        known,
        state=ErasureState.GRANTED if command.is_granted else ErasureState.REFUSED,
        revision=known.revision + 1,
        proposed_by=by.proposed_by,
        approved_by=by.approved_by,
        decided_at=by.at,
    )
    await uow.erasures.decide(decided)
    uow.decided("erasure_decided", erasure=str(known.id), person=known.person, granted=str(command.is_granted))
    if command.is_granted:
        await uow.due.at(ErasePerson(str(known.id)), now())
