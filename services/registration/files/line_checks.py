"""Checks the lines of a contribution file: each is good or is set aside by itself, never with its file (rules F4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self

import numpy as np

from services.registration.domain.contribution import LineColumns, LineFault, month_of, number_of
from services.registration.domain.insured import Insured
from services.registration.files.contribution_file import AMOUNT_FIELDS, MALFORMED, FileColumns, Int64
from shared.kernel.money import LARGEST_STATED
from shared.kernel.periods import Month
from shared.law.act4.contribution_file.rules import layouts_accepted
from shared.law.act4.contributions import bulk as act4
from shared.law.act800.contributions import bulk as act800
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw

# Whom an identity number stands for among an employer's people, in a month written 202606.
People = Mapping[tuple[str, int], Sequence[Insured]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be taken, and what is wrong with the rest, by line and field."""

    accepted: LineColumns
    faults: tuple[LineFault, ...]


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

    def fault(self, indexes: Iterable[int], name: str, code: str) -> None:
        for index in indexes:
            self.faults.append(LineFault(int(index) + 1, name, code))
            self.bad.add(int(index))

    @property
    def good(self) -> list[int]:
        return [index for index in range(len(self.columns.ids)) if index not in self.bad]


def wanted(columns: FileColumns) -> set[tuple[str, int]]:
    """The identity numbers and months that have to be matched."""
    months = columns.months.tolist()
    return {(id_, month) for id_, month in zip(columns.ids, months, strict=True) if id_ and month != MALFORMED}


def check_lines(columns: FileColumns, people: People, submitted_on: date) -> Checked:
    """Check form, month and layout, person, repetition, cover and amounts, in this order; by the law known then."""
    check = _Check(columns)
    _check_form(check)
    _check_months(check, submitted_on)
    persons = _check_persons(check, people)
    _check_repetition(check, persons)
    cover = _check_cover(check, persons, submitted_on)
    _check_amounts(check, cover, submitted_on)
    return Checked(_accepted(check, persons), tuple(sorted(check.faults, key=lambda each: (each.line, each.field))))


def _check_form(check: _Check) -> None:
    check.fault(np.flatnonzero(check.columns.months == MALFORMED), "month", "month_malformed")
    for name, amounts in check.columns.amounts.items():
        check.fault(np.flatnonzero(amounts == MALFORMED), name, "amount_malformed")
        check.fault(np.flatnonzero(amounts > LARGEST_STATED), name, "amount_too_large")
    check.fault(np.flatnonzero(check.columns.amounts["wages"] == 0), "wages", "wage_zero")
    check.fault((index for index, id_ in enumerate(check.columns.ids) if not id_), "id", "id_missing")


def _check_months(check: _Check, submitted_on: date) -> None:
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
            check.fault(wrong, "skbbk_employee", "layout_not_accepted")


def _check_persons(check: _Check, people: People) -> dict[int, Insured]:
    found: dict[int, Insured] = {}
    for index in check.good:
        matches = people.get((check.columns.ids[index], int(check.columns.months[index])), ())
        if len(matches) == 1:
            found[index] = matches[0]
        else:
            check.fault((index,), "id", "id_ambiguous" if matches else "person_unknown")
    return found


def _check_repetition(check: _Check, persons: Mapping[int, Insured]) -> None:
    seen: set[tuple[int, int]] = set()
    for index in check.good:
        key = (persons[index].person, int(check.columns.months[index]))
        if key in seen:
            check.fault((index,), "id", "duplicate_line")
        seen.add(key)


def _check_cover(check: _Check, persons: Mapping[int, Insured], submitted_on: date) -> dict[int, _Cover]:
    """How the person of each line is insured, asked one by one: a month may have law for some and not for others."""
    cover: dict[int, _Cover] = {}
    for number, indexes in _by_month(check).items():
        month = month_of(number)
        law = book().on(month.first_day, submitted_on)
        for index in indexes:
            try:
                cover[index] = _Cover.of(persons[index], month, law)
            except NotYetLaw:
                check.fault((index,), "month", "month_before_law")
    return cover


def _check_amounts(check: _Check, cover: Mapping[int, _Cover], submitted_on: date) -> None:
    for number, indexes in _by_month(check).items():
        law = book().on(month_of(number).first_day, submitted_on)
        due = _due(check.columns, np.array(indexes), [cover[index] for index in indexes], law)
        for name, amounts in due.items():
            differs = np.flatnonzero(check.columns.amounts[name][indexes] != amounts)
            check.fault((indexes[at] for at in differs), name, "amount_differs")


def _due(columns: FileColumns, indexes: Int64, cover: Sequence[_Cover], law: LawOn) -> dict[str, Int64]:
    """What the tables say, row by row; a v1 line has no place for the SKBBK."""
    wages = columns.amounts["wages"][indexes]
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
        "skbbk_employee": np.where(columns.is_v2[indexes], act4.skbbk_contributions(wages, first, law), 0),
    }


def _accepted(check: _Check, persons: Mapping[int, Insured]) -> LineColumns:
    good = sorted(check.good, key=lambda index: (int(check.columns.months[index]), persons[index].person))
    amounts = (check.columns.amounts[name][good].tolist() for name in AMOUNT_FIELDS)
    return LineColumns(check.columns.months[good].tolist(), [persons[index].person for index in good], *amounts)


def _by_month(check: _Check) -> dict[int, list[int]]:
    months: dict[int, list[int]] = {}
    for index in check.good:
        months.setdefault(int(check.columns.months[index]), []).append(index)
    return months


def _has_law(month: Month, law: LawOn) -> bool:
    try:
        law.on(month.first_day).table("act4.contributions.classes")
    except NotYetLaw:
        return False
    return True
