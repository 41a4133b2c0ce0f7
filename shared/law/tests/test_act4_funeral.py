"""Funeral benefit beyond the worked cases: the order of heirs, and a sen that cannot be divided (Act 4 s.29)."""

from datetime import date
from pathlib import Path

import pytest

from shared.law.act4.funeral.rules import Claimant, benefit, death_is_covered, payments
from shared.law.book import LawOn, book
from shared.law.tests.turned import overlaid

KNOWN = date(2026, 11, 22)


def law(day: str = "2025-01-01") -> LawOn:
    return book().on(date.fromisoformat(day), KNOWN)


@pytest.mark.parametrize(
    ("day", "amount"),
    [("2013-01-01", 150_000), ("2016-05-31", 150_000), ("2016-06-01", 200_000), ("2024-05-31", 200_000),
     ("2024-06-01", 300_000)],
)  # fmt: skip
def test_the_benefit_is_that_of_the_day_of_the_death(day: str, amount: int) -> None:
    assert benefit(law(day)) == amount


def test_a_death_by_non_employment_injury_is_covered_from_june_2026() -> None:
    assert not death_is_covered("non_employment_injury", law("2026-05-31"))
    assert death_is_covered("non_employment_injury", law("2026-06-01"))
    for death in ("employment_injury", "temporary_disablement", "permanent_disablement", "invalidity_pensioner"):
        assert death_is_covered(death, law("2026-05-31"))
        assert death_is_covered(death, law("2026-06-01"))


# Of 3,000.00 exactly 0.0003, 999.9967, 999.9967 and 1,000.0063.
UNEVEN = (1, 2_999_990, 2_999_990, 3_000_019)
SON, DAUGHTER = Claimant("son", date(1990, 1, 1)), Claimant("daughter", date(1980, 1, 1))


@pytest.mark.parametrize(
    ("claimants", "expected"),
    [
        ({"a": SON, "b": Claimant("widower")}, {"a": 0, "b": 300_000}),
        ({"a": Claimant("widow"), "b": Claimant("widow"), "c": Claimant("widow")}, dict.fromkeys("abc", 100_000)),
        ({"a": DAUGHTER, "b": SON}, {"a": 0, "b": 300_000}),
        ({"a": SON, "b": Claimant("son", date(1989, 12, 31))}, {"a": 0, "b": 300_000}),
        ({"a": Claimant("son"), "b": SON}, {"a": 0, "b": 300_000}),
        ({"a": Claimant("parent"), "b": Claimant("other", paid=300_000)}, {"a": 300_000, "b": 0}),
        ({"a": Claimant("other", paid=100), "b": Claimant("other", paid=0)}, {"a": 100, "b": 0}),
        ({"a": Claimant("other", paid=300_001)}, {"a": 300_000}),
        ({"a": Claimant("other")}, {"a": 0}),
        (
            {name: Claimant("other", paid=paid) for name, paid in zip("abcd", UNEVEN, strict=True)},
            {"a": 0, "b": 100_000, "c": 100_000, "d": 100_000},
        ),
        ({}, {}),
    ],
)
def test_who_is_paid(claimants: dict[str, Claimant], expected: dict[str, int]) -> None:
    assert payments(claimants, law()) == expected


def test_the_parts_make_the_whole_and_of_those_alike_the_first_takes_the_rest() -> None:
    """3,000.00 among seven is 428.571…, rounded down 428.57; the first has 3,000.00 - 6 × 428.57 = 428.58."""
    found = payments({name: Claimant("widow") for name in "abcdefg"}, law())
    assert list(found.values()) == [42_858, *[42_857] * 6]
    assert sum(found.values()) == 300_000


def test_without_the_actual_cost_nobody_but_an_heir_is_paid(tmp_path: Path) -> None:
    against = overlaid(tmp_path, "yes_no", act4__funeral__actual_cost_to_others="no").on(date(2025, 1, 1), KNOWN)
    assert payments({"a": Claimant("other", paid=100)}, against) == {"a": 0}
