"""What an amendment does to a population: for each class of people both laws' amounts, and exact totals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.cover.rules import Category
from shared.law.book import LawOn
from shared.law.bulk import Int64Array
from shared.law.simulation.columns import COLUMNS, Column, Person, amounts
from shared.law.simulation.overlay import Overlay
from shared.law.simulation.population import PLANS, Population

TABLES = ("act4.contributions.classes", "act4.contributions.skbbk", "act800.contributions.classes")


@dataclass(frozen=True)
class Group:
    """People whom both laws treat alike: wages above one edge and up to another (None: no limit), and their amounts."""

    wage_over: Sen
    wage_to: Sen | None
    person: Person
    people: int
    before: Mapping[str, Sen]
    after: Mapping[str, Sen]

    def change(self, column: Column) -> Sen:
        """What a person's amount changes by, in sen."""
        return self.after[column.name] - self.before[column.name]

    @property
    def pays_more(self) -> bool:
        """Whether the person's own contributions together rise."""
        return self._paid > 0

    @property
    def wins(self) -> bool:
        """Whether a benefit rises and none falls; who wins may have to pay more for it."""
        return min(self._benefits) >= 0 and max(self._benefits) > 0

    @property
    def loses(self) -> bool:
        """Whether the person pays more, and no benefit rises."""
        return self._paid > 0 and max(self._benefits) <= 0

    @property
    def gets_less(self) -> bool:
        """Whether a benefit falls, or the person pays less."""
        return min(self._benefits) < 0 or self._paid < 0

    @property
    def is_untouched(self) -> bool:
        """Whether nothing changes for the person."""
        return not self._paid and not any(self._benefits)

    @property
    def _paid(self) -> Sen:
        return sum(self.change(column) for column in COLUMNS if column.paid_by_the_person)

    @property
    def _benefits(self) -> list[Sen]:
        return [self.change(column) for column in COLUMNS if not column.paid_by]


@dataclass(frozen=True)
class MonthOfEffects:
    """A month's groups in the order of their wages, and the figures that the law with the amendment was asked for."""

    month: Month
    groups: tuple[Group, ...]
    read: frozenset[str] = frozenset()

    @property
    def changes(self) -> bool:
        """Whether any amount of anybody differs between the two laws."""
        return any(group.before != group.after for group in self.groups)

    def total(self, column: Column) -> Sen:
        """What the amendment changes a column by in this month, over all people, in sen; exact."""
        return sum(group.people * group.change(column) for group in self.groups)

    def people(self, which: str) -> int:
        """How many people have a property of `Group`."""
        return sum(group.people for group in self.groups if getattr(group, which))

    def changed(self, column: Column) -> list[Group]:
        """The groups whose amount differs, from the one that falls most to the one that rises most."""
        found = [group for group in self.groups if group.change(column)]
        return sorted(found, key=lambda group: group.change(column))

    def risen(self, column: Column) -> list[Fraction]:
        """By how much the column rose, as a share, for each group in which it did, smallest first."""
        return sorted(
            Fraction(group.change(column), group.before[column.name])
            for group in self.groups
            if group.before[column.name] and group.change(column) > 0
        )


def simulate(overlay: Overlay, population: Population) -> tuple[MonthOfEffects, ...]:
    """Every month of the overlay; raises `CannotMatter` where no amount that is compared can show the amendment."""
    months = tuple(_month(month, population, *laws) for month, *laws in overlay.laws())
    overlay.refuse_what_nobody_asked(frozenset().union(*(month.read for month in months)))
    return months


def _month(month: Month, population: Population, before: LawOn, after: LawOn) -> MonthOfEffects:
    groups = _groups(population, before, after)
    return MonthOfEffects(month, groups, frozenset(entry.figure for entry in (*before.read, *after.read)))


def _groups(population: Population, before: LawOn, after: LawOn) -> tuple[Group, ...]:
    edges = _edges((before, after))
    places = np.searchsorted(edges, population.wages, side="left")
    kinds = population.first_category * 4 + population.insured * 2 + population.takes_part
    keys = ((places * 8 + kinds) * len(PLANS) + population.plans) * 2 + population.housewives
    counted = enumerate(_counted(keys, population.people).tolist())
    return tuple(_group(key, people, edges, before, after) for key, people in counted if people)


def _counted(keys: Int64Array, people: Int64Array) -> Int64Array:
    """People by key; added as integers, since weights of bincount would be floats."""
    counts = np.zeros(int(keys.max()) + 1, dtype=np.int64)
    np.add.at(counts, keys, people)
    return counts


def _group(key: int, people: int, edges: Int64Array, before: LawOn, after: LawOn) -> Group:
    rest, housewife = divmod(key, 2)
    rest, plan = divmod(rest, len(PLANS))
    place, kind = divmod(rest, 8)
    over = int(edges[place - 1]) if place else -1
    to = int(edges[place]) if place < len(edges) else None
    wage = to if to is not None else over + 1
    category = Category.FIRST if kind & 4 else Category.SECOND
    person = Person(wage, category, bool(kind & 2), bool(kind & 1), PLANS[plan], bool(housewife))
    return Group(max(over, 0), to, person, people, amounts(person, before), amounts(person, after))


def _edges(laws: Sequence[LawOn]) -> Int64Array:
    """Every edge at which either law may begin another class; zero is a class of its own."""
    return np.array(sorted({0, *(edge for law in laws for edge in _edges_of(law))}), dtype=np.int64)


def _edges_of(law: LawOn) -> Iterator[int]:
    for name in TABLES:
        if any(entry.in_force <= law.in_force and entry.known <= law.known for entry in law.book.figures[name].entries):
            yield from law.table(name).upper_edges
