"""A foreign worker's pass: when it ended, as the register stated it, and that it was renewed."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ForeignPass:
    """The last day of a pass; `revision` is how often one was stated, or taken back."""

    ended_on: date
    revision: int


@dataclass(frozen=True, slots=True)
class PassRenewal:
    """That two officers saw a new pass: `evidence` is its document."""

    person: int
    evidence: str
    source: str
    proposed_by: str
    approved_by: str
