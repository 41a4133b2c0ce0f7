"""The checks of a contribution line as they are told in words, line by line and person by person.

Slow and plain on purpose: what `services/registration/files/line_checks.py` does by columns comes to the same.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from services.registration.domain.contribution import LineColumns, LineFault, Part, StatedAmount, month_of, number_of
from services.registration.domain.insured import Insured
from services.registration.files.columns import AMOUNTS_OF_LINE, MALFORMED, FileColumns
from services.registration.files.fixed_width import ENCODING
from services.registration.files.line_checks import Checked, People
from shared.kernel.money import LARGEST_STATED
from shared.kernel.periods import Month
from shared.law.act4.contribution_file.rules import layouts_accepted
from shared.law.act4.contributions import rules as act4
from shared.law.act4.cover.rules import Category
from shared.law.act800.contributions import rules as act800
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw
from shared.security.names import names_agree, readings

_SKBBK = "skbbk_employee"
_OF_PART = {
    Part.BOTH: ("act4_employer", "act4_employee", "act800_employer", "act800_employee"),
    Part.ACT4: ("act4_employer", "act4_employee"),
    Part.ACT800: ("act800_employer", "act800_employee"),
}


@dataclass
class _Line:
    """A line, who it is of, what is wrong with it, and what of it is taken."""

    index: int
    month: int
    amounts: dict[str, int]
    person: Insured | None = None
    faults: list[LineFault] = field(default_factory=list)
    is_bad: bool = False
    states_skbbk: bool = True

    def set_aside(self, name: str, code: str, expected: int | None = None) -> None:
        self.faults.append(LineFault(self.index + 1, name, code, expected))
        if name == _SKBBK and code in ("amount_differs", "skbbk_released"):
            self.states_skbbk = False
        else:
            self.is_bad = True


def checked_line_by_line(columns: FileColumns, people: People, submitted_on: date) -> Checked:
    """As `check_lines`."""
    lines = [
        _Line(index, int(columns.months[index]), {name: int(columns.amounts[name][index]) for name in AMOUNTS_OF_LINE})
        for index in range(len(columns.ids))
    ]
    for line in lines:
        _form(line, columns)
    _months(lines, columns, submitted_on)
    for line in lines:
        _person(line, columns, people)
    times = Counter((line.person.person, line.month) for line in lines if line.person)
    for line in lines:
        if line.person and times[line.person.person, line.month] > 1:
            line.set_aside("id", "duplicate_line")
    for line in lines:
        if not line.is_bad:
            _work_and_amounts(line, columns, submitted_on)
    faults = sorted((each for line in lines for each in line.faults), key=lambda each: (each.line, each.field))
    said = {
        (whose.person, mark.kind, mark.day) for mark in columns.marks if (whose := lines[mark.index].person) is not None
    }
    return Checked(_taken(lines), tuple(faults), tuple(sorted(said)))


def _form(line: _Line, columns: FileColumns) -> None:
    for each in columns.faults:
        if each.line == line.index + 1:
            line.set_aside(each.field, each.code)
    if line.month == MALFORMED:
        line.set_aside("month", "month_malformed")
    for name, amount in line.amounts.items():
        if amount == MALFORMED:
            line.set_aside(name, "amount_malformed")
        if amount > LARGEST_STATED:
            line.set_aside(name, "amount_too_large")
    if not columns.ids[line.index]:
        line.set_aside("id", "id_missing")
    if not columns.names[line.index]:
        line.set_aside("name", "name_missing")


def _months(lines: list[_Line], columns: FileColumns, submitted_on: date) -> None:
    times = Counter(line.month for line in lines if line.month != MALFORMED)
    most = [month for month, count in times.items() if 2 * count > sum(times.values())]
    meant = columns.reading.months or most or list(times)
    law = book().on(submitted_on, submitted_on)
    for line in lines:
        if line.month != MALFORMED and line.month not in meant:
            line.set_aside("month", "month_not_confirmed")
        if line.is_bad:
            continue
        month = month_of(line.month)
        layout = "v2" if columns.is_v2[line.index] else "v1"
        if line.month > number_of(Month.of(submitted_on)):
            line.set_aside("month", "month_in_future")
        elif not _is_law(month, law):
            line.set_aside("month", "month_before_law")
        elif layout not in layouts_accepted(month, law):
            line.set_aside(_SKBBK, "layout_not_accepted")


def _is_law(month: Month, law: LawOn) -> bool:
    try:
        law.on(month.first_day).table("act4.contributions.classes")
    except NotYetLaw:
        return False
    return True


def _person(line: _Line, columns: FileColumns, people: People) -> None:
    id_, name = columns.ids[line.index], columns.names[line.index]
    if not id_ or not name or line.month == MALFORMED:
        return
    bearers = people.get((id_, line.month), ())
    named = [each for each in bearers if _is_named(each.name, name)]
    if len(named) == 1:
        line.person = named[0]
    elif not line.is_bad:
        if not bearers:
            line.set_aside("id", "person_unknown")
        else:
            line.set_aside(*(("id", "id_ambiguous") if named else ("name", "name_differs")))


def _is_named(known: str, stated: str) -> bool:
    if stated.upper() == known.upper() or stated == known.upper().encode(ENCODING, "replace").decode(ENCODING):
        return True
    return names_agree(readings(known), readings(stated))


def _work_and_amounts(line: _Line, columns: FileColumns, submitted_on: date) -> None:
    person, month = line.person, month_of(line.month)
    assert person is not None
    law = book().on(month.first_day, submitted_on)
    if line.amounts["wages"] and not person.works_here:
        line.set_aside("month", "month_outside_employment")
    elif line.amounts["wages"] and not person.act4_has_work:
        line.set_aside("month", "work_not_insured")
    else:
        try:
            cover = (person.in_first_category(month, law), person.in_act800(month, law))
        except NotYetLaw:
            line.set_aside("month", "month_before_law")
        else:
            _amounts(line, columns, person, cover, law)


def _amounts(line: _Line, columns: FileColumns, person: Insured, cover: tuple[bool, bool], law: LawOn) -> None:
    reading, is_v2 = columns.reading, bool(columns.is_v2[line.index])
    if reading.amount is StatedAmount.TOTAL:
        wage = dict(_wages_by_total(cover, reading.part, law)).get(line.amounts["wages"])
        if wage is None:
            line.set_aside("wages", "total_fits_no_class")
            return
        line.amounts["wages"] = wage
    due = due_of(line.amounts["wages"], cover, law)
    if reading.amount is not None:
        line.amounts |= {name: amount if name in _OF_PART[reading.part] else 0 for name, amount in due.items()}
        line.states_skbbk = not (reading.part is Part.ACT800 or line.amounts["wages"])
        return
    if person.released_from_skbbk:
        due[_SKBBK] = 0
        line.states_skbbk = is_v2 or not line.amounts["wages"]
    for name, amount in due.items():
        if line.amounts[name] != amount:
            if name == _SKBBK:
                _skbbk(line, is_v2, person, amount, law)
            else:
                line.set_aside(name, "amount_differs", amount)


def _skbbk(line: _Line, is_v2: bool, person: Insured, due: int, law: LawOn) -> None:
    if not is_v2:
        line.states_skbbk = False
    elif person.released_from_skbbk:
        line.set_aside(_SKBBK, "skbbk_released", 0)
    elif line.amounts[_SKBBK] or not person.may_owe_no_skbbk(month_of(line.month), law):
        line.set_aside(_SKBBK, "amount_differs", due)


def _wages_by_total(cover: tuple[bool, bool], part: Part, law: LawOn) -> Iterator[tuple[int, int]]:
    assumed = (0, *law.table("act4.contributions.classes").column("assumed"))
    totals = [sum(due_of(wage, cover, law)[name] for name in _OF_PART[part]) for wage in assumed]
    return ((total, wage) for total, wage in zip(totals, assumed, strict=True) if totals.count(total) == 1)


def due_of(wage: int, cover: tuple[bool, bool], law: LawOn) -> dict[str, int]:
    """What a wage brings of who is in the first category or not, and insured under Act 800 or not."""
    category = Category.FIRST if cover[0] else Category.SECOND
    due4, due800 = act4.contribution(wage, category, law), act800.contribution(wage, cover[1], law)
    return {
        "act4_employer": due4.employer,
        "act4_employee": due4.employee,
        "act800_employer": due800.employer,
        "act800_employee": due800.employee,
        _SKBBK: act4.skbbk_contribution(wage, category, law),
    }


def _taken(lines: list[_Line]) -> LineColumns:
    good = [(line.month, line.person.person, line) for line in lines if line.person and not line.is_bad]
    good.sort(key=lambda each: each[:2])
    amounts = {
        f"{name}_sen": [line.amounts[name] if name != _SKBBK or line.states_skbbk else 0 for _, _, line in good]
        for name in AMOUNTS_OF_LINE
        if name != "wages"
    }
    return LineColumns(
        months=[month for month, _, _ in good],
        persons=[person for _, person, _ in good],
        wages_sen=[line.amounts["wages"] for _, _, line in good],
        states_skbbk=[line.states_skbbk for _, _, line in good],
        **amounts,
    )
