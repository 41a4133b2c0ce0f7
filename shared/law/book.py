"""The statute book, and the book as of two days, which remembers what was read from it."""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import ClassVar, TypeVar

from shared.law.errors import BookError, EditionNotLaid, NoLongerLaw, NotYetLaw, UnknownFigure, WrongUnit
from shared.law.figures import Entry, Figure, Unit
from shared.law.loader import load_figures
from shared.law.table import Table

T = TypeVar("T")

_REMEMBERED = 4096


@dataclass(frozen=True, eq=False)
class Book:
    """All figures by name, with all their entries."""

    figures: Mapping[str, Figure]
    # How many entries of officers lie over the files (`shared.law.desk`).
    edition: int = 0
    _found: dict[tuple[date, date], dict[str, Entry]] = field(default_factory=dict, init=False, repr=False)
    _shared: dict[tuple[int, ...], dict[str, Entry]] = field(default_factory=dict, init=False, repr=False)
    _earlier: "dict[int, Book]" = field(default_factory=dict, init=False, repr=False)

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
        return Book(figures, self.edition)

    def with_entries(self, entries: Collection[Entry], edition: int) -> "Book":
        """This book with entries of officers, the last of which is of that edition."""
        figures = dict(self.figures)
        for entry in entries:
            figures[entry.figure] = _merged(figures[entry.figure], replace(figures[entry.figure], entries=(entry,)))
        return Book(figures, edition)

    def as_of_edition(self, edition: int) -> "Book":
        """This book as it was when so many entries of officers lay over it; raises `EditionNotLaid`."""
        if edition == self.edition:
            return self
        if edition > self.edition:
            raise EditionNotLaid(facts={"edition": edition, "laid": self.edition})
        found = self._earlier.get(edition)
        if found is None:
            figures = {name: _until(figure, edition) for name, figure in self.figures.items()}
            found = self._earlier[edition] = Book(figures, edition)
        return found

    def __contains__(self, figure: object) -> bool:
        return figure in self.figures

    def on(self, in_force: date, known: date) -> "LawOn":
        """The law in force on one day as known on another."""
        return LawOn(self, in_force, known)

    def found(self, in_force: date, known: date) -> dict[str, Entry]:
        """The entries that were found so far for these two days, by figure: entries are never edited, so they stay.

        Days between which no entry begins or becomes known share them.
        """
        found = self._found.get((in_force, known))
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            since = tuple(bisect_right(days, day) for days, day in zip(self._changes, (in_force, known), strict=True))
            found = self._found[in_force, known] = self._shared.setdefault(since, {})
        return found

    @cached_property
    def _changes(self) -> tuple[list[date], list[date]]:
        """The days from which an entry is in force, and those from which one is known."""
        entries = [entry for figure in self.figures.values() for entry in figure.entries]
        return sorted({entry.in_force for entry in entries}), sorted({entry.known for entry in entries})

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


def _until(figure: Figure, edition: int) -> Figure:
    """A figure without what was entered after an edition."""
    if all(entry.edition <= edition for entry in figure.entries):
        return figure
    return replace(figure, entries=tuple(entry for entry in figure.entries if entry.edition <= edition))


def _asked(figure: str, in_force: date, known: date) -> dict[str, str | int]:
    return {"figure": figure, "in_force": str(in_force), "known": str(known)}


@dataclass(eq=False, slots=True)
class _Reading:
    """What was read and which rules ran, kept in common by a `LawOn` and those that it gave for other days."""

    entries: set[Entry] = field(default_factory=set)
    # Read since the last step, and not among the others yet.
    recent: set[Entry] = field(default_factory=set)
    rules: dict[str, str] = field(default_factory=dict)


def _reader(kind: type[T], *units: Unit) -> "Callable[[LawOn, str], T]":
    """Reads a figure of a unit as this type, noted as read; one function each, for a decision reads dozens."""

    def read(law: "LawOn", figure: str) -> T:
        try:
            entry = law._found[figure]
        except KeyError:
            entry = law._find(figure)
        law._recent.add(entry)
        value = entry.value
        if isinstance(value, kind) and entry.unit in units:
            return value
        raise WrongUnit(f"{figure} is in {entry.unit}, not in {' or '.join(units)}.")

    return read


class LawOn:
    """The law in force on one day as known on another; it notes every entry read, so that no rule forgets to cite.

    `ran` are the rules that ran so far, by name, with their versions: `shared.law.rule.rule` notes them.
    """

    __slots__ = ("_found", "_others", "_reading", "_recent", "book", "in_force", "known", "ran")

    def __init__(self, book: Book, in_force: date, known: date, reading: _Reading | None = None) -> None:
        self.book, self.in_force, self.known = book, in_force, known
        self._reading = reading = reading or _Reading()
        self.ran, self._recent = reading.rules, reading.recent
        self._found = book.found(in_force, known)
        # Here and not in the reading, which would hold what holds it: a replay by the million looks for no cycles.
        self._others: dict[date, LawOn] = {}

    def on(self, in_force: date) -> "LawOn":
        """The law of another day as known on the same day; what is read there counts as read here."""
        try:
            return self._others[in_force]
        except KeyError:
            other = self._others[in_force] = LawOn(self.book, in_force, self.known, self._reading)
            return other

    def entry(self, figure: str) -> Entry:
        """The entry of a figure, noted as read."""
        entry = self._found.get(figure) or self._find(figure)
        self._recent.add(entry)
        return entry

    def require(self, figure: str) -> None:
        """Raise the error of `Book.entry` if the figure is not law on this day; nothing is read, nothing is cited."""
        self.book.entry(figure, self.in_force, self.known)

    share = _reader(Fraction, Unit.PERCENT, Unit.FRACTION)
    """A percentage or a fraction, exact: 80 percent is 4/5."""
    sen = _reader(int, Unit.SEN, Unit.RINGGIT)
    """An amount in sen."""
    hours = _reader(int, Unit.HOURS)
    days = _reader(int, Unit.DAYS)
    months = _reader(int, Unit.MONTHS)
    age = _reader(int, Unit.AGE)
    """An age in completed years."""
    count = _reader(int, Unit.COUNT)
    kilometres = _reader(int, Unit.KILOMETRES)
    day = _reader(date, Unit.DATE)
    says = _reader(bool, Unit.YES_NO)
    """Whether a yes-or-no figure is yes."""
    names: ClassVar["Callable[[LawOn, str], tuple[str, ...]]"] = _reader(tuple, Unit.NAMES)
    """A list of names, sorted."""
    text = _reader(str, Unit.TEXT)
    table = _reader(Table, Unit.TABLE)

    def take_recent(self, named: tuple[str, ...] = ()) -> tuple[Entry, ...]:
        """The entries read since this was last asked, sorted: how a recorder cites the figures behind a step.

        Figures among what is named are read first; a text with a blank is none.
        """
        for figure in named:
            if " " not in figure:
                self.entry(figure)
        recent = self._recent
        if not recent:
            return ()
        taken = _in_order(frozenset(recent)) if len(recent) > 1 else tuple(recent)
        self._reading.entries.update(taken)
        recent.clear()
        return taken

    @property
    def read(self) -> tuple[Entry, ...]:
        """Every entry read so far, each once, sorted by figure, in force and known."""
        return _sorted(self._reading.entries | self._recent)

    @property
    def rules(self) -> dict[str, str]:
        """The rules that ran, by name, with their versions."""
        return dict(self.ran)

    @property
    def citations(self) -> tuple[str, ...]:
        """Acts and sections of the entries read, each once, sorted."""
        return tuple(sorted({entry.law for entry in self.read}))

    @property
    def hash(self) -> str:
        """SHA-256, in hex, of the RFC 8785 list of exactly the entries read: figure, in force, known, whole value."""
        return hash_of(self.read)

    def _find(self, figure: str) -> Entry:
        found = self._found[figure] = self.book.entry(figure, self.in_force, self.known)
        return found


@lru_cache(maxsize=_REMEMBERED)
def hash_of(entries: tuple[Entry, ...]) -> str:
    """SHA-256, in hex, of the RFC 8785 list of these entries, which are sorted: see `LawOn.hash`."""
    return hashlib.sha256(b"[" + b",".join(entry.canonical for entry in entries) + b"]").hexdigest()


def _sorted(entries: Collection[Entry]) -> tuple[Entry, ...]:
    return _in_order(frozenset(entries))


# The same rules read the same entries: of a million decisions there are few combinations.
@lru_cache(maxsize=_REMEMBERED)
def _in_order(entries: frozenset[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=_KEY))


_KEY = attrgetter("key")


@cache
def book_of_release() -> Book:
    """The statute book of this release as its files have it, read once per process, when it is first asked."""
    return Book.load(Path(__file__).parent)


class _Standing:
    """The book that this process goes by: that of the release, until something is laid over it."""

    book: Book | None = None


def book() -> Book:
    """The statute book: that of this release, with all that officers have entered as far as this process knows."""
    return _Standing.book or book_of_release()


def let_stand(law: Book | None) -> None:
    """Go by this book from now on, or by that of the release alone."""
    _Standing.book = law
