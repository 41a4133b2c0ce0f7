"""A working holds operands and signs, is shown as it is read, and lets no prose into a record."""

from datetime import UTC, date, datetime
from fractions import Fraction

import orjson
import pytest

from shared.kernel.periods import Days, Month
from shared.law.canonical import encoded
from shared.law.working import Given, Working, as_text, body_of, joined, percent, sen, working

JULY = Days(date(2026, 7, 15), date(2026, 8, 11))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (sen(176_391), "1763.91"),
        (sen(Fraction(740_000, 3)), "7400/3"),
        (percent(Fraction(4, 5)), "80 %"),
        (percent(Fraction(1, 80)), "1.25 %"),
        (Fraction(3, 5), "3/5"),
        (27, "27"),
        (date(2026, 7, 15), "2026-07-15"),
        (datetime(2026, 7, 15, 16, 30, tzinfo=UTC), "2026-07-16 00:30"),
        (JULY, "2026-07-15/2026-08-11"),
        (Month(2026, 6), "2026-06"),
        ("widow", "widow"),
    ],
)
def test_each_operand_is_shown_in_its_unit(given: Given, shown: str) -> None:
    assert as_text(orjson.loads(encoded(body_of(given)))) == as_text(working("{}", given).body) == shown


def test_a_working_within_another_is_written_out() -> None:
    average = working("{} / {}", sen(1_470_000), 6)
    rate = working("max({} / {} × {}, {})", average, 30, percent(Fraction(4, 5)), sen(3_000))
    assert rate.signs == "max({} / {} / {} × {}, {})"
    assert as_text(rate.body) == "max(14700.00 / 6 / 30 × 80 %, 30.00)"
    assert as_text(joined(" + ", sen(100), average).body) == "1.00 + 14700.00 / 6"


def test_a_word_is_said_in_the_language_of_the_reader() -> None:
    assert as_text(working("{}: {}", "full", 171).body, {"full": "penuh"}.get) == "penuh: 171"


@pytest.mark.parametrize("signs", ["days × {}", "{} of {}", "RM{}", "{} × 27"])
def test_words_and_numbers_are_operands(signs: str) -> None:
    with pytest.raises(ValueError, match="more than signs"):
        working(signs, 1)


def test_places_and_operands_are_as_many() -> None:
    with pytest.raises(ValueError, match="2 places for 1"):
        working("{} × {}", 1)
    with pytest.raises(TypeError):
        working("{}", 1.5)  # type: ignore[arg-type]


def test_a_working_is_a_value() -> None:
    assert working("{} × {}", 1, sen(2)) == Working("{} × {}", working("{} × {}", 1, sen(2)).operands)
