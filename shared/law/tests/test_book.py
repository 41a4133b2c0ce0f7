"""The book answers for two days, and remembers what it was asked."""

import hashlib
import re
import tracemalloc
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import rfc8785

import shared.law.book as book_module
from shared.law.book import Book, book
from shared.law.errors import NoLongerLaw, NotYetLaw, UnknownFigure, WrongUnit
from shared.law.figures import Certainty

KNOWN = date(2026, 11, 22)


def entry(in_force: str, known: str, value: str) -> str:
    return (
        f"  - in_force: {in_force}\n    known: {known}\n    value: {value}\n"
        "    law: Act 4, s.1\n    source: a test\n    certainty: enacted\n"
    )


@pytest.fixture
def small(tmp_path: Path) -> Book:
    """A figure in days: 3 from 2013, corrected to 4 in 2020; 5 from 2018, announced late; ended in 2025."""
    entries = [
        entry("2013-01-01", "2013-01-01", "3"),
        entry("2013-01-01", "2020-07-01", "4"),
        entry("2018-01-01", "2018-03-01", "5"),
        entry("2025-01-01", "2024-10-01", "null"),
    ]
    (tmp_path / "days.yaml").write_text("title: Days\nunit: days\nentries:\n" + "".join(entries), encoding="utf-8")
    return Book.load(tmp_path)


@pytest.mark.parametrize(
    ("in_force", "known", "days"),
    [
        ("2013-01-01", "2013-01-01", 3),
        ("2017-12-31", "2020-06-30", 3),
        ("2017-12-31", "2020-07-01", 4),
        ("2018-01-01", "2018-02-28", 3),
        ("2018-01-01", "2018-03-01", 5),
        ("2024-12-31", "2026-01-01", 5),
        ("2025-01-01", "2024-09-30", 5),
    ],
)
def test_a_lookup_names_the_day_in_force_and_the_day_known(small: Book, in_force: str, known: str, days: int) -> None:
    assert small.on(date.fromisoformat(in_force), date.fromisoformat(known)).days("days") == days


def test_what_was_found_for_some_days_is_given_for_no_others(small: Book) -> None:
    """A book remembers what it found, by the days between which nothing changes; `Book.entry` looks it up each time."""
    changes = {day for entry in small.figures["days"].entries for day in (entry.in_force, entry.known)}
    days = [day + timedelta(days=step) for day in sorted(changes) for step in (-1, 0, 1)]
    for in_force, known in [*product(days, days), *product(reversed(days), days)]:
        try:
            found = small.entry("days", in_force, known)
        except (NotYetLaw, NoLongerLaw) as fault:
            with pytest.raises(type(fault), match=re.escape(fault.detail)):
                small.on(in_force, known).entry("days")
        else:
            assert small.on(in_force, known).entry("days") is found


def test_what_a_book_remembers_of_days_has_an_end(small: Book) -> None:
    """A platform asks about every day there is, for years; what it looked up then is found as before."""
    for number in range(book_module._REMEMBERED + 2):
        day = date(2013, 1, 1) + timedelta(days=number)
        found = small.found(day, day)
        assert small.found(day, day) is found
        assert len(small._found) <= book_module._REMEMBERED
    assert small.on(date(2013, 1, 1), date(2013, 1, 1)).days("days") == 3


def test_before_its_first_day_a_figure_is_not_yet_law(small: Book) -> None:
    with pytest.raises(NotYetLaw, match="days has no entry"):
        small.on(date(2012, 12, 31), KNOWN).days("days")
    with pytest.raises(NotYetLaw, match="days has no entry"):
        small.on(KNOWN, date(2012, 12, 31)).days("days")


def test_an_ended_figure_is_no_longer_law(small: Book) -> None:
    with pytest.raises(NoLongerLaw, match="days ended on 2025-01-01"):
        small.on(date(2025, 1, 1), KNOWN).days("days")


def test_an_unknown_figure_and_a_wrong_unit_are_errors_that_name_the_figure(small: Book) -> None:
    with pytest.raises(UnknownFigure, match="nights"):
        small.on(date(2020, 1, 1), KNOWN).days("nights")
    with pytest.raises(WrongUnit, match="days is in days"):
        small.on(date(2020, 1, 1), KNOWN).months("days")


def test_every_reader_gives_its_own_type() -> None:
    law = book().on(date(2026, 7, 15), KNOWN)
    assert law.share("act4.temporary_disablement.share") == Fraction(4, 5)
    assert law.sen("act4.daily_rate.floor") == 3000
    assert law.hours("act4.notices.employer_hours") == 48
    assert law.months("act4.wage_base.window") == 6
    assert law.age("act4.cover.second_category_age") == 60
    assert law.day("act4.contribution_file.v1_before") == date(2026, 6, 1)
    assert law.says("act4.recovery.shortfall_opens_recovery") is True
    assert law.says("act800.cover.foreigners_insured") is False
    assert law.names("act4.contribution_file.layouts") == ("v1", "v2")
    with pytest.raises(WrongUnit):
        law.text("act4.daily_rate.floor")
    with pytest.raises(WrongUnit):
        law.table("act4.daily_rate.floor")


def test_the_law_remembers_each_entry_read_once_and_in_order() -> None:
    law = book().on(date(2026, 7, 15), KNOWN)
    law.days("act4.temporary_disablement.minimum_days")
    law.sen("act4.daily_rate.floor")
    law.on(date(2013, 6, 1)).sen("act4.daily_rate.floor")
    law.sen("act4.daily_rate.floor")
    assert [(entry.figure, str(entry.in_force)) for entry in law.read] == [
        ("act4.daily_rate.floor", "2013-01-01"),
        ("act4.daily_rate.floor", "2024-10-01"),
        ("act4.temporary_disablement.minimum_days", "2013-01-01"),
    ]
    assert law.citations == ("Act 4, Fourth Schedule", "Act 4, s.22")


def test_the_hash_is_that_of_exactly_the_entries_read_with_whole_tables() -> None:
    law = book().on(date(2026, 7, 15), KNOWN)
    law.share("act4.temporary_disablement.share")
    table = law.table("act4.contributions.classes")
    expected: list[Any] = [
        {
            "figure": "act4.contributions.classes",
            "in_force": "2024-10-01",
            "known": "2024-10-01",
            "value": {"columns": list(table.columns), "rows": [list(row) for row in table.rows]},
        },
        {
            "figure": "act4.temporary_disablement.share",
            "in_force": "2013-01-01",
            "known": "2013-01-01",
            "value": "4/5",
        },
    ]
    assert law.hash == hashlib.sha256(rfc8785.dumps(expected)).hexdigest()
    law.sen("act4.daily_rate.floor")
    assert law.hash != hashlib.sha256(rfc8785.dumps(expected)).hexdigest()


def test_the_hash_does_not_depend_on_the_order_of_reading() -> None:
    one, two = (book().on(date(2026, 7, 15), KNOWN) for _ in range(2))
    one.sen("act4.daily_rate.floor")
    one.months("act4.wage_base.window")
    two.months("act4.wage_base.window")
    two.sen("act4.daily_rate.floor")
    assert one.hash == two.hash


def test_act_4_begins_in_2013_and_act_800_in_2018() -> None:
    """The classes, and how each is split, begin 24 months earlier: the longest window asks the months before."""
    for name, figure in book().figures.items():
        if not figure.entries:
            assert figure.entered, name
            continue
        first = figure.entries[0].in_force
        if name in ("act4.contributions.classes", "act4.contributions.employer_invalidity_times"):
            assert first == date(2011, 1, 1)
            continue
        assert first >= (date(2018, 1, 1) if name.startswith("act800.") else date(2013, 1, 1)), name


def test_every_figure_of_the_book_has_a_malay_title() -> None:
    assert [name for name, figure in book().figures.items() if not figure.title_ms] == []


def test_every_csv_file_of_the_book_is_the_value_of_an_entry() -> None:
    root = Path(book_module.__file__).parent
    files = {path.relative_to(root).as_posix() for path in root.rglob("*.csv") if "simulation" not in path.parts}
    named = {
        path.with_name(line.split(": ")[1]).relative_to(root).as_posix()
        for path in root.rglob("*.yaml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.endswith(".csv")
    }
    assert files == named


def test_the_floor_after_2024_says_that_it_is_assumed_and_why() -> None:
    entry = book().entry("act4.daily_rate.floor", date(2026, 7, 15), KNOWN)
    assert (entry.value, entry.certainty) == (3000, Certainty.ASSUMED)
    assert entry.reason
    assert book().entry("act4.daily_rate.floor", date(2013, 12, 31), KNOWN).value == 1000
    assert book().entry("act4.daily_rate.floor", date(2014, 1, 1), KNOWN).certainty is Certainty.REPORTED


def test_the_book_takes_at_most_30_megabytes() -> None:
    root = Path(book_module.__file__).parent
    tracemalloc.start()
    Book.load(root)
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert memory < 30 * 2**20


def test_the_book_is_read_once_per_process() -> None:
    assert book() is book()


def test_the_floor_is_that_of_the_full_rate_by_the_ministers_two_examples() -> None:
    """Both are under RM30.00 a day and both are multiplied by 7,479 as they are: derived, no longer assumed."""
    entry = book().entry("act4.daily_rate.floor_before_loss", date(2026, 7, 15), date.max)
    assert (entry.value, entry.certainty) == (True, Certainty.DERIVED)
    assert (2_370 * 7_479, 2_970 * 7_479) == (17_725_230, 22_212_630)
