"""Record an offer of work; an accepted one is a placement that waits for its proof."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.jobs.commands.confirm_placement import await_proof
from services.jobs.domain.errors import OfferAlreadyAccepted
from services.jobs.domain.placement import Placement
from services.jobs.domain.seeker import Offer
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.money import Sen


@dataclass(frozen=True)
class RecordOffer:
    """Which employer offers what, from when, for how much a month; ``tenant`` is the party that reports it."""

    seeker: UUID
    tenant: str
    employer: int
    position: str
    wage_sen: Sen
    starts_on: date
    accepted: bool


async def record_offer(command: RecordOffer, uow: JobsUnitOfWork) -> tuple[Offer, Placement | None]:
    """Add the offer, and the placement that it makes when accepted.

    The worker looks for the proof as soon as this is committed, so that it does not matter which came first. Raises
    SeekerUnknown, SeekerState, WageMissing, OfferAlreadyAccepted.
    """
    seeker = await uow.seekers.lock(command.seeker)
    terms = (command.employer, command.position, command.wage_sen, command.starts_on, command.accepted)
    offer = seeker.offered(Offer(new_id(), seeker.id, *terms, now()))
    if offer.accepted and await uow.placements.is_awaited(seeker.id, offer.employer):
        raise OfferAlreadyAccepted()
    await uow.seekers.add_offer(offer, command.tenant)
    if not offer.accepted:
        return offer, None
    placement = await uow.placements.recalled(Placement.of(new_id(), seeker, offer))
    await uow.placements.add(placement, command.tenant)
    # Which other numbers the person has is looked up by the worker.
    await await_proof(placement, (), uow)
    return offer, placement
