"""Fields that the routers of notices and of evidence share."""

from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from services.claims.commands.submit_notice import CertifiedDays
from shared.web.fields import ONE_LINE, Day
from shared.web.money import In

TimeOfDay: TypeAlias = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="On a clock of 24 hours", examples=["22:40"])
]
"""The time of the day at which something happened."""
Doctor = Annotated[str, Field(min_length=1, max_length=200, examples=["officer-5"]), ONE_LINE]
"""A doctor or an officer, by the subject of the token."""


class CertificateIn(In):
    """A doctor's certificate of unfitness for work: first and last day."""

    first: Day = Field(examples=["2026-07-15"])
    last: Day = Field(examples=["2026-08-11"])
    issued_on: Day = Field(examples=["2026-07-15"])
    light_duty_from: Day | None = Field(
        default=None,
        description="From which day on the doctor certifies light duty: no benefit is owed for it",
        examples=["2026-08-01"],
    )

    def stated(self) -> CertifiedDays:
        """The certificate for a command."""
        return CertifiedDays(self.first, self.last, self.issued_on, self.light_duty_from)


class EvidenceKind(StrEnum):
    """What a statement says, as it is shown: all that is stated, but for documents, which have a list of their own."""

    CERTIFICATE = "certificate"
    FINAL_CERTIFICATE = "final_certificate"
    WAGES_PAID = "wages_paid"
    CIRCUMSTANCES = "circumstances"
    DEPENDANT = "dependant"
    PERMANENT_LOSS = "permanent_loss"
    CHOICE = "choice"
    INVALIDITY = "invalidity"
    ATTENDANCE = "attendance"
    FUNERAL = "funeral"
    CAUSE = "cause"
    REPATRIATION = "repatriation"
    EDUCATION = "education"
    BOARD_ORDER = "board_order"
    ORDER = "order"
    FINDING = "finding"
    WITHDRAWAL = "withdrawal"
    APPROVAL = "approval"
