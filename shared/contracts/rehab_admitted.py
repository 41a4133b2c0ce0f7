"""Topic ``rehab.admitted``: admissions into a rehabilitation centre (Act 4 s.57)."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import PersonEvent
from shared.contracts.topics import REHAB_ADMITTED


class PatientAdmittedV1(PersonEvent):
    """An insured person was admitted into a centre."""

    topic = REHAB_ADMITTED
    name: ClassVar[str] = "patient.admitted"

    referral: UUID
    claim: UUID
    revision: int
    centre: str
    admitted_on: date

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("referral", str(self.referral))
