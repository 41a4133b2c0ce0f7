"""Facts that contradict each other are refused as malformed and named, in every question that takes them."""

from datetime import date

import pytest

from shared.law.book import book
from shared.law.case_files import Case, read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.determination import determination, determinations, determine
from shared.law.errors import NO_ANSWER
from shared.law.fact_types import MalformedFact, Written

NOT_YET_BORN = "2999-01-01"
BIRTHS_HELD_AGAINST = sorted(
    asked.name for asked in determinations().values() if any(fact.name == "born" for fact in asked.facts)
)
PERCENTAGES = [
    (asked.name, fact.name) for asked in determinations().values() for fact in asked.facts if fact.type == "percent"
]


def answered(about: str) -> Case:
    """The first worked case of a question that the law answers."""
    for case in read_cases(OWN):
        if case.about != about:
            continue
        try:
            record = determine(determination(about), case.facts, book().on(case.on, case.known or EVERYTHING_KNOWN))
        except MalformedFact:
            continue
        if record.body["outcome"] != NO_ANSWER:
            return case
    raise AssertionError(f"no worked case of {about} has an answer")


@pytest.mark.parametrize("about", BIRTHS_HELD_AGAINST)
def test_a_birth_after_what_happened_is_refused(about: str) -> None:
    case = answered(about)
    facts = {**case.facts, "first liable": "2010-01-01"} if about.endswith(" contributions") else dict(case.facts)
    with pytest.raises(MalformedFact, match=r"lies before|contradicts"):
        determine(determination(about), {**facts, "born": NOT_YET_BORN}, book().on(case.on, EVERYTHING_KNOWN))


@pytest.mark.parametrize(("about", "name"), PERCENTAGES)
def test_no_percentage_is_above_the_whole(about: str, name: str) -> None:
    case = answered(about)
    with pytest.raises(MalformedFact, match="a percentage from 0 to 100"):
        determine(determination(about), {**case.facts, name: "101"}, book().on(case.on, EVERYTHING_KNOWN))


@pytest.mark.parametrize(("category", "born"), [("first", "1960-01-01"), ("second", "1990-01-01")])
@pytest.mark.parametrize("about", ["act4 permanent disablement", "act4 non employment injury permanent disablement"])
def test_a_category_that_birth_contradicts_is_named_where_the_birth_decides_an_amount(
    about: str, category: str, born: str
) -> None:
    """Act 4 s.6(2): second from 60; nobody under 55 can have been first liable at 55. Both are insured of an injury."""
    facts: dict[str, Written] = {"accident": "2026-07-15", "loss": "15", "category": category, "born": born,
             "assumed wages": {"2026-01 to 2026-06": "2450.00"}}  # fmt: skip
    law = book().on(date(2026, 7, 15), EVERYTHING_KNOWN)
    assert determine(determination(about), facts, law).body["outcome"] == "entitled"
    with pytest.raises(MalformedFact, match=f"category: {category} contradicts {born} as born"):
        determine(determination(about), {**facts, "option": "lump sum"}, law)
    determine(determination(about), {**facts, "option": "lump sum", "age": "30"}, law)


@pytest.mark.parametrize(
    ("category", "born"), [("first", "1968-01-01"), ("second", "1968-01-01"), ("none", "1990-01-01")]
)
def test_a_category_that_birth_leaves_open_is_taken(category: str, born: str) -> None:
    facts: dict[str, Written] = {"accident": "2026-07-15", "loss": "15", "category": category, "born": born,
             "assumed wages": {"2026-01 to 2026-06": "2450.00"}, "option": "lump sum"}  # fmt: skip
    determine(determination("act4 permanent disablement"), facts, book().on(date(2026, 7, 15), EVERYTHING_KNOWN))


@pytest.mark.parametrize(
    ("about", "facts"),
    [
        ("act4 skbbk participation", {"released on": "2026-08-01", "came back on": "2026-07-31"}),
        ("act4 permanent disablement", {"accident": "2026-07-15", "loss": "10", "chosen on": "2026-07-14"}),
        ("act4 permanent disablement", {"accident": "2026-07-15", "loss": "60", "benefit from": "1926-08-01"}),
        (
            "act4 dependants benefit",
            {
                "accident": "2026-07-15", "death": "2026-07-15", "assumed wages": {"2026-06": "2450.00"},
                "dependants": {"Ana": {"relation": "child", "born": "2010-01-01", "married": "2009-01-01"}},
            },
        ),
    ],
)  # fmt: skip
def test_days_in_an_order_that_cannot_be_are_refused(about: str, facts: dict[str, Written]) -> None:
    with pytest.raises(MalformedFact, match="lies before"):
        determine(determination(about), facts, book().on(date(2026, 7, 15), EVERYTHING_KNOWN))
