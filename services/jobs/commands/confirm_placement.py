"""Confirm a placement as soon as its employment is proved; until then, wait for the proof (rules M4)."""

from dataclasses import dataclass
from uuid import UUID

from services.jobs.domain.placement import Placement
from services.jobs.events.job_placed import events_of
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class ConfirmPlacement:
    """The placement to look at."""

    placement: UUID


async def confirm_placement(command: ConfirmPlacement, uow: JobsUnitOfWork) -> None:
    """Confirm and publish once there is proof; past the deadline say that there is none, and go on listening."""
    seeker = await uow.placements.seeker_of(command.placement)
    if seeker is None:
        return
    search = await uow.seekers.lock(seeker)
    placement = await uow.placements.lock(command.placement)
    if placement.is_confirmed:
        return
    proof = placement.proved_by(await uow.known_spells.unused_proofs(placement.person, placement.employer))
    if proof is None:
        waiting = placement.unproved(now())
        await uow.placements.save(waiting)
        await await_proof(waiting, uow)
        return
    confirmed = placement.confirmed(proof, now())
    await uow.placements.save(confirmed)
    await uow.seekers.save(search.placed())
    for event in events_of(confirmed):
        uow.publish(event)


async def await_proof(placement: Placement, uow: JobsUnitOfWork) -> None:
    """Look again when a spell of this person with this employer changes, and at the deadline."""
    await uow.due.when(ConfirmPlacement(placement.id), {placement.subject}, placement.deadline)
