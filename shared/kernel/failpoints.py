"""Named points between the steps of the path of a request, an event and a payment, where a test can end the process.

They are enumerated in ``FAILPOINTS`` so that a crash test can try each one and fail when one was never reached. In
production settings arming is refused; unarmed, a point costs one look at a module variable.
"""

from collections.abc import Callable

FAILPOINTS = (
    # A request whose answer is kept under its idempotency key; one that only reads passes none of these.
    "request.before_commit",
    "request.after_commit",
    # An answer that tells somebody's data; the second of one that is kept under no key.
    "reading.kept",
    "reading.committed",
    "relay.read",
    # Events only, not heartbeats.
    "relay.handed_over",
    "relay.acknowledged",
    "relay.marked",
    "consumer.fetched",
    "consumer.in_flight",
    "consumer.applied",
    "consumer.handled",
    "consumer.committed",
    "consumer.offsets_committed",
    # Commands only: a timer would pass them again and again with nothing to do.
    "due.claimed",
    "due.before_commit",
    "due.after_commit",
    # Records of partners' topics.
    "inbound.before_commit",
    "inbound.after_commit",
    "bank_file.before_render",
    "bank_file.rendered",
    "bank_file.frozen",
    "bank_file.handed_out",
    "status_report.read",
    "status_report.taken",
    # A letter on its way to the gateway.
    "message.leased",
    "message.handed_over",
    "message.before_commit",
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


def failpoint(name: str, *about: str) -> None:
    """A step of the path was reached; ``about``: the topics of events, or the kind of due work, that reached it.

    What is armed is told the name, and then each ``aimed`` one: so a test ends the process in one command's work.
    """
    if _armed is not None:
        for told in (name, *(aimed(name, each) for each in about)):
            _armed(told)


def aimed(name: str, about: str) -> str:
    """The point as only this topic or this kind of due work reaches it: ``due.claimed@settle_entitlement``."""
    return f"{name}@{about}"
