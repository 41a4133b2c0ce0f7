"""Whatever a file says, its check ends: a line that cannot be judged is set aside by itself."""

from datetime import date

import numpy as np
import pytest

from services.registration.domain.contribution import FileFormat, Reading, StatedAmount, number_of
from services.registration.domain.insured import FOREIGN, Insured
from services.registration.files.columns import FileColumns
from services.registration.files.contribution_file import AMOUNT_FIELDS
from services.registration.files.line_checks import check_lines
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
