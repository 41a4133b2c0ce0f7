"""Spells, windows and releases where one day or one month tells, and assumptions turned round (Acts 4 and 800)."""

from datetime import date
from pathlib import Path

import numpy as np

from shared.kernel.periods import Days, Month
from shared.law.act4.contributions import bulk
from shared.law.act4.contributions.rules import skbbk_contribution
from shared.law.act4.cover.rules import Category
from shared.law.act4.skbbk.rules import Choices, free_from
from shared.law.act4.temporary_disablement.rules import payable_days
from shared.law.act4.wage_base.rules import wage_base
from shared.law.act800.contributions.rules import insured
from shared.law.cases import answers
from shared.law.determination import determination, determine
from shared.law.fact_types import Written
from shared.law.tests.turned import law_of, turned

DAY = "2026-07-15"
HAPPENED = date(2026, 7, 1)


def test_of_several_spells_only_the_last_day_of_the_last_may_be_unpaid(tmp_path: Path) -> None:
    unpaid = turned(tmp_path, DAY, {"act4.temporary_disablement.last_certified_day_payable": ("yes_no", "no")})
    spells = [Days(date(2026, 7, 1), date(2026, 7, 5)), Days(date(2026, 7, 10), date(2026, 7, 15))]
    assert payable_days(spells, HAPPENED, (), None, law_of(DAY)) == tuple(spells)
    assert payable_days(spells, HAPPENED, (), None, unpaid) == (spells[0], Days(date(2026, 7, 10), date(2026, 7, 14)))
    assert payable_days([], HAPPENED, (), None, unpaid) == ()


def test_the_last_month_of_the_window_rates_a_month_that_is_missing() -> None:
    found = wage_base(HAPPENED, {Month(2026, 6): 245_000}, [Month(2026, 5), Month(2026, 6)], law_of(DAY))
    assert found.assumed == {Month(2026, 5): 245_000, Month(2026, 6): 245_000}
    assert found.provisional == (Month(2026, 5),)


def test_a_month_after_the_window_rates_no_month_that_is_missing() -> None:
    contributed = {Month(2026, 4): 245_000, Month(2026, 7): 305_000}
    found = wage_base(HAPPENED, contributed, [Month(2026, 5)], law_of(DAY))
    assert found.assumed == {Month(2026, 4): 245_000, Month(2026, 5): 245_000}


def test_a_release_leaves_the_months_free_that_its_figure_says(tmp_path: Path) -> None:
    later = turned(tmp_path, DAY, {"act4.skbbk.release_from": ("date", "2026-09-01")})
    released = Choices(foreign=False, released_on=date(2026, 7, 20))
    assert free_from(released, law_of(DAY)) == Month(2026, 7)
    assert free_from(released, later) == Month(2026, 9)


def test_a_foreign_worker_is_not_insured_while_that_is_law(tmp_path: Path) -> None:
    """Act 800, First Schedule."""
    open_to_all = turned(tmp_path, DAY, {"act800.cover.foreigners_insured": ("yes_no", "yes")})
    born, liable, month = date(1990, 1, 1), date(2020, 1, 1), Month(2026, 7)
    assert insured(born, liable, False, month, law_of(DAY))
    assert not insured(born, liable, True, month, law_of(DAY))
    assert insured(born, liable, True, month, open_to_all)


def test_a_category_that_is_not_covered_pays_nothing_for_skbbk(tmp_path: Path) -> None:
    """Both categories are covered since June 2026; here the second is not."""
    uncovered = turned(tmp_path, DAY, {"act4.cover.second_category": ("names", "[employment_injury]")})
    wages, first = np.array([300_000, 300_000], dtype=np.int64), np.array([True, False])
    due = [skbbk_contribution(300_000, category, uncovered) for category in (Category.FIRST, Category.SECOND)]
    assert bulk.skbbk_contributions(wages, first, uncovered).tolist() == due
    assert due[0] > 0
    assert due[1] == 0


def test_domestic_workers_take_part_in_skbbk_while_that_is_assumed(tmp_path: Path) -> None:
    without = turned(tmp_path, DAY, {"act4.skbbk.domestic_workers_take_part": ("yes_no", "no")})
    asked = determination("act4 contributions")
    facts: dict[str, Written] = {"wages": "3000.00", "category": "second", "domestic worker": "yes"}
    assert answers(determine(asked, facts, without))["skbbk employee"] == "0.00"
    assert answers(determine(asked, facts, law_of(DAY)))["skbbk employee"] != "0.00"


def test_a_month_that_is_left_free_before_refunds_begin_is_not_refunded(tmp_path: Path) -> None:
    later = turned(tmp_path, DAY, {"act4.skbbk.refund_from": ("date", "2026-08-01")})
    asked = determination("act4 skbbk participation")
    facts: dict[str, Written] = {"released on": "2026-07-20"}
    for law, refunded in ((law_of(DAY), "yes"), (later, "no")):
        found = answers(determine(asked, facts, law))
        assert (found["status"], found["refunded"]) == ("out", refunded)
