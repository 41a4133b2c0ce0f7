"""Which cores a run is wired with: the shipped ones, or broken ones that the run must find."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.benefits.domain.payments import Outcome, PaymentState, moved_on
from shared.messaging.consumer_core import ConsumerCore, set_aside
from shared.messaging.received import Aside, Reading, Received
from shared.messaging.relay_core import RelayCore

SetAside = Callable[[Sequence[Reading], Mapping[str, int]], tuple[list[Received], list[Aside]]]
MovedOn = Callable[[PaymentState, Outcome], PaymentState | None]


def higher_wins(known: int, fresh: int) -> bool:
    """Whether the fresh revision replaces the known one, as ``keep_higher_revision`` decides."""
    return fresh > known


@dataclass(frozen=True)
class Wiring:
    """The cores, and what the statements around them promise; every default is what is shipped."""

    relay_core: type[RelayCore] = RelayCore
    consumer_core: type[ConsumerCore] = ConsumerCore
    set_aside: SetAside = set_aside
    replaces: Callable[[int, int], bool] = higher_wins
    moved_on: MovedOn = moved_on
    cursor: bool = False
    uploads_held_until_finished: bool = False
    inbox: bool = True
    offsets_are_truth: bool = False
    fresh_before_reactions: bool = False
    locks_unsent: bool = True
    resends_unknown: bool = False
    hears_together: bool = False


SHIPPED = Wiring()
