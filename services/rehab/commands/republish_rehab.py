"""State all admissions and discharges again, from rehab's own tables (rules M8)."""

from dataclasses import dataclass
from uuid import UUID

from services.rehab.commands.events import events_of
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import now

PAGE_SIZE = 500


@dataclass(frozen=True)
class RepublishRehab:
    """The run, and the last referral that it has stated."""

    run: str
    after: UUID | None = None


async def republish_rehab(command: RepublishRehab, uow: RehabUnitOfWork) -> None:
    """State one portion of the referrals with the revisions they had, and leave the next one for later."""
    referrals = await uow.referrals.published_after(command.after, PAGE_SIZE)
    uow.republish(command.run, [event for referral in referrals for event in events_of(referral)])
    if len(referrals) == PAGE_SIZE:
        await uow.due.at(RepublishRehab(command.run, referrals[-1].id), now())
