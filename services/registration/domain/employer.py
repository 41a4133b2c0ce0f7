"""An employer as registration knows it (Act 4 s.4)."""

from dataclasses import dataclass
from datetime import datetime

# What stands before an employer's number in the name of its party.
TENANT = "employer:"


@dataclass(frozen=True, slots=True)
class Employer:
    """A registered employer; `code` is the organisation's own, `mycoid` the number of the companies' register."""

    number: int
    revision: int
    code: str
    name: str
    mycoid: str | None
    registered_at: datetime


def tenant_of(employer: int) -> str:
    """The party under which an employer acts, such as ``employer:12``."""
    return f"{TENANT}{employer}"
