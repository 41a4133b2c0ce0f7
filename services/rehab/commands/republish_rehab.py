"""Republish all admissions, discharges and payables, from rehab's own tables (rules M8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from services.rehab.domain.bill import Bill
from services.rehab.domain.referral import Referral
from services.rehab.events.rehab_admitted import patient_admitted
from services.rehab.events.rehab_discharged import patient_discharged
from services.rehab.events.rehab_payable import bill_stated
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.envelope import Event
from shared.kernel.clock import now
from shared.persistence.following import RepublishErasures

PAGE_SIZE = 500


@dataclass(frozen=True)
class RepublishRehab:
    """The run, and the last referral that it has stated; or, when all are stated, the last bill."""

    run: str
    after: UUID | None = None
    bills: bool = False


async def republish_rehab(command: RepublishRehab, uow: RehabUnitOfWork) -> None:
    """Republish one page of the referrals, then of the bills, with the revisions they had, and leave the next one."""
    if command.after is None and not command.bills:
        await uow.due.at(RepublishErasures(command.run), now())
    if command.bills:
        bills = await uow.bills.list_published(command.after, PAGE_SIZE)
        uow.republish(command.run, [event for bill in bills for event in _stands(bill)])
        after = RepublishRehab(command.run, bills[-1].id, bills=True) if len(bills) == PAGE_SIZE else None
    else:
        referrals = await uow.referrals.list_published(command.after, PAGE_SIZE)
        uow.republish(command.run, [event for referral in referrals for event in _published(referral)])
        is_last = len(referrals) < PAGE_SIZE
        after = RepublishRehab(command.run, None if is_last else referrals[-1].id, bills=is_last)
    if after is not None:
        await uow.due.at(after, now())


def _stands(bill: Bill) -> Iterator[Event]:
    """How the payable of a bill stands: the newest revision states it whole."""
    decision = bill.published
    if decision is not None and decision.payable_revision is not None:
        yield bill_stated(bill, decision, decision.payable_revision)


def _published(referral: Referral) -> Iterator[Event]:
    """Everything that was published about a referral, with the same revisions, in their order."""
    if referral.admission is not None:
        yield patient_admitted(referral, referral.admission)
    if referral.admission is not None and referral.discharge is not None:
        yield patient_discharged(referral, referral.admission, referral.discharge)
