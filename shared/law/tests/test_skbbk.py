"""Who takes part in SKBBK: June 2026, the window, new employees, foreign workers, coming back, assumptions turned."""

from datetime import date
from pathlib import Path

import pytest

from shared.kernel.periods import Month
from shared.law.act4.skbbk.rules import (
    FIGURES,
    Choices,
    Participation,
    first_month,
    free_from,
    known_later,
    last_day_of_release,
    may_be_released,
    new_hire_from,
    participation,
    release_in_time,
    settled_from,
    skbbk_refunded,
    takes_part,
)
from shared.law.book import book
from shared.law.errors import NotYetLaw
from shared.law.tests.turned import law_of, turned

JUNE, JULY, OCTOBER, NOVEMBER = (Month(2026, month) for month in (6, 7, 10, 11))
LAW = law_of("2026-11-22")
IN_WINDOW = date(2026, 7, 20)
LATE = date(2026, 9, 1)


def test_nobody_can_be_released_from_june_2026_and_no_foreign_worker_ever() -> None:
    """Act 4 s.6(2), Act A1788 (dossier act4 §5.2)."""
    assert not may_be_released(JUNE, False, LAW)
    assert may_be_released(JULY, False, LAW)
    assert not may_be_released(JULY, True, LAW)
    for foreign in (True, False):
        with pytest.raises(NotYetLaw):
            may_be_released(Month(2026, 5), foreign, LAW)


@pytest.mark.parametrize(
    ("filed", "employed_from", "in_time"),
    [
        (date(2026, 7, 12), None, False),
        (date(2026, 7, 13), None, True),
        (date(2026, 8, 31), None, True),
        (date(2026, 9, 1), None, False),
        (date(2026, 9, 1), date(2020, 1, 1), False),
        (date(2026, 8, 31), date(2026, 7, 1), True),
        (date(2026, 11, 4), date(2026, 10, 5), True),
        (date(2026, 11, 5), date(2026, 10, 5), False),
    ],
)
def test_a_release_is_filed_in_the_window_or_within_thirty_days_of_a_new_job(
    filed: date, employed_from: date | None, in_time: bool
) -> None:
    assert release_in_time(filed, employed_from, LAW) is in_time


def test_a_release_in_time_counts_from_july_2026_or_from_the_start_of_work() -> None:
    assert free_from(Choices(False), LAW) is None
    assert free_from(Choices(False, released_on=date(2026, 8, 31)), LAW) == JULY
    assert free_from(Choices(False, date(2020, 1, 1), date(2026, 8, 31)), LAW) == JULY
    assert free_from(Choices(False, date(2026, 10, 5), date(2026, 11, 4)), LAW) == OCTOBER
    assert free_from(Choices(False, released_on=LATE), LAW) is None


@pytest.mark.parametrize(
    ("choices", "month", "stands"),
    [
        (Choices(False), JUNE, Participation.MANDATORY),
        (Choices(False), JULY, Participation.BY_DEFAULT),
        (Choices(False, released_on=IN_WINDOW), JUNE, Participation.MANDATORY),
        (Choices(False, released_on=IN_WINDOW), JULY, Participation.OUT),
        (Choices(False, released_on=LATE), OCTOBER, Participation.BY_DEFAULT),
        (Choices(True, released_on=IN_WINDOW), OCTOBER, Participation.MANDATORY),
        (Choices(False, date(2026, 10, 5), date(2026, 11, 4)), Month(2026, 9), Participation.BY_DEFAULT),
        (Choices(False, None, IN_WINDOW, date(2026, 11, 20)), OCTOBER, Participation.OUT),
        (Choices(False, None, IN_WINDOW, date(2026, 11, 20)), NOVEMBER, Participation.BY_CHOICE),
        (Choices(False, None, IN_WINDOW, date(2026, 11, 20)), Month(2026, 12), Participation.BY_CHOICE),
    ],
)
def test_how_a_person_stands_in_a_month(choices: Choices, month: Month, stands: Participation) -> None:
    assert participation(choices, month, LAW) is stands
    assert takes_part(choices, month, LAW) is (stands is not Participation.OUT)


def test_before_8_july_2026_nobody_knew_that_july_would_be_voluntary() -> None:
    choices = Choices(False, released_on=IN_WINDOW)
    assert participation(choices, JULY, book().on(date(2026, 7, 7), date(2026, 7, 7))) is Participation.MANDATORY
    assert participation(choices, JULY, book().on(date(2026, 7, 8), date(2026, 7, 8))) is Participation.OUT


def test_the_month_decides_by_its_own_law_whenever_it_is_asked() -> None:
    assert participation(Choices(False, released_on=IN_WINDOW), JULY, law_of("2030-01-01")) is Participation.OUT


def test_a_late_release_counts_from_its_month_if_the_book_says_so(tmp_path: Path) -> None:
    law = turned(tmp_path, "2026-11-22", {"act4.skbbk.stays_in_after_window": ("yes_no", "no")})
    assert free_from(Choices(False, released_on=LATE), law) == Month(2026, 9)
    assert participation(Choices(False, released_on=LATE), Month(2026, 8), law) is Participation.BY_DEFAULT
    assert participation(Choices(False, released_on=LATE), Month(2026, 9), law) is Participation.OUT


def test_coming_back_is_the_books_to_allow_and_to_date(tmp_path: Path) -> None:
    choices = Choices(False, None, IN_WINDOW, date(2026, 10, 20))
    never = turned(tmp_path / "never", "2026-11-22", {"act4.skbbk.may_come_back": ("yes_no", "no")})
    assert participation(choices, NOVEMBER, never) is Participation.OUT
    next_month = turned(tmp_path / "next", "2026-11-22", {"act4.skbbk.whole_month_on_entry": ("yes_no", "no")})
    assert participation(choices, OCTOBER, next_month) is Participation.OUT
    assert participation(choices, NOVEMBER, next_month) is Participation.BY_CHOICE


def test_a_foreign_workers_release_counts_if_the_book_says_so(tmp_path: Path) -> None:
    law = turned(tmp_path, "2026-11-22", {"act4.skbbk.release_of_foreigners_counts": ("yes_no", "yes")})
    assert participation(Choices(True, released_on=IN_WINDOW), JULY, law) is Participation.OUT


@pytest.mark.parametrize(
    ("employed_from", "last_day"),
    [(None, "2026-08-31"), (date(2020, 1, 1), "2026-08-31"), (date(2026, 8, 1), "2026-08-31"),
     (date(2026, 8, 2), "2026-09-01"), (date(2026, 10, 5), "2026-11-04")],
)  # fmt: skip
def test_the_last_day_of_a_release_is_the_later_of_window_and_new_hire(
    employed_from: date | None, last_day: str
) -> None:
    assert str(last_day_of_release(employed_from, LAW)) == last_day


OLD, UNTIL_JUNE, NEW = (
    (date(2020, 1, 1), date(2026, 7, 1)), (date(2020, 1, 1), date(2026, 6, 30)), (date(2026, 10, 5), None)
)  # fmt: skip


@pytest.mark.parametrize(
    ("spells", "filed", "starts"),
    [
        ([], date(2026, 10, 6), None),
        ([UNTIL_JUNE], date(2026, 10, 6), None),
        ([UNTIL_JUNE, NEW], date(2026, 10, 6), date(2026, 10, 5)),
        ([NEW, OLD], date(2026, 10, 6), date(2020, 1, 1)),
        ([NEW], date(2026, 9, 20), date(2026, 10, 5)),
    ],
)
def test_a_new_hire_is_who_first_works_since_july_2026(
    spells: list[tuple[date, date | None]], filed: date, starts: date | None
) -> None:
    """Who was in, if only for a day, stays in with the next employer: once eligible, always eligible."""
    assert new_hire_from(spells, filed, LAW) == starts


def test_every_new_employer_makes_a_new_hire_if_the_book_says_so(tmp_path: Path) -> None:
    law = turned(tmp_path, "2026-11-22", {"act4.skbbk.new_hire_is_first_employment": ("yes_no", "no")})
    assert new_hire_from([OLD, NEW], date(2026, 10, 6), law) == date(2026, 10, 5)
    assert new_hire_from([OLD, NEW], date(2026, 10, 4), law) == date(2020, 1, 1)
    assert new_hire_from([NEW], date(2026, 9, 20), law) == date(2026, 10, 5)


def test_what_a_standing_reads_is_listed_and_from_a_month_on_it_stays() -> None:
    """The listed figures are the ones that are looked through for the months in which a standing may change."""
    days = [None, date(2026, 7, 13), date(2026, 9, 30), date(2027, 2, 1)]
    read = set()
    for foreign in (False, True):
        for choices in (Choices(foreign, start, out, back) for start in days for out in days for back in days):
            law = law_of("2026-11-22")
            settled = settled_from(choices, law)
            stands = {participation(choices, settled + months, law) for months in range(40)}
            assert len(stands) == 1, (choices, settled)
            read |= {entry.figure for entry in law.read}
    assert read <= set(FIGURES)
    assert set(FIGURES) - read == {"act4.skbbk.new_hire_is_first_employment"}


def test_the_scheme_begins_in_june_2026_and_is_known_in_two_steps() -> None:
    laws = [book().on(day, day) for day in (date(2026, 3, 4), date(2026, 3, 5), date(2026, 7, 8))]
    found = [(first_month(law), known_later(law)) for law in laws]
    assert found == [(None, date(2026, 3, 5)), (JUNE, date(2026, 7, 8)), (JUNE, None)]


def test_an_skbbk_is_refunded_from_july_2026_and_never_of_june(tmp_path: Path) -> None:
    """Dossier act4 §5.2: June 2026 is mandatory and not refunded; nobody knew of refunds before 8 July."""
    assert [skbbk_refunded(month, LAW) for month in (JUNE, JULY, OCTOBER)] == [False, True, True]
    with pytest.raises(NotYetLaw):
        skbbk_refunded(JULY, book().on(date(2026, 7, 7), date(2026, 7, 7)))
    for figure, value in (("skbbk.refund_from", ("date", "2026-10-01")), ("contributions.refunded", ("yes_no", "no"))):
        law = turned(tmp_path / figure, "2026-11-22", {f"act4.{figure}": value})
        assert not skbbk_refunded(JULY, law), figure
