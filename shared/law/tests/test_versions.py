"""Which versions there are of each question: a stored decision names its own, and that one alone makes it again.

What changes how a question is decided raises its version, here too: of decisions made before, the release then asks
what it touches. A version that is taken back would leave the decisions that it made with nothing to make them again.
"""

from collections.abc import Collection, Mapping

import pytest

from shared.law.determination import determination, determinations, determine, versions
from shared.law.fact_types import Written
from shared.law.tests.turned import law_of

# Of every other question there is one version.
NEWEST = {
    "act4 constant attendance": 2,
    "act4 coordination": 2,
    "act4 funeral benefit": 2,
    "act4 invalidity pension": 3,
    "act4 non employment injury permanent disablement": 6,
    "act4 non employment injury temporary disablement": 2,
    "act4 permanent disablement": 6,
    "act4 qualified insured": 2,
    "act4 survivors pension": 3,
    "act4 temporary disablement": 2,
}
SINCE_3 = {"begins on the day of the board", "days of temporary disablement", "lump-sum factor"}


def test_each_question_has_every_version_up_to_its_newest() -> None:
    newest = dict.fromkeys(determinations(), 1) | NEWEST
    assert {name: each.version for name, each in determinations().items()} == newest
    expected = {(determination(name).kind, version) for name in newest for version in range(1, newest[name] + 1)}
    assert versions().keys() == expected


@pytest.mark.parametrize(
    ("name", "version", "taken"),
    [
        ("act4 permanent disablement", 2, set()),
        ("act4 permanent disablement", 3, SINCE_3),
        ("act4 non employment injury permanent disablement", 2, set()),
        ("act4 non employment injury permanent disablement", 3, SINCE_3),
        ("act4 permanent disablement", 4, {"assessed before"}),
        ("act4 non employment injury permanent disablement", 4, {"assessed before"}),
        ("act4 permanent disablement", 5, {"provisional until"}),
        ("act4 permanent disablement", 6, {"owed before the later first day"}),
        ("act4 non employment injury permanent disablement", 6, {"owed before the later first day"}),
        ("act4 coordination", 2, {"pension beside lump sum"}),
        ("act4 non employment injury permanent disablement", 5, {"provisional until"}),
    ],
)
def test_a_fact_by_which_it_is_decided_otherwise_is_taken_since_the_version_that_brought_it(
    name: str, version: int, taken: Collection[str]
) -> None:
    kind = determination(name).kind
    before, after = ({fact.name for fact in versions()[kind, each].facts} for each in (version - 1, version))
    assert (after - before, before - after) == (taken, set())


@pytest.mark.parametrize("about", ["act4 permanent disablement", "act4 non employment injury permanent disablement"])
def test_a_lump_sum_whose_factor_nobody_knew_had_no_answer_before_version_3(about: str) -> None:
    """Since then a person looks at it, and the benefit goes on by the month; no factor is known but that of 30."""
    facts: Mapping[str, Written] = {
        "accident": "2026-07-15",
        "born": "1980-01-08",
        "loss": "20",
        "option": "lump sum",
        "assumed wages": {"2026-01 to 2026-06": "2450.00"},
        "applied on": "2026-09-01",
    }
    asked = (versions()[determination(about).kind, version] for version in (2, 3))
    of_before, of_now = (determine(each, facts, law_of("2026-07-15")).body for each in asked)
    assert (of_before["outcome"], of_before["reason"]) == ("no_answer", "lump_sum_factor_unknown")
    assert of_before["looks"] == []
    assert of_now["outcome"] == "entitled"
    assert [each["code"] for each in of_now["looks"]] == ["lump_sum_factor_unknown"]
    assert of_now["terms"] == of_before["terms"]
    assert len(of_now["terms"]) == 1
