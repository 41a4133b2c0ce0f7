"""The oracle of contributions: what is due for a person's month, worked out from rates and rounding by hand.

Written from the domain dossiers (act4 §1.1, §1.2, §2.2, §2.3, §5.2, other-schemes §4.1) alone, with none of the statute
book's tables or rules. The dossier checked its formula against all 65 published rows; what it leaves open is taken as
the book marks it `assumed`: see READINGS. Amounts and wages are sen.
"""

from dataclasses import dataclass
from datetime import date

READINGS = """
Left open by the dossiers:
- the months of the 60th and of the 18th birthday are judged by their last day (act4 §1.2, other-schemes §4.1);
- who is born on 29 February has the birthday on 1 March in common years (public-cases no. 8);
- the tables with the ceilings RM4,000 began in June 2016, that of RM3,000 stood before (act4 §2.3: recalled);
- below the top class, SKBBK of phase 2 is 1 % of the assumed wage, and of phase 3 what employment injury is
  (act4 §2.2);
- the kinds of work that the First Schedule leaves out, an intern's RM30.00, and a spouse since 2018 are recalled
  (act4 §1.1);
- a local domestic worker takes part in the SKBBK (act4 §8 no. 15).
"""

FIRST_CATEGORY, SECOND_CATEGORY = "first", "second"
FOREIGN = "foreign_worker"
# First month, and the ceiling of the table from then on.
CEILINGS = (((2013, 1), 300_000), ((2016, 6), 400_000), ((2022, 9), 500_000), ((2024, 10), 600_000))
# The six classes below RM200: upper edge and assumed wage; above it a class is RM100 wide, and its middle is assumed.
SMALL = ((3_000, 2_000), (5_000, 4_000), (7_000, 6_000), (10_000, 8_500), (14_000, 12_000), (20_000, 17_000))
STEP = 10_000
EIS_BEGINS, SKBBK_BEGINS = (2018, 1), (2026, 6)
SKBBK_PHASES = ((2026, 6), (2028, 6), (2031, 6))
FOREIGN_INJURY, FOREIGN_INVALIDITY = (2019, 1), (2024, 7)
DOMESTIC, SPOUSE = (2021, 6), (2018, 1)
NO_CONTRACT = ("self_employed", "sole_proprietor", "partner")
LEFT_OUT = ("civil_servant", "prisoner", *NO_CONTRACT)
INTERN_OVER = 3_000
# The one printed cell that no rate explains, until August 2022: the employer's share of RM3,900 to RM4,000 and above.
ODD_CELL, ODD_SINCE, ODD_UNTIL = (395_000, 6_905), (2016, 6), (2022, 8)

YearMonth = tuple[int, int]


@dataclass(frozen=True)
class Worker:
    """What of a person decides what is due; `liable_on` is the first day of work for anybody."""

    born_on: date
    liable_on: date
    residence: str = "citizen"
    kind_of_work: str = "permanent"
    spouse: bool = False
    allowance: int | None = None
    released: bool = False


class NotInsured(Exception):
    """The law leaves the work, or the worker, out in the month."""


def due(worker: Worker, month: YearMonth, wage: int) -> tuple[int, int, int, int, int]:
    """Act 4 employer and employee, Act 800 employer and employee, SKBBK; raises NotInsured."""
    if not under_act4(worker, month):
        raise NotInsured
    if wage == 0:
        return (0, 0, 0, 0, 0)
    assumed = assumed_wage(wage, ceiling(month))
    first = category(worker, month) == FIRST_CATEGORY and (worker.residence != FOREIGN or month >= FOREIGN_INVALIDITY)
    employer, employee = act4(assumed, month, first=first)
    eis = act800(assumed) if under_act800(worker, month) else 0
    return employer, employee, eis, eis, 0 if worker.released else skbbk(assumed, month)


def ceiling(month: YearMonth) -> int:
    """Of the table of a month."""
    return max(top for begins, top in CEILINGS if begins <= month)


def assumed_wage(wage: int, top: int) -> int:
    """Of the class with this wage: more than its lower edge, and at most its upper one."""
    for upper, assumed in SMALL:
        if wage <= upper:
            return assumed
    upper = min(-(-wage // STEP) * STEP, top)
    return upper - STEP // 2


def act4(assumed: int, month: YearMonth, *, first: bool) -> tuple[int, int]:
    """1.25 % to the nearest ten sen, half up, is the share of employment injury; 0.5 % down to five sen is that of
    invalidity, which employer and employee pay each (act4 §2.2)."""
    injury, invalidity = injury_share(assumed), invalidity_share(assumed)
    if not first:
        return injury, 0
    odd = assumed == ODD_CELL[0] and ODD_SINCE <= month <= ODD_UNTIL
    return (ODD_CELL[1] if odd else injury + invalidity), invalidity


def injury_share(assumed: int) -> int:
    """1.25 % of the assumed wage, to the nearest ten sen, half up."""
    return (assumed * 125 + 50_000) // 100_000 * 10


def invalidity_share(assumed: int) -> int:
    """0.5 % of the assumed wage, down to five sen."""
    return assumed * 5 // 5_000 * 5


def act800(assumed: int) -> int:
    """0.2 % of the assumed wage, up to five sen: above RM200 it is a multiple of them (other-schemes §4.1)."""
    return -(-assumed * 2 // 5_000) * 5


def skbbk(assumed: int, month: YearMonth) -> int:
    """Phase 1: what injury has more than invalidity, but for the class of RM70 to RM100; then 1 %, then 1.25 %."""
    phase = sum(begins <= month for begins in SKBBK_PHASES)
    if phase == 0:
        return 0
    if phase == 1:
        return 65 if assumed == 8_500 else injury_share(assumed) - invalidity_share(assumed)
    return assumed // 100 if phase == 2 else injury_share(assumed)


def category(worker: Worker, month: YearMonth) -> str:
    """Second: 60 by the month's end, or first liable at 55 or later (act4 §1.2)."""
    late = age(worker.born_on, worker.liable_on) >= 55
    return SECOND_CATEGORY if late or age(worker.born_on, last_day(month)) >= 60 else FIRST_CATEGORY


def under_act4(worker: Worker, month: YearMonth) -> bool:
    """Whether the Act has the work, and the worker, in the month (act4 §1.1)."""
    kind = worker.kind_of_work
    if kind in LEFT_OUT or (worker.spouse and month < SPOUSE) or (kind == "domestic_worker" and month < DOMESTIC):
        return False
    if kind == "intern" and (worker.allowance or 0) <= INTERN_OVER:
        return False
    return month >= (FOREIGN_INJURY if worker.residence == FOREIGN else CEILINGS[0][0])


def under_act800(worker: Worker, month: YearMonth) -> bool:
    """18 to 59 by the month's end, first liable before 57, no foreigner and no spouse (other-schemes §4.1)."""
    if month < EIS_BEGINS or worker.residence == FOREIGN or worker.spouse:
        return False
    return 18 <= age(worker.born_on, last_day(month)) < 60 and age(worker.born_on, worker.liable_on) < 57


def age(born_on: date, day: date) -> int:
    """Years that are full on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def last_day(month: YearMonth) -> date:
    """The last day of a month."""
    year, number = month
    return date.fromordinal(date(year + number // 12, number % 12 + 1, 1).toordinal() - 1)
