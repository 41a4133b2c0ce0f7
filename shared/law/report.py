"""What the statute book holds that is not enacted, and why: `make law-report`."""

import sys
from collections import Counter
from collections.abc import Iterator

from shared.law.book import Book, book
from shared.law.figures import Certainty, Entry
from shared.law.pages import ACTS, value_of

ORDER = (Certainty.ASSUMED, Certainty.DERIVED, Certainty.REPORTED)
HEADINGS = {
    Certainty.ASSUMED: "Assumed: open in the sources; to be confirmed from the Act or by the organisation",
    Certainty.DERIVED: "Derived: worked out from what is reported",
    Certainty.REPORTED: "Reported: by sites and the press; the Act's own text was not read",
}


def report(law: Book) -> Iterator[str]:
    """The lines of the report: for each Act the entries that are not enacted, the least sure first, and the totals."""
    for act, title in ACTS.items():
        entries = [entry for entry in _entries(law) if entry.figure.startswith(f"{act}.")]
        if not entries:
            continue
        yield title
        yield "=" * len(title)
        for certainty in ORDER:
            yield from _section(certainty, [entry for entry in entries if entry.certainty is certainty])
        yield ""
    counted = Counter(entry.certainty for entry in _entries(law))
    yield f"{sum(counted.values())} entries of {len(law.figures)} figures: " + ", ".join(
        f"{counted[certainty]} {certainty.value}" for certainty in Certainty
    )


def _entries(law: Book) -> list[Entry]:
    return [entry for name in sorted(law.figures) for entry in law.figures[name].entries]


def _section(certainty: Certainty, entries: list[Entry]) -> Iterator[str]:
    if not entries:
        return
    yield ""
    yield f"{HEADINGS[certainty]} ({len(entries)})"
    for entry in entries:
        yield f"  {entry.figure} since {entry.in_force}: {value_of(entry)} ({entry.law}; {entry.source})"
        if entry.reason:
            yield f"      {entry.reason}"


def main() -> int:
    """Print the report."""
    sys.stdout.write("\n".join(report(book())) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
