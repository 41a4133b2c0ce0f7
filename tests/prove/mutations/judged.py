"""Reads docs/law/mutations.md: the mutants that somebody looked at and found to be no mistake."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path("docs/law/mutations.md")
_ENTRY = re.compile(
    r"^### `(?P<path>[^`]+)`, `(?P<where>[^`]+)`\n+"
    r"```diff\n- (?P<before>.*)\n\+ (?P<after>.*)\n```\n+(?P<reason>[^#`\n].*)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Judged:
    """An equivalent mutant: its key, and why nothing can tell it from the law."""

    key: tuple[str, str, str, str]
    reason: str


def judged(page: Path) -> list[Judged]:
    """The entries of the page; a ValueError tells how many of its headings are no entry."""
    text = page.read_text(encoding="utf-8")
    found = [
        Judged((each["path"], each["where"], each["before"], each["after"]), each["reason"])
        for each in _ENTRY.finditer(text)
    ]
    headings = len(re.findall(r"^### ", text, re.MULTILINE))
    if headings != len(found):
        raise ValueError(f"{page.name}: {headings - len(found)} entries are not heading, diff of two lines and reason")
    return found
