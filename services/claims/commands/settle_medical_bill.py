"""Finds whose treatment a medical bill is of: all bills of a person are settled together, and once."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.settle_bills_of_person import SettleBillsOfPerson, state_of_medical_bill
from services.claims.commands.write_medical_bill_letter import WriteMedicalBillLetter
from services.claims.domain import subjects
from services.claims.domain.medical_authorisation import AuthorisationState
from services.claims.domain.medical_bill import BillState, MedicalBill
from services.claims.domain.medical_cover import PATIENT_NOT_FOUND
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.subjects import Subject
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class SettleMedicalBill:
    """The bill."""

    bill: UUID


async def settle_medical_bill(command: SettleMedicalBill, uow: ClaimsUnitOfWork) -> None:
    """Leave it to be settled with all others of the person, once that is known."""
    bill = await uow.medical_bills.find(command.bill)
    person = await _patient(bill, uow)
    if person is None:
        await _await_patient(command, bill, uow)
        return
    numbers = await uow.known_persons.numbers_of(person)
    # Before a bill is written: its runner holds both so.
    await uow.due.at(SettleBillsOfPerson(numbers[0]), now())
    if bill.person is None:
        await uow.medical_bills.save([replace(bill, person=person)])


async def _patient(bill: MedicalBill, uow: ClaimsUnitOfWork) -> int | None:
    """Whose treatment it is, once that is known."""
    if bill.person is not None:
        return bill.person
    if bill.authorisation is not None:
        authorisation = await uow.medical_authorisations.find(bill.authorisation)
        # While it is held for a death nothing is said of whose it is.
        return None if authorisation.state is AuthorisationState.AWAITING_PATIENT else authorisation.person
    claim = None if bill.claim is None else await uow.claims.find(bill.claim)
    return None if claim is None or claim.relation is None else claim.stated_of


async def _await_patient(command: SettleMedicalBill, bill: MedicalBill, uow: ClaimsUnitOfWork) -> None:
    """Until the authorisation says whose it is; one that two officers ended is nobody's, and so is its bill."""
    ended = (
        bill.authorisation is not None
        and (await uow.medical_authorisations.find(bill.authorisation)).state is AuthorisationState.ENDED
    )
    state = BillState.REFUSED if ended else BillState.WAITING
    await uow.medical_bills.save([replace(bill, state=state, reason=PATIENT_NOT_FOUND)])
    waits_for = set() if bill.authorisation is None else {subjects.medical_authorisation(bill.authorisation)}
    await uow.due.when(command, waits_for, None)
    if ended:
        await uow.due.at(WriteMedicalBillLetter(bill.id), now())


async def find_state_of_medical_bill(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """As officers look at it: that it is settled is left before it is locked, since its runner holds both so."""
    id_ = subjects.medical_of(subject)
    await uow.due.at(SettleMedicalBill(id_), now())
    return state_of_medical_bill(await uow.medical_bills.lock(id_))
