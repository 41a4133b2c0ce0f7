"""What the functions of the databases say of links between numbers, as a model: who is one, and who is held.

``tests/prove/test_merging_simulation.py`` asks the real functions beside these and compares.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Link:
    """A row of known_merge."""

    person: int
    survivor: int
    merged: bool
    revision: int
    held_until: datetime | None = None

    @property
    def numbers(self) -> set[int]:
        """Of whom it speaks."""
        return {self.person, self.survivor}


def newest(links: Collection[Link]) -> dict[int, Link]:
    """The last word of each number."""
    found: dict[int, Link] = {}
    for link in links:
        if link.person not in found or link.revision > found[link.person].revision:
            found[link.person] = link
    return found


def numbers_of(links: Collection[Link], number: int) -> list[int]:
    """As ``numbers_of`` (shared/persistence/one_person.py): all of the one person, the one that survives first."""
    last = newest(links)
    one = _reached({number}, [link for link in last.values() if link.merged])
    return sorted(one, key=lambda each: (each in last and last[each].merged, each))


def numbers_once_of(links: Collection[Link], number: int) -> list[int]:
    """As ``numbers_once_of`` of claims: through whichever links, that count or counted once."""
    return sorted(_reached({number}, links))


def held_until(links: Collection[Link], number: int) -> datetime | None:
    """As ``merge_held_until`` of benefits."""
    numbers = set(numbers_of(links, number))
    ends = (link.held_until for link in newest(links).values() if link.numbers & numbers)
    return max((each for each in ends if each is not None), default=None)


def held(links: Collection[Link], at: datetime) -> set[int]:
    """As ``parties_held`` of benefits."""
    looked_at = [link for link in newest(links).values() if link.held_until is not None and link.held_until > at]
    return {number for link in looked_at for each in link.numbers for number in numbers_of(links, each)}


def _reached(numbers: set[int], links: Collection[Link]) -> set[int]:
    found = set(numbers)
    while more := {number for link in links if link.numbers & found for number in link.numbers} - found:
        found |= more
    return found
