"""Discharge a person from a centre."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.rehab.domain.referral import Certificate, Outcome
from services.rehab.events.rehab_discharged import patient_discharged
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import today


@dataclass(frozen=True)
class DischargePatient:
    """The referral, the day, the outcome, and the doctor's final certificate where there is one."""

    referral: UUID
    discharged_on: date
    outcome: Outcome
    certificate: Certificate | None


async def discharge_patient(command: DischargePatient, uow: RehabUnitOfWork) -> None:
    """Free the bed and publish the discharge; raises ReferralUnknown, ReferralState, or an error of the facts."""
    referral = await uow.referrals.lock(command.referral)
    left = referral.discharged(command.discharged_on, command.outcome, command.certificate, today=today())
    await uow.referrals.save(left)
    if left.admission is not None and left.discharge is not None:
        uow.publish(patient_discharged(left, left.admission, left.discharge))
