"""An amendment and the two laws that it sets side by side: without it and with it (shared/law/overlays/README.md)."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from shared.kernel.errors import JaringError, Kind
from shared.kernel.money import ringgit
from shared.kernel.periods import MalformedPeriod, Month
from shared.law.book import Book, LawOn, book
from shared.law.errors import NoLongerLaw, NotYetLaw
from shared.law.figures import Entry
from shared.law.loader import load_figures
from shared.law.table import Table

HERE = Path(__file__).parents[1] / "overlays"
MANIFEST = "overlay.toml"
_FIELDS = {"title": str, "title_ms": str, "law": str, "first_month": str, "known": date, "months": int}
_OPTIONAL = {"without_on": date}


class OverlayMalformed(JaringError):
    """An overlay cannot be read: no `overlay.toml`, or a field that is missing, unknown or of another type."""

    code = "overlay_malformed"
    title = "The overlay is malformed"
    title_ms = "Tindihan undang-undang tidak betul bentuknya"
    kind = Kind.MALFORMED


class CannotMatter(JaringError):
    """An overlay, or an entry of it, changes nothing that is compared: it would say that nobody is touched."""

    code = "overlay_cannot_matter"
    title = "The overlay cannot matter to what is compared"
    title_ms = "Tindihan undang-undang tidak boleh memberi kesan kepada perkara yang dibandingkan"
    kind = Kind.MALFORMED


CEILINGS = {
    "act4.contributions.classes": "act4.contributions.ceiling",
    "act4.contributions.skbbk": "act4.contributions.ceiling",
    "act800.contributions.classes": "act800.contributions.ceiling",
}
"""The tables that end at one ceiling, and the figure that names it for each."""


@dataclass(frozen=True)
class Overlay:
    """An amendment: the book without and with it, and the wage months that are compared."""

    title: str
    title_ms: str
    law: str
    first_month: Month
    months: int
    known: date
    without_on: date | None
    before: Book
    after: Book
    entries: tuple[Entry, ...] = ()

    @classmethod
    def load(cls, folder: Path, base: Book | None = None) -> "Overlay":
        """Read an overlay; raises `OverlayMalformed`, `BookError` for its entries, and `CannotMatter`."""
        fields = _manifest(folder / MANIFEST)
        law = base or book()
        try:
            first = Month.of(fields["first_month"])
        except MalformedPeriod as fault:
            raise OverlayMalformed(f"{MANIFEST}: first_month is a month such as 2024-10") from fault
        overlay = cls(
            title=fields["title"],
            title_ms=fields["title_ms"],
            law=fields["law"],
            first_month=first,
            months=fields["months"],
            known=fields["known"],
            without_on=fields.get("without_on"),
            before=law,
            after=law.amended(folder),
            entries=tuple(entry for figure in load_figures(folder).values() for entry in figure.entries),
        )
        overlay._refuse_what_cannot_matter()
        return overlay

    def laws(self) -> Iterator[tuple[Month, LawOn, LawOn]]:
        """For each month the law without and with the amendment, as known on one day."""
        for step in range(self.months):
            month = self.first_month + step
            without = self.without_on or month.first_day
            yield month, self.before.on(without, self.known), self.after.on(month.first_day, self.known)

    @cached_property
    def last_day(self) -> date:
        """The day of the last month on which its law is asked."""
        return (self.first_month + (self.months - 1)).first_day

    def _refuse_what_cannot_matter(self) -> None:
        if not self.entries and self.without_on is None:
            raise CannotMatter(f"it adds no entry, and {MANIFEST} names no day without_on")
        for entry in self.entries:
            if entry.figure not in self.before:
                near = get_close_matches(entry.figure, self.before.figures, n=1)
                meant = f"; {near[0]} may be meant" if near else ""
                raise CannotMatter(f"the statute book has no figure {entry.figure}, so that no rule reads it{meant}")
            self._refuse_unless_asked(entry)

    def _refuse_unless_asked(self, entry: Entry) -> None:
        """Refuse an entry that no month compared asks, or that says what the law says without it."""
        which = f"the entry of {entry.figure} in force from {entry.in_force}"
        if entry.known > self.known:
            raise CannotMatter(f"{which} is known from {entry.known}, after the day known, {self.known}")
        if entry.in_force > self.last_day:
            raise CannotMatter(f"{which} comes after the last day that is asked, {self.last_day}")
        asked = [(before, after) for _, before, after in self.laws() if _is(_entry(after, entry.figure), entry)]
        if not asked:
            raise CannotMatter(f"{which} is superseded in every month that is compared")
        if all(_value(before, entry.figure) == entry.plain_value for before, _ in asked):
            raise CannotMatter(f"{which} says what the law says without it")

    def refuse_what_nobody_asked(self, read: Collection[str]) -> None:
        """Refuse an amendment of figures that none of the amounts compared depends on, for anybody of the population.

        The figure of a ceiling may stand beside its table, which is what is read.
        """
        amended = {entry.figure for entry in self.entries}
        beside = {ceiling for table, ceiling in CEILINGS.items() if table in amended}
        if unread := sorted(amended - set(read) - beside):
            raise CannotMatter(
                f"no amount that is compared depends on {', '.join(unread)} for anybody of this population; "
                "shared/law/overlays/README.md says what is compared, and of whom"
            )
        if not self.entries and not any(
            _value(before, figure) != _value(after, figure) for _, before, after in self.laws() for figure in read
        ):
            raise CannotMatter(f"nothing that is compared differs between {self.without_on} and the months compared")

    def changed_entries(self) -> Iterator[tuple[Month, str, object, object]]:
        """What it changes: the first month, the figure, and both laws' values as JSON; for a table its rows' number."""
        seen: set[str] = set()
        figures = {entry.figure for entry in self.entries} or set(self.before.figures)
        for month, before, after in self.laws():
            for figure in sorted(figures - seen):
                old, new = _value(before, figure), _value(after, figure)
                if old != new:
                    seen.add(figure)
                    yield month, figure, old, new

    def forgotten_sisters(self) -> Iterator[str]:
        """Warnings: tables and figures that shared a ceiling before and are left behind by the amendment."""
        said: set[str] = set()
        for month, before, after in self.laws():
            old, new = _ceilings(before), _ceilings(after)
            moved = {name for name in old if name in new and old[name] != new[name]}
            for name in sorted(set(old) - moved):
                sisters = sorted(each for each in moved if old[each] == old[name] and new[each] != new[name])
                if sisters and name not in said:
                    said.add(name)
                    yield (
                        f"{month}: {', '.join(sisters)} moves the ceiling to RM{ringgit(new[sisters[0]])}, and {name} "
                        f"stays at RM{ringgit(old[name])}; was it forgotten?"
                    )


def _ceilings(law: LawOn) -> dict[str, int]:
    """The wage in sen at which each table of classes ends, and each figure that names a ceiling, where they are law."""
    found = {}
    for table, ceiling in CEILINGS.items():
        entry = _entry(law, table)
        if entry is not None and isinstance(entry.value, Table):
            found[table] = entry.value.upper_edges[-1]
        named_by = _entry(law, ceiling)
        if named_by is not None and isinstance(named_by.value, int):
            found[ceiling] = named_by.value
    return found


def _entry(law: LawOn, figure: str) -> Entry | None:
    """The entry of a figure without noting that it was read; None where there is none."""
    try:
        return law.book.entry(figure, law.in_force, law.known)
    except (NotYetLaw, NoLongerLaw):
        return None


def _is(found: Entry | None, entry: Entry) -> bool:
    return found is not None and found.key == entry.key


def _value(law: LawOn, figure: str) -> object:
    entry = _entry(law, figure)
    return None if entry is None else entry.plain_value


def named(text: str) -> Path:
    """The folder of an overlay: a path, or the name of one that is shipped; raises `OverlayMalformed`."""
    for folder in (Path(text), HERE / text):
        if (folder / MANIFEST).is_file():
            return folder
    shipped = ", ".join(sorted(path.parent.name for path in HERE.glob(f"*/{MANIFEST}")))
    raise OverlayMalformed(f"{text!r} is no folder with an {MANIFEST}; shipped are: {shipped}")


def _manifest(file: Path) -> dict[str, Any]:
    try:
        fields = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise OverlayMalformed(f"{MANIFEST}: {fault}") from fault
    for name, kind in (_FIELDS | _OPTIONAL).items():
        if name in fields and type(fields[name]) is not kind:
            raise OverlayMalformed(f"{MANIFEST}: {name} is a {kind.__name__}")
    missing = sorted(set(_FIELDS) - set(fields))
    unknown = sorted(set(fields) - set(_FIELDS) - set(_OPTIONAL))
    if missing or unknown or fields["months"] < 1:
        raise OverlayMalformed(f"{MANIFEST}: missing {missing}, unknown {unknown}; months are 1 or more")
    return fields
