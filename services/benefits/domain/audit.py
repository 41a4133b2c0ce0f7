"""Of what auditors draw samples."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PaymentsAsked:
    """Payments that were instructed on some days, of one benefit or of all."""

    first: date
    last: date
    begins: datetime
    """The first instant of the first day."""
    ends: datetime
    """The first instant after the last day."""
    benefit: str | None

    @property
    def named(self) -> dict[str, str | None]:
        """By the names of the request, as a draw has it."""
        return {"first": self.first.isoformat(), "last": self.last.isoformat(), "benefit": self.benefit}
