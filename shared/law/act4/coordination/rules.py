"""Which of several lawful benefits is paid: for one death, and to one insured person for one cause (Act 4 s.96)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, joined, less
from shared.law.act4.owing.rules import part_of_part, part_until
from shared.law.book import LawOn
from shared.law.by_month import by_month
from shared.law.decision import Per
from shared.law.rule import rule


@dataclass(frozen=True, slots=True)
class Owed:
    """A term of a lawful benefit: sen for each month, or once, from a first to a last day, which may be open.

    ``is_sum``: a lump sum, which takes the place of months from its day on. ``of_another``: another claim pays it.
    """

    benefit: str
    per: Per
    sen: Sen
    first: date
    last: date | None
    is_sum: bool = False
    of_another: bool = False

    @property
    def days(self) -> Days:
        """The days for which it is owed; `date.max` stands for an open end."""
        if self.per is Per.ONCE and not self.is_sum:
            return Days(self.first, self.last or self.first)
        return Days(self.first, date.max if self.is_sum or self.last is None else self.last)


@dataclass(frozen=True, slots=True)
class Run:
    """Months in which one of two sides is paid: its terms in them, and what both sides come to in the first."""

    paid: tuple[Owed, ...]
    sen: Sen
    other: Sen


@rule("2013-01-01")
def are_of_a_kind(law: LawOn) -> bool:
    """Whether dependants' benefit and survivors' pension for one death are of a kind: the higher is paid, `assumed`."""
    return law.says("act4.coordination.one_for_one_death")


@rule("2013-01-01")
def is_chosen_of(law: LawOn) -> bool:
    """Whether a person chooses one of permanent disablement benefit and invalidity pension for one cause (s.96)."""
    return law.says("act4.coordination.one_for_one_cause")


@rule("2013-01-01")
def higher_by_month(one: Sequence[Owed], other: Sequence[Owed], law: LawOn) -> tuple[Run, ...]:  # noqa: ARG001
    """In which months which of two is paid: the higher of each month, the first named where both are equal.

    What is owed of a month is compared as a whole, so that a broken month is never divided again.
    """
    starts = _starts((*one, *other))
    runs: list[Run] = []
    winner: Sequence[Owed] | None = None
    begun = 0
    for place, month in enumerate(starts):
        wins = one if _of_month(one, month) >= _of_month(other, month) else other
        if winner is not None and wins is not winner:
            runs.append(_run(one, other, winner, starts[begun], month))
            begun = place
        winner = wins
    return (*runs, _run(one, other, winner or one, starts[begun], None)) if starts else ()


@rule("2013-01-01")
def begun_first(one: Sequence[Owed], other: Sequence[Owed], law: LawOn) -> Sequence[Owed]:  # noqa: ARG001
    """Of two, the one that began first; the first named where they began on one day (`assumed`)."""
    return one if min(each.first for each in one) <= min(each.first for each in other) else other


@rule("2013-01-01")
def decides_days_of_both(law: LawOn) -> bool:
    """Whether a choice decides only the days on which both are lawful, and no day of one alone (s.96), `assumed`."""
    return law.says("act4.coordination.choice_of_days_of_both")


@rule("2013-01-01")
def alone(owed: Sequence[Owed], beside: Sequence[Owed], law: LawOn) -> tuple[Owed, ...]:
    """What of a benefit is owed on the days on which another is not: a month that is broken by it for its days.

    A lump sum is owed where its own day is such a day.
    """
    taken = days_of(beside)
    return tuple(part for each in owed for part in _without(each, owed, taken, law))


@rule("2013-01-01")
def has_sum_of_both(owed: Sequence[Owed], beside: Sequence[Owed], law: LawOn) -> bool:  # noqa: ARG001
    """Whether a lump sum that was owed of one alone takes the place of days on which the other is owed too."""
    taken = days_of(beside)
    return any(_is_of_both([*less(each.days, taken)], each) for each in owed if each.is_sum)


def days_of(owed: Collection[Owed]) -> tuple[Days, ...]:
    """The days for which any of these is owed, in order."""
    return joined(each.days for each in owed)


def is_owed_in(owed: Owed, month: Month) -> bool:
    """Whether a term is owed in a month."""
    return _within(owed, month, month.next) is not None


def _starts(owed: Collection[Owed]) -> list[Month]:
    """The months from which what is owed of a month may be another amount."""
    begun = {Month.of(each.first) for each in owed}
    ended = {Month.of(each.last).next for each in owed if each.last is not None}
    last = max(ended, default=None)
    is_open = any(each.last is None for each in owed)
    return sorted(month for month in begun | ended if is_open or month != last)


def _of_month(owed: Sequence[Owed], month: Month) -> Sen:
    return sum(each.sen for each in owed if is_owed_in(each, month))


def _run(one: Sequence[Owed], other: Sequence[Owed], winner: Sequence[Owed], first: Month, until: Month | None) -> Run:
    loser = other if winner is one else one
    paid = (part for each in winner if (part := _within(each, first, until)) is not None)
    return Run(tuple(paid), _of_month(winner, first), _of_month(loser, first))


def _within(owed: Owed, first: Month, until: Month | None) -> Owed | None:
    """What of a term is owed from a month on, until before another; a sum stays what it is."""
    begins = max(owed.first, first.first_day)
    ends = [day for day in (owed.last, None if until is None else until.previous.last_day) if day is not None]
    last = min(ends, default=None)
    return None if last is not None and last < begins else replace(owed, first=begins, last=last)


def _is_of_both(left: Sequence[Days], owed: Owed) -> bool:
    """Whether of what stands for many days the first is left, and some are not."""
    return bool(left) and left[0].first == owed.first and left[0] != owed.days


def _without(owed: Owed, all_of_it: Sequence[Owed], taken: Collection[Days], law: LawOn) -> Iterator[Owed]:
    """A term without days that are taken."""
    if owed.is_sum:
        if not any(owed.first in days for days in taken):
            yield owed
        return
    for days in less(owed.days, taken):
        if days == owed.days:
            yield owed
        elif owed.per is Per.ONCE:
            yield replace(owed, sen=_of_broken(owed, all_of_it, days, law), first=days.first, last=days.last)
        else:
            of_days = partial(part_until, _name(owed), owed.sen, law=law)
            last = None if days.last == date.max else days.last
            yield from (replace(owed, **each._asdict()) for each in by_month(owed.sen, of_days, days.first, last))


def _of_broken(owed: Owed, all_of_it: Sequence[Owed], days: Days, law: LawOn) -> Sen:
    """What a broken month comes to for fewer of its days, by the month beside it of which it is a part."""
    months = {each.sen for each in all_of_it if each.benefit == owed.benefit and each.per is Per.MONTH}
    whole = next((sen for sen in sorted(months) if part_until(_name(owed), sen, owed.days, law) == owed.sen), None)
    if whole is None:
        return part_of_part(owed.sen, owed.days, days, law)
    return part_until(_name(owed), whole, days, law)


def _name(owed: Owed) -> str:
    return owed.benefit.replace(" ", "_")
