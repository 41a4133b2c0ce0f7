"""Of two lawful benefits one is paid: which, in which months, and what is said of it (Act 4 s.96)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.periods import Days
from shared.law.act4.coordination.rules import Owed, alone, begun_first, has_sum_of_both, higher_by_month
from shared.law.act4.owing.rules import part_until
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


def test_of_several_claims_what_alone_is_lawful_is_paid_whatever_goes_on() -> None:
    pension: Written = {"per": "month", "amount": "1225.00", "from": "2026-09-16"}
    body = decided({"invalidity pension": [pension]}, several_claims="yes", goes_on="permanent disablement")
    assert [each["benefit"] for each in body["terms"]] == ["invalidity pension"]
    assert [each["code"] for each in body["looks"]] == ["several_claims_to_be_coordinated"]


@pytest.mark.parametrize(("found", "is_owed"), [({}, False), ({"paid_of_several": "invalidity pension"}, True)])
def test_a_lump_sum_of_a_new_claim_waits_until_a_person_has_found_what_is_paid(
    found: dict[str, Written], is_owed: bool
) -> None:
    """It is of a day before the pension, and takes the place of the pension's days."""
    sum_: Written = {
        "per": "once", "amount": "87504.30", "from": "2026-09-10", "until": "2026-09-10", "lump sum": "yes"
    }  # fmt: skip
    pension: Written = {"per": "month", "amount": "1225.00", "from": "2026-10-01", "of another claim": "yes"}
    payee: dict[str, Written] = {"permanent disablement": [sum_], "invalidity pension": [pension]}
    body = decided(payee, several_claims="yes", goes_on="invalidity pension", **found)
    assert [each["sen"] for each in body["terms"]] == ([8_750_430] if is_owed else [])


DAY = timedelta(days=1)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def by_month(benefit: str, monthly: int, first: date, last: date | None) -> list[Owed]:
    """A benefit from a day on, its broken months by the law's own division."""
    whole = [Owed(benefit, Per.MONTH, monthly, first, last)]
    gap = Owed("nothing", Per.MONTH, 1, date(2020, 1, 1), first - DAY)
    return [*alone([replace(whole[0], first=date(2020, 1, 1))], [gap], LAW)]


@given(DAYS, DAYS, st.integers(1, 400), st.sampled_from(["permanent disablement", "invalidity pension"]))
def test_each_day_is_paid_by_one_of_the_two_and_divided_from_the_whole_month(
    first: date, begins: date, lasts: int, benefit: str
) -> None:
    """Beside another that is owed for some days: a broken month is what the law makes of it from the monthly amount."""
    owed_of = by_month(benefit, 123_457, first, None)
    other = Owed("other", Per.MONTH, 1, begins, begins + lasts * DAY)
    left = alone(owed_of, [other], LAW)
    free = {day for day in Days(first, date(2031, 1, 31)) if day not in Days(begins, begins + lasts * DAY)}
    found = [day for each in left for day in Days(each.first, min(each.last or date.max, date(2031, 1, 31)))]
    assert sorted(found) == sorted(free), "each day once"
    for each in left:
        if each.per is Per.ONCE and each.last is not None:
            days = Days(each.first, each.last)
            assert each.sen == part_until(benefit.replace(" ", "_"), 123_457, days, LAW)
        else:
            assert each.sen == 123_457


def test_a_broken_month_of_which_nothing_says_the_whole_is_divided_by_its_own_days() -> None:
    (left,) = alone([owed(30_000, "2026-09-10", "2026-09-19", Per.ONCE)], [owed(1, "2026-09-16")], LAW)
    assert (left.sen, left.first, left.last) == (18_000, date(2026, 9, 10), date(2026, 9, 15))


@pytest.mark.parametrize(
    ("day", "ends", "is_of_both"),
    [
        ("2026-09-15", None, True),
        ("2026-09-16", None, False),
        ("2026-10-15", None, False),
        ("2026-09-15", "2026-10-15", True),
        ("2026-10-16", "2026-10-15", False),
    ],
)
def test_a_lump_sum_of_before_takes_the_place_of_days_of_the_pension(
    day: str, ends: str | None, is_of_both: bool
) -> None:
    """One whose day is of the pension the choice decides, and behind the pension there is no day of both."""
    sum_, pension = [replace(owed(1, day, day, Per.ONCE), is_sum=True)], [owed(1, "2026-09-16", ends)]
    assert has_sum_of_both(sum_, pension, LAW) is is_of_both
    assert (alone(sum_, pension, LAW) == tuple(sum_)) is (is_of_both or day == "2026-10-16")
