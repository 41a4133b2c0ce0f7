"""Envelopes of messages about the topics themselves, which belong to no aggregate."""

from shared.contracts.envelope import Envelope
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


def control_envelope(service: str, type_: str) -> Envelope:
    """The envelope of a control message of a service."""
    return Envelope(
        id=new_id(),
        source=f"/{service}",
        type=type_,
        time=now(),
        subject=service,
        stream_version=0,
        correlation_id=service,
    )
