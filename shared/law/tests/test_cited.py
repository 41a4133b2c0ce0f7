"""Each test of a decision cites the law that its question says it is of, in every worked case."""

import re
from functools import cache
from typing import Any

import pytest

from shared.law.book import book
from shared.law.case_files import read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.determination import determination, determinations, determine
from shared.law.fact_types import MalformedFact

PENSION = "act4 invalidity pension"
QUESTIONS = (
    "act4 appeal",
    "act4 arrears interest",
    "act4 category",
    "act4 constant attendance",
    "act4 contributions",
    "act4 coordination",
    "act4 cover",
    "act4 dependants benefit",
    "act4 education loan",
    "act4 education loans",
    "act4 employment injury",
    "act4 funeral benefit",
    "act4 increase",
    "act4 invalidity grant",
    "act4 invalidity pension",
    "act4 invalidity suspension",
    "act4 medical bill line",
    "act4 non employment injury",
    "act4 non employment injury dependants benefit",
    "act4 non employment injury permanent disablement",
    "act4 non employment injury temporary disablement",
    "act4 notice",
    "act4 occupational disease",
    "act4 ordered amount",
    "act4 permanent disablement",
    "act4 qualified insured",
    "act4 recovery",
    "act4 registration",
    "act4 repatriation of remains",
    "act4 skbbk participation",
    "act4 survivors pension",
    "act4 temporary disablement",
    "act789 contributions",
    "act789 dependants benefit",
    "act789 funeral benefit",
    "act789 permanent disablement",
    "act789 temporary disablement",
    "act800 claim conditions",
    "act800 contributions",
    "act800 cover",
    "act800 early reemployment allowance",
    "act800 interim assistance",
    "act800 job search allowance",
    "act800 mobility assistance",
    "act800 reduced income allowance",
    "act800 report of work",
    "act800 suspension",
    "act800 training allowance",
    "act800 training fee",
    "act800 vacancy fine",
    "act838 allowance",
    "act838 contributions",
    "act838 funeral benefit",
    "act838 morbid allowance",
    "act838 permanent disablement",
    "act838 rehabilitation",
    "act838 survivors",
    "act872 deduction",
)
# The figures of a test whose law they do not name: of the time before an amendment; and of what a period is.
ELSEWHERE = {
    ("domestic workers are covered", "Act 4, First Schedule"),
    ("injured within a contribution period", "Act 838, s.3"),
}
_PLACES = re.compile(r"\b\d+[A-Z]*\b(?!/)|\w+ Schedule")


@cache
def bodies() -> tuple[tuple[str, Any], ...]:
    """The question and the body of the record of every worked case that can be asked."""
    found = []
    for case in read_cases(OWN):
        try:
            law = book().on(case.on, case.known or EVERYTHING_KNOWN)
            found.append((case.about, determine(determination(case.about), case.facts, law).body))
        except MalformedFact:
            continue
    return tuple(found)


def test_every_question_is_asked_here() -> None:
    assert sorted(determinations()) == list(QUESTIONS)


@pytest.mark.parametrize("about", QUESTIONS)
def test_a_test_cites_the_section_or_schedule_that_is_declared(about: str) -> None:
    declared = {test.name: test.law for test in determination(about).tests}
    made = {(test["name"], tuple(test["law"])) for asked, body in bodies() if asked == about for test in body["tests"]}
    assert [each for each in sorted(made) if not _cites(*each, declared[each[0]])] == []


def _cites(name: str, cited: tuple[str, ...], declared: str) -> bool:
    if declared in cited or any((name, law) in ELSEWHERE for law in cited):
        return True
    return not _places("; ".join(cited)).isdisjoint(_places(declared))


def _places(law: str) -> set[str]:
    """Sections and Schedules, without the numbers of Acts: "Act 4, ss.17 and 20A" is of 17 and 20A."""
    return set(_PLACES.findall(re.sub(r"Acts? \w+( and \d+)?|P\.U\.\([A-Z]\) \d+/\d+|\d{4}", "", law)))


def test_a_period_that_is_treated_as_met_is_a_test_that_is_met() -> None:
    """Act 4 s.17(3A): no fault of the person."""
    (case,) = (each for each in read_cases(OWN) if each.facts.get("treated as met") == "yes" and each.about == PENSION)
    body = determine(determination(PENSION), case.facts, book().on(case.on, EVERYTHING_KNOWN)).body
    (made,) = (test for test in body["tests"] if "qualifying period" in test["name"])
    assert made["met"]
    assert "Act 4, s.17(3A)" in made["law"]
