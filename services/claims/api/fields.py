"""Fields that the routers of notices and of evidence share."""

from typing import Annotated

from pydantic import Field

from services.claims.commands.submit_notice import CertifiedDays
from shared.web.fields import ONE_LINE, Day
from shared.web.money import In

Doctor = Annotated[str, Field(min_length=1, max_length=200, examples=["officer-5"]), ONE_LINE]
"""A doctor or an officer, by the subject of the token."""


class CertificateIn(In):
    """A doctor's certificate of unfitness for work: first and last day."""

    first: Day = Field(examples=["2026-07-15"])
    last: Day = Field(examples=["2026-08-11"])
    issued_on: Day = Field(examples=["2026-07-15"])

    def stated(self) -> CertifiedDays:
        """The certificate for a command."""
        return CertifiedDays(self.first, self.last, self.issued_on)
