"""Whether somebody whom two officers were shown to act for a person still does, as benefits has its days."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.claims.domain.claim import Capacity


@dataclass(frozen=True, slots=True)
class Acting:
    """What two officers let count in benefits: who acts for whom, as what, from which day to which.

    ``stands``: it was not wrong from the beginning. ``replaced_on``: the first day of what took its place, until which
    it holds.
    """

    statement: UUID
    ward: int
    holder: str
    says: str
    first_on: date
    last_on: date | None
    stands: bool
    replaced_on: date | None = None

    def is_of(self, day: date) -> bool:
        """Whether it says so of a day."""
        is_over = (self.last_on is not None and self.last_on < day) or (
            self.replaced_on is not None and self.replaced_on <= day
        )
        return self.stands and self.first_on <= day and not is_over


@dataclass(frozen=True, slots=True)
class Shown:
    """Whom officers of claims were shown: who acts, by all of its numbers, as what, and for whom.

    ``person`` are the numbers of whom the claim is about; ``others`` those of whoever is owed something by it.
    """

    holders: Collection[str]
    capacity: Capacity
    person: Collection[int]
    others: Collection[int]


def has_ended(shown: Shown, said: Iterable[Acting], day: date) -> bool | None:
    """Whether its term has ended by a day; None where benefits says nothing of it.

    Of who acts by its own statements, none of those that have begun goes on. Of whom benefits knows nothing, another
    one was appointed, for the person and as the same: what officers were shown before has ended with that.
    """
    begun = [each for each in said if each.first_on <= day]
    own = [each for each in begun if each.holder in shown.holders and each.ward in {*shown.person, *shown.others}]
    if own:
        return not any(each.is_of(day) for each in own)
    others = [each for each in begun if each.ward in shown.person and each.says == shown.capacity.value]
    return True if any(each.stands for each in others) else None


def looked_at_next(said: Iterable[Acting], day: date) -> date | None:
    """The next day on which one of them begins or has ended; None where none will."""
    days = (
        day_ for each in said for day_ in (each.first_on, _after(each.last_on), each.replaced_on) if day_ is not None
    )
    return min((each for each in days if each > day), default=None)


def _after(last: date | None) -> date | None:
    return None if last is None or last == date.max else last + timedelta(days=1)
