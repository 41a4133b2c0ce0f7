"""What a question looked up in the statute book, and on which days another release would look up something else.

A figure is looked up for a day; from one entry's first day in force to the next one's, every look-up gives the same
entry. So what was looked up is compared with a book as ranges of days, however many decisions looked it up.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from shared.law.book import Book, LawOn
from shared.law.determination import Determination, determinations
from shared.law.figures import Entry
from shared.law.rule import rule_versions

Key: TypeAlias = tuple[str, str, int] | None
"""Which entry of a figure: its day in force, the day on which it became known, and of those that officers enter the
edition; None where the book has none."""
Range: TypeAlias = tuple[date, date]
Catalogue: TypeAlias = frozenset[tuple[str, ...]]
"""For each kind of event the names of the questions that a release asks about it, in order."""

NOTHING_ASKED: Catalogue = frozenset(((),))
_ALWAYS: Range = (date.min, date.max)
_ONE_DAY = timedelta(days=1)
_REMEMBERED = 4096


@dataclass(eq=False)
class Noted:
    """The entry that each look-up gave, by figure and day, None where there was none; and the rules that ran.

    ``ran`` are the rules by name, with their versions, of each law that was asked.
    """

    entries: dict[tuple[str, date], Entry | None] = field(default_factory=dict)
    ran: list[Mapping[str, str]] = field(default_factory=list)

    def with_all(self, other: "Noted") -> "Noted":
        """What either noted."""
        return Noted(self.entries | other.entries, [*self.ran, *other.ran])

    @property
    def rules(self) -> dict[str, str]:
        """The rules that ran, by name, with their versions."""
        return {name: version for ran in self.ran for name, version in ran.items()}


@dataclass(frozen=True, eq=False)
class NotingBook(Book):
    """A book that notes every look-up, also one that finds nothing: a later release may have what it looked for."""

    noted: Noted = field(default_factory=Noted)

    @classmethod
    def over(cls, law: Book) -> "NotingBook":
        """The same figures, with nothing noted yet."""
        return cls(law.figures, law.edition)

    def found(self, in_force: date, known: date) -> dict[str, Entry]:  # noqa: ARG002
        """Nothing: each law that this book gives looks its figures up once, so that its own days are noted."""
        return {}

    def entry(self, figure: str, in_force: date, known: date) -> Entry:
        """As `Book.entry`."""
        self.noted.entries[figure, in_force] = None
        found = self.noted.entries[figure, in_force] = super().entry(figure, in_force, known)
        return found

    def on(self, in_force: date, known: date) -> LawOn:
        """As `Book.on`; the rules that run by it are noted too."""
        law = super().on(in_force, known)
        self.noted.ran.append(law.ran)
        return law


@dataclass(frozen=True, eq=False)
class Lookups:
    """What was looked up to answer a question about an event on a day, ``law_on``.

    ``questions`` are the names of all that was asked about the event by the release that asked: a later one may ask
    more.
    """

    law_on: date
    asked: Determination
    noted: Noted
    questions: tuple[str, ...] = ()

    def also(self, noted: Noted) -> "Lookups":
        """With what was looked up besides."""
        return replace(self, noted=self.noted.with_all(noted)) if noted.entries else self

    @cached_property
    def body(self) -> str:
        """Without the day: determination and rules with their versions, the entry of each figure that was looked up for
        that day, and of other days (months with wages) the first and the last one for which each entry was looked up.
        """
        on_the_day = set()
        others: dict[tuple[str, Entry], Range] = {}
        missed = set()
        for (figure, day), entry in self.noted.entries.items():
            if day == self.law_on:
                on_the_day.add((figure, entry))
            elif entry is None:
                missed.add((figure, day))
            else:
                first, last = others.get((figure, entry), (day, day))
                others[figure, entry] = (min(first, day), max(last, day))
        rules = frozenset(self.noted.rules.items())
        ranges = frozenset((figure, entry, *days) for (figure, entry), days in others.items())
        asked = self.asked
        missing = frozenset(missed)
        return _body(asked.kind, asked.version, rules, frozenset(on_the_day), ranges, missing, self.questions)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the text, in hex."""
        return _hash_of(self.body)


@dataclass(frozen=True)
class Touched:
    """Look-ups, by the hash of their text, that give something else for a law's day from the first to the last one."""

    hash: str
    first: date
    last: date


def touched_by(figures: Collection[str], stored: Mapping[str, str], law: Book, known: date) -> list[Touched]:
    """The stored look-ups that give something else of these figures by a book as known on a day.

    Whatever else another release would ask otherwise is left to it (`touched`).
    """
    compared = _Comparison(law, known, NOTHING_ASKED, frozenset(figures))
    return [Touched(hash_, first, last) for hash_, body in stored.items() for first, last in compared.differing(body)]


def touched(stored: Mapping[str, str], law: Book, known: date, asked: Catalogue = NOTHING_ASKED) -> list[Touched]:
    """The stored look-ups (texts by their hashes) that give something else by a book as known on a day.

    So do all whose determination or one of whose rules has another version in this release, and all of an event about
    which other questions were asked than are ``asked`` now.
    """
    compared = _Comparison(law, known, asked)
    return [Touched(hash_, first, last) for hash_, body in stored.items() for first, last in compared.differing(body)]


@lru_cache(maxsize=8)
def release_of(law: Book, asked: Catalogue = NOTHING_ASKED) -> str:
    """SHA-256, in hex, of all that this release decides by: each entry of a book, determinations, rules, questions."""
    digest = hashlib.sha256()
    for name in sorted(law.figures):
        for entry in law.figures[name].entries:
            # One that ends the figure says nothing but that.
            ended = orjson.dumps([entry.figure, entry.in_force, entry.known])
            digest.update(ended if entry.value is None else entry.canonical)
    digest.update(orjson.dumps([sorted(_determinations().items()), sorted(_rules().items()), sorted(asked)]))
    return digest.hexdigest()


class _Comparison:
    """A book as known on a day, of all figures or of some; what it gives for each figure is worked out once."""

    def __init__(self, law: Book, known: date, asked: Catalogue, only: frozenset[str] | None = None) -> None:
        self._law = law
        self._known = known
        self._asked = asked
        self._only = only
        self._steps: dict[str, list[tuple[date, date, Key]]] = {}
        self._others: dict[tuple[str, Key], list[Range]] = {}

    def differing(self, body: str) -> list[Range]:
        """The days of the law for which these look-ups give something else, in order, without overlap."""
        kind, version, rules, on_the_day, others, missed, *questions = orjson.loads(body)
        # Of what was asked before they were kept, nobody knows them.
        if self._only is None and (not questions or tuple(questions[0]) not in self._asked):
            return [_ALWAYS]
        if self._only is None and self._is_of_another_release(kind, version, rules):
            return [_ALWAYS]
        if any(self._differs(figure, _key(entry), first, last) for figure, entry, first, last in others):
            return [_ALWAYS]
        if any(self._differs(figure, None, day, day) for figure, day in missed):
            return [_ALWAYS]
        return _merged(days for figure, entry in on_the_day for days in self._days_of_others(figure, _key(entry)))

    def _is_of_another_release(self, kind: str, version: int, rules: list[tuple[str, str]]) -> bool:
        return _determinations().get(kind) != version or any(_rules().get(name) != each for name, each in rules)

    def _differs(self, figure: str, key: Key, first: str, last: str) -> bool:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        return any(a <= end and begin <= b for a, b in self._days_of_others(figure, key))

    def _days_of_others(self, figure: str, key: Key) -> list[Range]:
        """The days for which a figure does not give this entry."""
        if self._only is not None and figure not in self._only:
            return []
        if (figure, key) not in self._others:
            steps = self._steps_of(figure)
            self._others[figure, key] = [(first, last) for first, last, given in steps if given != key]
        return self._others[figure, key]

    def _steps_of(self, figure: str) -> list[tuple[date, date, Key]]:
        """What a figure gives from day to day: see `Book.entry`."""
        if figure not in self._steps:
            self._steps[figure] = list(_steps(self._law, figure, self._known))
        return self._steps[figure]


def _steps(law: Book, figure: str, known: date) -> Iterator[tuple[date, date, Key]]:
    found = law.figures[figure].entries if figure in law else ()
    # In the order of (in force, known): of one day in force the entry that became known last stands.
    given: dict[date, Key] = {date.min: None}
    for entry in found:
        if entry.known <= known:
            given[entry.in_force] = None if entry.value is None else _key_of(entry)
    starts = list(given)
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        yield start, date.max if after is None else after - _ONE_DAY, given[start]


def _merged(ranges: Iterable[Range]) -> list[Range]:
    merged: list[Range] = []
    for first, last in sorted(ranges):
        # Nothing comes after the last of all days.
        if merged and (merged[-1][1] == date.max or first <= merged[-1][1] + _ONE_DAY):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _key(entry: list[Any] | None) -> Key:
    """As `_written` has it: an entry of the files says no edition."""
    return None if entry is None else (entry[0], entry[1], entry[2] if len(entry) > 2 else 0)


def _key_of(entry: Entry) -> tuple[str, str, int]:
    return str(entry.in_force), str(entry.known), entry.edition


# The same questions look up the same: of a million decisions there are few texts.
@lru_cache(maxsize=_REMEMBERED)
def _body(
    kind: str,
    version: int,
    rules: frozenset[tuple[str, str]],
    on_the_day: frozenset[tuple[str, Entry | None]],
    others: frozenset[tuple[str, Entry, date, date]],
    missed: frozenset[tuple[str, date]],
    questions: tuple[str, ...],
) -> str:
    written = [
        kind,
        version,
        sorted(rules),
        sorted(((figure, _written(entry)) for figure, entry in on_the_day), key=_in_order),
        sorted((figure, _written(entry), first, last) for figure, entry, first, last in others),
        sorted(missed),
        questions,
    ]
    return orjson.dumps(written).decode()


def _written(entry: Entry | None) -> list[Any] | None:
    if entry is None:
        return None
    in_force, known, edition = _key_of(entry)
    return [in_force, known, edition] if edition else [in_force, known]


def _in_order(looked_up: tuple[str, list[Any] | None]) -> tuple[str, list[Any]]:
    return (looked_up[0], looked_up[1] or [])


@lru_cache(maxsize=_REMEMBERED)
def _hash_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


@cache
def _determinations() -> Mapping[str, int]:
    """The newest version of each determination, by the kind of its records."""
    return {each.kind: each.version for each in determinations().values()}


@cache
def _rules() -> Mapping[str, str]:
    """The version of every rule of the book, by its name, whatever this process has imported so far."""
    root = Path(__file__).parent
    for path in sorted(root.glob("act*/**/*.py")):
        # The twins for a whole population mark no rules.
        if path.name not in ("bulk.py", "__init__.py"):
            import_module(".".join(("shared", "law", *path.relative_to(root).with_suffix("").parts)))
    return {name: version for name, version in rule_versions().items() if name.startswith("act")}
