"""What was looked up is compared with another book by ranges of days: it comes to the same as looking all up again."""

import contextlib
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.law import lookups
from shared.law.act4.temporary_disablement.rules import daily_rate
from shared.law.book import Book, book
from shared.law.determination import determination
from shared.law.errors import NoLongerLaw, NotYetLaw, UnknownFigure
from shared.law.figures import Certainty, Entry, Figure, Unit
from shared.law.lookups import Lookups, NotingBook, release_of, touched

ASKED = determination("act4 temporary disablement")
FIRST = date(2026, 1, 1)
NAMES = ("a", "b", "c")
DAYS = range(30)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


# Figures by their names: entries by (in force, known), of which some end the figure.
Entries = Mapping[str, Mapping[tuple[int, int], bool]]
entries = st.dictionaries(
    st.sampled_from(NAMES),
    st.dictionaries(st.tuples(st.integers(2, 27), st.integers(0, 9)), st.booleans(), max_size=5),
)
looked_up = st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(DAYS)), max_size=6)


def book_of(of: Entries) -> Book:
    figures = {}
    for name, by_key in of.items():
        made = tuple(
            Entry(name, Unit.DAYS, day(a), day(k), None if ends else a, "Act", "test", Certainty.ENACTED)
            for (a, k), ends in sorted(by_key.items())
        )
        figures[name] = Figure(name, name, name, Unit.DAYS, made)
    return Book(figures)


def asked_by(law: Book, known: date, looks: Collection[tuple[str, int]], law_on: int) -> NotingBook:
    """The book after these figures were looked up, each for a day; ``law_on`` is the day that is read as number 0."""
    noting = NotingBook.over(law)
    on = noting.on(day(law_on), known)
    for name, number in looks:
        with contextlib.suppress(NotYetLaw, NoLongerLaw, UnknownFigure):
            on.on(day(number) if number else day(law_on)).days(name)
    return noting


def given_by(noting: NotingBook) -> object:
    return {at: None if entry is None else entry.key for at, entry in noting.noted.entries.items()}


@settings(deadline=None)
@given(entries, entries, looked_up, st.sampled_from(DAYS))
def test_it_finds_exactly_the_days_on_which_looking_all_up_again_gives_something_else(
    before: Entries, added: Entries, looks: set[tuple[str, int]], law_on: int
) -> None:
    """Of the look-ups of one event the day of the law is taken for the others of its kind: they share the text."""
    old, known = book_of(before), day(5)
    new = book_of({name: {**before.get(name, {}), **added.get(name, {})} for name in {*before, *added}})
    first = asked_by(old, known, looks, law_on)
    body = Lookups(day(law_on), ASKED, first.noted).body
    found = touched({"it": body}, new, day(9))
    ranges = [(each.first, each.last) for each in found]
    assert ranges == sorted(ranges)
    assert all(a[1] < b[0] for a, b in pairwise(ranges))
    for other in DAYS:
        # Which of them share the text nobody says but the text itself.
        of_other = asked_by(old, known, looks, other)
        if Lookups(day(other), ASKED, of_other.noted).body != body:
            continue
        again = asked_by(new, day(9), looks, other)
        assert any(a <= day(other) <= b for a, b in ranges) is (given_by(again) != given_by(of_other))


def test_what_was_not_there_is_found_when_it_is() -> None:
    noting = asked_by(book_of({}), day(5), {("a", 0)}, 20)
    body = Lookups(day(20), ASKED, noting.noted).body
    assert touched({"it": body}, book_of({}), day(5)) == []
    [found] = touched({"it": body}, book_of({"a": {(10, 3): False}}), day(5))
    assert (found.first, found.last) == (day(10), date.max)
    assert touched({"it": body}, book_of({"a": {(10, 6): False}}), day(5)) == []


def test_each_day_is_noted_although_a_book_remembers_what_it_found() -> None:
    law, noting = book(), NotingBook.over(book())
    days = [date(2026, 7, 15), date(2026, 7, 16)]
    for asked in (law, noting, noting):
        for each in days:
            daily_rate(Fraction(245_000), asked.on(each, date(2026, 8, 1)))
    assert {day for _, day in noting.noted.entries} == set(days)
    assert noting.noted.rules == {"act4.temporary_disablement.daily_rate": "2013-01-01"}


def test_a_figure_that_is_gone_is_found() -> None:
    noting = asked_by(book_of({"a": {(3, 3): False}}), day(5), {("a", 0)}, 20)
    assert touched({"it": Lookups(day(20), ASKED, noting.noted).body}, book_of({}), day(5))


@pytest.mark.parametrize("name", ["_rules", "_determinations"])
def test_another_version_of_a_rule_or_of_the_determination_concerns_every_day(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noting = NotingBook.over(book())
    law = noting.on(date(2026, 7, 15), date(2026, 8, 1))
    daily_rate(Fraction(245_000), law)
    stored = {"it": Lookups(law.in_force, ASKED, noting.noted).body}
    assert not any(each.last >= law.in_force for each in touched(stored, book(), date(2026, 8, 1)))
    of_before = release_of(book())
    newer: object = "2013-01-01+1" if name == "_rules" else ASKED.version + 1
    key = "act4.temporary_disablement.daily_rate" if name == "_rules" else ASKED.kind
    versions = {**getattr(lookups, name)(), key: newer}
    monkeypatch.setattr(lookups, name, lambda: versions)
    assert [(each.first, each.last) for each in touched(stored, book(), date(2026, 8, 1))] == [(date.min, date.max)]
    release_of.cache_clear()
    assert release_of(book()) != of_before
    release_of.cache_clear()


def test_a_release_is_another_one_with_each_entry() -> None:
    small = {"a": {(3, 3): False}}
    assert release_of(book_of(small)) == release_of(book_of(small))
    assert release_of(book_of(small)) != release_of(book_of({"a": {(3, 3): False, (4, 3): False}}))
