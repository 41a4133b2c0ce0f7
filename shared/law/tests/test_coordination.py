"""Of two lawful benefits one is paid: which, in which months, and what is said of it (Act 4 s.96)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from shared.law.act4.coordination.rules import Owed, begun_first, higher_by_month
from shared.law.book import book
from shared.law.decision import Per
from shared.law.determination import determination, determine
from shared.law.fact_types import Written
from shared.law.tests.turned import KNOWN, law_of
from shared.law.working import as_text

LAW = law_of("2026-09-01")
DEPENDANTS: Written = {"per": "month", "amount": "450.00", "from": "2026-09-01"}


def owed(sen: int, first: str, last: str | None = None, per: Per = Per.MONTH) -> Owed:
    return Owed("a benefit", per, sen, date.fromisoformat(first), date.fromisoformat(last) if last else None)


def decided(payee: Mapping[str, Written], **facts: Written) -> Any:
    """The body of what is decided of one payee on 1 September 2026."""
    given: dict[str, Written] = {name.replace("_", " "): each for name, each in facts.items()}
    asked = determination("act4 coordination")
    return determine(asked, {**given, "payees": {"Ana": dict(payee)}}, book().on(date(2026, 9, 1), KNOWN)).body


def test_what_is_the_higher_in_several_months_is_one_run() -> None:
    """October has 20.00 more of the lower one: 450.00 is the higher in every month all the same."""
    one, other = [owed(45_000, "2026-09-01")], [owed(30_000, "2026-09-01"), owed(2_000, "2026-10-05", "2026-10-20")]
    (run,) = higher_by_month(one, other, LAW)
    assert (run.paid, run.sen, run.other) == (tuple(one), 45_000, 30_000)


def test_nothing_is_paid_after_the_last_month_of_what_has_an_end() -> None:
    one, other = [owed(30_000, "2026-09-01", "2026-10-31")], [owed(45_000, "2026-09-01", "2026-10-31")]
    (run,) = higher_by_month(one, other, LAW)
    assert (run.paid, run.sen, run.other) == (tuple(other), 45_000, 30_000)
    assert higher_by_month([], [], LAW) == ()


def test_what_is_open_goes_on_alone_after_the_end_of_the_higher() -> None:
    one, other = [owed(30_000, "2026-09-01")], [owed(45_000, "2026-09-01", "2026-10-31")]
    first, second = higher_by_month(one, other, LAW)
    assert first.paid == tuple(other)
    assert (second.paid, second.sen, second.other) == ((owed(30_000, "2026-11-01"),), 30_000, 0)


def test_of_two_that_began_on_one_day_the_first_named_goes_on() -> None:
    one, other = [owed(1, "2026-10-01"), owed(1, "2026-09-02")], [owed(2, "2026-09-02")]
    assert begun_first(one, other, LAW) is one
    assert begun_first([owed(1, "2026-09-03")], other, LAW) is other


@pytest.mark.parametrize("benefit", ["dependants benefit", "survivors pension"])
def test_of_one_benefit_for_a_death_there_is_nothing_to_say_but_its_terms(benefit: str) -> None:
    body = decided({benefit: [DEPENDANTS]})
    assert body["amounts"] == []
    assert [(term["sen"], term["benefit"]) for term in body["terms"]] == [(45_000, benefit)]


def test_of_sums_alone_no_month_is_whole() -> None:
    once: Written = {"per": "once", "amount": "100.00", "from": "2026-09-10", "until": "2026-09-30"}
    body = decided({"dependants benefit": [once], "survivors pension": [once]})
    assert [each["name"] for each in body["amounts"]] == ["benefit paid to Ana from 2026-09-10"]


def test_what_began_first_is_said_with_both_days() -> None:
    disablement: Written = {"per": "month", "amount": "1323.00", "from": "2026-10-01"}
    pension: Written = {"per": "month", "amount": "1225.00", "from": "2026-09-16"}
    body = decided({"permanent disablement": [disablement], "invalidity pension": [pension]})
    (said, _) = body["amounts"]
    assert (said["name"], said["value"]) == ("benefit paid to Ana from 2026-09-16", "invalidity pension")
    assert as_text(said["working"]) == "2026-09-16 ≤ 2026-10-01"


def test_of_several_claims_nothing_is_said_where_what_goes_on_is_not_lawful() -> None:
    pension: Written = {"per": "month", "amount": "1225.00", "from": "2026-09-16"}
    body = decided({"invalidity pension": [pension]}, several_claims="yes", goes_on="permanent disablement")
    assert (body["amounts"], body["terms"]) == ([], [])
    assert [each["code"] for each in body["looks"]] == ["several_claims_to_be_coordinated"]
