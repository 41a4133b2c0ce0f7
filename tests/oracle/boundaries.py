"""The boundaries that the generated accidents must visit, each as a question about an accident."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from shared.kernel.periods import Month
from tests.oracle.accidents import (
    BY_CHOICE,
    BY_DEFAULT,
    CIRCUMSTANCES,
    COMMUTING,
    EMPLOYER_ACTIVITY,
    FOREIGN,
    JOURNEY,
    OTHER,
    OUT,
    SECOND,
    Accident,
)
from tests.oracle.generator import CLASS_EDGES
from tests.oracle.table import average, certified_days, counted, is_employed, payable_days, window

Question = Callable[[Accident], bool]


def _on(*day: int) -> Question:
    return lambda a: a.day == date(*day)


def _employment(begins: int | None = None, ended: int | None = None) -> Question:
    """Whether an employment began, or ended, so many days before the accident."""
    return lambda a: any(_is_away(a, begins, each.first) or _is_away(a, ended, each.last) for each in a.spells)


def _cover(begins: int | None = None, ended: int | None = None) -> Question:
    """Whether a category began, or ended, so many days before the accident."""
    return lambda a: any(_is_away(a, begins, each.first) or _is_away(a, ended, each.last) for each in a.categories)


def _is_away(a: Accident, days: int | None, day: date | None) -> bool:
    return days is not None and day is not None and (a.day - day).days == days


def _between(a: Accident) -> bool:
    ended = [each for each in a.spells if each.last is not None and each.last < a.day]
    return bool(ended) and any(each.first > a.day for each in a.spells)


def _employers_on_the_day(a: Accident) -> int:
    return len({each.employer for each in a.spells if each.covers(a.day)})


def _takes_part(status: str) -> Question:
    return lambda a: any(each.status == status and each.covers(a.day) for each in a.participation)


def _age(a: Accident) -> int:
    return a.month.year - a.born.year - (a.month.last_day.replace(year=2000) < a.born.replace(year=2000))


def _undeclared(a: Accident) -> bool:
    """A month of the six of an employment that goes on, after one that is known."""
    return average(a) is not None and any(
        (each.employer, a.month - 1) not in a.wages and each.last is None and each.touches(a.month - 2)
        for each in counted(a)
    )


def _stated_late(verified: bool) -> Question:
    return lambda a: any(e.covers(a.day) and e.stated_on > a.day and e.verified is verified for e in a.spells)


def _certified(count: int) -> Question:
    return lambda a: len(certified_days(a)) == count


def _final(a: Accident) -> bool:
    return any(each.fit_from is not None for each in a.certificates)


def _is(circumstance: str, broken: bool = False) -> Question:
    return lambda a: a.circumstance == circumstance and a.interrupted_or_deviated is broken


def _found(found: bool | None) -> Question:
    return lambda a: a.circumstance == EMPLOYER_ACTIVITY and a.found is found


def _wage(of: Callable[[int], bool]) -> Question:
    return lambda a: any(of(wage) for (_, month), wage in a.wages.items() if month in window(a.month))


def _pay_of_month(zero: bool) -> Question:
    lines = {0} if zero else set()
    return lambda a: is_employed(a) and {wage for (_, month), wage in a.wages.items() if month == a.month} == lines


BOUNDARIES: dict[str, Question] = {
    "day before SKBBK": _on(2026, 5, 31),
    "first day of SKBBK": _on(2026, 6, 1),
    "last day of June 2026": _on(2026, 6, 30),
    "first day of July 2026": _on(2026, 7, 1),
    "last day of the release window": _on(2026, 8, 31),
    "last day of phase 1": _on(2028, 5, 31),
    "first day of phase 2": _on(2028, 6, 1),
    "last day of phase 2": _on(2031, 5, 31),
    "first day of phase 3": _on(2031, 6, 1),
    "window across a rise of the ceiling": _on(2025, 3, 10),
    "first day of an employment": _employment(begins=0),
    "day before an employment": _employment(begins=-1),
    "last day of an employment": _employment(ended=0),
    "day after an employment": _employment(ended=1),
    "between two jobs": _between,
    "never employed": lambda a: not a.spells,
    "left and came back in the month": lambda a: [e.employer for e in a.spells if e.touches(a.month)] == [1, 1],
    "two employers on the day": lambda a: _employers_on_the_day(a) == 2,
    "two employers, one of them past": lambda a: len({e.employer for e in a.spells}) == 2 and is_employed(a) and any(
        e.last is not None and e.last < a.day for e in a.spells
    ),
    "employment stated late": _stated_late(False),
    "employment stated late and verified": _stated_late(True),
    "stated late beside one that counts": lambda a: _stated_late(False)(a) and is_employed(a),
    "first day of cover": _cover(begins=0),
    "day before cover": _cover(begins=-1),
    "last day of cover": _cover(ended=0),
    "day after cover": _cover(ended=1),
    "cover lapsed while employed": lambda a: is_employed(a) and not any(each.covers(a.day) for each in a.categories),
    "in the month of the 60th birthday": lambda a: a.born.year + 60 == a.month.year and a.born.month == a.month.month,
    "second category": lambda a: any(each.status == SECOND and each.covers(a.day) for each in a.categories),
    "over 60": lambda a: _age(a) > 60,
    "in by default": _takes_part(BY_DEFAULT),
    "released": _takes_part(OUT),
    "back by choice": _takes_part(BY_CHOICE),
    "back in the month of the accident": lambda a: a.came_back_on is not None and Month.of(a.came_back_on) == a.month,
    "back in the month after": lambda a: a.came_back_on is not None and Month.of(a.came_back_on) == a.month + 1,
    "released, but the accident is in June 2026": lambda a: a.released_on is not None and a.month == Month(2026, 6),
    "release on the first day": lambda a: a.released_on == date(2026, 7, 13),
    "release on the last day": lambda a: a.released_on == date(2026, 8, 31),
    "release a day late": lambda a: a.released_on == date(2026, 9, 1),
    "new employee's release on the 30th day": lambda a: _new_release(a, 30),
    "new employee's release on the 31st day": lambda a: _new_release(a, 31),
    "foreign worker's release": lambda a: a.residence == FOREIGN and a.released_on is not None,
    "no wages in the month": _pay_of_month(zero=True),
    "wages of the month not declared": _pay_of_month(zero=False),
    "a month without wages among the six": _wage(lambda wage: wage == 0),
    "a month not declared yet": _undeclared,
    "one of two employers has not declared": lambda a: average(a) is not None and any(
        len({(each.employer, month) in a.wages for each in counted(a) if each.touches(month)}) == 2
        for month in window(a.month)
    ),
    "no month at all": lambda a: is_employed(a) and average(a) is None,
    "a similar worker stands in": lambda a: is_employed(a) and a.similar_work is not None and not any(
        month in window(a.month) and wage > 0 for (_, month), wage in a.wages.items()
    ),
    "wages outside every employment": lambda a: any(
        not any(e.employer == employer and e.touches(month) for e in a.spells) for employer, month in a.wages
    ),
    "upper edge of a class": _wage(CLASS_EDGES.__contains__),
    "a sen above the edge": _wage(lambda wage: wage - 1 in CLASS_EDGES),
    "above the highest class": _wage(lambda wage: wage > 600_000),
    "under the lowest daily rate": _wage(lambda wage: 0 < wage <= 110_000),
    **{f"circumstance {each}": _is(each) for each in CIRCUMSTANCES},
    "commuting, broken": _is(COMMUTING, broken=True),
    "journey, broken": _is(JOURNEY, broken=True),
    "employer's activity, open": _found(None),
    "employer's activity, found to be work": _found(True),
    "employer's activity, found to be none": _found(False),
    "abroad at work": lambda a: a.outside_malaysia and a.circumstance not in (OTHER, EMPLOYER_ACTIVITY),
    "abroad outside work": lambda a: a.outside_malaysia and a.circumstance == OTHER,
    "act of section 93": lambda a: a.act_of_section_93,
    "breach of immigration law": lambda a: a.breach_of_immigration_law,
    "section 96B": lambda a: a.circumstance_of_section_96b,
    "no certificate": lambda a: not a.certificates,
    **{f"{count} certified days": _certified(count) for count in (3, 4, 5, 180, 181)},
    "above 180 days, not looked at": lambda a: len(certified_days(a)) > 180 and not a.looked_at,
    "a final certificate leaves three days": lambda a: _final(a) and len(certified_days(a)) == 3,
    "a final certificate leaves four days": lambda a: _final(a) and len(certified_days(a)) == 4,
    "certified from the day after": lambda a: bool(a.certificates) and a.day not in certified_days(a),
    "certified from before": lambda a: any(e.days is not None and e.days.first < a.day for e in a.certificates),
    "worked on the day of the accident": lambda a: a.worked_with_wages == (a.day,),
    "worked on every certified day": lambda a: len(certified_days(a)) >= 4 and not payable_days(a),
}  # fmt: skip


def _new_release(a: Accident, days: int) -> bool:
    begun = min((each.first for each in a.spells), default=a.day)
    return begun > date(2026, 8, 31) and a.released_on == begun + timedelta(days=days)


def visited(accidents: Iterable[Accident]) -> Counter[str]:
    """How many of the accidents stand at each boundary."""
    return Counter(name for accident in accidents for name, stands in BOUNDARIES.items() if stands(accident))
