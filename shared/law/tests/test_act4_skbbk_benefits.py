"""What a non-employment injury is and what is excluded, each turned round (Act 4 s.2(14A), ss.44A to 44C)."""

from datetime import date
from pathlib import Path

import pytest

from shared.law.act4.skbbk_benefits.rules import (
    day_of_phase,
    has_wages,
    is_covered_cause,
    is_covered_conduct,
    is_covered_place,
    is_outside_section_96b,
)
from shared.law.book import Book, LawOn, book
from shared.law.determination import determination, determine
from shared.law.fact_types import Written
from shared.law.tests.turned import overlaid

DAY = date(2026, 6, 1)
KNOWN = date(2026, 11, 22)
TEMPORARY = "act4 non employment injury temporary disablement"


def law() -> LawOn:
    return book().on(DAY, KNOWN)


def contrary(folder: Path, figure: str) -> LawOn:
    return overlaid(folder, "yes_no", **{f"act4__skbbk_benefits__{figure}": "no"}).on(DAY, KNOWN)


def test_an_accident_is_covered_and_a_disease_is_not() -> None:
    assert is_covered_cause("accident", law())
    assert not is_covered_cause("disease", law())


def test_each_exclusion_excludes() -> None:
    for covered in (is_covered_place, is_covered_conduct, is_outside_section_96b):
        assert covered(False, law())
        assert not covered(True, law())
    assert has_wages(True, law())
    assert not has_wages(False, law())


def test_each_exclusion_can_be_turned_round(tmp_path: Path) -> None:
    assert is_covered_place(True, contrary(tmp_path / "a", "outside_malaysia_excluded"))
    assert is_covered_conduct(True, contrary(tmp_path / "b", "conduct_excluded"))
    assert is_outside_section_96b(True, contrary(tmp_path / "c", "section_96b_excluded"))
    assert has_wages(False, contrary(tmp_path / "d", "wages_needed"))


def test_the_day_of_the_accident_chooses_the_phase(tmp_path: Path) -> None:
    paid = date(2028, 6, 1)
    assert day_of_phase(DAY, paid, law()) == DAY
    assert day_of_phase(DAY, paid, contrary(tmp_path, "phase_by_accident_day")) == paid


@pytest.mark.parametrize(("by_accident", "rate"), [(True, 9_520), (False, 12_693)])
def test_a_benefit_that_begins_in_the_next_phase_is_paid_by_the_phase_of_the_accident(
    tmp_path: Path, by_accident: bool, rate: int
) -> None:
    """Accident on 31 May 2028 with wages paid for that day: 48 % and not 64 % of 5,950 / 30."""
    turned = overlaid(tmp_path, "yes_no", act4__skbbk_benefits__phase_by_accident_day="no")
    the_book: Book = book() if by_accident else turned
    facts: dict[str, Written] = {
        "accident": "2028-05-31",
        "certified": ["2028-05-31", "2028-06-05"],
        "worked with wages": ["2028-05-31"],
        "assumed wages": {"2027-11 to 2028-04": "5950.00"},
    }
    record = determine(determination(TEMPORARY), facts, the_book.on(date(2028, 5, 31), date(2028, 7, 1)))
    amounts = {amount["name"]: amount["value"] for amount in record.body["amounts"]}
    assert (amounts["daily rate"], amounts["days"], amounts["amount"]) == (rate, 5, 5 * rate)


def test_the_list_of_benefits_is_the_eight_of_employment_injury() -> None:
    """Section 44C has the same list as employment injury: education is in it, and no invalidity pension."""
    benefits = book().on(date(2026, 7, 1), date.max).names("act4.skbbk_benefits.benefits")
    assert benefits == (
        "constant_attendance", "dependants", "education", "funeral", "medical", "permanent_disablement",
        "rehabilitation", "temporary_disablement",
    )  # fmt: skip
