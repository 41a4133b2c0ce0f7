"""By whose columns of Act 4 a line is checked: a foreign worker's by the second category until June 2024 (s.6(2))."""

from datetime import date

import pytest

from services.registration.domain.insured import FOREIGN, Insured
from shared.kernel.periods import Month
from shared.law.book import book

KNOWN = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("residence", "born_on", "month", "first"),
    [
        ("citizen", "1990-01-14", "2024-06", True),
        (FOREIGN, "1990-01-14", "2024-06", False),
        (FOREIGN, "1990-01-14", "2024-07", True),
        (FOREIGN, "1960-01-14", "2024-07", False),
        ("citizen", "1960-01-14", "2024-06", False),
    ],
)
def test_a_foreign_worker_contributes_by_the_first_category_only_since_invalidity_is_covered(
    residence: str, born_on: str, month: str, first: bool
) -> None:
    person = Insured(1, date.fromisoformat(born_on), date(2015, 1, 5), residence, "AHMAD BIN ALI", True, False, False)
    asked = Month.of(month)
    assert person.in_first_category(asked, book().on(asked.first_day, KNOWN)) is first
