"""What the files of the project cite of the sources of the law, and what of it docs/law/sources.md does not list."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.citations import SOURCES, read

DOSSIERS = ("act4", "other-schemes")
_TABLE = re.compile(r"^## (Sections|Open points|Sources) of (\S+)$")
_HEADS = ("| key |", "| section |", "| no. |")
_FREE = "## Cited without a key"
# A dossier, where a section or a source follows; a section, an open point; what stands in brackets and is no link.
_TOKEN = re.compile(
    r"(?P<dossier>\b(?:act4(?=,? (?:§|section|\[))|other-schemes\b))"
    r"|(?P<page>[\w/-]+\.md|RFC [0-9]+),? §"
    r"|§ ?(?P<section>[0-9]+(?:\.[0-9]+)?)(?: no\. ?(?P<point>[0-9]+))?"
    r"|(?<![\w\]^])\[(?P<sources>[A-Za-z][^\[\]\n]*)\](?![(\w{])"
)
# Ways to name a dossier by which nobody finds a line of the page.
_LOOSE = re.compile(r"[Dd]ossier(?:s? on | [0-9]|[^.\n]{0,40}\bsection [0-9])|\bsection [0-9.]+ of the dossier")
_BILL = re.compile(r"D\.R\. ?[0-9]+/[0-9]+")
_NUMBERED = re.compile(r"S[0-9]+[a-z]?")


@dataclass(frozen=True)
class Listed:
    """What docs/law/sources.md lists, by dossier."""

    sections: dict[str, set[str]]
    points: dict[str, set[str]]
    sources: dict[str, set[str]]
    without_key: str

    def has_source(self, dossier: str | None, cited: str) -> bool:
        """Whether the key is listed, or is one with a place in it: `A789 s.11`; without a dossier, in any list."""
        keys = self.sources[dossier] if dossier else set[str]().union(*self.sources.values())
        return any(cited == key or cited.startswith(f"{key} ") for key in keys)


def listed(root: Path) -> Listed:
    """Read docs/law/sources.md: the first column of each table, by its heading."""
    text = (root / SOURCES).read_text(encoding="utf-8")
    found = {kind: {name: set[str]() for name in DOSSIERS} for kind in ("Sections", "Open points", "Sources")}
    rows: set[str] = set()
    for line in text.splitlines():
        if line.startswith("## "):
            heading = _TABLE.match(line)
            rows = found[heading[1]][heading[2]] if heading else set()
        elif line.startswith("| ") and not line.startswith(_HEADS):
            rows.add(line.split("|")[1].strip().removeprefix("§"))
    return Listed(found["Sections"], found["Open points"], found["Sources"], text.partition(_FREE)[2])


def unknown_sources(root: Path, paths: Iterable[str]) -> list[str]:
    """Sections, open points and sources that are not listed, and sections of no dossier, page or standard."""
    known = listed(root)
    return [
        f"{path}:{number}: {said}"
        for path, text in read(root, (path for path in paths if path != SOURCES))
        for number, said in _unknown(text, known)
    ]


def unknown_sources_of_entries(root: Path, paths: Iterable[str]) -> list[str]:
    """Figures of the book whose source names neither a dossier nor what is cited without a key."""
    known = listed(root)
    found = []
    for path in paths:
        if not re.fullmatch(r"shared/law/(?!tests/).*\.yaml", path):
            continue
        for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), start=1):
            name, _, said = line.strip().removeprefix("- ").partition(": ")
            if name == "source" and not re.match(r"domain dossier (act4|other-schemes)\b", said):
                found.append(f"{path}:{number}: names no dossier")
            elif name == "source":
                bills = (bill for bill in _BILL.findall(said) if bill not in known.without_key)
                found += [f"{path}:{number}: {SOURCES} does not list {bill}" for bill in bills]
    return found


def _unknown(text: str, known: Listed) -> Iterator[tuple[int, str]]:
    """Line and finding; a citation may go on in the line after the one that names its dossier."""
    before: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if _LOOSE.search(line):
            yield number, "a dossier is cited as `dossier <name> §<section>`"
        current, named = before, None
        for token in _TOKEN.finditer(line):
            if token["dossier"]:
                current = named = token["dossier"]
            elif not token["page"]:
                yield from ((number, said) for said in _wrong(token, current, known))
        before = named


def _wrong(token: re.Match[str], dossier: str | None, known: Listed) -> Iterator[str]:
    section, point = token["section"], token["point"]
    if section and dossier is None:
        yield f"§{section} of what?"
    elif section and section not in known.sections[str(dossier)]:
        yield f"{SOURCES} lists no §{section} of {dossier}"
    elif point and section in ("8", "10") and point not in known.points[str(dossier)]:
        yield f"{SOURCES} lists no open point {point} of {dossier}"
    for cited in (token["sources"] or "").split("; "):
        if (dossier or _NUMBERED.fullmatch(cited)) and cited and not known.has_source(dossier, cited):
            yield f"{SOURCES} lists no source {cited}" + (f" of {dossier}" if dossier else "")
