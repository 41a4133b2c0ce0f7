"""What a person looks at while the rest stands, and whether a fact to come may change it, in worked cases."""

from functools import cache
from typing import Any

import pytest

from shared.law.book import book
from shared.law.case_files import Case, read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.determination import determination, determine


@cache
def worked_cases() -> tuple[Case, ...]:
    return tuple(read_cases(OWN))


def body_of(about: str, name: str) -> Any:
    (case,) = (each for each in worked_cases() if (each.about, each.name) == (about, name))
    return determine(determination(about), case.facts, book().on(case.on, case.known or EVERYTHING_KNOWN)).body


@pytest.mark.parametrize(
    ("about", "name", "looks"),
    [
        (
            "act4 coordination",
            "Until it is found whether the cause is one, what began first goes on alone",
            ["same_cause_to_be_found"],
        ),
        (
            "act4 coordination",
            "Of one cause what began first goes on until the person chooses",
            ["choice_of_benefit_awaited"],
        ),
        ("act4 coordination", "Of one cause the person has what it chose", []),
        (
            "act4 coordination",
            "Of more than two claims what was paid before goes on, whatever was found of two of them",
            ["several_claims_to_be_coordinated"],
        ),
        ("act4 coordination", "Of more than two claims that is paid which a person finds", []),
        (
            "act4 coordination",
            "A lump sum of before the pension goes on, and a person looks whether the pension is paid beside it",
            ["pension_beside_lump_sum"],
        ),
        (
            "act4 coordination",
            "Two officers found that the pension is paid beside the lump sum that was owed before it",
            [],
        ),
        (
            "act4 permanent disablement",
            "One in the place of another, with a later first day, takes nothing back before people have looked",
            ["later_first_day_stated"],
        ),
        ("act4 permanent disablement", "Two officers found that nothing was owed before the later first day", []),
        (
            "act4 temporary disablement",
            "Wages that a former employer declared outside its employment rate nothing",
            ["wages_outside_employment"],
        ),
        (
            "act4 temporary disablement",
            "Wages of an employment that was stated after the accident rate nothing before somebody verified it",
            ["employment_stated_late"],
        ),
        ("act4 temporary disablement", "Certified 28 days, one of them worked with wages", []),
        (
            "act4 permanent disablement",
            "A day of the board on which temporary disablement goes on is put off, and a person looks",
            ["day_of_board_in_temporary"],
        ),
        (
            "act4 permanent disablement",
            "A day of the board stands where officers have found it, though temporary disablement goes on",
            [],
        ),
        (
            "act4 permanent disablement",
            "Applied for while temporary disablement goes on, it begins after it",
            [],
        ),
    ],
)
def test_a_person_looks_at_what_no_rule_answers(about: str, name: str, looks: list[str]) -> None:
    assert [each["code"] for each in body_of(about, name).get("looks", [])] == looks


@pytest.mark.parametrize(
    ("name", "code", "days"),
    [
        (
            "The 180 days before anybody looks are counted over all certificates",
            "over_review_days",
            [("2025-07-20", "2025-08-08")],
        ),
        ("What another claim has waits for nobody here", "over_review_days", [("2025-07-09", "2025-07-19")]),
        (
            "Certified 200 days and looked at to the 190th: of a later extension nobody has seen anything",
            "over_review_days",
            [("2025-07-19", "2025-07-28")],
        ),
        ("Days that another claim has are not owed twice", "contested_days", []),
        (
            "A later certificate that goes on beyond a final one waits for a person",
            "relapse_to_look_at",
            [("2026-08-03", "2026-08-10")],
        ),
    ],
)
def test_the_days_that_are_kept_out_are_those_at_which_a_person_looks(
    name: str, code: str, days: list[tuple[str, str]]
) -> None:
    """Act 4 s.22, as the cases of temporary disablement are worked by hand."""
    looks = body_of("act4 temporary disablement", name)["looks"]
    assert [each["code"] for each in looks] == [code]
    assert [(each["first"], each["last"]) for each in looks[0]["days"]] == days


@pytest.mark.parametrize(
    ("name", "provisional"),
    [
        ("Months that the employer did not declare are payable and count", True),
        ("A pension ends with the death, in the month of it by the days of that month", False),
    ],
)
def test_a_pension_of_months_that_were_not_declared_may_change(name: str, provisional: bool) -> None:
    assert body_of("act4 invalidity pension", name).get("provisional", False) is provisional
