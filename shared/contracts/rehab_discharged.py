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
    """The certificate."""
    issued_on: date
    """The day of its issue."""
    fit_from: date
    """The first day of fitness for work."""


class PatientDischargedV1(PersonEvent):
    """An insured person left the centre; the certificate revises the claim's temporary disablement (Act 4 s.22)."""

    topic = REHAB_DISCHARGED
    name: ClassVar[str] = "patient.discharged"

    referral: UUID
    """The referral."""
    claim: UUID
    """The claim from which it comes."""
    revision: int
    """Of the referral: the higher one counts."""
    centre: str
    """The centre's code, such as `MELAKA`."""
    discharged_on: date
    """The day of discharge."""
    outcome: RehabOutcome
    """How the plan closed."""
    final_certificate: FinalCertificateV1 | None = None
    """The doctor's final certificate; there is one with every outcome that begins with `fit_`."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("referral", str(self.referral))
