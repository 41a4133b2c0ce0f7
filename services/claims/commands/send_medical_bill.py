"""A hospital bills what was authorised, or a person claims back what it paid for treatment elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.settle_medical_bill import SettleMedicalBill
from services.claims.domain.errors import ClaimUnknown, HospitalsOnly, MedicalBillPartyNotOne
from services.claims.domain.medical_bill import Line, MedicalBill, bill_id
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True)
class SendMedicalBill:
    """Who sends it and its number there, of what it is, and its lines."""

    tenant: str
    by: str
    number: str
    lines: Sequence[Line]
    authorisation: UUID | None = None
    claim: UUID | None = None


async def send_medical_bill(command: SendMedicalBill, uow: ClaimsUnitOfWork) -> UUID:
    """Keep it, and have it settled; the same sent again is the same bill, of which nothing new is kept.

    Raises HospitalsOnly, MedicalBillPartyNotOne, MedicalAuthorisationUnknown, ClaimUnknown, TreatmentImpossible,
    MedicalBillWithdrawn, MedicalBillNumberUsed.
    """
    await _must_be_its_own(command, uow)
    id_ = bill_id(command.tenant, command.number)
    sent = MedicalBill(
        id=id_,
        tenant=command.tenant,
        number=command.number,
        sent_by=command.by,
        authorisation=command.authorisation,
        claim=command.claim,
        sent_at=now(),
    )
    said = sent.stating(command.lines, now(), today())
    await uow.due.at(SettleMedicalBill(id_), now())
    await uow.medical_bills.hold(id_)
    if await uow.medical_bills.add(sent):
        await uow.medical_bills.state(id_, said, command.by)
        uow.decided("medical_bill_sent", bill=str(id_), lines=len(said.lines))
    else:
        (await uow.medical_bills.find(id_)).must_say(sent, said.lines)
    return id_


async def _must_be_its_own(command: SendMedicalBill, uow: ClaimsUnitOfWork) -> None:
    kind = command.tenant.partition(":")[0]
    if kind not in ("hospital", "person"):
        raise HospitalsOnly()
    if (command.authorisation is None) == (kind == "hospital") or (command.claim is None) == (kind == "person"):
        raise MedicalBillPartyNotOne()
    if command.authorisation is not None:
        await uow.medical_authorisations.find(command.authorisation)
        return
    claim = None if command.claim is None else await uow.claims.find(command.claim)
    if claim is None or not claim.is_of(command.tenant):
        raise ClaimUnknown()
