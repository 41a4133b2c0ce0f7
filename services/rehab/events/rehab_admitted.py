"""Topic ``rehab.admitted``: an admission, stated from what is stored, alike at first and when republished."""

from services.rehab.domain.referral import Admission, Referral
from shared.contracts.rehab_admitted import PatientAdmittedV1


def patient_admitted(referral: Referral, admission: Admission) -> PatientAdmittedV1:
    """The person went into a centre."""
    return PatientAdmittedV1(
        person=referral.person,
        referral=referral.id,
        claim=referral.claim,
        revision=admission.revision,
        centre=admission.centre,
        admitted_on=admission.admitted_on,
    )
