"""XML from outside: what is read, and what is refused before it can do anything (public cases 22)."""

import pytest

from shared.security.xml import XmlRefused, children, descendants, read_xml, text_at, text_of

ENTITIES = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE a [<!ENTITY x0 "lol">{ENTITIES}]><a>&x9;</a>'
FILE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB.encode(),
        FILE.encode(),
        f"<?xml version='1.0' encoding='utf-16'?>{FILE}".encode("utf-16"),
        FILE.encode("utf-16-le"),
        FILE.encode("utf-32"),
        b"<!DOCTYPE a><a/>",
        b"<a>" * 10_000 + b"</a>" * 10_000,
        b"<a>&x;</a>",
        b"<a",
        b"",
    ],
)
def test_what_could_do_harm_is_refused_and_not_repeated(body: bytes) -> None:
    with pytest.raises(XmlRefused) as refused:
        read_xml(body)
    assert "root:" not in str(refused.value)
    assert "lol" not in str(refused.value)


def test_elements_are_found_in_the_namespace_of_their_parent() -> None:
    root = read_xml(b"<a xmlns='urn:x'><b><c> one </c></b><b><c/></b><d xmlns='urn:y'>two</d></a>")
    assert len(children(root, "b")) == 2
    assert len(list(descendants(root, "b", "c"))) == 2
    assert text_at(children(root, "b")[0], "c") == "one"
    assert text_at(children(root, "b")[1], "c") is None
    assert text_at(root, "b", "c") is None, "there are two"
    assert text_at(root, "d") is None


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("103<!-- x -->.65", "103.65"),
        ("103<?x y?>.65", "103.65"),
        ("<!-- x --> 103.65 <?x y?>", "103.65"),
        ("103<![CDATA[.65]]>", "103.65"),
        ("103&#46;65", "103.65"),
        ("103<b/>.65", None),
        ("<b>103.65</b>", None),
        (" ", None),
    ],
)
def test_the_text_of_an_element_is_whole_or_none(inside: str, text: str | None) -> None:
    root = read_xml(f"<a xmlns='urn:x'><c>{inside}</c></a>".encode())
    assert text_at(root, "c") == text
    assert text_of(children(root, "c")[0]) == text
