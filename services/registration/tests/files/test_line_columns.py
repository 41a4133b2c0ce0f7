"""Files by chance are checked by columns as they are line by line: the same is set aside, the same is taken."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.contribution import FileFormat, LineFault, Part, Reading, StatedAmount, month_of
from services.registration.domain.insured import FOREIGN, Insured, Matches
from services.registration.domain.spell_statement import SpellStatementKind
from services.registration.files.columns import AMOUNTS_OF_LINE, MALFORMED, FileColumns, SpellMark
from services.registration.files.line_checks import (
    Checked,
    FileLines,
    check_lines,
    check_matched,
    check_together,
    persons_of,
)
from services.registration.tests.files.line_by_line import checked_line_by_line, due_of
from shared.law.book import book
from shared.law.errors import NotYetLaw

_NAMES = ("Ahmad bin Ali", "TAN MEI LING", "MUTHU A/L RAMAN", "SITI @ AMINAH BINTI OSMAN", "LI WEI 李伟")
_WAGES = (0, 1, 3_000, 3_001, 248_000, 400_000, 400_100, 999_999_999)
# Before there is any table, of each table, of the month of the day, and of a month that has not begun.
_MONTHS = (201112, 201301, 201712, 201801, 201901, 202406, 202407, 202505, 202605, 202606, 202607, 202610, 202612)
_SENT_ON = date(2026, 11, 22)
_READINGS = [
    Reading(),
    Reading(months=(202605, 202606, 202407)),
    Reading(FileFormat.LEGACY_223, part=Part.ACT4, amount=StatedAmount.WAGE),
    Reading(FileFormat.LEGACY_223, part=Part.ACT800, amount=StatedAmount.WAGE),
    Reading(FileFormat.LEGACY_223, part=Part.BOTH, amount=StatedAmount.TOTAL),
    Reading(FileFormat.LEGACY_223, part=Part.ACT4, amount=StatedAmount.TOTAL, months=(202605, 202407)),
]


def _person(dice: random.Random, number: int) -> Insured:
    born_on = date(dice.randint(1950, 2010), dice.randint(1, 12), dice.choice((1, 28, 29, 30)) % 28 + 1)
    return Insured(
        person=number,
        born_on=dice.choice((born_on, date(1966, 5, 31), date(1966, 6, 1), date(1964, 2, 29))),
        first_liable_on=date(dice.randint(2008, 2026), dice.randint(1, 12), dice.randint(1, 28)),
        residence=dice.choice(("citizen", "permanent_resident", FOREIGN)),
        name=dice.choice(_NAMES),
        works_here=dice.random() < 0.8,
        works_elsewhere=dice.random() < 0.4,
        released_from_skbbk=dice.random() < 0.2,
        act4_has_work=dice.random() < 0.9,
        act800_has_work=dice.random() < 0.8,
    )


class _File:
    """Lines by chance of some people, of whom two bear one number: most are right, and any field may be wrong."""

    def __init__(self, seed: int, reading: Reading, lines: int) -> None:
        self.dice = random.Random(seed)
        self.reading = reading
        self.known = [_person(self.dice, number) for number in range(1, 9)]
        self.months = self.dice.sample(_MONTHS, self.dice.randint(1, 3))
        each = [self._line() for _ in range(lines)]
        self.people = {
            (id_, month): [self.known[bearer] for bearer in self._bearers(id_)]
            for id_, _, month, _, _ in each
            if id_ and month != MALFORMED and self._bearers(id_)
        }
        # Months of which a spell is said, and a line that the reader of the format sets aside.
        kinds = list(SpellStatementKind)
        marks = [SpellMark(at, self.dice.choice(kinds), date(2026, 5, 1)) for at in range(0, lines, 5)]
        faults = [LineFault(at + 1, "status", "status_unknown") for at in range(3, lines, 11)]
        self.columns = FileColumns(
            [line[0] for line in each],
            [line[1] for line in each],
            np.array([line[2] for line in each], dtype=np.int64),
            {name: np.array([line[3][name] for line in each], dtype=np.int64) for name in AMOUNTS_OF_LINE},
            np.array([line[4] for line in each], dtype=np.bool_),
            reading,
            tuple(faults),
            tuple(marks),
        )

    def _bearers(self, id_: str) -> list[int]:
        return [6, 7] if id_ == "7" else [int(id_)] if id_ < "7" else []

    def _line(self) -> tuple[str, str, int, dict[str, int], bool]:
        dice = self.dice
        whose = dice.randrange(len(self.known))
        person, month = self.known[whose], dice.choice(self.months)
        amounts = self._amounts(person, month)
        is_v2 = dice.random() < 0.8
        if dice.random() < 0.2:
            name = dice.choice(AMOUNTS_OF_LINE)
            amounts[name] = dice.choice((MALFORMED, 0, amounts[name] + 5, 10**13))
        if not is_v2:
            amounts["skbbk_employee"] = 0
        name = dice.choice((person.name.upper(), person.name, person.name.upper(), "SOMEBODY ELSE", ""))
        return (
            dice.choice((str(whose), str(whose), str(whose), "9", "")),
            name,
            dice.choice((month, month, month, month, MALFORMED)),
            amounts,
            is_v2,
        )

    def _amounts(self, person: Insured, number: int) -> dict[str, int]:
        wage, month = self.dice.choice(_WAGES), month_of(number)
        law = book().on(month.first_day, _SENT_ON)
        try:
            due = due_of(wage, (person.in_first_category(month, law), person.in_act800(month, law)), law)
        except NotYetLaw:
            due = dict.fromkeys(AMOUNTS_OF_LINE, 0)
        if self.reading.amount is StatedAmount.TOTAL:
            return dict.fromkeys(AMOUNTS_OF_LINE, 0) | {"wages": due["act4_employer"] + due["act4_employee"]}
        if person.released_from_skbbk and self.dice.random() < 0.7:
            due["skbbk_employee"] = 0
        return due | {"wages": wage}

    def checked(self, *more: Any) -> Checked:
        return check_lines(self.columns, self.people, _SENT_ON, *more)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(_READINGS), st.integers(1, 40))
def test_lines_are_checked_together_as_each_is_by_itself(seed: int, reading: Reading, lines: int) -> None:
    file = _File(seed, reading, lines)
    assert file.checked() == checked_line_by_line(file.columns, file.people, _SENT_ON)


def test_files_by_chance_have_every_fault_and_lines_that_are_taken() -> None:
    """Otherwise the comparison says nothing of it."""
    codes: Counter[str] = Counter()
    for seed in range(150):
        checked = _File(seed, _READINGS[seed % len(_READINGS)], 40).checked()
        codes.update(fault.code for fault in checked.faults)
        codes["taken"] += len(checked.accepted)
        codes["said"] += len(checked.said)
    expected = {
        *("amount_differs", "amount_malformed", "amount_too_large", "duplicate_line", "id_ambiguous", "id_missing"),
        *("layout_not_accepted", "month_before_law", "month_in_future", "month_malformed", "month_not_confirmed"),
        *("month_outside_employment", "name_differs", "name_missing", "person_unknown", "skbbk_released", "said"),
        *("status_unknown", "taken", "total_fits_no_class", "work_not_insured"),
    }
    assert codes.keys() == expected


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.sets(st.integers(0, 29)))
def test_what_a_whole_file_knows_to_be_said_again_is_set_aside_of_a_piece(seed: int, repeated: set[int]) -> None:
    """Whose lines they are the checks themselves find: of nobody's line nothing is said again."""
    file = _File(seed, Reading(), 30)
    matches = _matches_of(file)
    known = persons_of(file.columns, matches)
    told = {fault.line - 1 for fault in file.checked(repeated).faults if fault.code == "duplicate_line"}
    twice = {at for at, key in known.items() if list(known.values()).count(key) > 1}
    assert told == twice | (repeated & known.keys())
    assert check_matched(file.columns, matches, _SENT_ON, repeated) == file.checked(repeated)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2**32), min_size=2, max_size=6), st.sampled_from(_READINGS), st.integers(0, 12))
def test_files_are_checked_together_as_each_is_by_itself(seeds: list[int], reading: Reading, lines: int) -> None:
    """A person's month in two of them is of two employers: neither says it again. Of some the months are named, and
    some have no lines."""
    files = [_File(seed, replace(reading, months=reading.months * (seed % 2)), lines + seed % 5) for seed in seeds]
    joined = FileColumns.joined([each.columns for each in files], replace(reading, months=()))
    starts = accumulate((len(each.columns.ids) for each in files), initial=0)
    named = zip(starts, files, strict=False)
    matches = Matches.of([(start + at, one) for start, each in named for at, one in _matches_of(each).each()])
    sent = [FileLines(len(each.columns.ids), each.reading.months) for each in files]
    together, alone = check_together(joined, sent, matches, _SENT_ON), [each.checked() for each in files]
    assert together == alone
    assert [list(each.places) for each in together] == [list(each.places) for each in alone]


def _matches_of(file: _File) -> Matches:
    keys = zip(file.columns.ids, file.columns.months.tolist(), strict=True)
    return Matches.of([(at, each) for at, key in enumerate(keys) for each in file.people.get(key, ())])


def test_people_are_the_same_as_columns_and_one_by_one() -> None:
    dice = random.Random(7)
    people = [(dice.randrange(3), _person(dice, number)) for number in range(1, 30)]
    assert list(Matches.of(people).each()) == people


def test_who_stands_twice_in_a_place_counts_once() -> None:
    person, other = (_person(random.Random(7), number) for number in (1, 2))
    twice = Matches.of([(0, person), (1, other), (0, person), (0, other), (1, person)])
    assert list(twice.each_once().each()) == [(0, person), (1, other), (0, other), (1, person)]


@pytest.mark.parametrize("lines", [(), (0, 2)])
def test_lines_that_are_not_asked_for_name_nobody(lines: tuple[int, ...]) -> None:
    columns = _File(1, Reading(), 4).columns
    named = columns.naming(lines)
    assert [named.ids[at] for at in lines] == [columns.ids[at] for at in lines]
    assert not any(id_ for at, id_ in enumerate(named.ids) if at not in lines)
