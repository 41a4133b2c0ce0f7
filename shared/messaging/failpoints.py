"""Named points between the steps of the message path, where a test can stop, delay or kill the process.

They are enumerated in ``FAILPOINTS`` so that a crash test can try each one and fail when one was never reached. In
production settings arming is refused; unarmed, a point costs one look at a module variable.
"""

from collections.abc import Callable

FAILPOINTS = (
    "request.before_commit",
    "request.after_commit",
    "relay.read",
    "relay.acknowledged",
    "relay.marked",
    "consumer.fetched",
    "consumer.in_hand",
    "consumer.applied",
    "consumer.handled",
    "consumer.committed",
    "consumer.offsets_committed",
    "due.claimed",
    "due.before_commit",
    "due.after_commit",
)

_armed: Callable[[str], None] | None = None


class FailpointsRefused(RuntimeError):
    """Failpoints were armed in production."""


def arm(action: Callable[[str], None] | None, environment: str) -> None:
    """Call ``action`` with the name of each point that is reached; None disarms. Refused in production."""
    if environment == "production":
        raise FailpointsRefused("failpoints are for tests; production settings refuse them")
    global _armed
    _armed = action


def failpoint(name: str) -> None:
    """A step of the path was reached."""
    if _armed is not None:
        _armed(name)
