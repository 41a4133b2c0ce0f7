"""What orders give to one benefit by the month, one after another: to what is paid of it, and to what others share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from shared.kernel.money import Sen
from shared.law.act4.increases.rules import increased, least_of_part
from shared.law.book import LawOn


@dataclass(frozen=True, slots=True)
class Increase:
    """What an order gives to benefits of a kind that began in certain years: a factor, and the least that they are."""

    order: UUID
    instrument: str
    law: str
    in_force: date
    began_from: int
    began_to: int
    factor: Fraction
    least_sen: Sen | None = None

    def raises(self, began_on: date) -> bool:
        """Whether it raises a benefit that began on a day: before it was in force, in one of its years."""
        return began_on < self.in_force and self.began_from <= began_on.year <= self.began_to

    def of(self, monthly: Sen, law: LawOn, part: Fraction | None = Fraction(1)) -> Sen:
        """The monthly amount from its first day on; of a part of the benefit not under that part of the least.

        None where it is not known which part it is: then no least is reckoned for it.
        """
        more = increased(monthly, self.factor, law)
        if self.least_sen is None or part is None:
            return more
        return max(more, least_of_part(self.least_sen, part, law))


@dataclass(frozen=True, slots=True)
class Raised:
    """An increase as it raises one benefit."""

    increase: Increase
    before_sen: Sen
    after_sen: Sen


def that_raise(increases: Iterable[Increase], began_on: date) -> list[Increase]:
    """Those that raise a benefit that began on a day, in the order of their days."""
    return sorted((each for each in increases if each.raises(began_on)), key=lambda each: (each.in_force, each.order))


def steps(
    monthly: Sen, increases: Iterable[Increase], law: LawOn, part: Fraction | None = Fraction(1)
) -> Iterator[Raised]:
    """What each of these makes of a monthly amount, one after another, by the law of its first day."""
    for increase in increases:
        after = increase.of(monthly, law.on(increase.in_force), part)
        yield Raised(increase, monthly, after)
        monthly = after
