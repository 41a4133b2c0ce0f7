"""Topic ``rehab.discharged``: discharges, with the outcome and the doctor's final certificate."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import Part, PersonEvent
from shared.contracts.topics import REHAB_DISCHARGED


class RehabOutcome(StrEnum):
    """How a return-to-work plan closed."""

    FIT_FOR_SAME_WORK = "fit_for_same_work"
    FIT_FOR_MODIFIED_WORK = "fit_for_modified_work"
    FIT_FOR_OTHER_WORK = "fit_for_other_work"
    NOT_FIT_FOR_WORK = "not_fit_for_work"
    DISCONTINUED = "discontinued"


class FinalCertificateV1(Part):
    """A doctor's final certificate: the first day on which the person is fit for work again."""

    certificate: UUID
    issued_on: date
    fit_from: date


class PatientDischargedV1(PersonEvent):
    """An insured person left the centre; the certificate revises the claim's temporary disablement (Act 4 s.22)."""

    topic = REHAB_DISCHARGED
    name: ClassVar[str] = "patient.discharged"

    referral: UUID
    claim: UUID
    revision: int
    centre: str
    discharged_on: date
    outcome: RehabOutcome
    final_certificate: FinalCertificateV1 | None = None

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("referral", str(self.referral))
