"""What the pack expects is what the statute book says: each amount of each case, worked out by the rules one by one.

The pack's amounts come from the published tables; so either of the two is wrong where they differ.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from conformance.pack import AMOUNTS, PACK, Case, Group, day_of, load, month_of, sen
from shared.kernel.periods import Month
from shared.law.act4.contributions.rules import contribution as of_act4
from shared.law.act4.contributions.rules import skbbk_contribution
from shared.law.act4.cover.rules import Category, category, contributes_as
from shared.law.act800.contributions.rules import contribution as of_act800
from shared.law.act800.contributions.rules import insured
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw

# By the law that is known then, also of months that have not begun.
KNOWN, TODAY = date(2026, 11, 30), date(2026, 11, 30)
GROUPS = load()
CASES = [(group, case) for group in GROUPS for case in group.cases]


def lines_of(case: Case) -> Iterator[Mapping[str, Any]]:
    """What a case says of a month's wages: in a file, or in an event."""
    for step in case.steps:
        if step.get("expect", {}).get("code") is None:
            yield from (line for line in step.get("lines", ()) if "person" in line)
        for event in step.get("events", ()):
            if event["type"] == "wage.paid" and "posted" in event:
                yield event["posted"] | {"person": event["person"]}


def due(person: Mapping[str, Any], month: Month, wage: int) -> dict[str, int]:
    """What the rules of the book say is due for a person of the pack."""
    law = book().on(month.first_day, KNOWN)
    born_on, liable = date.fromisoformat(person["born_on"]), day_of(person["started_on"], TODAY)
    foreign = person.get("residence") == "foreign_worker"
    first = contributes_as(category(born_on, liable, month, law), foreign, law)
    act4, eis = of_act4(wage, first, law), of_act800_of(wage, born_on, liable, foreign, month, law)
    found = (act4.employer, act4.employee, eis, eis, skbbk_contribution(wage, first, law))
    return dict(zip(AMOUNTS, found, strict=True))


def of_act800_of(wage: int, born_on: date, liable: date, foreign: bool, month: Month, law: LawOn) -> int:
    try:
        return of_act800(wage, insured(born_on, liable, foreign, month, law), law).employee
    except NotYetLaw:
        return 0


@pytest.mark.parametrize(("group", "case"), CASES, ids=[case.id for _, case in CASES])
def test_each_amount_is_the_books(group: Group, case: Case) -> None:
    for line in lines_of(case):
        faults = {name: told for name, code, *told in line.get("expect", ()) if code == "amount_differs"}
        if "expect" in line and not faults:
            continue
        stated = line.get("posted", line)
        month = Month.of(month_of(line["month"], TODAY))
        owed = due(group.people[line["person"]], month, sen(stated["wages"]))
        released = case.group == "skbbk" and line["person"] == "new"
        for name, amount in zip(AMOUNTS, stated["amounts"], strict=True):
            if name in faults:
                assert sen(faults[name][0]) == owed[name], (case.id, line, owed)
                assert sen(amount) != owed[name], (case.id, line, owed)
            elif amount is not None and not (released and name == "skbbk_employee"):
                assert sen(amount) == owed[name], (case.id, line, owed)


def test_the_pack_holds_amounts_of_every_class_at_both_edges() -> None:
    table = book().on(date(2026, 6, 1), KNOWN).table("act4.contributions.classes")
    said: dict[str, set[int]] = {"first": set(), "second": set()}
    for case in (case for group, case in CASES if group.name == "classes"):
        for line in lines_of(case):
            if "expect" not in line:
                said[line["person"].rstrip("0123456789")].add(sen(line["wages"]))
    edges = {edge for edge in table.column("wage_to") if edge} | {edge + 1 for edge in table.column("wage_over")}
    finite = {edge for edge in edges if edge <= 600_001}
    assert len(finite) == 129
    assert finite <= said["first"]
    assert finite <= said["second"]


def test_the_table_of_the_pack_is_the_books() -> None:
    law = book().on(date(2026, 6, 1), KNOWN)
    with (PACK / "tables" / "contributions_from_2024-10.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 65
    for row in rows:
        wage = sen(row["wage_over"]) + 1
        first, second = of_act4(wage, Category.FIRST, law), of_act4(wage, Category.SECOND, law)
        eis = of_act800(wage, True, law)
        found = (first.employer, first.employee, second.employer, eis.employer, eis.employee)
        says = [sen(row[name]) for name in ("act4_employer_first", "act4_employee_first", "act4_employer_second")]
        says += [sen(row["act800_each_side"])] * 2
        assert list(found) == says, row
        assert skbbk_contribution(wage, Category.FIRST, law) == sen(row["skbbk_employee_from_2026-06"]), row
        assert second.employee == 0


def test_every_case_names_its_source_and_has_a_name_of_its_own() -> None:
    assert all(case.source and case.about for _, case in CASES)
    names = [case.id for _, case in CASES]
    assert len(names) == len(set(names))
