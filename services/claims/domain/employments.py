"""The employments behind the wages of a claim: which months rate it, and which wages rate nothing (Fourth Schedule)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.claims.domain.facts import InjuryFacts, Spell, WageMonth
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.wage_base.rules import Employment, assumed_wage_of_month, wage_window
from shared.law.book import LawOn

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Run:
    """Spells with one employer that follow each other without a gap."""

    employer: int
    first: date
    last: date | None

    def touches(self, month: Month) -> bool:
        return self.first <= month.last_day and (self.last is None or month.first_day <= self.last)


def employments(facts: InjuryFacts, law: LawOn) -> list[Employment]:
    """Each employment that counts, with its wages as assumed wages; wages of a month outside it count nowhere."""
    window = wage_window(facts.happened_on, law)
    read = set(months_that_would_count(facts, law))
    runs = _runs(facts.counted_spells)
    wages: list[dict[Month, list[Sen]]] = [{} for _ in runs]
    for each in (each for each in facts.wages if each.month in read):
        # A month in which the person left and came back is one month of the later employment.
        within = [at for at, run in enumerate(runs) if run.employer == each.employer and run.touches(each.month)]
        if within:
            wages[within[-1]].setdefault(each.month, []).append(each.wage)
    return [
        Employment(
            {month: assumed_wage_of_month(paid, month, law) for month, paid in months.items()},
            [month for month in window if run.touches(month)],
        )
        for run, months in zip(runs, wages, strict=True)
    ]


def wages_outside(facts: InjuryFacts, law: LawOn) -> tuple[WageMonth, ...]:
    """The wages of the window that an employer declared for a month in which the person had no day with it."""
    window = set(wage_window(facts.happened_on, law))
    return tuple(each for each in facts.wages if each.month in window and not _is_within(each, facts.spells))


def wages_stated_late(facts: InjuryFacts, law: LawOn) -> tuple[WageMonth, ...]:
    """The wages of the window that only an employment would carry which was stated after the event."""
    window, late, counted = set(wage_window(facts.happened_on, law)), facts.late_spells, facts.counted_spells
    return tuple(
        each
        for each in facts.wages
        if each.month in window and _is_within(each, late) and not _is_within(each, counted)
    )


def months_that_would_count(facts: InjuryFacts, law: LawOn) -> tuple[Month, ...]:
    """The months whose wages rate the benefit or would, if a line of theirs arrived: oldest first.

    For a month of the window without wages the last known class may stand in, which any month of the months before
    would be that are near enough.
    """
    window = wage_window(facts.happened_on, law)
    counted = facts.counted_spells
    known = {each.month for each in facts.wages if _is_within(each, counted)}
    if known.issuperset(window):
        return window
    first = window[0] - law.months("act4.wage_base.last_known_class_age")
    return tuple(first + step for step in range(window[-1] - first + 1))


def _is_within(wage: WageMonth, spells: Sequence[Spell]) -> bool:
    return any(spell.employer == wage.employer and spell.touches(wage.month) for spell in spells)


def _runs(spells: Sequence[Spell]) -> list[_Run]:
    runs: list[_Run] = []
    for spell in sorted(spells, key=lambda each: (each.employer, each.first)):
        before = runs[-1] if runs else None
        if before is not None and before.employer == spell.employer and _follows(spell, before):
            runs[-1] = _Run(spell.employer, before.first, spell.last)
        else:
            runs.append(_Run(spell.employer, spell.first, spell.last))
    return runs


def _follows(spell: Spell, before: _Run) -> bool:
    return before.last is None or spell.first <= before.last + _DAY
