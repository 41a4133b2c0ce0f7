"""The oracle: which accident is owed what, as two tables that are read from the top; the first row that applies holds.

Written from the domain dossiers (act4, readings, lives) alone, and with none of the statute book's rules. The assumed
wages come from the published contribution tables. What the dossiers leave open is judged as the book marks it
`assumed`: see READINGS.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from tests.oracle.accidents import EMPLOYER_ACTIVITY, JOURNEYS, OTHER, OUT, SKBBK_BEGINS, Accident, Certificate, Spell

READINGS = """
Left open by the dossiers; the oracle takes over what the book marks as assumed, so that both judge the same reading:
- the phase of SKBBK is that of the day of the accident (act4 §5.2);
- SKBBK needs four certified days as employment injury does, and has the same lowest daily rate of RM30.00 (§8 no. 10);
- the lowest daily rate goes on after 2024; the day of the accident and the last certified day are payable (§3.3);
- a final certificate ends earlier ones on the day before fit-from, also for the four days (§3.3);
- a month not declared yet, of an employment that goes on, is payable: the last known class rates it (§3.3), and wages
  are presumed for the month of the accident;
- interruption or deviation takes any journey out of cover: commuting (§4.2) and a journey for employment;
- above 180 certified days a person looks, and the first 180 are owed meanwhile (readings, "faults A3 / A6");
- an employer's activity is for an officer, with SKBBK meanwhile (readings, "engine 6");
- an employment that was stated after the accident, and that nobody verified, is for an officer (doubt, §4.4).
"""


class Outcome(StrEnum):
    """What becomes of one benefit of one accident."""

    OWED = "owed"
    REFUSED = "refused"
    OFFICER = "officer"


class Reason(StrEnum):
    """Why it is not owed, or not yet."""

    NONE = ""
    STATED_LATE = "employment stated late"
    NOT_EMPLOYED = "not employed on the day"
    NOT_COVERED = "no cover on the day"
    OPEN_CIRCUMSTANCE = "an employer's activity"
    OUTSIDE_EMPLOYMENT = "outside employment"
    JOURNEY_BROKEN = "journey interrupted or left"
    AROSE_OUT_OF_EMPLOYMENT = "an employment injury"
    RELEASED = "released from SKBBK"
    NO_WAGES = "no wages in the month"
    ABROAD = "outside Malaysia"
    CONDUCT = "excluded conduct"
    SECTION_96B = "section 96B"
    TOO_SHORT = "fewer than four certified days"
    NO_WAGE_MONTH = "no month rates it"


@dataclass(frozen=True)
class Row:
    """Where the accident is as `applies` says, the outcome is this one, for this reason, citing these sections."""

    says: str
    applies: Callable[[Accident], bool]
    outcome: Outcome
    reason: Reason
    cites: tuple[str, ...]
    dossier: str


# What the rows ask of an accident.


def counted(accident: Accident) -> list[Spell]:
    """The employments that were stated by the day of the accident, or that an officer verified."""
    return [each for each in accident.spells if each.verified or each.stated_on <= accident.day]


def is_employed(accident: Accident) -> bool:
    return any(each.covers(accident.day) for each in counted(accident))


def is_employed_by_late_word_only(accident: Accident) -> bool:
    return not is_employed(accident) and any(each.covers(accident.day) for each in accident.spells)


def is_insured(accident: Accident) -> bool:
    return any(each.covers(accident.day) for each in accident.categories)


def is_open(accident: Accident) -> bool:
    return accident.circumstance == EMPLOYER_ACTIVITY and accident.found is None


def is_outside_employment(accident: Accident) -> bool:
    return accident.circumstance == OTHER or (accident.circumstance == EMPLOYER_ACTIVITY and accident.found is False)


def is_broken_journey(accident: Accident) -> bool:
    return accident.circumstance in JOURNEYS and accident.interrupted_or_deviated


def arose_out_of_employment(accident: Accident) -> bool:
    return not (is_open(accident) or is_outside_employment(accident) or is_broken_journey(accident))


def is_released(accident: Accident) -> bool:
    status = [each.status for each in accident.participation if each.covers(accident.day)]
    return status == [] or OUT in status


def has_no_wages_in_the_month(accident: Accident) -> bool:
    """Declared by everybody who employed the person as a month without wages."""
    employers = {each.employer for each in counted(accident) if each.touches(accident.month)}
    return all(accident.wages.get((employer, accident.month)) == 0 for employer in employers)


def is_too_short(accident: Accident) -> bool:
    return len(certified_days(accident)) < LEAST_DAYS


def has_no_wage_month(accident: Accident) -> bool:
    return average(accident) is None


REFUSED, OFFICER, OWED = Outcome.REFUSED, Outcome.OFFICER, Outcome.OWED

_STATED_LATE = Row(
    "employed by an employment only that was stated afterwards and verified by nobody",
    is_employed_by_late_word_only, OFFICER, Reason.STATED_LATE, ("s.2(5)",), "act4 §4.4 (doubt)",
)  # fmt: skip
_NOT_EMPLOYED = Row(
    "not employed on the day, its first and last day included",
    lambda a: not is_employed(a), REFUSED, Reason.NOT_EMPLOYED, ("s.2(5)",), "act4 §1.1; public-cases no. 11",
)  # fmt: skip
_TOO_SHORT = Row(
    "certified unfit for fewer than four days, the day of the accident included",
    is_too_short, REFUSED, Reason.TOO_SHORT, ("s.22",), "act4 §3.3",
)  # fmt: skip
_NO_WAGE_MONTH = Row(
    "no month of the six before has a contribution, paid or payable, and no similar worker is named",
    has_no_wage_month, OFFICER, Reason.NO_WAGE_MONTH, ("Fourth Schedule, para 4A",), "act4 §3.1; public-cases no. 7",
)  # fmt: skip

EMPLOYMENT_INJURY = (
    _STATED_LATE,
    _NOT_EMPLOYED,
    Row(
        "in no category of Act 4 on the day",
        lambda a: not is_insured(a), REFUSED, Reason.NOT_COVERED, ("s.6(2)",), "act4 §1.2",
    ),
    Row(
        "an employer's activity of which nobody has found whether it arose out of employment (SKBBK meanwhile)",
        is_open, OFFICER, Reason.OPEN_CIRCUMSTANCE, ("s.2(6)", "s.23"), "readings, engine 6; act4 §4.2",
    ),
    Row(
        "outside work, or an employer's activity that was found to be no employment",
        is_outside_employment, REFUSED, Reason.OUTSIDE_EMPLOYMENT, ("s.2(6)", "ss.23-25"), "act4 §4.2",
    ),
    Row(
        "commuting or on a journey for employment that was interrupted or left",
        is_broken_journey, REFUSED, Reason.JOURNEY_BROKEN, ("s.24(2)",), "act4 §4.2; life 1",
    ),
    _TOO_SHORT,
    _NO_WAGE_MONTH,
    Row(
        "otherwise, in Malaysia or abroad",
        lambda _: True, OWED, Reason.NONE, ("s.22", "Fourth Schedule"), "act4 §3.3, §5.2 (abroad)",
    ),
)  # fmt: skip

NON_EMPLOYMENT_INJURY = (
    _STATED_LATE,
    _NOT_EMPLOYED,
    Row(
        "before 1 June 2026, or in no category of Act 4 on the day",
        lambda a: a.day < SKBBK_BEGINS or not is_insured(a),
        REFUSED, Reason.NOT_COVERED, ("s.6(2)",), "act4 §1.2, §5.2",
    ),
    Row(
        "released, and not back, in the month of the accident",
        is_released, REFUSED, Reason.RELEASED, ("s.6",), "act4 §5.2",
    ),
    Row(
        "no wages for the month of the accident",
        has_no_wages_in_the_month, REFUSED, Reason.NO_WAGES, ("s.6",), "act4 §1.1",
    ),
    Row(
        "it arose out of and in the course of employment",
        arose_out_of_employment, REFUSED, Reason.AROSE_OUT_OF_EMPLOYMENT, ("s.2(14A)",), "act4 §5.2; life 1",
    ),
    Row("outside Malaysia", lambda a: a.outside_malaysia, REFUSED, Reason.ABROAD, ("s.44A",), "act4 §5.2"),
    Row(
        "an act punishable under section 93, or a foreign worker's breach of immigration law",
        lambda a: a.act_of_section_93 or a.breach_of_immigration_law,
        REFUSED, Reason.CONDUCT, ("s.44B",), "act4 §5.2",
    ),
    Row(
        "in a circumstance of section 96B",
        lambda a: a.circumstance_of_section_96b, REFUSED, Reason.SECTION_96B, ("s.2(14A)", "s.96B"), "act4 §5.2",
    ),
    _TOO_SHORT,
    _NO_WAGE_MONTH,
    Row("otherwise", lambda _: True, OWED, Reason.NONE, ("s.44C", "Fourth Schedule"), "act4 §5.2"),
)  # fmt: skip


# The money: dossier act4 §3.1 to §3.3 and §5.2, in exact fractions of sen.

LEAST_DAYS = 4
DAYS_OWED_UNLOOKED = 180
LOWEST_DAILY_RATE: Sen = 3_000
DAYS_OF_MONTH = 30
WINDOW_MONTHS = 6
LAST_KNOWN_MONTHS = 12
SHARE = Fraction(80, 100)
SHARES_OF_SKBBK = (
    (date(2031, 6, 1), Fraction(80, 100)),
    (date(2028, 6, 1), Fraction(64, 100)),
    (SKBBK_BEGINS, Fraction(48, 100)),
)
# The published tables of the contribution classes, by the first month that they hold for: data, not rules.
_TABLES = Path(__file__).parents[2] / "shared/law/act4/contributions"
TABLES = ((Month(2024, 10), "classes_2024_10_01.csv"), (Month(2022, 9), "classes_2022_09_01.csv"))


@cache
def _classes(month: Month) -> tuple[tuple[Sen, Sen], ...]:
    """Upper edge and assumed wage of each class of the month's table."""
    name = next(name for begins, name in TABLES if month >= begins)
    with (_TABLES / name).open(encoding="utf-8") as file:
        return tuple((_sen(row["wage_to"]), _sen(row["assumed"])) for row in csv.DictReader(file))


def _sen(text: str) -> Sen:
    return int(Fraction(text) * 100) if text else 10**12


@cache
def assumed(wage: Sen, month: Month) -> Sen:
    """The assumed wage of the class: above its lower edge, up to its upper one; the highest class has no upper one."""
    classes = _classes(month)
    return next((assumed for upper, assumed in classes if wage <= upper), classes[-1][1])


@lru_cache(maxsize=16)
def average(accident: Accident) -> Fraction | None:
    """The average assumed monthly wage of the contribution months of the six before, else that of a similar worker.

    Assumed wages of several employers in one month are added up to that of the highest class (s.6(10)).
    """
    rated: list[Sen] = []
    for month in window(accident.month):
        wages = [wage for wage in _wages_of(accident, month) if wage > 0]
        if wages:
            rated.append(min(sum(assumed(wage, month) for wage in wages), _classes(month)[-1][1]))
    if rated:
        return Fraction(sum(rated), len(rated))
    return None if accident.similar_work is None else Fraction(accident.similar_work)


@lru_cache(maxsize=64)
def window(month: Month) -> tuple[Month, ...]:
    """The six months before it, the newest last."""
    return tuple(month - back for back in range(WINDOW_MONTHS, 0, -1))


def _wages_of(accident: Accident, month: Month) -> Iterator[Sen]:
    """By each employer of the month: as declared, or, of an employment that goes on, by what it declared last."""
    spells = [each for each in counted(accident) if each.touches(month)]
    for employer in {each.employer for each in spells}:
        declared = accident.wages.get((employer, month))
        if declared is not None:
            yield declared
        elif goes_on := [each for each in spells if each.employer == employer and each.last is None]:
            yield _last_known(accident, goes_on[0], month)


def _last_known(accident: Accident, spell: Spell, month: Month) -> Sen:
    """The newest wages of the same employment within twelve months; zero where there are none."""
    for back in range(1, LAST_KNOWN_MONTHS + 1):
        if spell.touches(month - back) and accident.wages.get((spell.employer, month - back), 0) > 0:
            return accident.wages[spell.employer, month - back]
    return 0


def daily_rate(accident: Accident, share: Fraction) -> Sen:
    """The share of the average by 30, to the nearest sen, half a sen up; at least the lowest daily rate."""
    monthly = average(accident)
    assert monthly is not None
    exact = monthly * share / DAYS_OF_MONTH
    return max(int(exact + Fraction(1, 2)), LOWEST_DAILY_RATE)


def share_of_skbbk(day: date) -> Fraction:
    """By the phase of the day."""
    return next(share for begins, share in SHARES_OF_SKBBK if day >= begins)


@lru_cache(maxsize=16)
def certified_days(accident: Accident) -> tuple[date, ...]:
    """From the day of the accident on, each once; fit-from of a final certificate ends those before it."""
    days = {day for each in accident.certificates for day in _until_final(each, accident.certificates)}
    return tuple(sorted(day for day in days if day >= accident.day))


def _until_final(certificate: Certificate, certificates: Sequence[Certificate]) -> Iterator[date]:
    if certificate.days is None:
        return
    ends = [each.fit_from for each in certificates if each.fit_from and each.issued_on >= certificate.issued_on]
    day = certificate.days.first
    while day <= certificate.days.last and all(day < fit for fit in ends):
        yield day
        day += timedelta(days=1)


def payable_days(accident: Accident) -> list[date]:
    """Certified days for which no wages were paid; those above the 180th wait until a person has looked."""
    days = certified_days(accident)
    owed = days if accident.looked_at else days[:DAYS_OWED_UNLOOKED]
    return [day for day in owed if day not in accident.worked_with_wages]


# The judgement.


@dataclass(frozen=True)
class Verdict:
    """What the table says of one benefit: the rows that apply, the first of which holds, and the money."""

    rows: tuple[Row, ...]
    rate: Sen = 0
    days: tuple[date, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """That of the first row that applies."""
        return self.rows[0].outcome

    def row_of(self, reason: Reason) -> Row | None:
        """The row of a reason that is true and has this outcome: the order of refusals is nobody's law."""
        return next((row for row in self.rows if row.reason is reason and row.outcome is self.outcome), None)


@dataclass(frozen=True)
class Judgement:
    """Both benefits of one accident."""

    employment_injury: Verdict
    non_employment_injury: Verdict


def judged(accident: Accident) -> Judgement:
    """What is owed, by the tables."""
    return Judgement(
        _verdict(accident, EMPLOYMENT_INJURY, lambda: SHARE),
        _verdict(accident, NON_EMPLOYMENT_INJURY, lambda: share_of_skbbk(accident.day)),
    )


def _verdict(accident: Accident, table: Sequence[Row], share: Callable[[], Fraction]) -> Verdict:
    rows = tuple(row for row in table if row.applies(accident))
    if rows[0].outcome is not OWED:
        return Verdict(rows)
    return Verdict(rows, daily_rate(accident, share()), tuple(payable_days(accident)))
