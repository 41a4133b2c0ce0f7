"""Referrals: found, taken by a case manager, admitted, discharged (Act 4 s.57)."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.rehab.api.dependencies import CommittedBeforeAnswer
from services.rehab.commands.admit_patient import AdmitPatient
from services.rehab.commands.admit_patient import admit_patient as handle_admit_patient
from services.rehab.commands.discharge_patient import DischargePatient
from services.rehab.commands.discharge_patient import discharge_patient as handle_discharge_patient
from services.rehab.commands.take_referral import TakeReferral
from services.rehab.commands.take_referral import take_referral as handle_take_referral
from services.rehab.domain.referral import Admission, Certificate, Discharge, Outcome, State
from services.rehab.queries.referral_files import (
    Accident,
    Advice,
    Assessment,
    ReferralFile,
    find_referral_file,
    list_referral_files,
)
from shared.kernel.identifiers import employer_id, new_id, person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import requires
from shared.web.fields import ISO_DAY, LARGEST_INTEGER, LAST_DAY
from shared.web.ids import EmployerId, PersonFilter, PersonId
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["referrals"])

_FIRST_DAY = date(2013, 1, 1)
StayDay = Annotated[date, Field(ge=_FIRST_DAY, le=LAST_DAY), ISO_DAY]
CentreCode = Annotated[str, Field(pattern=r"^[A-Z]{2,20}$", max_length=20, description="The centre's code.")]
CaseManager = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", max_length=64, description="A staff number, never a name.")
]
StateQuery = Annotated[State | None, Query(description="Where the referrals stand.")]


class TakeIn(In):
    """Who takes the referral."""

    model_config = examples({"case_manager": "cm-0042"})

    case_manager: CaseManager = Field(examples=["cm-0042"])

    def command(self, referral: UUID) -> TakeReferral:
        """The command of this request."""
        return TakeReferral(referral, self.case_manager)


class AdmissionIn(In):
    """Where and when the person is admitted."""

    model_config = examples({"centre": "MELAKA", "admitted_on": "2026-07-20"})

    centre: CentreCode = Field(examples=["MELAKA"])
    admitted_on: StayDay = Field(description="The day of admission, today at the latest.", examples=["2026-07-20"])

    def command(self, referral: UUID) -> AdmitPatient:
        """The command of this request."""
        return AdmitPatient(referral, self.centre, self.admitted_on)


class CertificateIn(In):
    """A doctor's final certificate."""

    issued_on: StayDay = Field(description="The day of its issue, today at the latest.", examples=["2026-07-31"])
    fit_from: StayDay = Field(description="The first day on which the person is fit for work.", examples=["2026-08-03"])


class DischargeIn(In):
    """When and how the stay ended."""

    model_config = examples(
        {
            "discharged_on": "2026-08-02",
            "outcome": "fit_for_other_work",
            "final_certificate": {"issued_on": "2026-07-31", "fit_from": "2026-08-03"},
        }
    )

    discharged_on: StayDay = Field(description="The day of discharge, today at the latest.", examples=["2026-08-02"])
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

    revision: int = Field(ge=1, le=LARGEST_INTEGER, description="The notice's revision.", examples=[1])
    happened_on: date = Field(description="The day of the accident.", examples=["2026-07-15"])
    employer: EmployerId | None

    @classmethod
    def of(cls, accident: Accident) -> Self:
        """The public form."""
        employer = None if accident.employer is None else employer_id(accident.employer)
        return cls(revision=accident.revision, happened_on=accident.happened_on, employer=employer)


class AssessmentOut(Out):
    """How the claim stands."""

    revision: int = Field(ge=1, le=LARGEST_INTEGER, description="The claim's revision.", examples=[2])
    refused: bool = Field(description="Whether nothing of the claim is owed or pending.")
    provisional: bool = Field(description="Whether a wage month is still rated by the last known class.")
    benefit_days: int = Field(ge=0, le=LARGEST_INTEGER, description="Payable days of all entitlements.", examples=[27])
    reason: str | None = Field(max_length=100, description="For a refusal, its code.")

    @classmethod
    def of(cls, assessment: Assessment) -> Self:
        """The public form."""
        return cls(
            revision=assessment.revision,
            refused=assessment.refused,
            provisional=assessment.provisional,
            benefit_days=assessment.benefit_days,
            reason=assessment.reason,
        )


class AdviceOut(Out):
    """What a board advised."""

    sat_on: date = Field(description="The day on which the board sat.", examples=["2026-06-29"])
    advice: list[Annotated[str, Field(max_length=40)]] = Field(
        max_length=20, description="Of `physical`, `vocational`, `return_to_work`, `prosthesis` and `dialysis`."
    )

    @classmethod
    def of(cls, given: Advice) -> Self:
        """The public form."""
        return cls(sat_on=given.sat_on, advice=list(given.advice))


class AdmissionOut(Out):
    """The admission."""

    centre: str = Field(max_length=20, description="The centre's code.", examples=["MELAKA"])
    admitted_on: date = Field(description="The day of admission.", examples=["2026-07-20"])

    @classmethod
    def of(cls, admission: Admission) -> Self:
        """The public form."""
        return cls(centre=admission.centre, admitted_on=admission.admitted_on)


class CertificateOut(Out):
    """The final certificate."""

    certificate: UUID = Field(description="Its id.")
    issued_on: date = Field(description="The day of its issue.", examples=["2026-07-31"])
    fit_from: date = Field(description="The first day on which the person is fit for work.", examples=["2026-08-03"])

    @classmethod
    def of(cls, given: Certificate) -> Self:
        """The public form."""
        return cls(certificate=given.certificate, issued_on=given.issued_on, fit_from=given.fit_from)


class DischargeOut(Out):
    """The discharge."""

    discharged_on: date = Field(description="The day of discharge.", examples=["2026-08-02"])
    outcome: Outcome = Field(description="How the plan closed.", examples=["fit_for_other_work"])
    final_certificate: CertificateOut | None = Field(description="The final certificate, where there is one.")

    @classmethod
    def of(cls, discharge: Discharge) -> Self:
        """The public form."""
        given = discharge.certificate
        return cls(
            discharged_on=discharge.discharged_on,
            outcome=discharge.outcome,
            final_certificate=CertificateOut.of(given) if given else None,
        )


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
    advice: list[AdviceOut] = Field(max_length=100, description="What boards advised of the claim, the oldest first.")

    @classmethod
    def of(cls, file: ReferralFile) -> Self:
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
            admission=AdmissionOut.of(referral.admission) if referral.admission else None,
            discharge=DischargeOut.of(referral.discharge) if referral.discharge else None,
            advice=[AdviceOut.of(each) for each in file.advice],
        )


@router.get(
    "/v1/referrals",
    summary="List referrals",
    dependencies=[requires("rehab:referral:read"), reads(DataKind.CLAIM, DataKind.HEALTH, of="person")],
    responses=problems(400),
)
async def list_referrals(
    listing: Listing, uow: CommittedBeforeAnswer, person: PersonFilter = None, state: StateQuery = None
) -> Page[ReferralOut]:
    """Referrals in the order in which they were opened, of one person or in one state where that is asked for."""
    files = await list_referral_files(person, state, listing.after_id, listing.limit, uow)
    return listing.page(files, item=ReferralOut.of, position=lambda file: [str(file.referral.id)])


@router.get(
    "/v1/referrals/{referral}",
    summary="Read a referral",
    dependencies=[requires("rehab:referral:read"), reads(DataKind.CLAIM, DataKind.HEALTH, of="person")],
    responses=problems(404),
)
async def read_referral(referral: UUID, uow: CommittedBeforeAnswer) -> ReferralOut:
    """One referral with what is known of its accident and of its claim."""
    return ReferralOut.of(await find_referral_file(referral, uow))


@router.post(
    "/v1/referrals/{referral}/take",
    summary="Take a referral",
    dependencies=[
        requires("rehab:referral:write"),
        Depends(idempotent),
        reads(DataKind.CLAIM, DataKind.HEALTH, of="person"),
    ],
    responses=problems(404, 409, 422),
)
async def take_referral(referral: UUID, body: TakeIn, uow: CommittedBeforeAnswer) -> ReferralOut:
    """A case manager takes an expected referral."""
    await handle_take_referral(body.command(referral), uow)
    return ReferralOut.of(await find_referral_file(referral, uow))


@router.post(
    "/v1/referrals/{referral}/admission",
    summary="Admit the person into a centre",
    dependencies=[
        requires("rehab:referral:write"),
        Depends(idempotent),
        reads(DataKind.CLAIM, DataKind.HEALTH, of="person"),
    ],
    responses=problems(404, 409, 422),
)
async def admit_patient(referral: UUID, body: AdmissionIn, uow: CommittedBeforeAnswer) -> ReferralOut:
    """Take a free bed of a centre for the person of a referral that was taken."""
    await handle_admit_patient(body.command(referral), uow)
    return ReferralOut.of(await find_referral_file(referral, uow))


@router.post(
    "/v1/referrals/{referral}/discharge",
    summary="Discharge the person",
    dependencies=[
        requires("rehab:referral:write"),
        Depends(idempotent),
        reads(DataKind.CLAIM, DataKind.HEALTH, of="person"),
    ],
    responses=problems(404, 409, 422),
)
async def discharge_patient(referral: UUID, body: DischargeIn, uow: CommittedBeforeAnswer) -> ReferralOut:
    """End the stay with its outcome and, where the person is fit for work, the doctor's final certificate."""
    await handle_discharge_patient(body.command(referral), uow)
    return ReferralOut.of(await find_referral_file(referral, uow))
