"""The law with some figures turned round, to show that the rules read them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from shared.law.book import Book, LawOn, book

KNOWN = date(2026, 11, 22)


def law_of(day: date | str) -> LawOn:
    """The law of a day as this project knows it."""
    return book().on(date.fromisoformat(day) if isinstance(day, str) else day, KNOWN)


def turned(folder: Path, day: str, figures: Mapping[str, tuple[str, str]]) -> LawOn:
    """The law of a day, in which each named figure has another unit and value since 2013."""
    for figure, (unit, value) in figures.items():
        path = folder / f"{figure.replace('.', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"title: Turned round\nunit: {unit}\nentries:\n  - in_force: 2013-01-01\n    known: 2013-01-01\n"
            f"    value: {value}\n    law: Act 4, s.1\n    source: a test\n    certainty: enacted\n",
            encoding="utf-8",
        )
    return Book({**book().figures, **Book.load(folder).figures}).on(date.fromisoformat(day), KNOWN)
