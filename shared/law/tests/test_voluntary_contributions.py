"""Contributions under Acts 789, 838 and 872: classes, subsidies, periods, and the one amount below a sen."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from shared.kernel.money import sen_from_ringgit
from shared.law.act789.contributions.bulk import monthly_contributions
from shared.law.act789.contributions.rules import (
    allows_plan,
    class_numbered,
    class_of,
    contribution,
    earning_of_plan,
    subsidised,
)
from shared.law.act838.contributions.bulk import contributions as act838_contributions
from shared.law.act838.contributions.rules import contribution as act838_contribution
from shared.law.act838.contributions.rules import is_whole_periods
from shared.law.act872.deduction.rules import (
    Transaction,
    default_minimum,
    earnings,
    exact_deduction,
    remittance,
    shortfall,
)
from shared.law.errors import NoLongerLaw, NotYetLaw, OutsideTable
from shared.law.tests.turned import law_of, turned

rm = sen_from_ringgit
LAW = law_of("2026-07-01")
EARNINGS = range(105_000, 395_001, 10_000)


def test_act_789_has_thirty_classes_of_1_25_percent_to_the_nearest_ten_sen() -> None:
    """Act 789, Second Schedule, para 2: class n insures 950 + 100n (dossier other-schemes §1.3)."""
    assert len(LAW.table("act789.contributions.classes").rows) == 30
    for number, earning in enumerate(EARNINGS, start=1):
        found = class_of(earning, LAW)
        assert found == class_numbered(number, LAW)
        assert (found.number, found.earning) == (number, earning)
        assert found.monthly == int(Fraction(earning * 125, 10_000) / 10 + Fraction(1, 2)) * 10
    for other in (0, 95_000, 104_999, 105_001, 405_000):
        with pytest.raises(OutsideTable):
            class_of(other, LAW)
    with pytest.raises(OutsideTable):
        class_numbered(31, LAW)


def test_the_four_plans_are_classes() -> None:
    plans = {"1": ("13.10", "157.20"), "2": ("19.40", "232.80"), "3": ("36.90", "442.80"), "4": ("49.40", "592.80")}
    for plan, (month, year) in plans.items():
        earning = earning_of_plan(plan, LAW)
        assert (contribution(earning, 1, LAW), contribution(earning, 12, LAW)) == (rm(month), rm(year))
    with pytest.raises(OutsideTable):
        earning_of_plan("5", LAW)


@pytest.mark.parametrize(
    ("day", "programme", "full", "government"),
    [
        ("2020-01-01", "penjana_gig", "232.80", "163.00"),  # 162.96
        ("2022-01-01", "sps", "232.80", "186.20"),  # 186.24, as published
        ("2023-12-31", "sps_madani_plan_2", "232.80", "232.80"),
        ("2024-01-01", "sps_2024", "232.80", "209.50"),  # 209.52
        ("2025-12-31", "sps_2025", "232.80", "163.00"),
        ("2026-01-01", "second_year_2026", "13.10", "6.60"),  # 6.55: half goes up
    ],
)
def test_the_government_pays_its_share_to_ten_sen(day: str, programme: str, full: str, government: str) -> None:
    """Dossier other-schemes §1.5."""
    shares = subsidised(rm(full), programme, law_of(day))
    assert shares.government == rm(government)
    assert shares.payer == rm(full) - rm(government)


def test_a_programme_is_open_in_its_year_and_for_its_plan() -> None:
    assert allows_plan("sps", "2", law_of("2022-06-01"))
    assert not allows_plan("sps", "3", law_of("2022-06-01"))
    assert allows_plan("first_time_2026", "3", LAW)
    with pytest.raises(OutsideTable):
        subsidised(rm("232.80"), "sps_2024", law_of("2025-01-01"))
    with pytest.raises(NotYetLaw):
        subsidised(rm("232.80"), "sps", law_of("2019-12-31"))
    with pytest.raises(NoLongerLaw):
        subsidised(rm("232.80"), "sps", law_of("2021-01-01"))


def test_act_838_costs_rm120_for_each_twelve_months() -> None:
    """Act 838 s.15, Third Schedule (dossier other-schemes §3.1)."""
    assert [months for months in range(37) if is_whole_periods(months, LAW)] == [12, 24, 36]
    assert [act838_contribution(months, LAW) for months in (12, 24)] == [rm("120.00"), rm("240.00")]
    for months in (0, 11, 13):
        with pytest.raises(ValueError, match="whole periods"):
            act838_contribution(months, LAW)


def test_populations_under_acts_789_and_838_are_reckoned_as_each_person_is() -> None:
    sen = np.array(EARNINGS, dtype=np.int64)
    assert monthly_contributions(sen, LAW).tolist() == [class_of(earning, LAW).monthly for earning in EARNINGS]
    assert act838_contributions(np.array([12, 24, 36]), LAW).tolist() == [12_000, 24_000, 36_000]
    for wrong in (104_999, 105_001, 395_001, 0):
        with pytest.raises(OutsideTable):
            monthly_contributions(np.array([105_000, wrong], dtype=np.int64), LAW)
    with pytest.raises(TypeError, match="int64"):
        monthly_contributions(np.array([1050.0]), LAW)
    for months in (0, 18, -12):
        with pytest.raises(ValueError, match="whole periods"):
            act838_contributions(np.array([12, months]), LAW)


def test_a_gig_workers_deduction_is_kept_exactly_and_the_remittance_rounded_once(tmp_path: Path) -> None:
    """Act 872 s.83; P.U.(A) 143/2026 reg. 2: RM9.50 gives 11.875 sen (dossier other-schemes §2.2)."""
    assert exact_deduction([950], LAW) == Fraction(95, 8)
    assert remittance([950], LAW) == 12
    assert remittance([920, 920], LAW) == 23
    assert remittance([40], LAW) == 1  # exactly half a sen
    assert remittance([], LAW) == 0
    each = turned(tmp_path, "2026-07-01", {"act872.deduction.rounded_on_remittance": ("yes_no", "no")})
    assert remittance([920, 920], each) == 24
    with pytest.raises(NotYetLaw):
        exact_deduction([950], law_of("2026-03-30"))


def test_tips_are_not_earnings_and_commission_is_not_taken_off_unless_the_book_says_so(tmp_path: Path) -> None:
    fare = Transaction(gross=10_000, tips=2_000, commission=1_500)
    assert earnings(fare, LAW) == 10_000
    tipped = turned(tmp_path / "tips", "2026-07-01", {"act872.deduction.tips_count": ("yes_no", "yes")})
    assert earnings(fare, tipped) == 12_000
    net = turned(tmp_path / "net", "2026-07-01", {"act872.deduction.on_gross": ("yes_no", "no")})
    assert earnings(fare, net) == 8_500
    assert Transaction(gross=1) == Transaction(gross=1, tips=0, commission=0)


def test_a_shortfall_is_measured_against_the_lowest_class_unless_a_plan_was_chosen() -> None:
    assert default_minimum(LAW) == rm("13.10")
    assert shortfall(rm("13.09"), rm("13.10")) == 1
    assert shortfall(rm("13.10"), rm("13.10")) == shortfall(rm("20.00"), rm("13.10")) == 0
