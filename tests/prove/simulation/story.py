"""What happens in the simulation: claims whose entitlement changes, and notes about them."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from shared.contracts.envelope import Envelope, Event
from shared.contracts.heartbeat import Heartbeat
from shared.messaging.received import Fault, Raw, Reading, Received, ReceivedHeartbeat, Unreadable
from tests.prove.simulation.broker import Entry, Place
from tests.prove.simulation.clock import DAWN

CLAIMS = 6
PERSONS = 4
_NO_HEADERS: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class SimulatedEvent:
    """An event. ``stamp`` is the moment to which its content belongs: its writing, or the receipt of its upload."""

    id: int
    topic: str
    claim: int
    revision: int
    amount_sen: int
    stamp: datetime
    republished: bool = False
    error: str = ""

    @property
    def person(self) -> int:
        """Whose claim it is."""
        return self.claim % PERSONS

    @property
    def key(self) -> str:
        """The record's key."""
        return f"person:{self.person}"

    @property
    def stream(self) -> tuple[str, int]:
        """Topic and aggregate."""
        return (self.topic, self.claim)

    @property
    def rows(self) -> int:
        """How many rows a projection writes for it."""
        return 1

    def __str__(self) -> str:
        again = " again" if self.republished else ""
        return f"{self.topic} claim {self.claim} revision {self.revision}{again}"


def reading_of(place: Place, offset: int, entry: Entry, error: str) -> Reading:
    """The record as the consumer runtime reads it; ``error`` is what still ails it."""
    raw = Raw(place[0], place[1], offset, entry.key, _NO_HEADERS, b"")
    if isinstance(entry.content, Heartbeat):
        return ReceivedHeartbeat(raw, entry.content)
    if error == "unreadable":
        return Unreadable(raw, Fault.BAD_DATA)
    event: SimulatedEvent = entry.content
    envelope = Envelope(
        id=UUID(int=event.id),
        source="/owner",
        type="simulated",
        time=DAWN,
        subject=f"claim/{event.claim}",
        stream_version=event.revision,
        correlation_id="simulation",
        announcement="run" if event.republished else None,
    )
    return Received(raw, envelope, cast(Event, event))
