"""What a final certificate ends is earlier certificates only; what comes later is a relapse, or a question."""

from datetime import date, timedelta

import pytest

from shared.kernel.periods import Days
from shared.law.act4.temporary_disablement.certificates import Certificate, CertifiedTime, certified_time
from shared.law.book import book

ACCIDENT = date(2026, 7, 15)
LAW = book().on(ACCIDENT, date(2026, 11, 20))
JULY = "07-15/08-11"


def days(text: str) -> Days:
    first, last = (date.fromisoformat(f"2026-{part}") for part in text.split("/"))
    return Days(first, last)


def certificates(*stated: tuple[str, str]) -> list[Certificate]:
    """Pairs of the day of issue, and either days or the first day of fitness."""
    return [
        Certificate(
            date.fromisoformat(f"2026-{issued_on}"),
            days(said) if "/" in said else None,
            None if "/" in said else date.fromisoformat(f"2026-{said}"),
        )
        for issued_on, said in stated
    ]


def found(time: CertifiedTime) -> tuple[list[str], list[str], list[str]]:
    parts = (time.days, time.relapses, time.contradicting)
    counted, relapses, contradicting = ([f"{d.first:%m-%d}/{d.last:%m-%d}" for d in part] for part in parts)
    return counted, relapses, contradicting


@pytest.mark.parametrize(
    ("stated", "counted", "relapses", "contradicting"),
    [
        ([("07-15", JULY), ("07-31", "08-03")], ["07-15/08-02"], [], []),
        ([("07-15", JULY), ("07-31", "08-03"), ("09-01", "09-01/09-14")], ["07-15/08-02", "09-01/09-14"],
         ["09-01/09-14"], []),
        # A relapse has a final certificate of its own, which brings nothing of the time before it back.
        ([("07-15", JULY), ("07-31", "08-03"), ("09-01", "09-01/09-14"), ("09-08", "09-10")],
         ["07-15/08-02", "09-01/09-09"], ["09-01/09-09"], []),
        # The later of two final ones takes the place of the earlier.
        ([("07-15", JULY), ("07-31", "08-03"), ("08-01", "08-09")], ["07-15/08-08"], [], []),
        # What an earlier certificate foresaw is ended, also where it begins later.
        ([("07-15", JULY), ("07-16", "08-20/08-30"), ("07-31", "08-03")], ["07-15/08-02"], [], []),
        # A late paper for days before it; one that goes beyond it.
        ([("07-15", "07-15/07-20"), ("07-31", "08-03"), ("08-10", "07-21/08-01")], ["07-15/08-01"], [], []),
        ([("07-15", "07-15/07-20"), ("07-31", "08-03"), ("08-10", "07-21/08-10")], ["07-15/08-02"], [],
         ["08-03/08-10"]),
        # Of one day's certificates the final one has the last word.
        ([("07-31", JULY), ("07-31", "08-03")], ["07-15/08-02"], [], []),
        ([("07-15", JULY), ("07-15", "07-15")], [], [], []),
        ([], [], [], []),
    ],
)  # fmt: skip
def test_the_days_that_count(
    stated: list[tuple[str, str]], counted: list[str], relapses: list[str], contradicting: list[str]
) -> None:
    for order in (certificates(*stated), certificates(*stated)[::-1]):
        assert found(certified_time(order, ACCIDENT, LAW)) == (counted, relapses, contradicting)


def test_a_first_day_of_fitness_at_either_end_of_time_is_no_error() -> None:
    unfit = certificates(("07-15", JULY))
    ends = [Certificate(ACCIDENT + timedelta(days=9), None, day) for day in (date.min, date.max)]
    assert found(certified_time([*unfit, ends[0]], ACCIDENT, LAW))[0] == []
    assert found(certified_time([*unfit, ends[1]], ACCIDENT, LAW))[0] == [JULY]
