"""The book with single figures that say something else, so that a test can turn an assumption round."""

from pathlib import Path

from shared.law.book import Book, book


def overlaid(folder: Path, unit: str, **values: str) -> Book:
    """This release's book with figures of one unit replaced; "__" stands for the dot in the name of a figure.

    A value is written as in a figure's file, such as "no" or "'1/2'".
    """
    for name, value in values.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"title: Turned round\nunit: {unit}\nentries:\n  - in_force: 2013-01-01\n    known: 2013-01-01\n"
            f"    value: {value}\n    law: Act 4, s.22\n    source: a test\n    certainty: enacted\n",
            encoding="utf-8",
        )
    return Book({**book().figures, **Book.load(folder).figures})
