"""The one form in which lines of every format are checked: columns of equal length, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from services.registration.domain.contribution import LineFault, Reading
from services.registration.domain.spell_statement import SpellStatementKind

Int64 = NDArray[np.int64]
Marks = NDArray[np.bool_]

MALFORMED = -1
AMOUNTS_OF_LINE = (
    "wages",
    "act4_employer",
    "act4_employee",
    "act800_employer",
    "act800_employee",
    "skbbk_employee",
)


@dataclass(frozen=True, slots=True)
class SpellMark:
    """What a line says of the spell, beside its money; the line is counted from 0."""

    index: int
    kind: SpellStatementKind
    day: date


@dataclass(frozen=True, slots=True)
class LineKeys:
    """Of all lines the number and the month alone, as they stand in `FileColumns`: what is looked for in a whole file
    before any piece of it is read."""

    ids: list[str]
    months: Int64


@dataclass(frozen=True, slots=True)
class FileColumns:
    """The fields of all lines, row by row. What is malformed is -1: in `months` (202606), and in `amounts` (sen).

    `ids` are in upper case without separators, empty where the field is blank, as `names` are; `is_v2` says which lines
    state an SKBBK. `reading` says what the amounts mean: under a template `wages` alone is filled, with the wage or
    the total. `faults` are those that the reader of the format finds, `marks` what lines say of spells.
    """

    ids: list[str]
    names: list[str] = field(repr=False)
    months: Int64
    amounts: dict[str, Int64]
    is_v2: Marks
    reading: Reading = field(default_factory=Reading)
    faults: tuple[LineFault, ...] = ()
    marks: tuple[SpellMark, ...] = ()

    @classmethod
    def joined(cls, each: Sequence["FileColumns"], reading: Reading) -> "FileColumns":
        """The lines of one file after the other, which are read alike; whoever counts lines counts all of them."""
        starts = [0, *accumulate(len(one.ids) for one in each)]
        return cls(
            ids=[id_ for one in each for id_ in one.ids],
            names=[name for one in each for name in one.names],
            months=np.concatenate([one.months for one in each]),
            amounts={name: np.concatenate([one.amounts[name] for one in each]) for name in AMOUNTS_OF_LINE},
            is_v2=np.concatenate([one.is_v2 for one in each]),
            reading=reading,
            faults=tuple(
                replace(fault, line=fault.line + start)
                for start, one in zip(starts, each, strict=False)
                for fault in one.faults
            ),
            marks=tuple(
                replace(mark, index=mark.index + start)
                for start, one in zip(starts, each, strict=False)
                for mark in one.marks
            ),
        )

    def naming(self, lines: Sequence[int]) -> "FileColumns":
        """The same in which none but these lines, counted from 0, names anybody: the others have no number."""
        ids = [""] * len(self.ids)
        for line in lines:
            ids[line] = self.ids[line]
        return replace(self, ids=ids)
