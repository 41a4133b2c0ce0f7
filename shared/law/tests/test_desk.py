"""What officers enter lies over the files: as strict as the loader, in the order of editions, on two axes."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from shared.kernel.periods import Month
from shared.law.act4.calendar.rules import monthly_benefit_paid_on, moved_from_holiday, next_banking_day
from shared.law.act4.charter.rules import is_working_day
from shared.law.act4.increases.rules import is_a_review
from shared.law.book import Book, book, book_of_release
from shared.law.desk import (
    Cells,
    DeskEntry,
    Instrument,
    corrected,
    entry_of,
    laid_over,
    lay_over,
    rows_of,
    value_entered,
)
from shared.law.determination import Determination, determination, determine, replay
from shared.law.errors import BookError, EditionNotLaid
from shared.law.fact_types import Written
from shared.law.figures import Certainty, Entry, Figure, Unit
from shared.law.lookups import Lookups, NotingBook, release_of, touched, touched_by

FACTOR, DAYS = "act4.permanent_disablement.lump_sum_factor", "act4.calendar.payment_days"
REVIEWS, HOLIDAYS = "act4.increases.reviews", "act4.calendar.public_holidays"
RATES, STATES = "act4.rehabilitation.provider_rates", "act4.calendar.state_holidays"
TODAY = date(2026, 11, 30)
ASKED: Determination = determination("act4 permanent disablement")
INJURED: dict[str, Written] = {
    "accident": "2026-07-01",
    "wages": {"2026-01 to 2026-06": "9000.00"},
    "loss": "20",
    "option": "lump sum",
    "age": "41",
}


def entered(edition: int, rows: Cells, figure: str = FACTOR, in_force: date = date(2026, 1, 1)) -> DeskEntry:
    instrument = Instrument("P.U.(A) 999/2026", date(2026, 11, 20), "Act 4, s.22")
    return DeskEntry(edition, UUID(int=edition), figure, in_force, TODAY, rows, instrument)


def factors(of_41: str) -> Cells:
    return (("30", "7479"), ("41", of_41))


def law_of(*entries: DeskEntry) -> Book:
    laid, unread = laid_over(book_of_release(), entries)
    assert unread == ()
    return laid


@pytest.mark.parametrize("name", [name for name, each in book_of_release().figures.items() if each.entered])
def test_what_the_files_have_could_be_entered(name: str) -> None:
    figure = book_of_release().figures[name]
    for entry in figure.entries:
        again = value_entered(figure, rows_of(entry))
        assert replace(entry, value=again).plain_value == entry.plain_value


@pytest.mark.parametrize(
    ("unit", "cells"),
    [
        (Unit.RINGGIT, "12.50"),
        (Unit.PERCENT, "2.5"),
        (Unit.FRACTION, "1/5"),
        (Unit.COUNT, "7"),
        (Unit.YES_NO, "yes"),
        (Unit.DATE, "2026-02-01"),
        (Unit.TEXT, "a text"),
    ],
)
def test_a_value_alone_is_one_cell(unit: Unit, cells: str) -> None:
    figure = Figure("a.b", "A", "A", unit, (), entered=True)
    value = value_entered(figure, ((cells,),))
    entry = Entry("a.b", unit, TODAY, TODAY, value, "Act", "test", Certainty.GAZETTED, edition=1)
    assert rows_of(entry) == ((cells,),)
    with pytest.raises(BookError):
        value_entered(figure, ((cells, cells),))


@pytest.mark.parametrize(
    ("figure", "rows", "said"),
    [
        (FACTOR, (("30", "-7479"),), "not a whole number"),
        (FACTOR, (("30", "0"),), "above zero"),
        (FACTOR, (("41", "7001"), ("30", "7479")), "in the order of their keys"),
        (FACTOR, (("30", "7479"), ("30", "7480")), "given twice"),
        (FACTOR, (("thirty", "7479"),), "ages in whole years"),
        (FACTOR, (("30",),), "2 cells"),
        (DAYS, (("2026-01", "2026-02-20", "not moved", "calendar of 2026"),), "in the month of its row"),
        (DAYS, (("2026-01", "2025-12-31", "not moved", "calendar of 2026"),), "in the month of its row"),
        (DAYS, (("January", "2026-01-20", "not moved", "calendar of 2026"),), "months such as 2026-01"),
        (DAYS, (("2026-01", "2026-02-03", "not moved", "x"), ("2026-02", "2026-02-03", "not moved", "x")), "later day"),
        (REVIEWS, (("2026-01-01", "1.0", "9.0"), ("2023-01-01", "0.7", "9.4")), "in the order of their keys"),
        (REVIEWS, (("2026-01-01", "9.0", "1.0"),), "no more than the most"),
        (HOLIDAYS, (("2026-02-30", "No such day"),), "days such as"),
        (RATES, (("physiotherapy", "170"),), "two decimals"),
        (RATES, (("physiotherapy", "0.00"),), "above zero"),
        (RATES, (), "cannot end the figure"),
        (RATES, ((" physiotherapy", "170.00"),), "is not a key"),
        (RATES, (("physiotherapy", "100000.01"),), "more than the figure says"),
        (RATES, (("physiotherapy", "1000000000.01"),), "too large"),
        (FACTOR, (("30", "20001"),), "more than the figure says"),
        (FACTOR, (("30", "99999999999999999999"),), "too large"),
        (FACTOR, (("030", "7479"),), "ages in whole years"),
        (REVIEWS, (("2027-01-01", "1", "100.1"),), "more than the figure says"),
        (REVIEWS, (("2027-01-01", "1", "1.00001"),), "not a percentage"),
        (HOLIDAYS, (("20261225", "Christmas"),), "days such as"),
        (HOLIDAYS, (("2027-W05-6", "A Saturday"),), "days such as"),
        (DAYS, (("2027-01", "20270120", "not moved", "calendar of 2027"),), "not a date"),
    ],
)
def test_a_wrong_entry_is_refused_and_set_aside_while_the_rest_is_laid(figure: str, rows: Cells, said: str) -> None:
    """Of an earlier release, which let it count: every later figure is law all the same."""
    with pytest.raises(BookError, match=said):
        entry_of(book_of_release().figures[figure], entered(1, rows, figure))
    wrong, right = entered(1, rows, figure), entered(2, factors("7001"))
    laid, unread = laid_over(book_of_release(), [wrong, right])
    assert (laid.edition, [each.entry for each in unread]) == (2, [wrong])
    assert laid.entry(FACTOR, TODAY, TODAY).edition == 2
    assert laid.as_of_edition(1).figures[figure].entries == book_of_release().figures[figure].entries
    assert corrected(unread[0], [right]) == (figure == FACTOR)


def test_a_missing_factor_that_is_entered_answers_and_every_record_of_before_and_after_is_made_again() -> None:
    """The same day three times: without it, as it was entered, and as it was corrected."""
    misread, corrected = entered(1, factors("7001")), entered(2, factors("7010"))
    books = [book_of_release(), law_of(misread), law_of(misread, corrected)]
    records = [determine(ASKED, INJURED, law.on(date(2026, 7, 1), TODAY), decided_on=TODAY) for law in books]
    assert [each.body["reason"] for each in records] == ["lump_sum_factor_unknown", "", ""]
    amounts = [{each["name"]: each["value"] for each in record.body["amounts"]} for record in records]
    # 178.50 × 20 % = 35.70 a day.
    assert [each.get("lump sum") for each in amounts] == [None, 3_570 * 7_001, 3_570 * 7_010]
    assert [record.body["days"].get("edition") for record in records] == [None, 1, 2]
    assert [replay(record, books[-1]).canonical for record in records] == [each.canonical for each in records]
    assert {each["certainty"] for each in records[1].body["figures"] if each["figure"] == FACTOR} == {"gazetted"}
    with pytest.raises(EditionNotLaid):
        replay(records[2], books[1])


def test_an_entry_is_known_from_its_day_on() -> None:
    law = law_of(entered(1, factors("7001")))
    before = determine(ASKED, INJURED, law.on(date(2026, 7, 1), date(2026, 11, 29)))
    assert before.body["reason"] == "lump_sum_factor_unknown"


def test_entries_are_law_up_to_the_first_that_is_missing_in_whatever_order_they_come() -> None:
    one, two, three = (entered(each, factors(str(7_000 + each))) for each in (1, 2, 3))
    assert laid_over(book_of_release(), [three, one])[0].edition == 1
    whole = laid_over(book_of_release(), [three, one, two])[0]
    assert whole.edition == 3
    assert release_of(whole) == release_of(laid_over(book_of_release(), [one, two, three, one])[0])
    assert whole.as_of_edition(1).entry(FACTOR, TODAY, TODAY).edition == 1
    assert release_of(whole.as_of_edition(0)) == release_of(book_of_release())


def test_a_figure_that_this_release_does_not_have_is_passed_over() -> None:
    law = law_of(entered(1, factors("1"), "act4.of.tomorrow"), entered(2, factors("7001")))
    assert (law.edition, law.entry(FACTOR, TODAY, TODAY).edition) == (2, 2)
    of_another_release = law_of(entered(1, (("31.00",),), "act4.daily_rate.floor"))
    assert of_another_release.on(TODAY, TODAY).sen("act4.daily_rate.floor") == 3_100


def test_a_process_goes_by_what_was_entered_and_never_back() -> None:
    lay_over([entered(1, factors("7001")), entered(2, factors("7010"))])
    assert lay_over([entered(1, factors("7001"))]) == ()
    assert book().edition == 2


def test_a_payment_calendar_that_is_entered_is_that_by_which_is_paid() -> None:
    month = Month(2027, 1)
    law = law_of(entered(1, (("2027-01", "2027-01-20", "Chinese New Year", "calendar of 2027"),), DAYS))
    assert monthly_benefit_paid_on(month, law.on(month.first_day, TODAY)) == date(2027, 1, 20)
    assert monthly_benefit_paid_on(month, law.as_of_edition(0).on(month.first_day, TODAY)) == date(2027, 1, 29)


@pytest.mark.parametrize(
    ("unit", "cell"),
    [
        (Unit.COUNT, "99999999999999999999"),
        (Unit.RINGGIT, "1000000000.01"),
        (Unit.PERCENT, "1001"),
        (Unit.FRACTION, "11/1"),
        (Unit.DATE, "20260201"),
    ],
)
def test_a_value_alone_is_bounded_and_written_in_one_way(unit: Unit, cell: str) -> None:
    with pytest.raises(BookError):
        value_entered(Figure("a.b", "A", "A", unit, (), entered=True), ((cell,),))


def test_days_are_counted_whatever_calendar_has_ended() -> None:
    """No calendar may end; where one did, whoever counts days goes on without it, and its correction finds officers."""
    ended = law_of(*(entered(edition, (), name) for edition, name in enumerate((DAYS, STATES, HOLIDAYS, REVIEWS), 1)))
    law, holiday = ended.on(date(2026, 12, 1), TODAY), date(2026, 12, 25)
    assert is_working_day(holiday, law)
    assert moved_from_holiday(holiday, law) == next_banking_day(holiday, law) == holiday
    assert monthly_benefit_paid_on(Month(2026, 12), law) == date(2026, 12, 31)
    assert not is_a_review("2023-01-01", law)
    corrected = laid_over(ended, [entered(5, (("2026-12-25", "Christmas"),), HOLIDAYS)])[0]
    assert not is_working_day(holiday, corrected.on(date(2026, 12, 1), TODAY))
    assert not any(book_of_release().figures[name].ends for name in (DAYS, STATES, HOLIDAYS, REVIEWS, FACTOR))


def test_exactly_what_looked_the_figure_up_gives_something_else() -> None:
    """Of look-ups by another determination of another release nothing is said: that is the release's own to ask."""
    day, stored = date(2026, 7, 1), {}
    for figure in (FACTOR, "act4.daily_rate.floor"):
        noting = NotingBook.over(book_of_release())
        noting.on(day, TODAY).entry(figure)
        looked = Lookups(day, replace(ASKED, version=99), noting.noted)
        stored[looked.hash] = looked.body
    misread = entered(1, factors("7001"))
    first, corrected = law_of(misread), law_of(misread, entered(2, factors("7010")))
    assert [FACTOR in stored[hash_] for hash_ in touched_on(day, stored, first)] == [True]
    assert touched_by({DAYS}, stored, first, TODAY) == []
    noting = NotingBook.over(first)
    noting.on(day, TODAY).entry(FACTOR)
    looked = Lookups(day, ASKED, noting.noted)
    assert touched_on(day, {looked.hash: looked.body}, first) == []
    assert touched_on(day, {looked.hash: looked.body}, corrected) == [looked.hash], "corrected on the same day"
    assert {each.hash for each in touched(stored, first, TODAY)} == stored.keys(), "another release's"


def touched_on(day: date, stored: dict[str, str], law: Book) -> list[str]:
    """Those whose look-up of the factor gives something else, where the law's day is this one."""
    found = touched_by({FACTOR}, stored, law, TODAY)
    return [each.hash for each in found if each.first <= day <= each.last]
