"""Constant attendance allowance (Act 4 s.15)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month
from shared.law.act4.attendance.rules import allowance, totally_disabled
from shared.law.act4.invalidity.rules import part_of_month
from shared.law.act4.owing.asked import DEATH_FACT, alive_test, last_day, require_alive
from shared.law.book import LawOn
from shared.law.decision import INSURED
from shared.law.determination import Determination, Result, Steps, Test, with_earlier
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.terms import owe_by_month
from shared.law.working import sen, working

DISABLED = "totally and permanently disabled or an invalidity pensioner"
CERTIFIED = "certified by a board as needing constant attendance"
NOT_TWICE = "owed by no other claim for the same days"
_DAY = timedelta(days=1)


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests the disablement and the certificate, and owes the flat allowance by the month while the need lasts."""
    steps.test(DISABLED, totally_disabled(facts.share("loss"), law) or facts.says("invalidity pensioner"))
    steps.test(CERTIFIED, facts.says("certified by a board"), "Act 4, s.15")
    if facts.says("owed by another claim"):
        steps.test(NOT_TWICE, False, "Act 4, s.15")
    first = facts.day("needed from")
    require_alive(first, facts, law, steps, "Act 4, s.15")
    if steps.refused:
        return
    month = allowance(1, law)
    steps.amount("monthly amount", month, sen(month))
    if facts.has("months"):
        months = facts.count("months")
        steps.amount("amount", allowance(months, law), working("{} × {}", months, sen(month)))
    for begins, ends in _runs(first, _last(facts, first, law), facts.periods("left out")):
        owe_by_month(steps, INSURED, month, partial(_broken, month, law), begins, ends)


def _runs(first: date, last: date | None, left_out: tuple[Days, ...]) -> Iterator[tuple[date, date | None]]:
    """The first and the last day of each run of days that are not left out; one that ends before it begins has none."""
    for each in sorted(left_out):
        ends = each.first - _DAY
        yield first, ends if last is None else min(ends, last)
        first = max(first, each.last + _DAY)
    yield first, last


def _broken(month: Sen, law: LawOn, days: Days) -> Sen:
    """As a pension's (s.19(2)): of this allowance no source says how a broken month is paid."""
    return part_of_month(month, days, law)


def _last(facts: Facts, first: date, law: LawOn) -> date | None:
    """The last day of the need, or the last one alive."""
    needed, alive = facts.day_if_given("needed until"), last_day(facts, law)
    if facts.has("months"):
        needed = (Month.of(first) + (facts.count("months") - 1)).last_day
    return min((day for day in (needed, alive) if day is not None), default=None)


DETERMINATIONS = with_earlier(
    Determination(
        name="act4 constant attendance",
        title="Constant attendance allowance",
        title_ms="Elaun layanan sentiasa",
        law="Act 4, s.15",
        law_day="needed from",
        facts=(
            Fact("needed from", "date", "the first day for which a board certified the need"),
            Fact("needed until", "date", "the last such day; absent: until a board finds otherwise", default=""),
            Fact("left out", "periods", "days between that no board certified, or another claim has", default=[]),
            Fact("loss", "percent", "the loss for which permanent disablement benefit is owed", default="0"),
            Fact("invalidity pensioner", "yes_no", "whether an invalidity pension is owed", default="no"),
            Fact("certified by a board", "yes_no", "whether a board certified the need of constant attendance"),
            Fact("owed by another claim", "yes_no", "whether another claim of the person has all of it", default="no"),
            Fact("months", "count", "whole months from the first on", default="", by_hand_for="needed until"),
            DEATH_FACT,
        ),
        tests=(
            Test(DISABLED, "hilang upaya kekal menyeluruh atau pesara ilat", "Act 4, s.15"),
            Test(CERTIFIED, "disahkan oleh jemaah sebagai memerlukan layanan sentiasa", "Act 4, s.15"),
            Test(NOT_TWICE, "tidak kena dibayar di bawah tuntutan lain bagi hari yang sama", "Act 4, s.15"),
            alive_test("Act 4, s.15"),
        ),
        results=(
            Result("monthly amount", "amaun bulanan", "sen", "the flat allowance of one month"),
            Result("amount", "amaun", "sen", "months × monthly amount, where months are given"),
        ),
        decide=decide,
        # Since version 2 a death is a fact of its own.
        version=2,
    )
)
