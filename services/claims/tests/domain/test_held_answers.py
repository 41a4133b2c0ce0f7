"""What of held answers changed between two revisions, worked by hand."""

import json
from typing import Any

from services.claims.domain.held_answers import amounts_by_month, changes
from shared.law.decision import DecisionRecord

TERM = {"party": "insured", "per": "day", "sen": 8_400, "first": "2026-08-06", "last": "2026-08-24"}


def record(**changed: Any) -> DecisionRecord:
    body = {
        "format": 2,
        "kind": "act4.temporary_disablement",
        "outcome": "entitled",
        "reason": "",
        "facts": [{"name": "certified days", "value": "19", "sources": [{"kind": "certificate", "id": "a"}]}],
        "tests": [{"name": "certified", "met": True, "law": ["Act 4, s.19"]}],
        "amounts": [{"name": "daily rate", "value": 8_400, "unit": "sen", "law": ["Act 4, Fourth Schedule"]}],
        "terms": [TERM],
        "looks": [],
        **changed,
    }
    return DecisionRecord(json.dumps(body).encode())


def told(before: DecisionRecord | None, now: DecisionRecord | None) -> dict[str, tuple[object, object]]:
    held = [{} if each is None else {"temporary_disablement": each} for each in (before, now)]
    found = [each.change for each in changes(*held)]
    return {each.fact.partition("/")[2]: (each.before, each.now) for each in found if each is not None}


def test_days_count_in_the_month_in_which_they_are() -> None:
    """19 days in August; ten more are 7 of August and 3 of September."""
    assert amounts_by_month([TERM]) == {"2026-08": 19 * 8_400}
    longer = {**TERM, "last": "2026-09-03"}
    assert amounts_by_month([longer]) == {"2026-08": 26 * 8_400, "2026-09": 3 * 8_400}


def test_months_and_what_is_owed_once_are_added_up() -> None:
    monthly = {"party": "insured", "per": "month", "sen": 50_000, "first": "2026-10-01", "last": "2026-11-30"}
    once = {"party": "insured", "per": "once", "sen": 1_234, "first": "2026-10-10"}
    assert amounts_by_month([monthly, once]) == {"2026-10": 51_234, "2026-11": 50_000}


def test_what_goes_on_is_said_for_three_years_and_then_once() -> None:
    pension = {"party": "insured", "per": "month", "sen": 147_500, "first": "2026-10-01"}
    found = amounts_by_month([pension])
    assert len(found) == 37
    assert (found["2026-10"], found["2029-09"], found["from 2029-10"]) == (147_500, 147_500, 147_500)
    assert "2029-10" not in found


def test_equal_answers_differ_in_nothing() -> None:
    assert told(record(), record()) == {}


def test_amounts_are_told_by_month_old_and_new() -> None:
    longer = record(terms=[{**TERM, "last": "2026-09-03"}])
    assert told(record(), longer) == {
        "insured 2026-08": (159_600, 218_400),
        "insured 2026-09": (None, 25_200),
    }


def test_facts_are_told_with_what_states_them_and_the_law_as_a_whole() -> None:
    other = record(
        facts=[{"name": "certified days", "value": "19", "sources": [{"kind": "certificate", "id": "b"}]}],
        tests=[{"name": "certified", "met": True, "law": ["Act 4, s.44C"]}],
    )
    assert told(record(), other) == {
        "law": ("Act 4, Fourth Schedule; Act 4, s.19", "Act 4, Fourth Schedule; Act 4, s.44C"),
        "certified days": ("19 (certificate a)", "19 (certificate b)"),
    }


def test_a_refusal_in_the_place_of_an_award_is_told_first() -> None:
    refused = record(outcome="refused", reason="certified", amounts=[], terms=[])
    found = told(record(), refused)
    assert list(found)[:2] == ["outcome", "reason"]
    assert found["outcome"] == ("entitled", "refused")
    assert found["daily rate"] == (8_400, None)
    assert found["insured 2026-08"] == (159_600, None)


def test_an_answer_that_was_not_there_is_new_in_all_that_it_says() -> None:
    assert told(None, record())["outcome"] == (None, "entitled")


def test_long_texts_fit_into_an_answer() -> None:
    long = record(facts=[{"name": "x" * 200, "value": "y" * 900, "sources": []}])
    (error,) = [each for each in changes({"q": record()}, {"q": long}) if "x" in each.detail]
    assert error.change is not None
    assert len(error.change.fact) <= 64
    assert len(str(error.change.now)) <= 200
    assert len(error.detail) <= 500
