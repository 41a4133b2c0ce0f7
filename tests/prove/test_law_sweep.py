"""Every wage in sen from zero to RM10,000, for every table and date: the whole population against one person.

The scalar rules are called at every sen; two processes share the tables.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context

import numpy as np
import pytest

from shared.law.act4.contributions.rules import contribution, skbbk_contribution, wage_class
from shared.law.act4.cover.rules import Category
from shared.law.act800.contributions.rules import contribution as act800_contribution
from shared.law.book import LawOn, book
from shared.law.bulk import BoolArray
from shared.law.population import Columns, contributions

WAGES = 1_000_001  # zero to RM10,000.00
KNOWN, BEGINS = date(2026, 11, 22), date(2013, 1, 1)
FIRST, SECOND = Category.FIRST, Category.SECOND
TABLES = ("act4.contributions.classes", "act4.contributions.skbbk", "act800.contributions.classes")


def sweeps() -> Iterator[tuple[str, date]]:
    """Every table of the book by figure, on the first day on which it is in force.

    Nothing is due before the book begins: of those months only assumed wages are asked, one by one.
    """
    for figure in TABLES:
        yield from ((figure, entry.in_force) for entry in book().figures[figure].entries if entry.in_force >= BEGINS)


def classes(columns: Columns, is_first: bool, law: LawOn) -> int:
    """The wages at which classes, assumed wages or contributions of Act 4 differ from the scalar rules."""
    category = FIRST if is_first else SECOND
    rows = zip(
        columns.number.tolist(),
        columns.assumed.tolist(),
        columns.act4_employer.tolist(),
        columns.act4_employee.tolist(),
        strict=True,
    )
    wrong = int(next(rows) != (0, 0, 0, 0))
    for wage, row in enumerate(rows, start=1):
        due = contribution(wage, category, law)
        if is_first:
            found = wage_class(wage, law)
            wrong += row[:2] != (found.number, found.assumed)
        wrong += row[2:] != (due.employer, due.employee)
    return wrong


def skbbk(columns: Columns, is_first: bool, law: LawOn) -> int:
    """The wages at which the contribution for non-employment injury differs."""
    category = FIRST if is_first else SECOND
    return sum(
        amount != skbbk_contribution(wage, category, law) for wage, amount in enumerate(columns.skbbk_employee.tolist())
    )


def act800(columns: Columns, _: bool, law: LawOn) -> int:
    """The wages at which a contribution under Act 800 differs."""
    wrong = 0
    rows = zip(columns.act800_employer.tolist(), columns.act800_employee.tolist(), strict=True)
    for wage, row in enumerate(rows):
        due = act800_contribution(wage, True, law)
        wrong += row != (due.employer, due.employee)
    return wrong


COMPARISONS: dict[str, Callable[[Columns, bool, LawOn], int]] = dict(zip(TABLES, (classes, skbbk, act800), strict=True))


def differences(figure: str, day: date, is_first: bool) -> int:
    """How many wages are reckoned differently for a population and for one person."""
    law = book().on(day, KNOWN)
    wages = np.arange(WAGES, dtype=np.int64)
    everybody: BoolArray = np.ones(WAGES, dtype=np.bool_)
    insured = everybody if figure == "act800.contributions.classes" else ~everybody
    columns = contributions(wages, everybody if is_first else ~everybody, insured, everybody, law)
    return COMPARISONS[figure](columns, is_first, law)


@pytest.mark.timeout(600)
def test_every_wage_to_ten_thousand_ringgit_is_reckoned_for_a_population_as_for_one_person() -> None:
    jobs = [
        (figure, day, is_first)
        for figure, day in sweeps()
        for is_first in ((True,) if figure == "act800.contributions.classes" else (True, False))
    ]
    assert len(jobs) == 4 * 2 + 3 * 2 + 3
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        found = dict(zip(jobs, pool.map(differences, *zip(*jobs, strict=True)), strict=True))
    assert found == dict.fromkeys(jobs, 0)
