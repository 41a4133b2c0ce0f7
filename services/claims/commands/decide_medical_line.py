"""Two officers find of a line in doubt whether it counts, or what its item costs."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.write_letters import SETTLES
from services.claims.commands.write_medical_bill_letter import WriteMedicalBillLetter
from services.claims.domain.errors import MedicalReviewOfOneself
from services.claims.domain.medical_bill import LineFinding, LineFound, MedicalBill
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.officers import Officers, must_be_another


@dataclass(frozen=True)
class DecideMedicalLine:
    """The line of a bill, what is found of it, of a price in sen also what states it, and both officers.

    ``cause`` is the same each time it is approved.
    """

    cause: UUID
    bill: UUID
    line: int
    found: LineFound
    officers: Officers
    price_sen: Sen | None = None
    instrument: str | None = None


async def decide_medical_line(command: DecideMedicalLine, uow: ClaimsUnitOfWork) -> None:
    """Whoever approves it has left the bill to be settled.

    Raises MedicalLineUnknown, MedicalLineNotInDoubt, and MedicalReviewOfOneself for who decided what is disputed.
    """
    bill = await uow.medical_bills.lock(command.bill)
    line = bill.in_doubt(command.line, command.found)
    _must_be_others(bill, command)
    stated, of_line = (command.price_sen, command.instrument), (bill.newest.revision, command.line)
    found = LineFinding(line.key, command.found, *stated, command.officers.at, *of_line)
    id_ = derived_id("medical_line_finding", command.cause)
    await uow.medical_bills.find_of_line(id_, bill, found, command.officers)
    await uow.due.at(WriteMedicalBillLetter(bill.id), now() + SETTLES)
    uow.decided("medical_line_found", bill=str(bill.id), line=command.line, found=command.found.value)


def _must_be_others(bill: MedicalBill, command: DecideMedicalLine) -> None:
    """Of a line that is disputed neither officer decided before."""
    asked = bill.to_look_at.get(command.line)
    if asked is None or asked.ground is None:
        return
    for officer in command.officers.both:
        must_be_another(officer, bill.decided_by(command.line), MedicalReviewOfOneself, line=command.line)
