"""Which lines of a file in pieces may say a person's month again: of each line some bytes are kept, not its fields."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from services.registration.domain.contribution import Piece
from services.registration.files.columns import MALFORMED, Int64, LineKeys

# Odd, and larger than any month, written 202606: hash and month make one number, of which 64 bits are kept.
_MONTHS = 1_000_003


@dataclass
class Repetition:
    """Lines by number and month; those whose number is one of several of somebody may be of a month that another has.

    A hash of this process stands for number and month: two that are alike are looked at, and then told apart.
    """

    _keys: list[Int64] = field(default_factory=list)
    _of_several: list[Int64] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _lines: int = 0

    def add(self, piece: LineKeys, of_several: Collection[str]) -> None:
        """The lines of the next piece; `of_several` are the numbers in it whose bearer has another one as well."""
        count = len(piece.ids)
        hashes = np.fromiter(map(hash, piece.ids), dtype=np.int64, count=count)
        is_named = np.fromiter(map(bool, piece.ids), dtype=np.bool_, count=count) & (piece.months != MALFORMED)
        # What names no month or nobody is of nobody, and says nothing again.
        lines = np.arange(self._lines, self._lines + count)
        self._keys.append(np.where(is_named, hashes * _MONTHS + piece.months, -lines))
        indexes = [index for index, id_ in enumerate(piece.ids) if id_ in of_several] if of_several else []
        self._of_several.append(np.array(indexes, dtype=np.int64) + self._lines)
        self._starts.append(self._lines)
        self._lines += count

    def suspects(self) -> dict[int, list[int]]:
        """The lines to look at, counted from 0 in their piece, by the number of the piece."""
        keys = np.concatenate(self._keys)
        _, place, times = np.unique(keys, return_inverse=True, return_counts=True)
        lines = np.union1d(np.flatnonzero(times[place] > 1), np.concatenate(self._of_several))
        pieces = np.searchsorted(np.array(self._starts), lines, side="right")
        return {
            int(number): (lines[pieces == number] - self._starts[number - 1]).tolist() for number in np.unique(pieces)
        }


@dataclass
class Repeated:
    """Lines whose person is known, and which of them say a month of the person that another one says."""

    _lines: list[int] = field(default_factory=list)
    _persons: list[int] = field(default_factory=list)
    _months: list[int] = field(default_factory=list)

    def add(self, piece: Piece, persons: Mapping[int, tuple[int, int]]) -> None:
        """Person and month of lines of a piece."""
        for index, (person, month) in persons.items():
            self._lines.append(piece.first_line + index)
            self._persons.append(person)
            self._months.append(month)

    def lines(self) -> frozenset[int]:
        """The lines of the file, counted from 1."""
        keys = np.array(self._persons, dtype=np.int64) * 1_000_000 + np.array(self._months, dtype=np.int64)
        _, place, times = np.unique(keys, return_inverse=True, return_counts=True)
        return frozenset(np.array(self._lines, dtype=np.int64)[times[place] > 1].tolist())
