"""Draws accidents around every boundary that the dossiers name; `boundaries.py` counts what was visited.

Each part of an accident (employment, insurance, wages, circumstances, certificates) is plain or at a boundary by its
own draw, so that boundaries meet each other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month
from tests.oracle.accidents import (
    BREAK,
    BY_CHOICE,
    BY_DEFAULT,
    CIRCUMSTANCES,
    CITIZEN,
    EMPLOYER_ACTIVITY,
    FIRST,
    FOREIGN,
    JOURNEYS,
    MANDATORY,
    OUT,
    PERMANENT_RESIDENT,
    SECOND,
    SKBBK_BEGINS,
    WINDOW_CLOSES,
    WINDOW_OPENS,
    Accident,
    Certificate,
    Period,
    Spell,
)


@dataclass
class _Draft:
    """What has been drawn of an accident so far."""

    rng: Random
    day: date
    residence: str = CITIZEN
    born: date = date(1985, 1, 1)
    spells: list[Spell] = field(default_factory=list)
    wages: dict[tuple[int, Month], Sen] = field(default_factory=dict)
    released_on: date | None = None
    came_back_on: date | None = None

    @property
    def month(self) -> Month:
        return Month.of(self.day)

    @property
    def first_liable(self) -> date:
        """The first day with any employer; contributions are due from then on."""
        return min((spell.first for spell in self.spells), default=self.day - timedelta(days=1000))


def generated(seed: int, count: int) -> Iterator[Accident]:
    """As many accidents as asked for; the same seed gives the same ones."""
    rng = Random(seed)
    for _ in range(count):
        yield _accident(rng)


def _accident(rng: Random) -> Accident:
    draft = _Draft(rng, _day(rng))
    _employed(draft)
    _person(draft)
    _paid(draft)
    _released(draft)
    certificates = _certified(draft)
    accident = Accident(
        born=draft.born,
        residence=draft.residence,
        spells=tuple(draft.spells),
        categories=_categories(draft),
        released_on=draft.released_on,
        came_back_on=draft.came_back_on,
        participation=participation(draft.residence, draft.released_on, draft.came_back_on, draft.first_liable),
        wages=draft.wages,
        day=draft.day,
        circumstance=rng.choices(CIRCUMSTANCES, (3, 3, 2, 1, 1, 3, 6))[0],
        certificates=certificates,
        worked_with_wages=_worked(draft, certificates),
        similar_work=rng.choice((None, 245_000, 115_000)),
        looked_at=rng.random() < 0.5,
    )
    return _happened(accident, rng)


# The day.

BOUNDARY_DAYS = (
    date(2025, 3, 10),  # the window crosses the ceiling rise of October 2024
    date(2026, 5, 31),
    SKBBK_BEGINS,
    date(2026, 6, 2),
    date(2026, 6, 30),
    date(2026, 7, 1),
    date(2026, 7, 31),
    date(2026, 8, 31),
    date(2026, 9, 1),
    date(2028, 5, 31),
    date(2028, 6, 1),
    date(2031, 5, 31),
    date(2031, 6, 1),
)


def _day(rng: Random) -> date:
    if rng.random() < 0.6:
        return rng.choice(BOUNDARY_DAYS)
    return date(2026, 6, 1) + timedelta(days=rng.randrange(180))


# Employment.


def _spell(employer: int, first: date, last: date | None = None) -> Spell:
    """As most are: stated when it began."""
    return Spell(employer, first, last, first)


def _long_before(draft: _Draft) -> date:
    return draft.day - timedelta(days=draft.rng.randrange(300, 2_000))


def _one_goes_on(draft: _Draft) -> list[Spell]:
    return [_spell(1, _long_before(draft))]


def _begins_on_the_day(draft: _Draft) -> list[Spell]:
    return [_spell(1, draft.day)]


def _ends_on_the_day(draft: _Draft) -> list[Spell]:
    return [_spell(1, _long_before(draft), draft.day)]


def _ended_the_day_before(draft: _Draft) -> list[Spell]:
    return [_spell(1, _long_before(draft), draft.day - timedelta(days=1))]


def _begins_the_day_after(draft: _Draft) -> list[Spell]:
    return [_spell(1, draft.day + timedelta(days=1))]


def _between_two_jobs(draft: _Draft) -> list[Spell]:
    """Left some days before, begins elsewhere some days after: either may be the day itself."""
    ended = draft.day - timedelta(days=draft.rng.choice((0, 1, 1, 9)))
    begins = draft.day + timedelta(days=draft.rng.choice((0, 1, 1, 9)))
    return [_spell(1, _long_before(draft), ended), _spell(2, max(begins, ended + timedelta(days=1)))]


def _left_and_came_back(draft: _Draft) -> list[Spell]:
    """The same employer with a gap of days: the accident is on its edge, or in it."""
    left = draft.day + timedelta(days=draft.rng.choice((-10, -1, -1, 0)))
    back = max(draft.day + timedelta(days=draft.rng.choice((0, 1))), left + timedelta(days=2))
    return [_spell(1, _long_before(draft), left), _spell(1, back)]


def _two_employers(draft: _Draft) -> list[Spell]:
    begun = draft.day - timedelta(days=draft.rng.choice((0, 40, 100, 400)))
    return [_spell(1, _long_before(draft)), _spell(2, begun)]


def _two_employers_one_ended(draft: _Draft) -> list[Spell]:
    ended = draft.day - timedelta(days=draft.rng.choice((1, 40, 100)))
    return [_spell(1, _long_before(draft)), _spell(2, _long_before(draft), ended)]


def _hired_lately(draft: _Draft) -> list[Spell]:
    return [_spell(1, draft.day - timedelta(days=draft.rng.choice((1, 28, 29, 30, 31, 60, 100))))]


def _stated_late(draft: _Draft) -> list[Spell]:
    """Stated on the day, or after it; an officer may have verified it."""
    first, rng = _long_before(draft), draft.rng
    return [Spell(1, first, None, draft.day + timedelta(days=rng.choice((0, 1, 5))), rng.random() < 0.4)]


def _one_stated_late_beside_another(draft: _Draft) -> list[Spell]:
    return [*_one_goes_on(draft), Spell(2, _long_before(draft), None, draft.day + timedelta(days=1))]


def _never_employed(_: _Draft) -> list[Spell]:
    return []


SPELLS: tuple[Callable[[_Draft], list[Spell]], ...] = (
    _begins_on_the_day,
    _ends_on_the_day,
    _ended_the_day_before,
    _begins_the_day_after,
    _between_two_jobs,
    _left_and_came_back,
    _two_employers,
    _two_employers,
    _two_employers_one_ended,
    _hired_lately,
    _hired_lately,
    _stated_late,
    _one_stated_late_beside_another,
    _never_employed,
)


def _employed(draft: _Draft) -> None:
    pattern = draft.rng.choice(SPELLS) if draft.rng.random() < 0.4 else _one_goes_on
    draft.spells = pattern(draft)


# The person, and the category of insurance.


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, 1)


def _person(draft: _Draft) -> None:
    rng, month = draft.rng, draft.day.replace(day=1)
    draft.residence = rng.choices((CITIZEN, PERMANENT_RESIDENT, FOREIGN), (7, 1, 2))[0]
    oldest = _years_before(draft.first_liable, 20)
    ages = (
        date(1985, rng.randrange(1, 13), rng.randrange(1, 29)),
        _years_before(month, 60) + timedelta(days=14),  # turns 60 in the month of the accident
        _years_before(month, 60) + timedelta(days=45),  # in the month after
        _years_before(month, 67),
        _years_before(draft.first_liable, 55),  # first insured at 55
        _years_before(draft.first_liable, 54),
    )
    draft.born = min(rng.choices(ages, (6, 1, 1, 1, 1, 1))[0], oldest)


def _category_on(born: date, first_liable: date, day: date) -> str:
    """Dossier act4 §1.2: under 60 and first liable before 55; assumed: the month of the 60th birthday is the second."""
    turns_60 = date(born.year + 60, born.month, 1)
    turns_55 = date(born.year + 55, born.month, min(born.day, 28))
    return FIRST if day < turns_60 and first_liable < turns_55 else SECOND


def _categories(draft: _Draft) -> tuple[Period, ...]:
    """From the first day of work on; now and then cover has lapsed (no valid pass, work outside the Act)."""
    rng, day, begins = draft.rng, draft.day, draft.first_liable
    whole = by_age(draft.born, begins)
    if rng.random() < 0.8:
        return whole
    one, category = timedelta(days=1), _category_on(draft.born, begins, day)
    return rng.choice(
        (
            (Period(category, min(begins, day), day),),
            (Period(category, min(begins, day - one), day - one),),
            (Period(category, day),),
            (Period(category, day + one),),
            (Period(category, min(begins, day - one), day - one), Period(category, day + one)),
            (),
        )
    )


def by_age(born: date, begins: date) -> tuple[Period, ...]:
    """The categories of somebody who began to work on a day, by age alone."""
    turns_60 = date(born.year + 60, born.month, 1)
    if _category_on(born, begins, begins) == SECOND:
        return (Period(SECOND, begins),)
    return (Period(FIRST, begins, turns_60 - timedelta(days=1)), Period(SECOND, turns_60))


# Wages.

CLASS_EDGES: tuple[Sen, ...] = (20_000, 110_000, 190_000, 250_000, 300_000, 590_000)


def _wage(rng: Random) -> Sen:
    edge = rng.choice(CLASS_EDGES)
    wages = (rng.randrange(150_000, 600_000), edge, edge + 1, 600_000, 600_001, 900_000, rng.randrange(100, 100_000))
    return rng.choices(wages, (5, 1, 1, 1, 1, 1, 2))[0]


def _months(spells: Sequence[Spell], month: Month) -> list[tuple[int, Month]]:
    """The months of the last nine and of the accident in which somebody was employed, each once with an employer."""
    last = [month - back for back in range(9, -1, -1)]
    return sorted({(each.employer, m) for each in spells for m in last if each.touches(m)}, key=_by_employer)


def _by_employer(key: tuple[int, Month]) -> tuple[int, str]:
    return key[0], str(key[1])


def _paid(draft: _Draft) -> None:
    rng, months = draft.rng, _months(draft.spells, draft.month)
    steady = {employer: _wage(rng) for employer, _ in months}
    varies = rng.random() < 0.3
    draft.wages = {key: _wage(rng) if varies else steady[key[0]] for key in months}
    if len(steady) > 1 and rng.random() < 0.2:
        _one_of_two_not_declared_yet(draft)
    elif rng.random() < 0.4:
        rng.choice(PAY)(draft)


def _none_in_the_month(draft: _Draft) -> None:
    """Unpaid leave: everybody declared the month of the accident, and no wages."""
    _declare_none(draft, [draft.month])


def _none_in_some_months(draft: _Draft) -> None:
    _declare_none(draft, [draft.month - back for back in draft.rng.sample(range(1, 7), draft.rng.randrange(1, 6))])


def _none_in_any_month(draft: _Draft) -> None:
    _declare_none(draft, [draft.month - back for back in range(10)])


def _not_declared_yet(draft: _Draft) -> None:
    """The last month or two of an employment that goes on are not declared, nor is the month of the accident."""
    missing = [draft.month - back for back in range(draft.rng.choice((1, 2, 3)))]
    ended = {each.employer for each in draft.spells if each.last is not None}
    for key in [key for key in draft.wages if key[0] not in ended and key[1] in missing]:
        del draft.wages[key]


def _one_of_two_not_declared_yet(draft: _Draft) -> None:
    """The first employer goes on and has not declared the last month; the other one has."""
    if all(each.last is None for each in draft.spells if each.employer == 1):
        draft.wages.pop((1, draft.month - 1), None)


def _never_declared(draft: _Draft) -> None:
    """An employer that defaulted: no line of any month."""
    draft.wages.clear()


def _line_of_a_stranger(draft: _Draft) -> None:
    """An employer without any spell declared wages: they move nothing."""
    draft.wages[9, draft.month - draft.rng.randrange(1, 7)] = 590_000


def _line_after_the_end(draft: _Draft) -> None:
    """An employer declared a month after its spell ended: it is set aside."""
    for each in draft.spells:
        after = None if each.last is None else Month.of(each.last) + 1
        if after is not None and not any(o.touches(after) for o in draft.spells if o.employer == each.employer):
            draft.wages[each.employer, after] = 590_000


PAY: tuple[Callable[[_Draft], None], ...] = (
    _none_in_the_month,
    _none_in_some_months,
    _none_in_any_month,
    _not_declared_yet,
    _not_declared_yet,
    _never_declared,
    _line_of_a_stranger,
    _line_after_the_end,
)


def _declare_none(draft: _Draft, months: Sequence[Month]) -> None:
    for key in draft.wages:
        if key[1] in months:
            draft.wages[key] = 0


# Taking part in SKBBK.


def participation(
    residence: str, released_on: date | None, came_back_on: date | None, first_liable: date
) -> tuple[Period, ...]:
    """What registration states (dossier act4 §5.2): June 2026 in for all, foreign workers always, silence is in.

    A release counts within the window, or within 30 days of the first day of who is new; an existing employee's then
    leaves July 2026 free and what follows, a new one's the month of the first day. Coming back counts from its month.
    """
    if residence == FOREIGN:
        return (Period(MANDATORY, SKBBK_BEGINS),)
    june = Period(MANDATORY, SKBBK_BEGINS, date(2026, 6, 30))
    free_from = _free_from(released_on, first_liable)
    if free_from is None:
        return (june, Period(BY_DEFAULT, date(2026, 7, 1)))
    before = (june,) if free_from == date(2026, 7, 1) else (june, Period(BY_DEFAULT, date(2026, 7, 1), _eve(free_from)))
    if came_back_on is None:
        return (*before, Period(OUT, free_from))
    back = came_back_on.replace(day=1)
    return (*before, Period(OUT, free_from, _eve(back)), Period(BY_CHOICE, back))


def _free_from(released_on: date | None, first_liable: date) -> date | None:
    if released_on is None:
        return None
    if first_liable < WINDOW_CLOSES and WINDOW_OPENS <= released_on <= WINDOW_CLOSES:
        return max(date(2026, 7, 1), first_liable.replace(day=1))
    is_new = first_liable >= WINDOW_OPENS
    in_time = first_liable <= released_on <= first_liable + timedelta(days=30)
    return first_liable.replace(day=1) if is_new and in_time else None


def _eve(day: date) -> date:
    return day - timedelta(days=1)


def _released(draft: _Draft) -> None:
    """A release before the accident's month ends or long before it; some come back."""
    rng, begun = draft.rng, draft.first_liable
    if rng.random() < 0.55 or draft.day < date(2026, 5, 1):
        return
    if begun > WINDOW_CLOSES:
        draft.released_on = begun + timedelta(days=rng.choice((0, 29, 30, 31)))
    elif begun < date(2026, 6, 1):
        draft.released_on = rng.choice((WINDOW_OPENS, date(2026, 7, 20), WINDOW_CLOSES, date(2026, 9, 1)))
    back = rng.choice((None, None, draft.month, draft.month + 1, draft.month - 1))
    if back is not None and draft.released_on is not None:
        day = back.first_day + timedelta(days=rng.randrange(28))
        draft.came_back_on = day if day > draft.released_on and day.month != draft.released_on.month else None


# What happened.


def _happened(accident: Accident, rng: Random) -> Accident:
    """With the circumstances: an interruption is stated of journeys mostly, and means nothing elsewhere."""
    circumstance, conduct = accident.circumstance, rng.random() < 0.25
    broken = 0.5 if circumstance in JOURNEYS else 0.1
    return replace(
        accident,
        interrupted_or_deviated=circumstance != BREAK and rng.random() < broken,
        found=rng.choice((None, None, True, False)) if circumstance == EMPLOYER_ACTIVITY else None,
        outside_malaysia=rng.random() < 0.1,
        act_of_section_93=conduct and rng.random() < 0.3,
        breach_of_immigration_law=conduct and accident.residence == FOREIGN,
        circumstance_of_section_96b=conduct and rng.random() < 0.3,
    )


# What doctors certified.


def _certificate(first: date, days: int, issued_on: date | None = None) -> Certificate:
    return Certificate(issued_on or first, Days(first, first + timedelta(days=days - 1)))


def _few_days(draft: _Draft) -> list[Certificate]:
    return [_certificate(draft.day, draft.rng.choice((1, 3, 3, 4, 4, 5)))]


def _some_weeks(draft: _Draft) -> list[Certificate]:
    return [_certificate(draft.day, draft.rng.randrange(6, 45))]


def _extended(draft: _Draft) -> list[Certificate]:
    """The second follows the first, overlaps it, or leaves a gap."""
    first = _certificate(draft.day, draft.rng.choice((2, 3, 14)))
    assert first.days is not None
    begins = first.days.last + timedelta(days=draft.rng.choice((-1, 0, 1, 3)))
    return [first, _certificate(begins, draft.rng.choice((1, 2, 10)), max(begins, draft.day))]


def _ended_by_a_final_one(draft: _Draft) -> list[Certificate]:
    """A final certificate leaves three days, four, or more of what was foreseen."""
    days = draft.rng.choice((3, 4, 5, 12))
    fit = draft.day + timedelta(days=days)
    return [_certificate(draft.day, 28), Certificate(fit, None, fit)]


def _from_the_day_after(draft: _Draft) -> list[Certificate]:
    return [_certificate(draft.day + timedelta(days=1), draft.rng.randrange(5, 20))]


def _from_before(draft: _Draft) -> list[Certificate]:
    """Days before the accident do not count: three or four remain."""
    begun = draft.rng.randrange(1, 4)
    first = draft.day - timedelta(days=begun)
    return [_certificate(first, begun + draft.rng.choice((3, 4)), draft.day)]


def _about_180_days(draft: _Draft) -> list[Certificate]:
    return [_certificate(draft.day, draft.rng.choice((179, 180, 181, 190)))]


def _none(_: _Draft) -> list[Certificate]:
    return []


CERTIFIED: tuple[tuple[Callable[[_Draft], list[Certificate]], int], ...] = (
    (_some_weeks, 10),
    (_few_days, 5),
    (_extended, 3),
    (_ended_by_a_final_one, 3),
    (_from_the_day_after, 1),
    (_from_before, 1),
    (_about_180_days, 1),
    (_none, 1),
)


def _certified(draft: _Draft) -> tuple[Certificate, ...]:
    patterns, weights = zip(*CERTIFIED, strict=True)
    return tuple(draft.rng.choices(patterns, weights)[0](draft))


def _worked(draft: _Draft, certificates: Sequence[Certificate]) -> tuple[date, ...]:
    """No day, the day of the accident, some days, or all of them; none where the month was declared without wages."""
    rng = draft.rng
    if any(month == draft.month and wage == 0 for (_, month), wage in draft.wages.items()):
        return ()
    days = sorted({day for each in certificates if each.days is not None for day in each.days if day >= draft.day})
    if not days or rng.random() < 0.4:
        return ()
    return rng.choice(((draft.day,), (draft.day,), tuple(days), tuple(rng.sample(days, 1 + len(days) // 3))))
