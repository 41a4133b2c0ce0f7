"""Which events are poison, and to whom: a worker that chokes on them and a test that counts them must agree.

An event is chosen by the hash of its type and bytes, the same at every delivery.
"""

import hashlib
from typing import Literal

# One event in a thousand kills the process that takes it, one in a hundred raises. A story makes a handful of events on
# the topics that are reacted to: one in five raises there, so that reactions are parked too.
KILLS_IN, RAISES_IN, RAISES_REACTIONS_IN = 1_000, 100, 5

Effect = Literal["kills", "raises"]


class Poisonous(RuntimeError):
    """An event that this worker cannot take."""


def effect_of(type_: str, payload: bytes, *, reacted_to: bool) -> Effect | None:
    """What the event does to a poisoned worker; None for an event that it takes."""
    number = int.from_bytes(hashlib.blake2b(type_.encode() + payload, digest_size=8).digest(), "big")
    if number % KILLS_IN == 0:
        return "kills"
    every = RAISES_REACTIONS_IN if reacted_to else RAISES_IN
    return "raises" if number % every == 1 else None
