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
    """The referral."""
    claim: UUID
    """The claim from which it comes."""
    revision: int
    """Of the referral: the higher one counts."""
    centre: str
    """The centre's code, such as `MELAKA`."""
    admitted_on: date
    """The day of admission."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("referral", str(self.referral))
