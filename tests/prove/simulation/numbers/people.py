"""Who takes part, and who of them is one, in other words than those by which services read it."""

from typing import Any

NUMBERS = (1, 2, 3, 4)
ERASED = (5, 6)


def people_of(links: Any) -> list[list[int]]:
    """The numbers of each person: whatever is joined by a link that counts."""
    people = {number: {number} for number in NUMBERS}
    for link in links:
        if link.merged:
            both = people[link.person] | people[link.survivor]
            people |= dict.fromkeys(both, both)
    return [[*each] for each in sorted({tuple(sorted(each)) for each in people.values()})]
