"""The law with some figures turned round, to show that the rules read them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from shared.law.book import Book, LawOn, book

KNOWN = date(2026, 11, 22)


def law_of(day: date | str) -> LawOn:
    """The law of a day as this project knows it."""
    return book().on(date.fromisoformat(day) if isinstance(day, str) else day, KNOWN)


def book_with(folder: Path, figures: Mapping[str, tuple[str, str]]) -> Book:
    """This release's book, in which each named figure has another unit and value since 2013.

    A value is written as in a figure's file, such as "no" or "'1/2'".
    """
    for figure, (unit, value) in figures.items():
        path = folder / f"{figure.replace('.', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"title: Turned round\nunit: {unit}\nentries:\n  - in_force: 2013-01-01\n    known: 2013-01-01\n"
            f"    value: {value}\n    law: Act 4, s.1\n    source: a test\n    certainty: enacted\n",
            encoding="utf-8",
        )
    return Book({**book().figures, **Book.load(folder).figures})


def turned(folder: Path, day: str, figures: Mapping[str, tuple[str, str]]) -> LawOn:
    """The law of a day by `book_with`."""
    return book_with(folder, figures).on(date.fromisoformat(day), KNOWN)


def overlaid(folder: Path, unit: str, **values: str) -> Book:
    """`book_with` for figures of one unit; "__" stands for the dot in the name of a figure."""
    return book_with(folder, {name.replace("__", "."): (unit, value) for name, value in values.items()})
