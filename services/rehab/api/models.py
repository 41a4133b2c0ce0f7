"""The requests and answers of the referrals."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.rehab.commands.admit_patient import AdmitPatient
from services.rehab.commands.discharge_patient import DischargePatient
from services.rehab.commands.take_referral import TakeReferral
from services.rehab.domain.referral import Certificate, Outcome, State
from services.rehab.queries.referral_files import Accident, Assessment, ReferralFile
from shared.kernel.identifiers import employer_id, new_id, person_id
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, Out

# What a column of type integer holds.
LARGEST = 2**31 - 1
_FIRST_DAY = date(2013, 1, 1)
_LAST_DAY = date(2100, 12, 31)

Day = Annotated[date, Field(ge=_FIRST_DAY, le=_LAST_DAY)]
CentreCode = Annotated[str, Field(pattern=r"^[A-Z]{2,20}$", max_length=20, description="The centre's code.")]
CaseManager = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", max_length=64, description="A staff number, never a name.")
]


class TakeIn(In):
    """Who takes the referral."""

    case_manager: CaseManager = Field(examples=["cm-0042"])

    def command(self, referral: UUID) -> TakeReferral:
        """The command of this request."""
        return TakeReferral(referral, self.case_manager)


class AdmissionIn(In):
    """Where and when the person is admitted."""

    centre: CentreCode = Field(examples=["MELAKA"])
    admitted_on: Day = Field(description="The day of admission, today at the latest.", examples=["2026-07-20"])

    def command(self, referral: UUID) -> AdmitPatient:
        """The command of this request."""
        return AdmitPatient(referral, self.centre, self.admitted_on)


class CertificateIn(In):
    """A doctor's final certificate."""

    issued_on: Day = Field(description="The day of its issue, today at the latest.", examples=["2026-07-31"])
    fit_from: Day = Field(description="The first day on which the person is fit for work.", examples=["2026-08-03"])


class DischargeIn(In):
    """When and how the stay ended."""

    discharged_on: Day = Field(description="The day of discharge, today at the latest.", examples=["2026-08-02"])
    outcome: Outcome = Field(description="How the plan closed.", examples=["fit_for_other_work"])
    final_certificate: CertificateIn | None = Field(
        default=None, description="Needed with every outcome that begins with fit_."
    )

    def command(self, referral: UUID) -> DischargePatient:
        """The command of this request."""
        given = self.final_certificate
        certificate = None if given is None else Certificate(new_id(), given.issued_on, given.fit_from)
        return DischargePatient(referral, self.discharged_on, self.outcome, certificate)


class AccidentOut(Out):
    """What the notice says."""

    revision: int = Field(ge=1, le=LARGEST, description="The notice's revision.", examples=[1])
    happened_on: date = Field(description="The day of the accident.", examples=["2026-07-15"])
    employer: EmployerId | None

    @classmethod
    def of(cls, accident: Accident) -> "AccidentOut":
        """The public form."""
        employer = None if accident.employer is None else employer_id(accident.employer)
        return cls(revision=accident.revision, happened_on=accident.happened_on, employer=employer)


class AssessmentOut(Out):
    """How the claim stands."""

    revision: int = Field(ge=1, le=LARGEST, description="The claim's revision.", examples=[2])
    refused: bool = Field(description="Whether the claim is refused.")
    provisional: bool = Field(description="Whether a wage month is still rated by the last known class.")
    benefit_days: int = Field(ge=0, le=LARGEST, description="Payable days of all entitlements.", examples=[27])
    reason: str | None = Field(max_length=100, description="For a refusal, its code.")

    @classmethod
    def of(cls, assessment: Assessment) -> "AssessmentOut":
        """The public form."""
        return cls(
            revision=assessment.revision,
            refused=assessment.refused,
            provisional=assessment.provisional,
            benefit_days=assessment.benefit_days,
            reason=assessment.reason,
        )


class AdmissionOut(Out):
    """The admission."""

    centre: str = Field(max_length=20, description="The centre's code.", examples=["MELAKA"])
    admitted_on: date = Field(description="The day of admission.", examples=["2026-07-20"])


class CertificateOut(Out):
    """The final certificate."""

    certificate: UUID = Field(description="Its id.")
    issued_on: date = Field(description="The day of its issue.", examples=["2026-07-31"])
    fit_from: date = Field(description="The first day on which the person is fit for work.", examples=["2026-08-03"])


class DischargeOut(Out):
    """The discharge."""

    discharged_on: date = Field(description="The day of discharge.", examples=["2026-08-02"])
    outcome: Outcome = Field(description="How the plan closed.", examples=["fit_for_other_work"])
    final_certificate: CertificateOut | None = Field(description="The final certificate, where there is one.")


class ReferralOut(Out):
    """A referral with what has arrived about its claim."""

    referral: UUID = Field(description="The referral.")
    claim: UUID = Field(description="The claim that it was opened for.")
    person: PersonId
    state: State = Field(description="Where it stands.", examples=["expected"])
    opened_at: datetime = Field(description="When it was opened (UTC).")
    case_manager: str | None = Field(max_length=64, description="The staff number of the case manager.")
    accident: AccidentOut | None = Field(description="The accident; null while its notice is rebuilt.")
    assessment: AssessmentOut | None = Field(description="How the claim stands; null before it is assessed.")
    admission: AdmissionOut | None = Field(description="The admission, once there is one.")
    discharge: DischargeOut | None = Field(description="The discharge, once there is one.")

    @classmethod
    def of(cls, file: ReferralFile) -> "ReferralOut":
        """The public form of a file."""
        referral = file.referral
        return cls(
            referral=referral.id,
            claim=referral.claim,
            person=person_id(referral.person),
            state=referral.state,
            opened_at=referral.opened_at,
            case_manager=referral.case_manager,
            accident=AccidentOut.of(file.accident) if file.accident else None,
            assessment=AssessmentOut.of(file.assessment) if file.assessment else None,
            admission=_admission(file),
            discharge=_discharge(file),
        )


def _admission(file: ReferralFile) -> AdmissionOut | None:
    admission = file.referral.admission
    return None if admission is None else AdmissionOut(centre=admission.centre, admitted_on=admission.admitted_on)


def _discharge(file: ReferralFile) -> DischargeOut | None:
    discharge = file.referral.discharge
    if discharge is None:
        return None
    given = discharge.certificate
    certificate = None
    if given is not None:
        certificate = CertificateOut(certificate=given.certificate, issued_on=given.issued_on, fit_from=given.fit_from)
    return DischargeOut(discharged_on=discharge.discharged_on, outcome=discharge.outcome, final_certificate=certificate)
