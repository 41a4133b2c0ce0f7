"""Lays a letter out: the same bytes for the same letter, a PDF that is archived (PDF/A) and read aloud (PDF/UA).

The fonts are those that come with typst, and no font of the machine is looked for. What a letter says goes in as data.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from shared.kernel.identifiers import employer_id, person_id
from shared.letters.letter import Language, Letter, Said, Section, Wording
from shared.letters.words import FRAME, day

_TEMPLATE = Path(__file__).parent / "letter.typ"
_ORGANISATION = "Jaring"
# Archived with all that it needs, and tagged; readable by those who do not see it.
_STANDARDS = ["a-2a", "ua-1"]
# What is longer without a blank is broken where it would leave the page.
_LONGEST_WORD = 30
_BREAK = "\u200b"
_PICTURE_PPI = 72.0
_SHOWN: Mapping[str, Callable[[int], str]] = {"person": person_id, "employer": employer_id}


def pdf(letter: Letter, wording: Wording = Wording.BOTH) -> bytes:
    """The letter as a PDF.

    A text with a character that the fonts have not is laid out all the same, but is no PDF/A: that asks for each one.
    """
    # Only whoever lays a letter out loads it: eighty megabytes that no other process of the platform needs.
    from typst import TypstError

    inputs = _inputs(letter, wording)
    try:
        content: bytes = _compiled(letter, inputs, "pdf", pdf_standards=_STANDARDS)
    except TypstError:
        content = _compiled(letter, inputs, "pdf")
    return content


def picture(letter: Letter, wording: Wording, ppi: float = _PICTURE_PPI) -> bytes:
    """The first page as a PNG."""
    found: bytes | list[bytes] = _compiled(letter, _inputs(letter, wording), "png", ppi=ppi)
    return found[0] if isinstance(found, list) else found


def shown_party(party: str) -> str:
    """A party as it is shown to people: `person:12` is P000000012T."""
    kind, _, number = party.partition(":")
    return _SHOWN[kind](int(number)) if kind in _SHOWN else party


def _compiled(letter: Letter, inputs: Mapping[str, str], form: Literal["pdf", "png"], **more: Any) -> Any:
    import typst

    stamp = datetime(letter.dated.year, letter.dated.month, letter.dated.day, tzinfo=UTC)
    return typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        format=form,
        sys_inputs=dict(inputs),
        ignore_system_fonts=True,
        timestamp=stamp,
        **more,
    )


def _inputs(letter: Letter, wording: Wording) -> dict[str, str]:
    """What the template reads."""
    body = {
        "organisation": _ORGANISATION,
        "party": shown_party(letter.party),
        "reference": _fit(letter.reference),
        "hash": letter.hash[:16],
        "year": letter.dated.year,
        "month": letter.dated.month,
        "day": letter.dated.day,
        "parts": [_part(language, letter.said[language], letter) for language in wording.languages],
    }
    return {"letter": json.dumps(body)}


def _part(language: Language, said: Said, letter: Letter) -> dict[str, Any]:
    return {
        **FRAME[language],
        "lang": language,
        "day": day(letter.dated, language),
        "title": _fit(said.title),
        "opening": [_fit(line) for line in said.opening],
        "sections": [_section(each) for each in said.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "heading": _fit(section.heading),
        "lines": [_fit(line) for line in section.lines],
        "rows": [[_fit(name), _fit(value)] for name, value in section.rows],
    }


def _fit(text: str) -> str:
    """The text without control characters, and with places at which a long word may be broken."""
    plain = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text)
    return " ".join(map(_broken, plain.split(" ")))


def _broken(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    return _BREAK.join(word[start : start + _LONGEST_WORD] for start in range(0, len(word), _LONGEST_WORD))
