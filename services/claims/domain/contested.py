"""A day is owed once: days that another live claim of the person has for the same loss are set aside here.

It has those that it was given, and those certified that wait in it for a person: beyond the 180th, or after a final
certificate. Of the waiting days, too, whoever is decided first has them.

Under the person's lock, so that of two claims one sees the other's days. Which rate a shared day has is for a person to
settle (`act4.temporary_disablement.shared_day_rate`); the days after it are not lost, and when the other claim lets go
of a day, this one is woken and takes it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from shared.kernel.periods import Days, days_without, joined


@dataclass(frozen=True)
class HeldDays:
    """The days that another claim's newest decision pays, or keeps for a person to look at."""

    claim: UUID
    revision: int
    days: tuple[Days, ...]


def contested_with(held: Collection[HeldDays], certified: Collection[Days]) -> tuple[HeldDays, ...]:
    """The other claims that have any of these days, with the days that both want."""
    found = [HeldDays(each.claim, each.revision, in_both(each.days, certified)) for each in held]
    return tuple(each for each in found if each.days)


def in_both(one: Collection[Days], other: Collection[Days]) -> tuple[Days, ...]:
    """The days that lie in both."""
    return joined(part for mine in one for theirs in other if (part := mine.intersect(theirs)) is not None)


def released(before: Collection[Days], now: Collection[Days]) -> bool:
    """Whether a claim lets go of a day that it had."""
    return bool(days_without(before, now))
