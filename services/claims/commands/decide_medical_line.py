"""Two officers find of a line in doubt whether it counts, or what its item costs."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.medical_bill import LineFinding, LineFound
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.officers import Officers


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
    """Whoever approves it has left the bill to be settled. Raises MedicalLineUnknown, MedicalLineNotInDoubt."""
    bill = await uow.medical_bills.lock(command.bill)
    line = bill.in_doubt(command.line, command.found)
    stated, of_line = (command.price_sen, command.instrument), (bill.newest.revision, command.line)
    found = LineFinding(line.key, command.found, *stated, command.officers.at, *of_line)
    id_ = derived_id("medical_line_finding", command.cause)
    await uow.medical_bills.find_of_line(id_, bill, found, command.officers)
    uow.decided("medical_line_found", bill=str(bill.id), line=command.line, found=command.found.value)
