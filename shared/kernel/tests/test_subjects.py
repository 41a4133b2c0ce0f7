"""A subject has one spelling."""

import gc
from uuid import UUID

import pytest

from shared.kernel.subjects import Subject, Subjects


def test_equal_parts_make_one_subject() -> None:
    assert Subject.of("wage", 17, "2026-06") == Subject.of("wage", "17", "2026-06")
    assert str(Subject.of("claim", UUID(int=1))) == "claim/00000000-0000-0000-0000-000000000001"
    assert Subject.of("wage", 17, "2026-06") != Subject.of("wage", 17, "2026-07")


@pytest.mark.parametrize(("kind", "parts"), [("person", ()), ("person", ("",)), ("", (17,))])
def test_a_subject_without_a_kind_or_a_part_is_refused(kind: str, parts: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="a subject has"):
        Subject.of(kind, *parts)


def test_many_subjects_of_a_kind_are_spelled_as_one_is() -> None:
    each = Subject.each("wage", iter((17, 18)), "2026-06")
    assert each == Subjects([Subject.of("wage", number, "2026-06") for number in (17, 18)])
    assert Subject.each("person", []) == Subjects([])


def test_a_search_for_garbage_does_not_go_through_many_subjects() -> None:
    assert not any(map(gc.is_tracked, Subject.each("wage", (17, 18), "2026-06").texts))


@pytest.mark.parametrize(("kind", "firsts", "rest"), [("", (1,), ()), ("wage", (1, ""), ()), ("wage", (1,), ("",))])
def test_many_subjects_of_which_one_lacks_a_part_are_refused(
    kind: str, firsts: tuple[str | int, ...], rest: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="a subject has"):
        Subject.each(kind, firsts, *rest)
