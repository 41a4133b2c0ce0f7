"""States again how appeals and complaints stand (rules M8)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.follow_appeal import state_appeal
from services.claims.events.claims_matter import complaint_stated
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.security.fields import FieldCipher

PAGE_SIZE = 200
APPEALS, COMPLAINTS = "appeals", "complaints"


@dataclass(frozen=True)
class RepublishMatters:
    """One run, of appeals or of complaints, from the one after ``after`` on."""

    run: str
    of: str = APPEALS
    after: UUID | None = None


def republishing_matters(cipher: FieldCipher) -> Callable[[RepublishMatters, ClaimsUnitOfWork], Awaitable[None]]:
    """What runs the command; which officers acted is published sealed."""

    async def republish_matters(command: RepublishMatters, uow: ClaimsUnitOfWork) -> None:
        if command.of == APPEALS:
            appeals = await uow.appeals.every(command.after, PAGE_SIZE)
            uow.republish(command.run, [await state_appeal(each, cipher, uow) for each in appeals])
            await _go_on(command, [each.id for each in appeals], uow)
            return
        complaints = await uow.complaints.every(command.after, PAGE_SIZE)
        uow.republish(command.run, [complaint_stated(each, cipher) for each in complaints])
        await _go_on(command, [each.id for each in complaints], uow)

    return republish_matters


async def _go_on(command: RepublishMatters, ids: Sequence[UUID], uow: ClaimsUnitOfWork) -> None:
    """The rest of the run is left for later: complaints come behind all appeals."""
    if len(ids) == PAGE_SIZE:
        await uow.due.at(RepublishMatters(command.run, command.of, ids[-1]), now())
    elif command.of == APPEALS:
        await uow.due.at(RepublishMatters(command.run, COMPLAINTS), now())
