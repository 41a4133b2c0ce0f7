"""The bytes that are hashed are those of RFC 8785, whatever writes them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from types import MappingProxyType

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.periods import Days, Month
from shared.law.canonical import canonical, plain, written
from shared.law.errors import NotCanonical

NAMES = st.text(st.characters(max_codepoint=127))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=20)


@given(TREES)
def test_the_bytes_are_those_of_the_library_for_rfc_8785(tree: object) -> None:
    assert canonical(tree) == rfc8785.dumps(tree)  # type: ignore[arg-type]


@given(TREES)
def test_a_part_that_was_written_before_gives_the_same_bytes(tree: object) -> None:
    assert canonical({"b": written(canonical(tree)), "a": 1}) == canonical({"a": 1, "b": tree})


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (date(2026, 7, 15), "2026-07-15"),
        (Month(2026, 7), "2026-07"),
        (Fraction(4, 5), "4/5"),
        (Days(date(2026, 7, 1), date(2026, 7, 2)), {"first": "2026-07-01", "last": "2026-07-02"}),
        (datetime(2026, 7, 15, 8, tzinfo=UTC), "2026-07-15T08:00:00.000000Z"),
        ((1, "x"), [1, "x"]),
        (MappingProxyType({"a": 1}), {"a": 1}),
    ],
)
def test_every_kind_of_value_has_one_form(value: object, form: object) -> None:
    assert plain(value) == form


@pytest.mark.parametrize("value", [1.0, None, {1, 2}, b"x", 2**53, -(2**53), datetime(2026, 7, 15)])  # noqa: DTZ001
def test_what_has_no_settled_form_is_refused_with_its_place(value: object) -> None:
    tree: Mapping[str, object] = {"a": [1, {"b": value}]}
    with pytest.raises(NotCanonical, match=r"\$\.a\[1\]\.b"):
        canonical(tree)


@pytest.mark.parametrize("name", [1, "naïve"])
def test_a_name_is_an_ascii_text(name: object) -> None:
    with pytest.raises(NotCanonical):
        canonical({name: 1})


def test_what_is_a_text_a_number_or_a_mapping_by_its_kind_has_the_form_of_one() -> None:
    class Name(str):
        __slots__ = ()

    class Number(int):
        pass

    given = MappingProxyType({"b": Name("x"), "a": Number(7), "c": [MappingProxyType({"d": Number(0)})]})
    assert canonical(given) == b'{"a":7,"b":"x","c":[{"d":0}]}'
