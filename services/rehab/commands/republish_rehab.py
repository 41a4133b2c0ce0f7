"""Republish all admissions and discharges, from rehab's own tables (rules M8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from services.rehab.domain.referral import Referral
from services.rehab.events.rehab_admitted import patient_admitted
from services.rehab.events.rehab_discharged import patient_discharged
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.envelope import Event
from shared.kernel.clock import now

PAGE_SIZE = 500


@dataclass(frozen=True)
class RepublishRehab:
    """The run, and the last referral that it has stated."""

    run: str
    after: UUID | None = None


async def republish_rehab(command: RepublishRehab, uow: RehabUnitOfWork) -> None:
    """Republish one page of the referrals with the revisions they had, and leave the next one for later."""
    referrals = await uow.referrals.list_published(command.after, PAGE_SIZE)
    uow.republish(command.run, [event for referral in referrals for event in _published(referral)])
    if len(referrals) == PAGE_SIZE:
        await uow.due.at(RepublishRehab(command.run, referrals[-1].id), now())


def _published(referral: Referral) -> Iterator[Event]:
    """Everything that was published about a referral, with the same revisions, in their order."""
    if referral.admission is not None:
        yield patient_admitted(referral, referral.admission)
    if referral.admission is not None and referral.discharge is not None:
        yield patient_discharged(referral, referral.admission, referral.discharge)
