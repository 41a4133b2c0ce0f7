"""Admit a person into a centre (Act 4 s.57)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.rehab.domain.errors import AccidentAwaited, CentreFull
from services.rehab.events.rehab_admitted import patient_admitted
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.kernel.clock import today


@dataclass(frozen=True)
class AdmitPatient:
    """The referral, the centre's code and the day of admission."""

    referral: UUID
    centre: str
    admitted_on: date


async def admit_patient(command: AdmitPatient, uow: RehabUnitOfWork) -> None:
    """Take a free bed and publish the admission.

    Raises ReferralUnknown, ReferralState, AccidentAwaited, CentreUnknown, CentreFull, or an error of the day.
    """
    referral = await uow.referrals.lock(command.referral)
    happened_on = await uow.known_claims.happened_on(referral.claim)
    if happened_on is None:
        raise AccidentAwaited()
    admitted = referral.admitted(command.centre, command.admitted_on, happened_on=happened_on, today=today())
    centre = await uow.centres.lock(command.centre)
    if centre.is_full:
        raise CentreFull(facts={"beds": centre.beds})
    await uow.referrals.save(admitted)
    if admitted.admission is not None:
        uow.publish(patient_admitted(admitted, admitted.admission))
