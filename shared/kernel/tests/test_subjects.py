"""A subject has one spelling."""

from uuid import UUID

import pytest

from shared.kernel.subjects import Subject


def test_equal_parts_make_one_subject() -> None:
    assert Subject.of("wage", 17, "2026-06") == Subject.of("wage", "17", "2026-06")
    assert str(Subject.of("claim", UUID(int=1))) == "claim/00000000-0000-0000-0000-000000000001"
    assert Subject.of("wage", 17, "2026-06") != Subject.of("wage", 17, "2026-07")


@pytest.mark.parametrize(("kind", "parts"), [("person", ()), ("person", ("",)), ("", (17,))])
def test_a_subject_without_a_kind_or_a_part_is_refused(kind: str, parts: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="a subject has"):
        Subject.of(kind, *parts)
