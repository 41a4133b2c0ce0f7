"""Which lines of a file name a person, and what is left of those that were set aside without them."""

from collections.abc import Collection
from dataclasses import dataclass, field

from services.registration.domain.contribution import FileFormat, Reading
from services.registration.files.columns import FileColumns
from services.registration.files.fixed_width import compact
from services.registration.files.formats import FORMATS
from services.registration.files.pieces import without_header
from shared.security.names import readings


@dataclass(frozen=True)
class Named:
    """By what a person is named in files: every id that it bore, and every name, in each of the ways to read it."""

    ids: frozenset[str] = field(repr=False)
    names: frozenset[str] = field(repr=False)

    @classmethod
    def by(cls, ids: Collection[str], names: Collection[str]) -> "Named":
        """These ids and names, as they are kept."""
        return cls(frozenset(map(compact, ids)), frozenset(way for name in names for way in readings(name)))

    def lines(self, columns: FileColumns, set_aside: Collection[int]) -> frozenset[int]:
        """The lines that bear an id of the person; and of those that were set aside also by its name, since what was
        wrong may be the id."""
        by_id = {number for number, id_ in enumerate(columns.ids, start=1) if id_ in self.ids}
        named = {number for number in set_aside if not self.names.isdisjoint(readings(columns.names[number - 1]))}
        return frozenset(by_id | named)


@dataclass(frozen=True)
class Rest:
    """What is left of a file once a person is erased: whether a line of it named the person, and the lines of others
    that were set aside, as the format has them; empty where there are none."""

    is_named: bool = False
    content: bytes = field(default=b"", repr=False)

    def and_of(self, later: "Rest", format_: FileFormat) -> "Rest":
        """With that of the next part of the same file."""
        lines = without_header(later.content, format_) if self.content else later.content
        return Rest(self.is_named or later.is_named, self.content + lines)


def rest_of(content: bytes, set_aside: Collection[int] | None, named: Named, reading: Reading) -> Rest:
    """Of a part of a file, with the lines of it that were set aside, counted from 1; None: all of them were."""
    columns = FORMATS[reading.format].columns(content, reading)
    aside = range(1, len(columns.ids) + 1) if set_aside is None else set_aside
    own = named.lines(columns, aside)
    others = sorted(set(aside) - own)
    return Rest(bool(own), FORMATS[reading.format].rejected(content, others) if others else b"")
