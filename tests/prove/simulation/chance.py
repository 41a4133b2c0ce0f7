"""What goes wrong, and when: one seed decides, and every fault is counted by its kind."""

import random
from collections import Counter
from collections.abc import Callable, Mapping

# Each kind, and how often it strikes where it could: of a thousand. A seed makes each of them rarer or more frequent.
KINDS = {
    "relay killed": 3,
    "relay stands still": 3,
    "relay loses its lock": 6,
    "owner is put back": 6,
    "consumer killed": 6,
    "consumer stands still": 4,
    "consumer ends in order": 4,
    "worker killed": 4,
    "worker stands still": 3,
    "writer rolls back": 120,
    "statement fails": 6,
    "commit fails": 8,
    "commit happened, answer lost": 12,
    "commit did not happen, answer lost": 8,
    "database away": 8,
    "broker away": 10,
    "send cut off": 40,
    "send arrives late": 40,
    "acknowledgement lost": 30,
    "records doubled": 30,
    "keys reordered": 150,
    "rebalance": 60,
    "offsets deleted": 25,
    "offset commit lost": 250,
    "fetched again from before": 20,
    "event fails once": 40,
    "event is poison": 25,
    "event kills its process": 25,
    "replay before it is mended": 300,
    "bank file fetched twice": 200,
    "bank answers late": 300,
    "bank answers twice": 250,
    "bank answers in part": 250,
    "bank returns a payment": 120,
    "bank never answers": 150,
}


class Chance:
    """The seeded choices of one run. After ``quiet`` nothing goes wrong any more."""

    def __init__(self, seed: int, note: Callable[[str, str], None], kinds: Mapping[str, int] = KINDS) -> None:
        self._random = random.Random(seed)
        self._note = note
        self.faults: Counter[str] = Counter()
        self.quiet = False
        # A seed in which everything fails at once proves less than one in which some things do.
        self._rates = {kind: rate / 1000 * self._random.choice((0.0, 0.5, 1.0, 5.0)) for kind, rate in kinds.items()}
        self.below = self._random.randrange
        self.between = self._random.uniform
        self.fraction = self._random.random

    def strikes(self, kind: str, what: str = "") -> bool:
        """Whether a fault of this kind happens here; it is counted and noted."""
        if self.quiet or self._random.random() >= self._rates[kind]:
            return False
        self.faults[kind] += 1
        self._note("fault", f"{kind} {what}".rstrip())
        return True

    def interleaved(self, items: list[tuple[str, int]]) -> list[int]:
        """The numbers in another order, which keeps the order within each name."""
        streams: dict[str, list[int]] = {}
        for name, number in items:
            streams.setdefault(name, []).append(number)
        turns = [name for name, _ in items]
        self._random.shuffle(turns)
        return [streams[name].pop(0) for name in turns]
