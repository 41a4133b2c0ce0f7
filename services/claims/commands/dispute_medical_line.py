"""A provider disputes what is refused of a line of its bill: two officers look at it who did not decide before."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.settle_medical_bill import SettleMedicalBill
from services.claims.domain import subjects
from services.claims.domain.errors import (
    MedicalBillOfAnother,
    MedicalDisputeLate,
    MedicalDisputeOfPerson,
    MedicalLineDisputed,
)
from services.claims.domain.medical_bill import DisputeGround, LineReview, MedicalBill
from services.claims.files.medical_bill_letter import told_on
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.law.act4.medical.rules import last_day_of_dispute
from shared.law.book import book


@dataclass(frozen=True)
class DisputeMedicalLine:
    """The line of a bill, who disputes it and why, and the number of the document that says more."""

    tenant: str
    by: str
    bill: UUID
    line: int
    ground: DisputeGround
    document: str | None = None


async def dispute_medical_line(command: DisputeMedicalLine, uow: ClaimsUnitOfWork) -> None:
    """What was decided stands until two officers have found of it.

    Raises MedicalBillUnknown, MedicalBillOfAnother, MedicalDisputeOfPerson, MedicalLineUnknown, MedicalLineNotRefused,
    MedicalLineDisputed, MedicalDisputeLate.
    """
    # Before it is locked: its runner holds both so.
    await uow.due.at(SettleMedicalBill(command.bill), now())
    bill = await uow.medical_bills.lock(command.bill)
    if bill.is_of_person:
        raise MedicalDisputeOfPerson()
    if bill.tenant != command.tenant:
        raise MedicalBillOfAnother()
    bill.refused_line(command.line)
    if bill.disputed(command.line) is not None:
        raise MedicalLineDisputed(facts={"line": command.line})
    await _must_be_in_time(bill, command.line, uow)
    asked = (bill.line(command.line).key, command.by, now(), bill.newest.revision, command.line)
    await uow.medical_bills.dispute(bill, LineReview(*asked, command.ground, command.document))
    uow.decided("medical_line_disputed", bill=str(bill.id), line=command.line, ground=command.ground.value)


async def _must_be_in_time(bill: MedicalBill, line: int, uow: ClaimsUnitOfWork) -> None:
    kept = (await uow.letters.newest_about(subjects.medical_bill(bill.id))).get(bill.tenant)
    told = told_on(None if kept is None else kept.letter, line)
    if told is None:
        return
    last = last_day_of_dispute(told, book().on(told, today()))
    if today() > last:
        raise MedicalDisputeLate(f"The last day was {last}.", facts={"last_day": last.isoformat()})
