"""An employer as registration knows it (Act 4 s.4)."""

from dataclasses import dataclass
from datetime import date, datetime

# What stands before an employer's number in the name of its party.
TENANT = "employer:"


@dataclass(frozen=True, slots=True)
class Employer:
    """A registered employer; `code` is the organisation's own, `mycoid` the number of the companies' register.

    `state`, `sector` and `ended_on` are what is known of today; `ended_on` is its last day, None while it employs.
    """

    number: int
    revision: int
    code: str
    name: str
    mycoid: str | None
    registered_at: datetime
    state: str | None = None
    sector: str | None = None
    ended_on: date | None = None

    def employs_on(self, day: date) -> bool:
        """Whether it has not ended before a day."""
        return self.ended_on is None or day <= self.ended_on


def tenant_of(employer: int) -> str:
    """The party under which an employer acts, such as ``employer:12``."""
    return f"{TENANT}{employer}"
