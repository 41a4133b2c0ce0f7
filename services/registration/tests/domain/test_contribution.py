"""What of a month's contributions each fund gets: of both categories, and of corrections."""

from datetime import date

import pytest

from services.registration.domain.contribution import (
    Amounts,
    MonthSums,
    TakenColumns,
    TakenLine,
    by_fund,
)
from services.registration.events.contribution_received import contribution_totals
from shared.kernel.clock import now
from shared.kernel.funds import Fund
from shared.kernel.identifiers import new_id

# RM2,500.00 in June 2026, in sen: of the first category, insured under Act 800, and of the second (Third Schedule).
FIRST = Amounts(4_285, 1_225, 490, 490, 1_835)
SECOND = Amounts(3_060, 0, 0, 0, 1_835)


def shares(amounts: Amounts, month: int = 202606) -> dict[Fund, tuple[int, int]]:
    found = by_fund(MonthSums(month, 1, 250_000, amounts), date(2026, 7, 14))
    return {each.fund: (each.employer_sen, each.employee_sen) for each in found}


@pytest.mark.parametrize(
    ("amounts", "injury", "invalidity", "skbbk", "act800"),
    [
        (FIRST, (3_060, 0), (1_225, 1_225), (0, 1_835), (490, 490)),
        (SECOND, (3_060, 0), (0, 0), (0, 1_835), (0, 0)),
        (SECOND - FIRST, (0, 0), (-1_225, -1_225), (0, 0), (-490, -490)),
        (FIRST + SECOND, (6_120, 0), (1_225, 1_225), (0, 3_670), (490, 490)),
        (Amounts() - FIRST, (-3_060, 0), (-1_225, -1_225), (0, -1_835), (-490, -490)),
    ],
)
def test_each_fund_gets_its_part(
    amounts: Amounts,
    injury: tuple[int, int],
    invalidity: tuple[int, int],
    skbbk: tuple[int, int],
    act800: tuple[int, int],
) -> None:
    """The second category is of employment injury alone, and pays what the first pays for it: RM30.60 of RM42.85."""
    assert shares(amounts) == {
        Fund.EMPLOYMENT_INJURY: injury,
        Fund.INVALIDITY: invalidity,
        Fund.NON_EMPLOYMENT_INJURY: skbbk,
        Fund.EMPLOYMENT_INSURANCE: act800,
    }


def test_the_first_month_that_the_tables_know_is_split_too() -> None:
    assert shares(FIRST, 201101)[Fund.INVALIDITY] == (1_225, 1_225)


def test_the_totals_state_every_fund_also_where_nothing_changed() -> None:
    """So that what was told by fund is never taken for what was told before funds were told apart: each of a file's."""
    told = contribution_totals(new_id(), 3, now(), MonthSums(202606, 1, 250_000, Amounts()))
    assert {(each.fund.value, each.employer_sen, each.employee_sen) for each in told.funds} == {
        (fund.value, 0, 0) for fund in set(Fund) - {Fund.SELF_EMPLOYED, Fund.HOUSEWIVES}
    }


@pytest.mark.parametrize(
    ("revision", "wage", "before", "does"),
    [
        (1, 250_000, Amounts(), False),
        (2, 250_000, Amounts(), True),
        (2, 250_000, SECOND, False),
        (2, 0, Amounts(), False),
    ],
)
def test_where_nothing_stood_by_its_last_revision_something_stands(
    revision: int, wage: int, before: Amounts, does: bool
) -> None:
    """By itself, and as one file's among those of others, of which nothing stood for any line."""
    line = TakenLine(202606, 1, revision, wage, FIRST, before)
    of_another = TakenLine(202606, 2, 2, 250_000, FIRST, SECOND)
    assert TakenColumns.of([line]).stands_where_nothing_stood == does
    assert TakenColumns.of([of_another, line]).part(1, 2).stands_where_nothing_stood == does
