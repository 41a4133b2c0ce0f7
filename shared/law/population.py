"""Contributions of a whole population for one month under Act 4 and Act 800: the twin of the rules of both."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from shared.law.act4.cover.rules import Category, contingencies
from shared.law.book import LawOn
from shared.law.bulk import BoolArray, Int64Array, Ladder, amounts_of, check_classes, check_wages, chunks, ladder
from shared.law.table import Table

ClassNumbers: TypeAlias = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Columns:
    """Row by row: the class number (0 without wages), and in sen the assumed wage and what each side owes each scheme.

    Columns that are equal by law, such as those of both sides under Act 800, may be one array: change none in place.
    """

    number: ClassNumbers
    assumed: Int64Array
    act4_employer: Int64Array
    act4_employee: Int64Array
    skbbk_employee: Int64Array
    act800_employer: Int64Array
    act800_employee: Int64Array


def contributions(
    wages: Int64Array, first_category: BoolArray, insured: BoolArray, takes_part: BoolArray, law: LawOn
) -> Columns:
    """What is due for one month: twin of `contribution` of both Acts, of `skbbk_contribution` and of `wage_class`.

    `wages` are int64 sen. `first_category` marks who contributes by the first category, `insured` who is insured under
    Act 800, `takes_part` who takes part in SKBBK. `law` is that of the first day of the month. Raises `OutsideTable`,
    and `NotYetLaw` for months before a scheme in which somebody is marked.
    """
    check_wages(wages)
    plan = _plan(law, bool(insured.any()))
    number = np.empty(len(wages), dtype=np.int16)
    assumed, employer, employee, skbbk, act800 = (np.empty(len(wages), dtype=np.int64) for _ in range(5))
    act800_employee = act800 if plan.sides_are_equal else np.empty(len(wages), dtype=np.int64)
    for part in chunks(len(wages)):
        rungs = plan.ladder.of(wages[part])
        np.take(plan.number, rungs, out=number[part], mode="clip")
        np.take(plan.assumed, rungs, out=assumed[part], mode="clip")
        rungs *= 2
        first = rungs + first_category[part]
        np.take(plan.employer, first, out=employer[part], mode="clip")
        np.take(plan.employee, first, out=employee[part], mode="clip")
        np.take(plan.act800_employer, rungs + insured[part], out=act800[part], mode="clip")
        if not plan.sides_are_equal:
            np.take(plan.act800_employee, rungs + insured[part], out=act800_employee[part], mode="clip")
        rungs *= 2
        rungs += takes_part[part]
        rungs += takes_part[part] & first_category[part]
        np.take(plan.skbbk, rungs, out=skbbk[part], mode="clip")
    check_classes(number)
    return Columns(number, assumed, employer, employee, skbbk, act800, act800_employee)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Every amount by rung. What turns on a mark has two amounts a rung, without and with it; SKBBK has four."""

    ladder: Ladder
    number: ClassNumbers
    assumed: Int64Array
    employer: Int64Array
    employee: Int64Array
    skbbk: Int64Array
    act800_employer: Int64Array
    act800_employee: Int64Array

    @property
    def sides_are_equal(self) -> bool:
        return bool(np.array_equal(self.act800_employer, self.act800_employee))


def _plan(law: LawOn, anybody_is_insured: bool) -> _Plan:
    act4 = law.table("act4.contributions.classes")
    act800 = law.table("act800.contributions.classes") if anybody_is_insured else None
    covered = ["non_employment_injury" in contingencies(category, law) for category in Category]
    skbbk = law.table("act4.contributions.skbbk") if any(covered) else None
    steps = ladder([table for table in (act4, act800, skbbk) if table is not None])
    nothing = np.zeros(steps.rungs, dtype=np.int64)

    def by_rung(table: Table | None, column: str) -> Int64Array:
        return nothing if table is None else amounts_of(table, column, steps)

    of_first, of_second = (by_rung(skbbk, "employee") if covers else nothing for covers in covered)
    return _Plan(
        ladder=steps,
        number=_numbers(steps, [table for table in (act4, act800, skbbk) if table is not None]),
        assumed=by_rung(act4, "assumed"),
        employer=_side_by_side(by_rung(act4, "employer_second"), by_rung(act4, "employer_first")),
        employee=_side_by_side(nothing, by_rung(act4, "employee_first")),
        skbbk=_side_by_side(nothing, of_second, of_first, nothing),
        act800_employer=_side_by_side(nothing, by_rung(act800, "employer")),
        act800_employee=_side_by_side(nothing, by_rung(act800, "employee")),
    )


def _numbers(steps: Ladder, tables: list[Table]) -> ClassNumbers:
    """The class numbers of the first table, and -1 where any of the tables has no class."""
    classes = [steps.classes(table) for table in tables]
    return np.where(np.min(classes, axis=0) < 0, -1, classes[0]).astype(np.int16)


def _side_by_side(*by_rung: Int64Array) -> Int64Array:
    return np.stack(by_rung, axis=1).ravel()
