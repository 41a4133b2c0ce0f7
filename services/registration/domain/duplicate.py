"""Two numbers that may be one person's: why they are looked at, and what two officers found."""

from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.identifiers import person_id


class DuplicateReason(StrEnum):
    """Why the two are looked at; never guessed, always asked."""

    SAME_DIGITS = "same_digits"
    SAME_NAME_AND_BIRTH = "same_name_and_birth"


class Verdict(StrEnum):
    """What two officers found; the last one holds."""

    DIFFERENT_PERSONS = "different_persons"
    SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """The lower number first; `revision` rises each time that something makes the two look like one."""

    person: int
    other: int
    reason: DuplicateReason
    revision: int
    verdict: Verdict | None

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        return {"person": person_id(self.person), "other": person_id(self.other)}
