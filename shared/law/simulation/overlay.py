"""An amendment and the two laws that it sets side by side: without it and with it (shared/law/overlays/README.md)."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shared.kernel.errors import JaringError, Kind
from shared.kernel.periods import MalformedPeriod, Month
from shared.law.book import Book, LawOn, book

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

    @classmethod
    def load(cls, folder: Path, base: Book | None = None) -> "Overlay":
        """Read an overlay; raises `OverlayMalformed`, and `BookError` for its entries."""
        fields = _manifest(folder / MANIFEST)
        law = base or book()
        try:
            first = Month.of(fields["first_month"])
        except MalformedPeriod as fault:
            raise OverlayMalformed(f"{MANIFEST}: first_month is a month such as 2024-10") from fault
        return cls(
            title=fields["title"],
            title_ms=fields["title_ms"],
            law=fields["law"],
            first_month=first,
            months=fields["months"],
            known=fields["known"],
            without_on=fields.get("without_on"),
            before=law,
            after=law.amended(folder),
        )

    def laws(self) -> Iterator[tuple[Month, LawOn, LawOn]]:
        """For each month the law without and with the amendment, as known on one day."""
        for step in range(self.months):
            month = self.first_month + step
            without = self.without_on or month.first_day
            yield month, self.before.on(without, self.known), self.after.on(month.first_day, self.known)


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
