"""Topic ``claims.letter``: whether a letter arrived on which another service waits."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import Event
from shared.contracts.topics import CLAIMS_LETTER


class LetterToldV1(Event):
    """What the receipts of a letter come to: when it arrived, or that it came back. The higher revision counts."""

    topic = CLAIMS_LETTER
    name: ClassVar[str] = "letter.told"

    letter: UUID
    """The letter."""
    matter: UUID
    """What it is about, as the event named it by which it was written."""
    kind: str
    """Why it was written: `certificate_due`."""
    party: str
    """To whom, as kind and number: `person:12`."""
    told_on: date | None = None
    """The day on which it arrived, or two officers found that its reader was told otherwise; absent: it came back."""
    revision: int
    """How many receipts its messages have."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("letter", str(self.letter))

    @property
    def key(self) -> str:
        return self.party
