"""What the pack expects is what the statute book says: each amount of each case, worked out by the rules one by one.

The pack's amounts come from the published tables; so either of the two is wrong where they differ.
"""

import csv
from datetime import date

import pytest

from conformance.pack import AMOUNTS, PACK, Case, Group, sen
from services.registration.domain.work import KindOfWork, Work, law_of_work, within
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.contributions.rules import contribution as of_act4
from shared.law.act4.contributions.rules import skbbk_contribution
from shared.law.act4.cover.rules import Category, category, contributes_as
from shared.law.act800.contributions.rules import contribution as of_act800
from shared.law.act800.contributions.rules import insured
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw
from tests.conformance.lines import CASES, IDS, TODAY, Said, said_in

# By the law that is known then, also of months that have not begun.
KNOWN = TODAY


def work_of(said: Said) -> Work:
    """The kind of work of a person of the pack."""
    person = said.person
    kind = KindOfWork(person["kind_of_work"]) if "kind_of_work" in person else None
    allowance = sen(person["allowance"]) if "allowance" in person else None
    return Work(kind, person.get("spouse_of_employer", False), allowance)


def owed_by_the_book(said: Said) -> dict[str, Sen]:
    """What the rules of the book say is due for a person of the pack; raises NotYetLaw where there is none."""
    law, month = book().on(said.month.first_day, KNOWN), said.month
    if not work_of(said).under_act4(law):
        raise NotYetLaw("the work is left out")
    born_on, liable = date.fromisoformat(said.person["born_on"]), liable_on(said, law)
    foreign = said.person.get("residence") == "foreign_worker"
    first = contributes_as(category(born_on, liable, month, law), foreign, law)
    act4, eis = of_act4(said.wages, first, law), eis_of(said, born_on, liable, foreign, law)
    found = (act4.employer, act4.employee, eis, eis, skbbk_contribution(said.wages, first, law))
    return dict(zip(AMOUNTS, found, strict=True))


def liable_on(said: Said, law: LawOn) -> date:
    """The first day of work that Act 4 has."""
    return within(said.started_on, None, law_of_work(work_of(said), law).act4)[0].first or said.started_on


def eis_of(said: Said, born_on: date, liable: date, foreign: bool, law: LawOn) -> Sen:
    """What each side pays under Act 800."""
    try:
        is_in = work_of(said).under_act800(law) and insured(born_on, liable, foreign, said.month, law)
        return of_act800(said.wages, is_in, law).employee
    except NotYetLaw:
        return 0


@pytest.mark.parametrize(("group", "case"), CASES, ids=IDS)
def test_each_amount_is_the_books(group: Group, case: Case) -> None:
    for said in said_in(group, case):
        if said.left_out:
            with pytest.raises(NotYetLaw):
                owed_by_the_book(said)
        elif said.wages:
            assert said.against(owed_by_the_book(said)) == []


# Each table by its first month: the group whose cases have it, and how many edges it has up to a sen above its ceiling.
TABLES = {
    "2013-01": ("earlier-tables", "3000", 67),
    "2018-01": ("earlier-tables", "4000", 89),
    "2022-09": ("earlier-tables", "5000", 109),
    "2024-10": ("earlier-tables", "6000", 129),
    "2026-06": ("classes", "", 129),
}


@pytest.mark.parametrize("begins", TABLES)
def test_the_pack_holds_amounts_of_every_class_at_both_edges(begins: str) -> None:
    group_name, part, count = TABLES[begins]
    table = book().on(Month.of(begins).first_day, KNOWN).table("act4.contributions.classes")
    edges = {edge for edge in table.column("wage_to") if edge} | {edge + 1 for edge in table.column("wage_over")}
    said: dict[str, set[Sen]] = {"first": set(), "second": set()}
    for group, case in CASES:
        if group.name == group_name and part in case.name:
            for each in said_in(group, case):
                if not each.due:
                    said[each.line["person"].partition("_")[0].rstrip("0123456789")].add(each.wages)
    finite = {edge for edge in edges if edge <= max(table.column("wage_over")) + 1}
    assert len(finite) == count
    assert finite <= said["first"]
    assert finite <= said["second"]


@pytest.mark.parametrize(("phase", "month"), [("skbbk-phase-2", "2028-06"), ("skbbk-phase-3", "2031-06")])
def test_the_pack_holds_the_skbbk_of_every_class_in_each_phase(phase: str, month: str) -> None:
    table = book().on(Month.of(month).first_day, KNOWN).table("act4.contributions.skbbk")
    edges = {edge for edge in table.column("wage_to") if edge and edge <= 600_000}
    edges |= {edge + 1 for edge in table.column("wage_over")}
    assert edges <= {each.wages for group, case in CASES if group.name == phase for each in said_in(group, case)}


def table_of(name: str) -> list[dict[str, str]]:
    with (PACK / "tables" / name).open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


@pytest.mark.parametrize(
    ("name", "month", "count"),
    [
        ("contributions_from_2013-01.csv", "2013-01", 34),
        ("contributions_from_2016-06.csv", "2018-01", 45),
        ("contributions_from_2022-09.csv", "2022-09", 55),
        ("contributions_from_2024-10.csv", "2026-06", 65),
    ],
)
def test_the_tables_of_the_pack_are_the_books(name: str, month: str, count: int) -> None:
    """Each in a month in which all its columns hold."""
    law, rows = book().on(Month.of(month).first_day, KNOWN), table_of(name)
    assert len(rows) == count
    for row in rows:
        wage = sen(row["wage_over"]) + 1
        first, second = of_act4(wage, Category.FIRST, law), of_act4(wage, Category.SECOND, law)
        found = {
            "act4_employer_first": first.employer,
            "act4_employee_first": first.employee,
            "act4_employer_second": second.employer,
            "skbbk_employee_from_2026-06": skbbk_contribution(wage, Category.FIRST, law),
        }
        if "act800_each_side" in row:
            found["act800_each_side"] = of_act800(wage, True, law).employer
        assert {each: sen(row[each]) for each in found if each in row} == {
            each: found[each] for each in found if each in row
        }
        assert second.employee == 0


@pytest.mark.parametrize("month", ["2028-06", "2031-06"])
def test_the_tables_of_the_skbbk_are_the_books(month: str) -> None:
    law, rows = book().on(Month.of(month).first_day, KNOWN), table_of(f"skbbk_from_{month}.csv")
    assert len(rows) == 65
    for row in rows:
        assert skbbk_contribution(sen(row["wage_over"]) + 1, Category.FIRST, law) == sen(row["skbbk_employee"]), row


def test_every_case_names_its_source_and_has_a_name_of_its_own() -> None:
    assert all(case.source and case.about for _, case in CASES)
    names = [case.id for _, case in CASES]
    assert len(names) == len(set(names))
