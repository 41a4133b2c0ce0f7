"""A foreign worker's pass: when it ended, as the register stated it, and that it was renewed."""

from dataclasses import dataclass
from datetime import date

from shared.kernel.identifiers import person_id


@dataclass(frozen=True, slots=True)
class ForeignPass:
    """The last day of a pass; `revision` is how often one was stated, or taken back."""

    ended_on: date
    revision: int


def facts_of_pass(person: int, known: ForeignPass, spells: int) -> dict[str, str | int]:
    """What of a pass a person looks at: whose it is, when it ended, and how many employments go on after that."""
    return {"person": person_id(person), "ended_on": str(known.ended_on), "spells": spells}


@dataclass(frozen=True, slots=True)
class PassRenewal:
    """That two officers saw a new pass: `evidence` is its document."""

    person: int
    evidence: str
    source: str
    proposed_by: str
    approved_by: str
