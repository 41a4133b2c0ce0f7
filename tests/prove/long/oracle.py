"""The account that the driver keeps for itself: what was answered 2xx, and what is due by the dossier's rule.

Nothing here asks the platform's rules. The class tables are read as data; a benefit is reckoned by the few lines below
(dossier act4 §3.3: 80 % of the average assumed daily wage of the six months before the accident, for each
certified day on which no wages were paid; 90 % of it, for the loss in per cent, 30 times a month, for a permanent
loss). When a month falls due the oracle of owing knows, which asks nobody either. Money is in sen.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from tests.oracle.owing import DAY, MONTH, Debt, Term

LAW = Path(__file__).resolve().parents[3] / "shared" / "law"
# Month from which a table is in force, newest first, and where it lies.
ACT4 = (
    (202410, "act4/contributions/classes_2024_10_01.csv"),
    (202209, "act4/contributions/classes_2022_09_01.csv"),
    (201606, "act4/contributions/classes_2016_06_01.csv"),
)
ACT800 = (
    (202410, "act800/contributions/classes_2024_10_01.csv"),
    (202209, "act800/contributions/classes_2022_09_01.csv"),
    (201801, "act800/contributions/classes_2018_01_01.csv"),
)
SKBBK = ((202606, "act4/contributions/skbbk_2026_06_01.csv"),)
WINDOW = tuple(range(202601, 202607))
SHARE_PER_CENT, LOSS_SHARE_PER_CENT, DAYS_IN_A_MONTH, FLOOR_SEN = 80, 90, 30, 3_000
UNFIT_FROM, LOST_FROM = date(2026, 7, 16), date(2026, 10, 1)
# Wage, Act 4 of the employer and the employee, Act 800 of both, SKBBK.
Line = tuple[int, int, int, int, int, int]
_NOTHING: Mapping[str, str] = {}


@cache
def _rows(path: str) -> tuple[Mapping[str, str], ...]:
    with (LAW / path).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _sen(ringgit: str) -> int:
    whole, _, decimals = ringgit.partition(".")
    return int(whole) * 100 + int(f"{decimals}00"[:2])


@cache
def _class(tables: tuple[tuple[int, str], ...], wage: int, month: int) -> Mapping[str, str]:
    """The row of the table that was in force: wage above its lower edge and up to its upper one; empty before it."""
    path = next((path for first, path in tables if month >= first), None)
    if path is None:
        return _NOTHING
    return next(row for row in _rows(path) if not row["wage_to"] or wage <= _sen(row["wage_to"]))


def line(wage: int, month: int) -> Line:
    """The contribution of someone in the first category, insured under Act 800, for a month such as 202606."""
    act4, act800, skbbk = (_class(tables, wage, month) for tables in (ACT4, ACT800, SKBBK))
    sen = [_sen(act4[name]) for name in ("employer_first", "employee_first")]
    sen += [_sen(act800[name]) for name in ("employer", "employee")]
    return (wage, sen[0], sen[1], sen[2], sen[3], _sen(skbbk.get("employee", "0")))


def daily_rate(wages: Mapping[int, int]) -> int:
    """80 % of the average assumed daily wage, rounded half up, not under the floor; a month not declared yet counts
    with the class of the last one declared."""
    return max(FLOOR_SEN, _half_up(_assumed(wages) * SHARE_PER_CENT, len(WINDOW) * DAYS_IN_A_MONTH * 100))


def month_of_loss(wages: Mapping[int, int], percent: int) -> int:
    """What a permanent loss of so much per cent makes in a month; nobody here earns so little that a floor counts."""
    above, below = _assumed(wages) * LOSS_SHARE_PER_CENT * percent, len(WINDOW) * DAYS_IN_A_MONTH * 100 * 100
    return _half_up(above, below) * DAYS_IN_A_MONTH


def summed(terms: Iterable[Term]) -> tuple[int, tuple[Term, ...]]:
    """What its days add up to, however they are parted, and what is owed by the month."""
    terms = sorted(terms, key=lambda term: (term.first, term.sen))
    days = (term.sen * (((term.last or term.first) - term.first).days + 1) for term in terms if term.per == DAY)
    return sum(days), tuple(term for term in terms if term.per != DAY)


def _assumed(wages: Mapping[int, int]) -> int:
    """The assumed wages of the window, added up."""
    known = {month: _sen(_class(ACT4, wage, month)["assumed"]) for month, wage in wages.items() if month in WINDOW}
    return sum(known.get(month, known[max(known)]) for month in WINDOW)


def _half_up(above: int, below: int) -> int:
    return (2 * above + below) // (2 * below)


@dataclass
class Accident:
    """A claim that was accepted: whose it is, how many days it pays, whether rehabilitation was completed, and the loss
    in per cent for which it pays by the month, if one is left.
    """

    claim: str
    person: int
    days: int
    rehabilitated: bool = False
    placed: bool = False
    loss: int = 0

    def terms(self, wages: Mapping[int, int]) -> tuple[Term, ...]:
        """What it pays."""
        last = UNFIT_FROM + timedelta(days=self.days - 1)
        unfit = Term(DAY, daily_rate(wages), UNFIT_FROM, last)
        return (unfit, Term(MONTH, month_of_loss(wages, self.loss), LOST_FROM)) if self.loss else (unfit,)


@dataclass
class Account:
    """What the platform has answered with 2xx, and so must never lose."""

    employers: set[int] = field(default_factory=set)
    persons: set[int] = field(default_factory=set)
    payees: set[int] = field(default_factory=set)
    # Person, employer, first and last day.
    spells: dict[str, tuple[int, int, str, str]] = field(default_factory=dict)
    # Lines sent and lines that are good.
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    # Wage by employer, month and person: the file that was received last counts.
    lines: dict[tuple[int, int, int], int] = field(default_factory=dict)
    accidents: dict[str, Accident] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

    def wages(self, person: int, employer: int) -> dict[int, int]:
        """The wages declared for the months that rate a benefit."""
        found = {month: self.lines.get((employer, month, person)) for month in WINDOW}
        return {month: wage for month, wage in found.items() if wage is not None}

    def owed(self) -> dict[str, tuple[Term, ...]]:
        """What each claim is entitled to."""
        employers = {person: employer for person, employer, first, _ in self.spells.values() if first < "2026-07"}
        return {
            claim: each.terms(self.wages(each.person, employers[each.person])) for claim, each in self.accidents.items()
        }

    def due(self, day: date) -> dict[str, int]:
        """What of it has fallen due by a day on which all days unfit have passed, in sen."""
        debts = {claim: Debt(claim, "employment_injury", terms) for claim, terms in self.owed().items()}
        for debt in debts.values():
            debt.look(day)
        return {claim: debt.least(day) for claim, debt in debts.items()}

    def funds(self) -> dict[str, int]:
        """What the lines bring to each fund, as benefits' ledger names them."""
        sums = [0, 0, 0, 0]
        for (_, month, _), wage in self.lines.items():
            _, employer, employee, act800_employer, act800_employee, skbbk = line(wage, month)
            for at, sen in enumerate((employer, employee, act800_employer + act800_employee, skbbk)):
                sums[at] += sen
        names = ("fund_act4_employer", "fund_act4_employee", "fund_act800", "fund_skbbk")
        return dict(zip(names, sums, strict=True))
