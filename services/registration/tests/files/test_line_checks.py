"""Whatever a file says, its check ends: a line that cannot be judged is set aside by itself."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from services.registration.domain.contribution import FileFormat, Reading, StatedAmount, number_of
from services.registration.domain.insured import FOREIGN, Insured
from services.registration.files.columns import FileColumns
from services.registration.files.contribution_file import AMOUNT_FIELDS
from services.registration.files.line_checks import amounts_due, check_lines
from shared.kernel.money import LARGEST_STATED
from shared.kernel.periods import Month

SUBMITTED_ON = date(2026, 11, 22)
MOST_SEN = 10**14 - 1
NAME = "AHMAD BIN ALI"


@pytest.mark.parametrize("residence", ["citizen", "permanent_resident", FOREIGN])
@pytest.mark.parametrize("born_on", ["1940-01-01", "1965-05-05", "1990-01-01", "2012-01-01"])
@pytest.mark.parametrize("released", [False, True])
@pytest.mark.parametrize("amount", [None, StatedAmount.WAGE, StatedAmount.TOTAL])
def test_no_month_and_no_wage_stops_the_check(
    residence: str, born_on: str, released: bool, amount: StatedAmount | None
) -> None:
    """Every month from before the first table until now, the least wage and the largest that the columns hold."""
    months = [number_of(Month(year, month)) for year in range(2010, 2027) for month in range(1, 13)]
    for wage in (1, LARGEST_STATED, MOST_SEN):
        amounts = {name: np.full(len(months), wage if name == "wages" else 0, dtype=np.int64) for name in AMOUNT_FIELDS}
        person = Insured(1, date.fromisoformat(born_on), date(2012, 1, 2), residence, NAME, True, False, released)
        is_v2 = np.zeros(len(months), dtype=np.bool_)
        reading = Reading() if amount is None else Reading(FileFormat.LEGACY_223, amount=amount)
        columns = FileColumns(["1"] * len(months), [NAME] * len(months), np.array(months), amounts, is_v2, reading)
        checked = check_lines(columns, {("1", month): [person] for month in months}, SUBMITTED_ON)
        faulty = {fault.line for fault in checked.faults}
        if amount is None:
            assert faulty == set(range(1, len(months) + 1))
        else:
            assert len(faulty) + len(checked.accepted) == len(months)


def test_amounts_of_many_are_those_of_each_by_itself() -> None:
    """Of people whom the law has otherwise, in months before and after each table, in whatever order."""
    first = Insured(1, date(1990, 1, 1), date(2012, 1, 2), "citizen", NAME, True, False, False)
    people = [
        first,
        replace(first, born_on=date(1940, 1, 1)),
        replace(first, residence=FOREIGN),
        replace(first, released_from_skbbk=True),
        replace(first, act800_has_work=False),
    ]
    months = [Month(2009, 1), Month(2017, 12), Month(2018, 1), Month(2024, 9), Month(2026, 7)]
    asked = [(person, month, wage) for wage in (1, 248_000, MOST_SEN) for person in people for month in months]
    alone = [due for each in asked for due in amounts_due([each], SUBMITTED_ON)]
    assert amounts_due(asked, SUBMITTED_ON) == alone
    assert len({tuple(due.values()) for due in alone}) > len(months), "they differ"
    assert amounts_due([], SUBMITTED_ON) == []


def test_who_has_work_that_act_800_leaves_out_is_not_checked_as_who_is_born_on_the_same_day() -> None:
    insured = Insured(1, date(1990, 1, 1), date(2012, 1, 2), "citizen", NAME, True, False, False)
    left_out = replace(insured, person=2, act800_has_work=False)
    month = Month(2026, 5)
    due = amounts_due([(insured, month, 248_000), (left_out, month, 248_000)], SUBMITTED_ON)
    assert [each["act800_employer"] for each in due] == [490, 0]
    amounts = {name: np.array([each.get(name, 248_000) for each in due]) for name in AMOUNT_FIELDS}
    months = np.array([number_of(month)] * 2)
    columns = FileColumns(["1", "2"], [NAME] * 2, months, amounts, np.ones(2, dtype=np.bool_))
    people = {("1", number_of(month)): [insured], ("2", number_of(month)): [left_out]}
    assert check_lines(columns, people, SUBMITTED_ON).faults == ()
