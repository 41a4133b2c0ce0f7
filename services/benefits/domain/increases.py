"""Orders that raise benefits by the month, after an actuarial review (Act 4): one officer enters, two let count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from services.benefits.domain.errors import IncreaseReplaced, IncreaseStands, IncreaseUnfit
from services.benefits.domain.statements import MOST_SHOWN
from shared.kernel.money import Sen
from shared.law.act4.increases.rules import in_range, is_a_review, is_raised, may_be_entered, may_have_least
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

    def may_have_its_least(self, law: LawOn) -> bool:
        """Whether it names no least, or may."""
        return self.least_sen is None or may_have_least(self.benefit, law)

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

    def must_fit(self, law: LawOn, today: date) -> None:
        """Raises IncreaseUnfit where it says nothing, or two things, or what the book knows otherwise.

        Of a review of which the book knows the range each factor lies in it; of another day the instrument says it.
        """
        if self.withdrawn is bool(self.factors):
            raise IncreaseUnfit("An order gives something, and one that is withdrawn gives nothing.")
        if self.withdrawn and self.replaces is None:
            raise IncreaseUnfit("What is withdrawn is named.")
        if not may_be_entered(self.in_force, today, law):
            raise IncreaseUnfit("No order is entered so long before the day on which it counts.")
        if any(not each.percent and each.least_sen is None for each in self.factors):
            raise IncreaseUnfit("A factor gives a percent, or the least that a benefit is.")
        if without := sorted({each.benefit for each in self.factors if not each.may_have_its_least(law)}):
            raise IncreaseUnfit(f"Of these no order names the least: {', '.join(without)}.")
        if foreign := sorted({each.benefit for each in self.factors if not is_raised(each.benefit, law)}):
            raise IncreaseUnfit(f"Orders raise no such benefit: {', '.join(foreign)}.")
        if any(one.overlaps(other) for one, other in _pairs(self.factors)):
            raise IncreaseUnfit("Two factors give to one benefit of one year.")
        if any(not each.began_from <= min(each.began_to, self.in_force.year) for each in self.factors):
            raise IncreaseUnfit("The years of beginning end before they begin, or begin after the order.")
        day = str(self.in_force)
        if is_a_review(day, law) and not all(in_range(day, each.percent / 100, law) for each in self.factors):
            raise IncreaseUnfit("A factor lies outside of the range that is known of this review.")

    def gives_again(self, other: "IncreaseOrder") -> bool:
        """Whether both give to one benefit of one year by one instrument, or from one day on."""
        is_one = self._number == other._number or self.in_force == other.in_force
        return is_one and any(one.overlaps(each) for one in self.factors for each in other.factors)

    def facts(self, others: Sequence["IncreaseOrder"] = ()) -> dict[str, str | int]:
        """What two officers look at: also what else counts or waits for the same benefits and years."""
        found: dict[str, str | int] = {"instrument": self.instrument, "in_force": self.in_force.isoformat()}
        if self.replaces is not None:
            found["withdraws" if self.withdrawn else "replaces"] = str(self.replaces)
        found |= {f"factor_{number}": _said(each) for number, each in enumerate(self.factors)}
        return found | {f"other_{number}": each.in_short for number, each in enumerate(others[:MOST_SHOWN])}

    @property
    def _number(self) -> str:
        """The instrument's number by its letters and digits: how it is spaced and dotted is the typist's."""
        return "".join(sign for sign in self.instrument.casefold() if sign.isalnum())

    @property
    def in_short(self) -> str:
        """Beside another one: its instrument and day, and whether it counts."""
        return f"{'counts' if self.counts else 'waits'}: {self.instrument}, {self.in_force} ({self.id})"


def standing(orders: Sequence[IncreaseOrder]) -> list[IncreaseOrder]:
    """Those that count, and that none which counts has replaced or withdrawn."""
    counting = [each for each in orders if each.counts]
    over = {each.replaces for each in counting}
    return [each for each in counting if each.id not in over and not each.withdrawn]


def check_beside(order: IncreaseOrder, all_orders: Sequence[IncreaseOrder]) -> None:
    """Raise IncreaseReplaced where an order counts already in the place of the one that it replaces, and
    IncreaseStands where another one that stands gives the same."""
    others = [each for each in all_orders if each.id != order.id]
    if order.replaces is not None and any(each.counts and each.replaces == order.replaces for each in others):
        raise IncreaseReplaced(facts={"order": str(order.replaces)})
    beside = (each for each in standing(others) if each.id != order.replaces)
    if twin := next((each for each in beside if order.gives_again(each)), None):
        raise IncreaseStands(facts={"order": str(twin.id)})


def shown_beside(order: IncreaseOrder, all_orders: Sequence[IncreaseOrder]) -> list[IncreaseOrder]:
    """What officers see beside it: what else stands or waits for one of its benefits and years, the newest first."""
    live = {each.id for each in standing(all_orders)} | {each.id for each in all_orders if each.counts is None}
    near = [
        each
        for each in all_orders
        if each.id in live and each.id != order.id and any(a.overlaps(b) for a in order.factors for b in each.factors)
    ]
    return sorted(near, key=lambda each: (each.counts is None, each.in_force, each.stated_at), reverse=True)


def _said(factor: Factor) -> str:
    least = "" if factor.least_sen is None else f", at least {factor.least_sen} sen"
    return f"{factor.benefit} {factor.began_from}-{factor.began_to}: {factor.written} %{least}"


def _pairs(factors: Sequence[Factor]) -> Sequence[tuple[Factor, Factor]]:
    return [(one, other) for place, one in enumerate(factors) for other in factors[place + 1 :]]
