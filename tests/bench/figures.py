"""What was measured, as figures beside the limits that they are measured by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles


@dataclass(frozen=True)
class Figure:
    """One measured value. ``limit`` is what it should keep to, ``at_least`` from which side; None: no limit."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The value by its limit; None without one."""
        return self.value / self.limit if self.limit else None

    @property
    def verdict(self) -> str:
        """Whether it keeps to its limit, in a word."""
        if self.limit is None:
            return ""
        kept = self.value >= self.limit if self.at_least else self.value <= self.limit
        return "kept" if kept else "missed"


@dataclass(frozen=True)
class Part:
    """The figures of one measurement, under a heading."""

    title: str
    figures: list[Figure] = field(default_factory=list)


def percentile(values: Sequence[float], part: int) -> float:
    """The value below which ``part`` per cent lie; 0 for no values."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[part - 1]


def spread(name: str, milliseconds: Sequence[float], note: str = "") -> list[Figure]:
    """The middle and the slow end of durations."""
    return [
        Figure(f"{name}, p50", percentile(milliseconds, 50), "ms", note=note),
        Figure(f"{name}, p99", percentile(milliseconds, 99), "ms", note=note),
    ]
