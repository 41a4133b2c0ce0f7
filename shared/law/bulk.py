"""Wage classes of a whole population at once: the twin of `Table.place`, shared by the Acts.

The edges of a schedule are multiples of some amount, RM10 in those of Act 4 and Act 800. A wage is brought to the
number of its step, up to and with its upper end, and all that depends on the class is looked up by that number; the
step comes from the table itself, and a table whose edges share no useful one is searched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from shared.law.errors import OutsideTable
from shared.law.table import Table

Int64Array: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
DayArray: TypeAlias = NDArray[np.datetime64]

# A chunk of wages and its numbers stay in the cache of a core while every column is looked up.
CHUNK = 8_192
_MOST_STEPS = 65_536
_NO_CLASS = -1
# No month has as many days: a day is told apart from that of the next month.
_DAYS_IN_A_MONTH = 32


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps that one or several tables share, or, where `step` is zero, their edges, to be searched.

    Rung 0 is a wage of zero, rung n up to and with the n-th upper end, the last rung all above.
    """

    step: int
    upper_ends: Int64Array

    @property
    def rungs(self) -> int:
        """How many numbers `of` can give."""
        return len(self.upper_ends) + 1

    def of(self, wages: Int64Array) -> NDArray[np.intp]:
        """The rung of each wage in sen; `OutsideTable` if one is negative."""
        if len(wages) and wages.min() < 0:
            raise OutsideTable("A wage of the population is negative.")
        if not self.step:
            return np.searchsorted(self.upper_ends, wages, side="left")
        rungs: NDArray[np.intp] = np.minimum(wages, self.upper_ends[-1] + 1)
        rungs += self.step - 1
        rungs //= self.step
        return rungs

    def classes(self, table: Table) -> Int64Array:
        """The class number of the table, from 1, by rung: 0 for a wage of zero, -1 where there is no class."""
        within = np.append(self.upper_ends, self.upper_ends[-1] + 1)
        numbers = np.searchsorted(np.array(table.upper_edges, dtype=np.int64), within, side="left") + 1
        none = (within <= table.lowest) | (numbers > len(table.rows))
        return np.where(within == 0, 0, np.where(none, _NO_CLASS, numbers)).astype(np.int64)


def ladder(tables: Sequence[Table]) -> Ladder:
    """The ladder on which every edge of every table lies on a rung."""
    edges = sorted({edge for table in tables for edge in (table.lowest, *table.upper_edges)} - {0})
    step = gcd(*edges)
    if edges[-1] // step > _MOST_STEPS:
        return Ladder(0, np.array([0, *edges], dtype=np.int64))
    return Ladder(step, np.arange(0, edges[-1] + 1, step, dtype=np.int64))


def ages_on(born_on: DayArray, days: DayArray) -> Int64Array:
    """Twin of `age_on` of the kernel: completed years on days, one for each, or one for all."""
    return (_counted(days) - _counted(born_on)) // (12 * _DAYS_IN_A_MONTH)


def class_numbers(wages: Int64Array, table: Table) -> Int64Array:
    """The class number, from 1, of each wage in sen, and 0 for a wage of zero; `OutsideTable` if any has no class."""
    check_wages(wages)
    steps = ladder([table])
    classes = steps.classes(table)
    numbers = np.empty_like(wages)
    for part in chunks(len(wages)):
        np.take(classes, steps.of(wages[part]), out=numbers[part], mode="clip")
    check_classes(numbers)
    return numbers


def check_wages(wages: Int64Array) -> None:
    """A TypeError unless the wages are whole sen: a float would be rounded behind the law's back."""
    if wages.dtype != np.int64:
        raise TypeError(f"wages are int64 sen, not {wages.dtype}")


def check_classes(numbers: NDArray[np.int64] | NDArray[np.int16]) -> None:
    """`OutsideTable` if a wage of the population has no class."""
    if len(numbers) and numbers.min() == _NO_CLASS:
        raise OutsideTable("A wage of the population has no class.")


def chunks(rows: int) -> Iterator[slice]:
    """Slices of all rows, in order, each small enough for the cache."""
    return (slice(start, start + CHUNK) for start in range(0, rows, CHUNK))


def amounts_of(table: Table, column: str, steps: Ladder) -> Int64Array:
    """The amounts of a column, in sen, by rung."""
    return pick(table, column, steps.classes(table))


def pick(table: Table, column: str, numbers: Int64Array) -> Int64Array:
    """The amounts of a column, in sen, for class numbers; zero for the number 0, and for a wage without a class."""
    return np.array((0, *table.column(column), 0), dtype=np.int64)[numbers]


def _counted(days: DayArray) -> Int64Array:
    """Days counted so that a year later on the same day of the year is always as much more."""
    months = days.astype("datetime64[M]")
    counted = months.astype(np.int64) * _DAYS_IN_A_MONTH
    counted += (days - months.astype("datetime64[D]")).astype(np.int64)
    return counted
