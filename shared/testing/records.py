"""Events as the broker would bring them, for tests that need no broker."""

from collections.abc import Iterator
from itertools import count

from shared.contracts.envelope import Envelope, Event
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.messaging.received import Raw, Received

_offsets: Iterator[int] = count()


def received(event: Event, *, announcement: str | None = None) -> Received:
    """The event as a record with an envelope of its own; the same object heard twice is a repeat."""
    envelope = Envelope(
        id=new_id(),
        source=f"/{event.topic.owner}",
        type=event.type(),
        time=now(),
        subject="/".join(event.aggregate),
        stream_version=getattr(event, "revision", 1),
        correlation_id="test",
        announcement=announcement,
    )
    return Received(Raw(event.topic.name, 0, next(_offsets), event.key, (), event.data()), envelope, event)
