"""Two officers found whom a notice is about, and that its sender may speak of that person."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.identify_claim import open_claim
from services.claims.domain.claim import Relation
from services.claims.domain.errors import NoticeHasRelation, PersonNotRegistered
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class OpenNotice:
    """The claim that a notice opens, and the person whom it is about."""

    claim: UUID
    person: int


async def open_notice(command: OpenNotice, uow: ClaimsUnitOfWork) -> None:
    """Open the claim on the officers' word, or join that of the event.

    Raises NoticeHasRelation, PersonNotRegistered.
    """
    claim, _ = await uow.claims.lock(command.claim)
    if claim.relation is not None:
        raise NoticeHasRelation()
    if await uow.known_persons.named(None, command.person) is None:
        raise PersonNotRegistered()
    await open_claim(claim.opened(command.person, Relation.OFFICER), uow)
    await uow.due.at(AssessClaim(claim.id), now())
