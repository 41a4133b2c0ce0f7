"""Orders that raise benefits by the month, after an actuarial review (Act 4): one officer enters, two let count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from services.benefits.domain.errors import IncreaseUnfit
from shared.kernel.money import Sen
from shared.law.act4.increases.rules import in_range, is_a_review, is_raised
from shared.law.book import LawOn


@dataclass(frozen=True, slots=True)
class Factor:
    """What is given to a benefit that began in certain years: percent, and the least that it is then by the month."""

    benefit: str
    began_from: int
    began_to: int
    percent: Fraction
    least_sen: Sen | None = None

    @property
    def written(self) -> str:
        """Its percent as a decimal, such as 2.5."""
        whole, part = divmod(int(self.percent * 10_000), 10_000)
        return f"{whole}.{part:04d}".rstrip("0").rstrip(".")

    def overlaps(self, other: "Factor") -> bool:
        """Whether both give to one benefit of one year."""
        return self.benefit == other.benefit and not (
            self.began_to < other.began_from or other.began_to < self.began_from
        )


@dataclass(frozen=True, slots=True)
class IncreaseOrder:
    """An order: its instrument, from which day on it counts, and what it gives.

    ``replaces`` is the order in whose place it stands; ``withdrawn``: that one gives nothing, nor does anything else.
    """

    id: UUID
    instrument: str
    law: str
    in_force: date
    stated_by: str
    stated_at: datetime
    factors: tuple[Factor, ...]
    replaces: UUID | None = None
    withdrawn: bool = False
    counts: bool | None = None

    def must_fit(self, law: LawOn) -> None:
        """Raises IncreaseUnfit where it says nothing, or two things, or what the book knows otherwise.

        Of a review of which the book knows the range each factor lies in it; of another day the instrument says it.
        """
        if self.withdrawn is bool(self.factors):
            raise IncreaseUnfit("An order gives something, and one that is withdrawn gives nothing.")
        if self.withdrawn and self.replaces is None:
            raise IncreaseUnfit("What is withdrawn is named.")
        if foreign := sorted({each.benefit for each in self.factors if not is_raised(each.benefit, law)}):
            raise IncreaseUnfit(f"Orders raise no such benefit: {', '.join(foreign)}.")
        if any(one.overlaps(other) for one, other in _pairs(self.factors)):
            raise IncreaseUnfit("Two factors give to one benefit of one year.")
        if any(not each.began_from <= min(each.began_to, self.in_force.year) for each in self.factors):
            raise IncreaseUnfit("The years of beginning end before they begin, or begin after the order.")
        day = str(self.in_force)
        if is_a_review(day, law) and not all(in_range(day, each.percent / 100, law) for each in self.factors):
            raise IncreaseUnfit("A factor lies outside of the range that is known of this review.")

    def facts(self) -> dict[str, str | int]:
        """What two officers look at."""
        found: dict[str, str | int] = {"instrument": self.instrument, "in_force": self.in_force.isoformat()}
        if self.replaces is not None:
            found["withdraws" if self.withdrawn else "replaces"] = str(self.replaces)
        return found | {f"factor_{number}": _said(each) for number, each in enumerate(self.factors)}


def _said(factor: Factor) -> str:
    least = "" if factor.least_sen is None else f", at least {factor.least_sen} sen"
    return f"{factor.benefit} {factor.began_from}-{factor.began_to}: {factor.written} %{least}"


def _pairs(factors: Sequence[Factor]) -> Sequence[tuple[Factor, Factor]]:
    return [(one, other) for place, one in enumerate(factors) for other in factors[place + 1 :]]
