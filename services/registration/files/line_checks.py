"""Checks the lines of a contribution file: each is good or is set aside by itself, never with its file (rules F4).

Lines are columns here and marks, line by line: an object or a question of the law for each would cost a large file most
of its time (decision 78).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate, pairwise
from typing import Self

import numpy as np

from services.registration.domain.contribution import (
    Bearers,
    LineColumns,
    LineFault,
    Part,
    StatedAmount,
    month_of,
    number_of,
)
from services.registration.domain.insured import FOREIGN, Insured, Matches, Works
from services.registration.domain.spell_statement import SpellStatementKind
from services.registration.files.columns import AMOUNTS_OF_LINE, MALFORMED, FileColumns, Int64, LineKeys, Marks
from services.registration.files.fixed_width import ENCODING
from shared.kernel.money import LARGEST_STATED, Sen
from shared.kernel.periods import Month
from shared.law.act4.contribution_file.rules import layouts_accepted
from shared.law.act4.contributions import bulk as act4
from shared.law.act4.cover.bulk import first_category
from shared.law.act4.cover.rules import Category, contributes_as
from shared.law.act800.contributions import bulk as act800
from shared.law.book import LawOn, book
from shared.law.bulk import DayArray
from shared.law.errors import NotYetLaw
from shared.security.names import names_agree, readings

# Whom an identity number stands for among an employer's people, in a month written 202606.
People = Mapping[tuple[str, int], Sequence[Insured]]
# Of a spell: the person, what is said, and the day.
SaidOfSpell = tuple[int, SpellStatementKind, date]
_SKBBK = "skbbk_employee"
# Above any month, written 202606, and above any person's number: a file, a person and a month make one number.
_MONTHS, _PERSONS = 1_000_000, 1 << 31
# Of a wage.
DUE = tuple(name for name in AMOUNTS_OF_LINE if name != "wages")
_ACT4, _ACT800 = ("act4_employer", "act4_employee"), ("act800_employer", "act800_employee")
_OF_PART = {Part.BOTH: (*_ACT4, *_ACT800), Part.ACT4: _ACT4, Part.ACT800: _ACT800}


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be taken, and what is wrong with the rest, by line and field; a line may be taken without its SKBBK.

    `said` is what lines of the legacy layout say of the spells of people whom they name rightly.
    """

    accepted: LineColumns
    faults: tuple[LineFault, ...]
    said: tuple[SaidOfSpell, ...] = ()
    # Where each that may be taken stands, counted from 1.
    places: Sequence[int] = field(default=(), compare=False)
    bearers: Bearers = field(default=Bearers((), of_all_lines=False), compare=False)

    def moved(self, lines_before: int) -> "Checked":
        """The same of a piece, before which so many lines of its file stand."""
        faults = tuple(replace(each, line=each.line + lines_before) for each in self.faults)
        return replace(self, faults=faults, places=[place + lines_before for place in self.places])

    def without(self, lines: Collection[tuple[int, int]], code: str) -> "Checked":
        """With these set aside too, given by month and person."""
        if not lines:
            return self
        keys = zip(self.accepted.months, self.accepted.persons, strict=True)
        stay = [at for at, key in enumerate(keys) if key not in lines]
        faults = [LineFault(self.places[at], "month", code) for at in sorted({*range(len(self.places))} - {*stay})]
        return replace(
            self,
            accepted=self.accepted.at(stay),
            faults=tuple(sorted((*self.faults, *faults), key=lambda each: (each.line, each.field))),
            places=[self.places[at] for at in stay],
        )


@dataclass(frozen=True, slots=True)
class _Persons:
    """People as columns; `is_one` says of which lines one is known, and nothing else counts of the others."""

    is_one: Marks
    number: Int64
    born_on: DayArray
    first_liable_on: DayArray
    is_foreign: Marks
    works_here: Marks
    works_elsewhere: Marks
    released_from_skbbk: Marks
    act4_has_work: Marks
    act800_has_work: Marks

    @classmethod
    def of(cls, matches: Matches, rows: Int64) -> Self:
        """Those of these rows; -1 stands for nobody."""
        works = _each(matches.works, rows)
        return cls(
            rows >= 0,
            _each(matches.persons, rows),
            _each(matches.born_on, rows).astype("datetime64[D]"),
            _each(matches.first_liable_on, rows).astype("datetime64[D]"),
            _each([each == FOREIGN for each in matches.residences], rows).astype(np.bool_),
            *((works >> bit & 1).astype(np.bool_) for bit in range(len(Works._fields))),
        )


def _each(column: Sequence[int], rows: Int64) -> Int64:
    """A column by rows; the last value, behind all of them, is that of nobody."""
    return np.array([*column, 0], dtype=np.int64)[rows]


@dataclass(frozen=True, slots=True)
class _Cover:
    """How each is insured in a month, and of whom the law says it."""

    has_law: Marks
    in_first_category: Marks
    in_act800: Marks

    def at(self, places: Int64 | Marks) -> "_Cover":
        """Those in these places."""
        return _Cover(self.has_law[places], self.in_first_category[places], self.in_act800[places])


@dataclass(frozen=True, slots=True)
class FileLines:
    """Of a file among others: how many lines it has, and the months that its sender named for it."""

    lines: int
    months: tuple[int, ...] = ()


@dataclass
class _Check:
    """The lines of one file after the other; `file` says of each line which one it is of, counted from 0."""

    columns: FileColumns
    files: Sequence[FileLines]
    faults: list[LineFault] = field(default_factory=list)
    bad: Marks = field(init=False)
    without_skbbk: Marks = field(init=False)
    amounts: dict[str, Int64] = field(init=False)
    file: Int64 = field(init=False)

    def __post_init__(self) -> None:
        self.file = np.repeat(np.arange(len(self.files)), [each.lines for each in self.files])
        self.amounts = dict(self.columns.amounts)
        self.bad, self.without_skbbk = (np.zeros(len(self.columns.ids), dtype=np.bool_) for _ in range(2))

    def fault(self, indexes: Int64, name: str, code: str) -> None:
        self.faults.extend(LineFault(index + 1, name, code) for index in indexes.tolist())
        self.bad[indexes] = True

    def amounts_differ(self, indexes: Int64, name: str, expected: Int64) -> None:
        """The SKBBK is set aside by itself: Act 4 and Act 800 are owed without it."""
        for index, amount in zip(indexes.tolist(), expected.tolist(), strict=True):
            self.faults.append(LineFault(index + 1, name, "amount_differs", amount))
        (self.without_skbbk if name == _SKBBK else self.bad)[indexes] = True

    def skbbk_not_owed(self, indexes: Int64) -> None:
        """Nothing that is deducted for a month that is out is taken; the rest of the line is."""
        self.faults.extend(LineFault(index + 1, _SKBBK, "skbbk_released", 0) for index in indexes.tolist())
        self.without_skbbk[indexes] = True

    def by_month(self) -> Iterator[tuple[Month, Int64]]:
        """Each month, and the lines of it that are good so far."""
        good = np.flatnonzero(~self.bad)
        months = self.columns.months[good]
        for number in np.unique(months).tolist():
            yield month_of(number), good[months == number]


def wanted(columns: FileColumns) -> set[tuple[str, int]]:
    """The identity numbers and months that have to be matched."""
    months = columns.months.tolist()
    return {(id_, month) for id_, month in zip(columns.ids, months, strict=True) if id_ and month != MALFORMED}


def check_lines(
    columns: FileColumns, people: People, submitted_on: date, repeated: Collection[int] | None = None
) -> Checked:
    """As `check_matched`, of people that are at hand by number and month."""
    named = enumerate(zip(columns.ids, columns.months.tolist(), strict=True))
    matches = Matches.of([(place, each) for place, key in named for each in people.get(key, ())])
    return check_matched(columns, matches, submitted_on, repeated)


def check_matched(
    columns: FileColumns, matches: Matches, submitted_on: date, repeated: Collection[int] | None = None
) -> Checked:
    """Check form, month and layout, person and name, repetition, employment, cover and amounts, in this order.

    By the law known on the day of submission. A line of 0.00 withdraws its month, and needs no employment. `repeated`
    are the lines, counted from 0, that are known to say a person's month again: of a piece, whose file tells it.
    """
    files = [FileLines(len(columns.ids), columns.reading.months)]
    return check_together(columns, files, matches, submitted_on, repeated)[0]


def check_together(
    columns: FileColumns,
    files: Sequence[FileLines],
    matches: Matches,
    submitted_on: date,
    repeated: Collection[int] | None = None,
) -> list[Checked]:
    """The same of many files of a day, whose lines stand one file after the other: of each by itself, in order."""
    check = _Check(columns, files)
    _check_form(check)
    _check_months(check, submitted_on)
    persons = _check_persons(check, matches)
    _check_repetition(check, persons, repeated)
    _check_employment(check, persons)
    _check_amounts(check, persons, _check_cover(check, persons, submitted_on), submitted_on)
    return _apart(check, persons, matches)


def _apart(check: _Check, persons: _Persons, matches: Matches) -> list[Checked]:
    """What came of each file, whose lines are counted from its first."""
    ends = list(accumulate(each.lines for each in check.files))
    starts = [0, *ends[:-1]]
    faults: list[list[LineFault]] = [[] for _ in ends]
    for fault in sorted(check.faults, key=lambda each: (each.line, each.field)):
        at = bisect_left(ends, fault.line)
        faults[at].append(replace(fault, line=fault.line - starts[at]) if starts[at] else fault)
    good = _good(check, persons)
    said, bearers = _said(check, persons), _bearers(check, persons, matches)
    found = (_accepted(check, persons, good), map(tuple, faults), said, _places(check, good, starts), bearers)
    return [Checked(*each) for each in zip(*found, strict=True)]


def months_meant(named: Collection[int], times: Mapping[int, int]) -> tuple[int, ...]:
    """The months that the sender of a whole file means, of which each stands in so many lines."""
    return tuple(sorted(_meant_of(named, times)))


def times_of_months(lines: LineKeys) -> Counter[int]:
    """How many lines name each month."""
    months, times = np.unique(lines.months[lines.months != MALFORMED], return_counts=True)
    return Counter(dict(zip(months.tolist(), times.tolist(), strict=True)))


def persons_of(columns: FileColumns, matches: Matches) -> dict[int, tuple[int, int]]:
    """Person and month of each line whose number and name stand for one person."""
    rows, _, _ = _rows_of(columns, matches)
    lines = np.flatnonzero(rows >= 0)
    persons, months = _each(matches.persons, rows)[lines].tolist(), columns.months[lines].tolist()
    return dict(zip(lines.tolist(), zip(persons, months, strict=True), strict=True))


def is_named(known: str, stated: str) -> bool:
    """Whether the name of a line is the registered one, as far as the file can write it (shared/security/names.py)."""
    upper = known.upper()
    if stated == upper or stated.upper() == upper or stated == upper.encode(ENCODING, "replace").decode(ENCODING):
        return True
    return names_agree(readings(known), readings(stated))


def amounts_due(asked: Sequence[tuple[Insured, Month, Sen]], known: date) -> list[dict[str, Sen]]:
    """What the tables say of wages of people in months, by the names of a line's amounts, as known on a day.

    Nothing of a month that has no law: the check of the line says so.
    """
    found: list[dict[str, Sen]] = [dict.fromkeys(DUE, 0) for _ in asked]
    persons = _Persons.of(Matches.of([(0, person) for person, _, _ in asked]), np.arange(len(asked), dtype=np.int64))
    wages = np.array([wage for _, _, wage in asked], dtype=np.int64)
    for month, places in _by_month_of(asked).items():
        law = book().on(month.first_day, known)
        cover = _cover_of(persons, places, month, law)
        with suppress(NotYetLaw):
            _put_due(found, places[cover.has_law], wages, cover.at(cover.has_law), law)
    for place in np.flatnonzero(persons.released_from_skbbk).tolist():
        found[place][_SKBBK] = 0
    return found


def _put_due(found: list[dict[str, Sen]], places: Int64, wages: Int64, cover: _Cover, law: LawOn) -> None:
    if len(places):
        for name, amounts in _due(wages[places], cover, law).items():
            for place, amount in zip(places.tolist(), amounts.tolist(), strict=True):
                found[place][name] = amount


def _by_month_of(asked: Sequence[tuple[Insured, Month, Sen]]) -> dict[Month, Int64]:
    months: dict[Month, list[int]] = {}
    for index, (_, month, _) in enumerate(asked):
        months.setdefault(month, []).append(index)
    return {month: np.array(indexes, dtype=np.int64) for month, indexes in months.items()}


def _cover_of(persons: _Persons, places: Int64, month: Month, law: LawOn) -> _Cover:
    """How these are insured: twin of `Insured.in_first_category` and `Insured.in_act800`."""
    born_on, liable_on = persons.born_on[places], persons.first_liable_on[places]
    foreign = persons.is_foreign[places]
    nobody = np.zeros(len(places), dtype=np.bool_)
    try:
        is_first = first_category(born_on, liable_on, month, law)
    except NotYetLaw:
        return _Cover(nobody, nobody, nobody)
    has_law, by_first = _contribute_as_first(is_first, foreign, law.on(month.first_day))
    try:
        in_act800 = act800.insured(born_on, liable_on, foreign, month, law) & persons.act800_has_work[places]
    except NotYetLaw:
        in_act800 = nobody
    return _Cover(has_law, by_first, in_act800)


def _contribute_as_first(is_first: Marks, foreign: Marks, law: LawOn) -> tuple[Marks, Marks]:
    """Of whom the law says by which columns is contributed, and who does by the first: a month may have law for some
    and not for others."""
    has_law, by_first = np.ones_like(is_first), np.zeros_like(is_first)
    for is_foreign in (False, True):
        for category in Category:
            held = (foreign == is_foreign) & (is_first == (category is Category.FIRST))
            if held.any():
                try:
                    by_first[held] = contributes_as(category, is_foreign, law) is Category.FIRST
                except NotYetLaw:
                    has_law[held] = False
    return has_law, by_first


def _check_form(check: _Check) -> None:
    columns = check.columns
    for each in columns.faults:
        check.fault(np.array([each.line - 1]), each.field, each.code)
    check.fault(np.flatnonzero(columns.months == MALFORMED), "month", "month_malformed")
    for name, amounts in check.amounts.items():
        check.fault(np.flatnonzero(amounts == MALFORMED), name, "amount_malformed")
        check.fault(np.flatnonzero(amounts > LARGEST_STATED), name, "amount_too_large")
    check.fault(np.flatnonzero(~_has_text(columns.ids)), "id", "id_missing")
    check.fault(np.flatnonzero(~_has_text(columns.names)), "name", "name_missing")


def _has_text(texts: Sequence[str]) -> Marks:
    return np.fromiter(map(bool, texts), dtype=np.bool_, count=len(texts))


def _check_months(check: _Check, submitted_on: date) -> None:
    is_v2 = check.columns.is_v2
    check.fault(_not_meant(check), "month", "month_not_confirmed")
    this_month = number_of(Month.of(submitted_on))
    law = book().on(submitted_on, submitted_on)
    for month, indexes in check.by_month():
        if number_of(month) > this_month:
            check.fault(indexes, "month", "month_in_future")
        elif not _has_law(month, law):
            check.fault(indexes, "month", "month_before_law")
        else:
            accepted = layouts_accepted(month, law)
            is_accepted = np.where(is_v2[indexes], "v2" in accepted, "v1" in accepted)
            check.fault(indexes[~is_accepted], _SKBBK, "layout_not_accepted")


def _not_meant(check: _Check) -> Int64:
    """The lines of months that the sender of their file does not mean."""
    lines = np.flatnonzero(check.columns.months != MALFORMED)
    keys, place, counts = np.unique(
        check.file[lines] * _MONTHS + check.columns.months[lines], return_inverse=True, return_counts=True
    )
    pairs = [divmod(key, _MONTHS) for key in keys.tolist()]
    times: dict[int, dict[int, int]] = {}
    for (file, month), count in zip(pairs, counts.tolist(), strict=True):
        times.setdefault(file, {})[month] = count
    meant = {file: _meant_of(check.files[file].months, by_month) for file, by_month in times.items()}
    is_meant = np.array([month in meant[file] for file, month in pairs], dtype=np.bool_)
    return lines[~is_meant[place]]


def _meant_of(named: Collection[int], times: Mapping[int, int]) -> Collection[int]:
    """The months that the sender means: those that it named; else the one of most lines, where there is such a one."""
    total = sum(times.values())
    return named or [month for month, count in times.items() if 2 * count > total] or list(times)


def _check_persons(check: _Check, matches: Matches) -> _Persons:
    """Whose line each is, by number and name; also of lines that are bad already, since they may be repetitions."""
    rows, matched, named = _rows_of(check.columns, matches)
    open_ = (rows < 0) & ~check.bad
    check.fault(np.flatnonzero(open_ & (matched == 0)), "id", "person_unknown")
    check.fault(np.flatnonzero(open_ & (named > 1)), "id", "id_ambiguous")
    check.fault(np.flatnonzero(open_ & (matched > 0) & (named == 0)), "name", "name_differs")
    return _Persons.of(matches, rows)


def _rows_of(columns: FileColumns, matches: Matches) -> tuple[Int64, Int64, Int64]:
    """The row of the one person whom each line names by number and name, -1 where there is none; and by line how many
    bear its number, and how many of them its name."""
    count, stated = len(columns.ids), columns.names
    places = np.array(matches.places, dtype=np.int64)
    pairs = zip(matches.places, matches.names, strict=True)
    agrees = np.fromiter((bool(stated[at]) and is_named(known, stated[at]) for at, known in pairs), dtype=np.bool_)
    matched, named = np.bincount(places, minlength=count), np.bincount(places[agrees], minlength=count)
    rows = np.full(count, -1, dtype=np.int64)
    rows[places[agrees]] = np.flatnonzero(agrees)
    rows[named != 1] = -1
    return rows, matched, named


def _check_repetition(check: _Check, persons: _Persons, repeated: Collection[int] | None) -> None:
    """Two lines of one month are neither the month's wages: not the first alone, nor the one that is good."""
    lines = np.flatnonzero(persons.is_one)
    said = (check.file[lines] * _PERSONS + persons.number[lines]) * _MONTHS + check.columns.months[lines]
    _, place, times = np.unique(said, return_inverse=True, return_counts=True)
    is_known = np.isin(lines, list(repeated or ()))
    check.fault(lines[(times[place] > 1) | is_known], "id", "duplicate_line")


def _check_employment(check: _Check, persons: _Persons) -> None:
    has_wages = check.amounts["wages"] != 0
    outside = np.flatnonzero(~check.bad & has_wages & ~persons.works_here)
    check.fault(outside, "month", "month_outside_employment")
    left_out = np.flatnonzero(~check.bad & has_wages & ~persons.act4_has_work)
    check.fault(left_out, "month", "work_not_insured")


def _check_cover(check: _Check, persons: _Persons, submitted_on: date) -> _Cover:
    """How the person of each line is insured: a month may have law for some and not for others."""
    cover = _Cover(*(np.zeros(len(check.columns.ids), dtype=np.bool_) for _ in range(3)))
    for month, indexes in check.by_month():
        found = _cover_of(persons, indexes, month, book().on(month.first_day, submitted_on))
        check.fault(indexes[~found.has_law], "month", "month_before_law")
        cover.has_law[indexes] = found.has_law
        cover.in_first_category[indexes] = found.in_first_category
        cover.in_act800[indexes] = found.in_act800
    return cover


def _check_amounts(check: _Check, persons: _Persons, cover: _Cover, submitted_on: date) -> None:
    for month, of_month in check.by_month():
        law = book().on(month.first_day, submitted_on)
        indexes = _with_wages(check, of_month, cover, law)
        if not len(indexes):
            continue
        due = _due(check.amounts["wages"][indexes], cover.at(indexes), law)
        if check.columns.reading.amount is not None:
            _take_due(check, indexes, due)
            continue
        due[_SKBBK] = np.where(persons.released_from_skbbk[indexes], 0, due[_SKBBK])
        _leave_skbbk(check, indexes[persons.released_from_skbbk[indexes]])
        for name, amounts in due.items():
            differs = check.amounts[name][indexes] != amounts
            if name == _SKBBK:
                _check_skbbk(check, persons, indexes[differs], amounts[differs], law)
            else:
                check.amounts_differ(indexes[differs], name, amounts[differs])


def _with_wages(check: _Check, indexes: Int64, cover: _Cover, law: LawOn) -> Int64:
    """The lines of which the wage is known: a total is that of one wage class, or of none and then set aside.

    The wage is the one that the class assumes, on which benefits rest (`assumed`: the file does not say it).
    """
    if check.columns.reading.amount is not StatedAmount.TOTAL:
        return indexes
    wages, unknown = check.amounts["wages"].copy(), np.zeros(len(indexes), dtype=np.bool_)
    first, insured = cover.in_first_category[indexes], cover.in_act800[indexes]
    for alike in (first & insured, first & ~insured, ~first & insured, ~first & ~insured):
        if alike.any():
            by_total = _wages_by_total(cover.at(indexes[alike][:1]), check.columns.reading.part, law)
            found = [by_total.get(total, MALFORMED) for total in wages[indexes[alike]].tolist()]
            wages[indexes[alike]] = found
            unknown[alike] = np.array(found) == MALFORMED
    check.fault(indexes[unknown], "wages", "total_fits_no_class")
    check.amounts["wages"] = np.where(check.bad, check.amounts["wages"], wages)
    return indexes[~unknown]


def _wages_by_total(cover: _Cover, part: Part, law: LawOn) -> dict[int, int]:
    """The wage that a class assumes, by what both pay in it; a total that two classes share stands for none of them."""
    assumed = np.array((0, *law.table("act4.contributions.classes").column("assumed")))
    due = _due(assumed, cover.at(np.zeros(len(assumed), dtype=np.int64)), law)
    totals = np.sum([due[name] for name in _OF_PART[part]], axis=0)
    times = Counter(totals.tolist())
    return {total: wage for total, wage in zip(totals.tolist(), assumed.tolist(), strict=True) if times[total] == 1}


def _take_due(check: _Check, indexes: Int64, due: Mapping[str, Int64]) -> None:
    """A wage declares what is due for it, of the Act of whose file it is; of the SKBBK such a line says nothing, but
    that a month is withdrawn."""
    of_part = _OF_PART[check.columns.reading.part]
    for name in due:
        amounts = check.amounts[name].copy()
        amounts[indexes] = due[name] if name in of_part else 0
        check.amounts[name] = amounts
    silent = check.columns.reading.part is Part.ACT800
    check.without_skbbk[indexes[silent | (check.amounts["wages"][indexes] != 0)]] = True


def _said(check: _Check, persons: _Persons) -> list[tuple[SaidOfSpell, ...]]:
    said: list[set[SaidOfSpell]] = [set() for _ in check.files]
    for mark in check.columns.marks:
        if persons.is_one[mark.index]:
            said[check.file[mark.index]].add((int(persons.number[mark.index]), mark.kind, mark.day))
    return [tuple(sorted(each)) for each in said]


def _bearers(check: _Check, persons: _Persons, matches: Matches) -> list[Bearers]:
    """Of each file, also of lines of which something is wrong."""
    files, places = len(check.files), np.array(matches.places, dtype=np.int64)
    keys = np.unique(check.file[places] * _PERSONS + np.array(matches.persons, dtype=np.int64))
    ends = np.searchsorted(keys, np.arange(1, files + 1) * _PERSONS).tolist()
    numbers = (keys % _PERSONS).tolist()
    unknown = np.bincount(check.file[~persons.is_one], minlength=files).tolist()
    return [
        Bearers(numbers[first:last], of_all_lines=not lines)
        for (first, last), lines in zip(pairwise([0, *ends]), unknown, strict=True)
    ]


def _leave_skbbk(check: _Check, released: Int64) -> None:
    """Of who owes none, a line of layout v1 says nothing of the SKBBK either: what stood for the month stays."""
    has_wages, is_v2 = check.amounts["wages"][released] != 0, check.columns.is_v2[released]
    check.without_skbbk[released[has_wages & ~is_v2]] = True


def _check_skbbk(check: _Check, persons: _Persons, indexes: Int64, expected: Int64, law: LawOn) -> None:
    """An SKBBK that is not owed so: layout v1 has no place for one, and some owe none."""
    is_v2, released = check.columns.is_v2[indexes], persons.released_from_skbbk[indexes]
    check.without_skbbk[indexes[~is_v2]] = True
    check.skbbk_not_owed(indexes[is_v2 & released])
    left = is_v2 & ~released
    # Another employer may deduct it: twin of `Insured.may_owe_no_skbbk`.
    may_owe_none = left & (check.amounts[_SKBBK][indexes] == 0) & persons.works_elsewhere[indexes]
    if may_owe_none.any() and law.says("act4.skbbk.one_employer_deducts"):
        left &= ~may_owe_none
    check.amounts_differ(indexes[left], _SKBBK, expected[left])


def _due(wages: Int64, cover: _Cover, law: LawOn) -> dict[str, Int64]:
    """What the tables say, row by row."""
    due4 = act4.contributions(wages, cover.in_first_category, law)
    due800 = act800.contributions(wages, cover.in_act800, law) if cover.in_act800.any() else None
    none = np.zeros_like(wages)
    return {
        "act4_employer": due4.employer,
        "act4_employee": due4.employee,
        "act800_employer": none if due800 is None else due800.employer,
        "act800_employee": none if due800 is None else due800.employee,
        _SKBBK: act4.skbbk_contributions(wages, cover.in_first_category, law),
    }


def _good(check: _Check, persons: _Persons) -> Int64:
    """The lines that may be taken, by file, month and person."""
    good = np.flatnonzero(~check.bad)
    return good[np.lexsort((persons.number[good], check.columns.months[good], check.file[good]))]


def _accepted(check: _Check, persons: _Persons, good: Int64) -> list[LineColumns]:
    states_skbbk = ~check.without_skbbk[good]
    amounts = {name: check.amounts[name][good] for name in AMOUNTS_OF_LINE}
    amounts[_SKBBK] = np.where(states_skbbk, amounts[_SKBBK], 0)
    lines = LineColumns(
        months=check.columns.months[good].tolist(),
        persons=persons.number[good].tolist(),
        states_skbbk=states_skbbk.tolist(),
        **{f"{name}_sen": amounts[name].tolist() for name in AMOUNTS_OF_LINE},
    )
    return [lines] if len(check.files) == 1 else [lines.part(first, last) for first, last in _bounds(check, good)]


def _places(check: _Check, good: Int64, starts: Sequence[int]) -> list[list[int]]:
    """Where they stand in their files, counted from 1."""
    places = (good - np.array(starts, dtype=np.int64)[check.file[good]] + 1).tolist()
    return [places[first:last] for first, last in _bounds(check, good)]


def _bounds(check: _Check, good: Int64) -> Iterator[tuple[int, int]]:
    """From where to where those of each file go."""
    return pairwise([0, *np.cumsum(np.bincount(check.file[good], minlength=len(check.files))).tolist()])


def _has_law(month: Month, law: LawOn) -> bool:
    try:
        law.on(month.first_day).table("act4.contributions.classes")
    except NotYetLaw:
        return False
    return True
