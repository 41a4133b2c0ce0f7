"""Checks the lines of a contribution file: each is good or is set aside by itself, never with its file (rules F4)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Self

import numpy as np

from services.registration.domain.contribution import (
    LineColumns,
    LineFault,
    Part,
    StatedAmount,
    month_of,
    number_of,
)
from services.registration.domain.insured import Insured
from services.registration.domain.spell_statement import SpellStatementKind
from services.registration.files.columns import AMOUNTS_OF_LINE, MALFORMED, FileColumns, Int64
from services.registration.files.fixed_width import ENCODING
from shared.kernel.money import LARGEST_STATED, Sen
from shared.kernel.periods import Month
from shared.law.act4.contribution_file.rules import layouts_accepted
from shared.law.act4.contributions import bulk as act4
from shared.law.act800.contributions import bulk as act800
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw
from shared.security.names import names_agree, readings

# Whom an identity number stands for among an employer's people, in a month written 202606.
People = Mapping[tuple[str, int], Sequence[Insured]]
# Of a spell: the person, what is said, and the day.
SaidOfSpell = tuple[int, SpellStatementKind, date]
_SKBBK = "skbbk_employee"
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


@dataclass(frozen=True, slots=True)
class _Cover:
    in_first_category: bool
    in_act800: bool

    @classmethod
    def of(cls, person: Insured, month: Month, law: LawOn) -> Self:
        return cls(person.in_first_category(month, law), person.in_act800(month, law))


@dataclass
class _Check:
    columns: FileColumns
    faults: list[LineFault] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    without_skbbk: set[int] = field(default_factory=set)
    amounts: dict[str, Int64] = field(init=False)

    def __post_init__(self) -> None:
        self.amounts = dict(self.columns.amounts)

    def fault(self, indexes: Iterable[int], name: str, code: str) -> None:
        for index in indexes:
            self.faults.append(LineFault(int(index) + 1, name, code))
            self.bad.add(int(index))

    def amount_differs(self, index: int, name: str, expected: int) -> None:
        """The SKBBK is set aside by itself: Act 4 and Act 800 are owed without it."""
        self.faults.append(LineFault(index + 1, name, "amount_differs", expected))
        (self.without_skbbk if name == _SKBBK else self.bad).add(index)

    def skbbk_not_owed(self, index: int) -> None:
        """Nothing that is deducted for a month that is out is taken; the rest of the line is."""
        self.faults.append(LineFault(index + 1, _SKBBK, "skbbk_released", 0))
        self.without_skbbk.add(index)

    @property
    def good(self) -> list[int]:
        return [index for index in range(len(self.columns.ids)) if index not in self.bad]

    def month(self, index: int) -> int:
        return int(self.columns.months[index])


def wanted(columns: FileColumns) -> set[tuple[str, int]]:
    """The identity numbers and months that have to be matched."""
    months = columns.months.tolist()
    return {(id_, month) for id_, month in zip(columns.ids, months, strict=True) if id_ and month != MALFORMED}


def check_lines(
    columns: FileColumns, people: People, submitted_on: date, repeated: Collection[int] | None = None
) -> Checked:
    """Check form, month and layout, person and name, repetition, employment, cover and amounts, in this order.

    By the law known on the day of submission. A line of 0.00 withdraws its month, and needs no employment. `repeated`
    are the lines, counted from 0, that are known to say a person's month again: of a piece, whose file tells it.
    """
    check = _Check(columns)
    _check_form(check)
    _check_months(check, submitted_on)
    persons = _check_persons(check, people)
    _check_repetition(check, persons, repeated)
    _check_employment(check, persons)
    cover = _check_cover(check, persons, submitted_on)
    _check_amounts(check, persons, cover, submitted_on)
    faults = tuple(sorted(check.faults, key=lambda each: (each.line, each.field)))
    return Checked(_accepted(check, persons), faults, _said(check, persons))


def months_meant(columns: FileColumns, times: Mapping[int, int]) -> tuple[int, ...]:
    """The months that the sender of a whole file means, of which each stands in so many lines."""
    return tuple(sorted(_meant_of(columns.reading.months, times)))


def times_of_months(columns: FileColumns) -> Counter[int]:
    """How many lines name each month."""
    return Counter(month for month in columns.months.tolist() if month != MALFORMED)


def persons_of(columns: FileColumns, people: People, indexes: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Person and month of each of these lines whose number and name stand for one person."""
    found = {}
    for index in indexes:
        id_, name, month = columns.ids[index], columns.names[index], int(columns.months[index])
        named = [each for each in people.get((id_, month), ()) if name and is_named(each, name)]
        if len(named) == 1:
            found[index] = (named[0].person, month)
    return found


def is_named(person: Insured, stated: str) -> bool:
    """Whether the name of a line is the registered one, as far as the file can write it (shared/security/names.py)."""
    known = person.name
    if stated.upper() == known.upper() or stated == known.upper().encode(ENCODING, "replace").decode(ENCODING):
        return True
    return names_agree(readings(known), readings(stated))


def amounts_due(asked: Sequence[tuple[Insured, Month, Sen]], known: date) -> list[dict[str, Sen]]:
    """What the tables say of wages of people in months, by the names of a line's amounts, as known on a day.

    Nothing of a month that has no law: the check of the line says so.
    """
    found: list[dict[str, Sen]] = [dict.fromkeys(DUE, 0) for _ in asked]
    for month, indexes in _by_month_of(asked).items():
        law = book().on(month.first_day, known)
        cover = _cover_of([asked[index][0] for index in indexes], month, law)
        with_law = [(index, each) for index, each in zip(indexes, cover, strict=True) if each is not None]
        with suppress(NotYetLaw):
            _put_due(found, asked, with_law, law)
    for each, (person, _, _) in zip(found, asked, strict=True):
        if person.released_from_skbbk:
            each[_SKBBK] = 0
    return found


def _put_due(
    found: list[dict[str, Sen]],
    asked: Sequence[tuple[Insured, Month, Sen]],
    covers: Sequence[tuple[int, _Cover]],
    law: LawOn,
) -> None:
    if not covers:
        return
    wages = np.array([asked[index][2] for index, _ in covers])
    for name, amounts in _due(wages, [cover for _, cover in covers], law).items():
        for (index, _), amount in zip(covers, amounts.tolist(), strict=True):
            found[index][name] = amount


def _by_month_of(asked: Sequence[tuple[Insured, Month, Sen]]) -> dict[Month, list[int]]:
    months: dict[Month, list[int]] = {}
    for index, (_, month, _) in enumerate(asked):
        months.setdefault(month, []).append(index)
    return months


def _cover_of(people: Sequence[Insured], month: Month, law: LawOn) -> list[_Cover | None]:
    """How each is insured. The law is asked once for all who were born and liable first on the same days, are residents
    alike and whose work Act 800 has or not: it asks for nothing else."""
    known: dict[tuple[date, date, str, bool], _Cover | None] = {}
    found = []
    for person in people:
        alike = (person.born_on, person.first_liable_on, person.residence, person.act800_has_work)
        if alike not in known:
            known[alike] = _cover_or_none(person, month, law)
        found.append(known[alike])
    return found


def _check_form(check: _Check) -> None:
    for each in check.columns.faults:
        check.fault((each.line - 1,), each.field, each.code)
    check.fault(np.flatnonzero(check.columns.months == MALFORMED), "month", "month_malformed")
    for name, amounts in check.amounts.items():
        check.fault(np.flatnonzero(amounts == MALFORMED), name, "amount_malformed")
        check.fault(np.flatnonzero(amounts > LARGEST_STATED), name, "amount_too_large")
    check.fault((index for index, id_ in enumerate(check.columns.ids) if not id_), "id", "id_missing")
    check.fault((index for index, name in enumerate(check.columns.names) if not name), "name", "name_missing")


def _check_months(check: _Check, submitted_on: date) -> None:
    meant = _meant(check)
    months = check.columns.months
    check.fault(np.flatnonzero((months != MALFORMED) & ~np.isin(months, list(meant))), "month", "month_not_confirmed")
    this_month = number_of(Month.of(submitted_on))
    law = book().on(submitted_on, submitted_on)
    for number, indexes in _by_month(check).items():
        month = month_of(number)
        if number > this_month:
            check.fault(indexes, "month", "month_in_future")
        elif not _has_law(month, law):
            check.fault(indexes, "month", "month_before_law")
        else:
            accepted = layouts_accepted(month, law)
            layouts = ("v2" if check.columns.is_v2[index] else "v1" for index in indexes)
            wrong = [index for index, layout in zip(indexes, layouts, strict=True) if layout not in accepted]
            check.fault(wrong, _SKBBK, "layout_not_accepted")


def _meant(check: _Check) -> Collection[int]:
    return _meant_of(check.columns.reading.months, times_of_months(check.columns))


def _meant_of(named: Collection[int], times: Mapping[int, int]) -> Collection[int]:
    """The months that the sender means: those that it named; else the one of most lines, where there is such a one."""
    total = sum(times.values())
    return named or [month for month, count in times.items() if 2 * count > total] or list(times)


def _check_persons(check: _Check, people: People) -> dict[int, Insured]:
    """Whose line each is, by number and name; also of lines that are bad already, since they may be repetitions."""
    found: dict[int, Insured] = {}
    for index, (id_, name) in enumerate(zip(check.columns.ids, check.columns.names, strict=True)):
        if not id_ or not name or check.columns.months[index] == MALFORMED:
            continue
        matches = people.get((id_, check.month(index)), ())
        named = [each for each in matches if is_named(each, name)]
        if len(named) == 1:
            found[index] = named[0]
        elif index not in check.bad:
            check.fault((index,), *_unmatched(matches, named))
    return found


def _unmatched(matches: Sequence[Insured], named: Sequence[Insured]) -> tuple[str, str]:
    if not matches:
        return "id", "person_unknown"
    return ("id", "id_ambiguous") if named else ("name", "name_differs")


def _check_repetition(check: _Check, persons: Mapping[int, Insured], repeated: Collection[int] | None) -> None:
    """Two lines of one month are neither the month's wages: not the first alone, nor the one that is good."""
    keys = {index: (person.person, check.month(index)) for index, person in persons.items()}
    times = Counter(keys.values())
    known = (index for index, key in keys.items() if times[key] > 1 or index in (repeated or ()))
    check.fault(known, "id", "duplicate_line")


def _check_employment(check: _Check, persons: Mapping[int, Insured]) -> None:
    wages = check.amounts["wages"]
    outside = [index for index in check.good if wages[index] and not persons[index].works_here]
    check.fault(outside, "month", "month_outside_employment")
    left_out = [index for index in check.good if wages[index] and not persons[index].act4_has_work]
    check.fault(left_out, "month", "work_not_insured")


def _check_cover(check: _Check, persons: Mapping[int, Insured], submitted_on: date) -> dict[int, _Cover]:
    """How the person of each line is insured: a month may have law for some and not for others."""
    cover: dict[int, _Cover] = {}
    for number, indexes in _by_month(check).items():
        month = month_of(number)
        law = book().on(month.first_day, submitted_on)
        for index, found in zip(indexes, _cover_of([persons[index] for index in indexes], month, law), strict=True):
            if found is None:
                check.fault((index,), "month", "month_before_law")
            else:
                cover[index] = found
    return cover


def _cover_or_none(person: Insured, month: Month, law: LawOn) -> _Cover | None:
    try:
        return _Cover.of(person, month, law)
    except NotYetLaw:
        return None


def _check_amounts(
    check: _Check, persons: Mapping[int, Insured], cover: Mapping[int, _Cover], submitted_on: date
) -> None:
    for number, indexes in _by_month(check).items():
        law = book().on(month_of(number).first_day, submitted_on)
        indexes = _with_wages(check, indexes, cover, law)
        if not indexes:
            continue
        due = _due(check.amounts["wages"][indexes], [cover[index] for index in indexes], law)
        if check.columns.reading.amount is not None:
            _take_due(check, indexes, due)
            continue
        released = np.array([persons[index].released_from_skbbk for index in indexes])
        due[_SKBBK][released] = 0
        _leave_skbbk(check, np.array(indexes)[released])
        for name, amounts in due.items():
            for at in np.flatnonzero(check.amounts[name][indexes] != amounts):
                if name == _SKBBK:
                    _check_skbbk(check, persons[indexes[at]], indexes[at], int(amounts[at]), law)
                else:
                    check.amount_differs(indexes[at], name, int(amounts[at]))


def _with_wages(check: _Check, indexes: list[int], cover: Mapping[int, _Cover], law: LawOn) -> list[int]:
    """The lines of which the wage is known: a total is that of one wage class, or of none and then set aside.

    The wage is the one that the class assumes, on which benefits rest (`assumed`: the file does not say it).
    """
    if check.columns.reading.amount is not StatedAmount.TOTAL:
        return indexes
    wages = check.amounts["wages"].copy()
    known = {
        each: _wages_by_total(each, check.columns.reading.part, law) for each in {cover[index] for index in indexes}
    }
    for index in indexes:
        wage = known[cover[index]].get(int(wages[index]))
        if wage is None:
            check.fault((index,), "wages", "total_fits_no_class")
        else:
            wages[index] = wage
    check.amounts["wages"] = wages
    return [index for index in indexes if index not in check.bad]


def _wages_by_total(cover: _Cover, part: Part, law: LawOn) -> dict[int, int]:
    """The wage that a class assumes, by what both pay in it; a total that two classes share stands for none of them."""
    assumed = np.array((0, *law.table("act4.contributions.classes").column("assumed")))
    due = _due(assumed, [cover] * len(assumed), law)
    totals = np.sum([due[name] for name in _OF_PART[part]], axis=0)
    times = Counter(totals.tolist())
    return {total: wage for total, wage in zip(totals.tolist(), assumed.tolist(), strict=True) if times[total] == 1}


def _take_due(check: _Check, indexes: list[int], due: Mapping[str, Int64]) -> None:
    """A wage declares what is due for it, of the Act of whose file it is; of the SKBBK such a line says nothing, but
    that a month is withdrawn."""
    of_part = _OF_PART[check.columns.reading.part]
    for name in due:
        amounts = check.amounts[name].copy()
        amounts[indexes] = due[name] if name in of_part else 0
        check.amounts[name] = amounts
    wages = check.amounts["wages"]
    silent = check.columns.reading.part is Part.ACT800
    check.without_skbbk.update(index for index in indexes if silent or wages[index])


def _said(check: _Check, persons: Mapping[int, Insured]) -> tuple[SaidOfSpell, ...]:
    marks = ((persons.get(mark.index), mark) for mark in check.columns.marks)
    return tuple(sorted({(person.person, mark.kind, mark.day) for person, mark in marks if person is not None}))


def _leave_skbbk(check: _Check, released: Int64) -> None:
    """Of who owes none, a line of layout v1 says nothing of the SKBBK either: what stood for the month stays."""
    wages, is_v2 = check.amounts["wages"], check.columns.is_v2
    check.without_skbbk.update(index for index in released.tolist() if wages[index] and not is_v2[index])


def _check_skbbk(check: _Check, person: Insured, index: int, expected: int, law: LawOn) -> None:
    """An SKBBK that is not owed so: layout v1 has no place for one, and some owe none."""
    if not check.columns.is_v2[index]:
        check.without_skbbk.add(index)
    elif person.released_from_skbbk:
        check.skbbk_not_owed(index)
    elif check.amounts[_SKBBK][index] or not person.may_owe_no_skbbk(month_of(check.month(index)), law):
        check.amount_differs(index, _SKBBK, expected)


def _due(wages: Int64, cover: Sequence[_Cover], law: LawOn) -> dict[str, Int64]:
    """What the tables say, row by row."""
    first = np.array([each.in_first_category for each in cover])
    insured = np.array([each.in_act800 for each in cover])
    due4 = act4.contributions(wages, first, law)
    due800 = act800.contributions(wages, insured, law) if insured.any() else None
    none = np.zeros_like(wages)
    return {
        "act4_employer": due4.employer,
        "act4_employee": due4.employee,
        "act800_employer": none if due800 is None else due800.employer,
        "act800_employee": none if due800 is None else due800.employee,
        _SKBBK: act4.skbbk_contributions(wages, first, law),
    }


def _accepted(check: _Check, persons: Mapping[int, Insured]) -> LineColumns:
    good = sorted(check.good, key=lambda index: (check.month(index), persons[index].person))
    states_skbbk = [index not in check.without_skbbk for index in good]
    amounts = {name: check.amounts[name][good] for name in AMOUNTS_OF_LINE}
    amounts[_SKBBK] = np.where(states_skbbk, amounts[_SKBBK], 0)
    return LineColumns(
        months=check.columns.months[good].tolist(),
        persons=[persons[index].person for index in good],
        states_skbbk=states_skbbk,
        **{f"{name}_sen": amounts[name].tolist() for name in AMOUNTS_OF_LINE},
    )


def _by_month(check: _Check) -> dict[int, list[int]]:
    months: dict[int, list[int]] = {}
    for index in check.good:
        months.setdefault(check.month(index), []).append(index)
    return months


def _has_law(month: Month, law: LawOn) -> bool:
    try:
        law.on(month.first_day).table("act4.contributions.classes")
    except NotYetLaw:
        return False
    return True
