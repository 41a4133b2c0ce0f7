"""The statute book, and the book as of two days, which remembers what was read from it."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from shared.kernel.money import Sen
from shared.law.errors import BookError, NoLongerLaw, NotYetLaw, UnknownFigure, WrongUnit
from shared.law.figures import Entry, Figure, Unit
from shared.law.loader import load_figures
from shared.law.table import Table

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Book:
    """All figures by name, with all their entries."""

    figures: Mapping[str, Figure]

    @classmethod
    def load(cls, root: Path) -> "Book":
        """Read every figure under a folder; `BookError` names file and line of the first fault."""
        return cls(load_figures(root))

    def amended(self, overlay: Path) -> "Book":
        """This book with the entries of an overlay: a folder of the same form, such as a bill.

        An entry of the overlay that this book has already (the same figure, in force and known) is refused: entries are
        never edited, and an overlay that was enacted is no longer one.
        """
        figures = dict(self.figures)
        for name, added in load_figures(overlay).items():
            figures[name] = _merged(figures[name], added) if name in figures else added
        return Book(figures)

    def __contains__(self, figure: object) -> bool:
        return figure in self.figures

    def on(self, in_force: date, known: date) -> "LawOn":
        """The law in force on one day as known on another."""
        return LawOn(self, in_force, known)

    def entry(self, figure: str, in_force: date, known: date) -> Entry:
        """The newest entry in force on a day among those known on a day.

        Raises `UnknownFigure`, `NotYetLaw` or `NoLongerLaw`.
        """
        if figure not in self.figures:
            raise UnknownFigure(f"The statute book has no figure {figure}.")
        for entry in reversed(self.figures[figure].entries):
            if entry.in_force <= in_force and entry.known <= known:
                if entry.value is None:
                    raise NoLongerLaw(f"{figure} ended on {entry.in_force}.", facts=_asked(figure, in_force, known))
                return entry
        text = f"{figure} has no entry in force on {in_force} as known on {known}."
        raise NotYetLaw(text, facts=_asked(figure, in_force, known))

    def note_rule(self, name: str, version: str) -> None:
        """Called when a rule runs by this book; this one does not note it (see `shared.law.lookups.NotingBook`)."""


def _merged(figure: Figure, added: Figure) -> Figure:
    known = {entry.key for entry in figure.entries}
    for entry in added.entries:
        if entry.unit is not figure.unit:
            raise WrongUnit(f"The overlay has {figure.name} in {entry.unit}; the book has it in {figure.unit}.")
        if entry.key in known:
            fact = f"the book has an entry in force on {entry.in_force}, known on {entry.known}, already"
            raise BookError(figure.name, 1, fact)
    entries = tuple(sorted((*figure.entries, *added.entries), key=lambda entry: entry.key))
    return replace(figure, entries=entries)


def _asked(figure: str, in_force: date, known: date) -> dict[str, str | int]:
    return {"figure": figure, "in_force": str(in_force), "known": str(known)}


@dataclass(eq=False)
class _Reading:
    """What was read and which rules ran, kept in common by a `LawOn` and those that it gave for other days."""

    entries: set[Entry] = field(default_factory=set)
    recent: set[Entry] = field(default_factory=set)
    rules: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class LawOn:
    """The law in force on one day as known on another; it notes every entry read, so that no rule forgets to cite."""

    book: Book
    in_force: date
    known: date
    _reading: _Reading = field(default_factory=_Reading)

    def on(self, in_force: date) -> "LawOn":
        """The law of another day as known on the same day; what is read there counts as read here."""
        return LawOn(self.book, in_force, self.known, self._reading)

    def entry(self, figure: str) -> Entry:
        """The entry of a figure, noted as read."""
        entry = self.book.entry(figure, self.in_force, self.known)
        self._reading.entries.add(entry)
        self._reading.recent.add(entry)
        return entry

    def require(self, figure: str) -> None:
        """Raise the error of `Book.entry` if the figure is not law on this day; nothing is read, nothing is cited."""
        self.book.entry(figure, self.in_force, self.known)

    def share(self, figure: str) -> Fraction:
        """A percentage or a fraction, exact: 80 percent is 4/5."""
        return self._read(figure, Fraction, Unit.PERCENT, Unit.FRACTION)

    def sen(self, figure: str) -> Sen:
        """An amount in sen."""
        return self._read(figure, int, Unit.SEN, Unit.RINGGIT)

    def hours(self, figure: str) -> int:
        return self._read(figure, int, Unit.HOURS)

    def days(self, figure: str) -> int:
        return self._read(figure, int, Unit.DAYS)

    def months(self, figure: str) -> int:
        return self._read(figure, int, Unit.MONTHS)

    def age(self, figure: str) -> int:
        """An age in completed years."""
        return self._read(figure, int, Unit.AGE)

    def count(self, figure: str) -> int:
        return self._read(figure, int, Unit.COUNT)

    def kilometres(self, figure: str) -> int:
        return self._read(figure, int, Unit.KILOMETRES)

    def day(self, figure: str) -> date:
        return self._read(figure, date, Unit.DATE)

    def says(self, figure: str) -> bool:
        """Whether a yes-or-no figure is yes."""
        return self._read(figure, bool, Unit.YES_NO)

    def names(self, figure: str) -> tuple[str, ...]:
        """A list of names, sorted."""
        return self._read(figure, tuple, Unit.NAMES)

    def text(self, figure: str) -> str:
        return self._read(figure, str, Unit.TEXT)

    def table(self, figure: str) -> Table:
        return self._read(figure, Table, Unit.TABLE)

    def note_rule(self, name: str, version: str) -> None:
        """Note that a rule ran (called by `shared.law.rule.rule`)."""
        self._reading.rules[name] = version
        self.book.note_rule(name, version)

    def take_recent(self) -> tuple[Entry, ...]:
        """The entries read since this was last asked, sorted: how a recorder cites the figures behind a step."""
        recent = _sorted(self._reading.recent)
        self._reading.recent.clear()
        return recent

    @property
    def read(self) -> tuple[Entry, ...]:
        """Every entry read so far, each once, sorted by figure, in force and known."""
        return _sorted(self._reading.entries)

    @property
    def rules(self) -> dict[str, str]:
        """The rules that ran, by name, with their versions."""
        return dict(sorted(self._reading.rules.items()))

    @property
    def citations(self) -> tuple[str, ...]:
        """Acts and sections of the entries read, each once, sorted."""
        return tuple(sorted({entry.law for entry in self.read}))

    @property
    def hash(self) -> str:
        """SHA-256, in hex, of the RFC 8785 list of exactly the entries read: figure, in force, known, whole value."""
        return _hash_of(self.read)

    def _read(self, figure: str, kind: type[T], *units: Unit) -> T:
        entry = self.entry(figure)
        if entry.unit not in units or not isinstance(entry.value, kind):
            raise WrongUnit(f"{figure} is in {entry.unit}, not in {' or '.join(units)}.")
        return entry.value


@lru_cache(maxsize=4096)
def _hash_of(entries: tuple[Entry, ...]) -> str:
    return hashlib.sha256(b"[" + b",".join(entry.canonical for entry in entries) + b"]").hexdigest()


def _sorted(entries: Collection[Entry]) -> tuple[Entry, ...]:
    return _in_order(frozenset(entries))


# The same rules read the same entries: of a million decisions there are few combinations.
@lru_cache(maxsize=4096)
def _in_order(entries: frozenset[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=_KEY))


_KEY = attrgetter("key")


@cache
def book() -> Book:
    """The statute book of this release, read once per process, when it is first asked."""
    return Book.load(Path(__file__).parent)
