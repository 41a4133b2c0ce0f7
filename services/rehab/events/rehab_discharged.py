"""Topic ``rehab.discharged``: a discharge, stated from what is stored, alike at first and when republished."""

from services.rehab.domain.referral import Admission, Discharge, Referral
from shared.contracts.rehab_discharged import FinalCertificateV1, PatientDischargedV1, RehabOutcome


def patient_discharged(referral: Referral, admission: Admission, discharge: Discharge) -> PatientDischargedV1:
    """The person left the centre."""
    certificate = discharge.certificate
    return PatientDischargedV1(
        person=referral.person,
        referral=referral.id,
        claim=referral.claim,
        revision=discharge.revision,
        centre=admission.centre,
        discharged_on=discharge.discharged_on,
        outcome=RehabOutcome(discharge.outcome),
        final_certificate=None
        if certificate is None
        else FinalCertificateV1(
            certificate=certificate.certificate, issued_on=certificate.issued_on, fit_from=certificate.fit_from
        ),
    )
