"""How a referral is stated in events; used when it happens and when everything is announced again."""

from collections.abc import Iterator

from services.rehab.domain.referral import Admission, Discharge, Referral
from shared.contracts.envelope import Event
from shared.contracts.rehab_admitted import PatientAdmittedV1
from shared.contracts.rehab_discharged import FinalCertificateV1, PatientDischargedV1, RehabOutcome


def events_of(referral: Referral) -> Iterator[Event]:
    """Everything that was published about a referral, with the same revisions, in their order."""
    if referral.admission is not None:
        yield patient_admitted(referral, referral.admission)
    if referral.admission is not None and referral.discharge is not None:
        yield patient_discharged(referral, referral.admission, referral.discharge)


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
