"""A letter as it is laid out: the same bytes each time, and whatever it says is shown and never read as markup."""

import json
import re
from datetime import date

import pytest
import typst

from shared.letters.letter import LANGUAGES, Letter, LetterKind, Said, Section, Wording
from shared.letters.rendering import _TEMPLATE, _inputs, pdf, picture, shown_party

ODD = (
    '#panic("out")',
    '#import "/etc/passwd": *; $x^2$ \\ *bold* _it_ `raw` <label> @ref // not a comment',
    "= no heading",
    "- no list\n+ nor this",
    "A/L MUTHU 'ROSE' \"O'BRIEN\" & CO. [x] {y} ~ -- ...",
    "#" * 40,
)


def a_letter(*lines: str, title: str = "Decision on your claim", revision: int = 1) -> Letter:
    said = Said(title, ("Your claim was decided.",), (Section("Benefit", lines, (("From", "RM65.33 a day"),)),))
    return Letter(
        LetterKind.AWARD,
        "claim/1",
        revision,
        "person:12",
        "1 / 1",
        date(2026, 8, 12),
        dict.fromkeys(LANGUAGES, said),
        {},
    )


def shown(letter: Letter, what: str) -> list[str]:
    """The texts of such elements as typst understands the letter."""
    found = typst.query(
        str(_TEMPLATE),
        what,
        root=str(_TEMPLATE.parent),
        sys_inputs=_inputs(letter, Wording.ENGLISH),
        ignore_system_fonts=True,
    )
    return [_text(each["body"]) for each in json.loads(found)]


def _text(body: dict[str, object]) -> str:
    return str(body["text"])


def test_the_same_letter_is_the_same_bytes_and_another_revision_is_not() -> None:
    assert pdf(a_letter("one")) == pdf(Letter.read(a_letter("one").written))
    assert pdf(a_letter("one")) != pdf(a_letter("one", revision=2))
    assert a_letter("one").hash != a_letter("two").hash


def test_it_is_archived_and_read_aloud_and_has_its_fonts_in_it() -> None:
    content = pdf(a_letter("Test: covered: met (Act 4, s.2(6))"))
    assert content.startswith(b"%PDF-1.")
    for mark in (b"<pdfaid:part>2</pdfaid:part>", b"<pdfaid:conformance>A</pdfaid:conformance>", b"pdfuaid:part"):
        assert mark in content
    assert b"/MarkInfo" in content
    assert b"LibertinusSerif" in content


@pytest.mark.parametrize("text", ODD)
def test_what_a_letter_says_is_never_read_as_markup(text: str) -> None:
    plain = re.sub(r"\s", " ", text)
    letter = a_letter(text, title=text)
    assert [each.replace("\u200b", "") for each in shown(letter, "heading.where(level: 1)")] == [plain]
    assert pdf(letter) == pdf(letter)


def test_a_word_that_is_longer_than_the_page_is_broken_within_it() -> None:
    short, long = picture(a_letter("x"), Wording.ENGLISH), picture(a_letter("W" * 400), Wording.ENGLISH)
    assert short.startswith(b"\x89PNG")
    assert long != short
    assert (
        "\u200b"
        in json.loads(_inputs(a_letter("W" * 400), Wording.ENGLISH)["letter"])["parts"][0]["sections"][0]["lines"][0]
    )


def test_a_character_that_no_font_has_takes_the_archive_form_and_nothing_else() -> None:
    content = pdf(a_letter("陈美玲 தமிழ்"))
    assert content.startswith(b"%PDF-1.")
    assert b"pdfaid" not in content


def test_each_language_has_a_page_of_its_own_and_malay_comes_first() -> None:
    parts = json.loads(_inputs(a_letter("x"), Wording.BOTH)["letter"])["parts"]
    assert [(each["lang"], each["day"], each["to"]) for each in parts] == [
        ("ms", "12 Ogos 2026", "Kepada"),
        ("en", "12 August 2026", "To"),
    ]
    assert pdf(a_letter("x"), Wording.MALAY) != pdf(a_letter("x"), Wording.ENGLISH)


def test_a_party_is_shown_by_its_public_number() -> None:
    assert [shown_party(each) for each in ("person:12", "employer:7", "hospital:1")] == [
        "P000000012T",
        "E0000000076",
        "hospital:1",
    ]
