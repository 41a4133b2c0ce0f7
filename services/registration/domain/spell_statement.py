"""What a contribution line of the legacy layout says of a spell: a statement that waits for two officers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.registration.domain.spell import Spell
from shared.kernel.identifiers import derived_id, employer_id, person_id


class SpellStatementKind(StrEnum):
    """What was stated of a spell."""

    STARTED = "started"
    ENDED = "ended"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class SpellStatement:
    """That a person began, left or died on a day, as the employer's file says; `source` is who sent it.

    Nothing of the spell changes by it. `taken` is what two officers decided of it, None while it waits.
    """

    employer: int
    person: int
    kind: SpellStatementKind
    day: date
    file: UUID
    source: str
    taken: bool | None = None

    @property
    def id(self) -> UUID:
        """The same for the same statement in another file, and in a database that was put back."""
        return derived_id("spell_statement", str(self.employer), str(self.person), self.kind.value, str(self.day))

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        whose = {"employer": employer_id(self.employer), "person": person_id(self.person)}
        return {**whose, "day": str(self.day), "file": str(self.file)}

    def is_known(self, spells: list[Spell]) -> bool:
        """Whether it says only what stands already."""
        if self.kind is SpellStatementKind.STARTED:
            return any(spell.started_on == self.day for spell in spells)
        return any(spell.ended_on == self.day for spell in spells)

    def ends(self, spells: list[Spell]) -> Spell | None:
        """The spell that it ends: the last one that had begun by then."""
        begun = [spell for spell in spells if spell.started_on <= self.day]
        return max(begun, key=lambda spell: spell.started_on, default=None)
