"""Wage classes of a whole population at once: the twin of `Table.place`, shared by the Acts."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from shared.law.errors import OutsideTable
from shared.law.table import Table

Int64Array: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]


def class_numbers(wages: Int64Array, table: Table) -> Int64Array:
    """The class number, from 1, of each wage in sen, and 0 for a wage of nought; `OutsideTable` if any has no class."""
    if wages.dtype != np.int64:
        raise TypeError(f"wages are int64 sen, not {wages.dtype}")
    numbers = np.searchsorted(np.array(table.upper_edges, dtype=np.int64), wages, side="left") + 1
    without_class = (wages <= table.lowest) | (numbers > len(table.rows))
    if np.any(without_class & (wages != 0)):
        raise OutsideTable("A wage of the population has no class.")
    return np.where(wages == 0, 0, numbers).astype(np.int64)


def pick(table: Table, column: str, numbers: Int64Array) -> Int64Array:
    """The amounts of a column, in sen, for class numbers; nought for the number 0."""
    return np.array((0, *table.column(column)), dtype=np.int64)[numbers]
