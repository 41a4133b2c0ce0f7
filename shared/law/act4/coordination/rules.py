"""Which of several lawful benefits is paid: for one death, and to one insured person for one cause (Act 4 s.96)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.book import LawOn
from shared.law.decision import Per
from shared.law.rule import rule


@dataclass(frozen=True, slots=True)
class Owed:
    """A term of a lawful benefit: sen for each month, or once, from a first to a last day, which may be open."""

    benefit: str
    per: Per
    sen: Sen
    first: date
    last: date | None


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
