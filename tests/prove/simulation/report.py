"""How a run of either simulation ended."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """How a run ended."""

    seed: int
    steps: int
    seconds: float
    digest: int
    faults: Counter[str]
    points: Counter[str]
    counts: Counter[str]
    violation: str = ""
    trace: list[str] = field(default_factory=list)
