"""A spell as it was stated once: days and kind of work, on whose word, and which fact took its place."""

from dataclasses import dataclass
from datetime import date, datetime

from services.registration.domain.work import Work


@dataclass(frozen=True, slots=True)
class SpellFact:
    """`retracted_by` is the fact that took its place, None of the one that holds."""

    id: int
    first: date
    last: date | None
    work: Work
    source: str
    officer: str | None
    approved_by: str | None
    reason: str | None
    evidence: str | None
    recorded_at: datetime
    retracted_by: int | None
