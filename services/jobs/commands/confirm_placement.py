"""Confirm a placement as soon as its employment is proved; until then, wait for the proof (rules M4).

An employment under another number of the one person proves it too, for as long as both are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.jobs.domain.placement import Placement, Proof
from services.jobs.domain.seeker import Seeker
from services.jobs.domain.subjects import spell_with
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
    numbers = await uow.known_merges.numbers_of(placement.person)
    if placement.proof is not None:
        whose = await uow.known_spells.person_of(placement.proof.spell)
        if whose is None or whose in numbers:
            return
        search, placement = await _withdraw(search, placement, whose, uow)
    proof = await _proof(placement, numbers, uow)
    if proof is None:
        waiting = placement.unproved(now())
        await uow.placements.save(waiting)
        await await_proof(waiting, numbers, uow)
        return
    confirmed = placement.confirmed(proof, now())
    await uow.placements.save(confirmed)
    await uow.seekers.save(search.placed())
    _publish(confirmed, uow)


async def _proof(placement: Placement, numbers: Sequence[int], uow: JobsUnitOfWork) -> Proof | None:
    """Its own number's before another's: whoever waits under that one needs it too, and a split leaves it."""
    own = await uow.known_spells.unused_proofs([placement.person], placement.employer)
    of_all = await uow.known_spells.unused_proofs(numbers, placement.employer)
    return placement.proved_by(own) or placement.proved_by(of_all)


async def _withdraw(search: Seeker, placement: Placement, whose: int, uow: JobsUnitOfWork) -> tuple[Seeker, Placement]:
    """The numbers were split: the employment proves nothing of this one's, and is free for whoever has it."""
    withdrawn = placement.withdrawn()
    await uow.placements.save(withdrawn)
    _publish(withdrawn, uow)
    uow.decided("placement_withdrawn", placement=str(placement.id), revision=withdrawn.revision)
    await uow.due.wake({spell_with(whose, placement.employer)})
    return await uow.seekers.reopen(search), withdrawn


def _publish(placement: Placement, uow: JobsUnitOfWork) -> None:
    for event in events_of(placement):
        uow.publish(event)


async def await_proof(placement: Placement, numbers: Sequence[int], uow: JobsUnitOfWork) -> None:
    """Look again when a spell of this person with this employer changes, and at the deadline."""
    await uow.due.when(ConfirmPlacement(placement.id), placement.waits_for(numbers), placement.deadline)
