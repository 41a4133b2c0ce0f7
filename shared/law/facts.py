"""The facts of a question to the law, as a lawyer writes them: texts, lists and mappings of texts, read by type.

The written form is kept in the record of a decision, so that a stored record can be computed again from itself.
"""

from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from shared.kernel.money import MalformedAmount, Sen
from shared.kernel.periods import Days, MalformedPeriod, Month
from shared.law.fact_types import (
    READ_ALONE,
    REQUIRED,
    Fact,
    FactType,
    MalformedFact,
    Written,
    as_list,
    as_mapping,
    plain_name,
)  # fmt: skip

T = TypeVar("T")


class Facts:
    """The facts of one question, read once; a getter a type."""

    def __init__(self, declared: tuple[Fact, ...], written: Mapping[str, Written]) -> None:
        """Read every declared fact; raises `MalformedFact` for one that is unknown, missing or malformed."""
        self.written: dict[str, Written] = dict(written)
        known = {fact.name for fact in declared}
        for name in written:
            if name not in known:
                raise MalformedFact(name, f"unknown; {_meant(name, known)}known are {', '.join(sorted(known))}")
        self._values = {fact.name: _read(fact, written.get(fact.name, "")) for fact in declared}

    def has(self, name: str) -> bool:
        """Whether an optional fact was given."""
        return self._values[name] is not None

    def declares(self, name: str) -> bool:
        """Whether the question takes a fact of this name."""
        return name in self._values

    def sen(self, name: str) -> Sen:
        return self._as(name, int)

    def sen_if_given(self, name: str) -> Sen | None:
        """An amount in sen, or None where the optional fact was not given."""
        return self.sen(name) if self.has(name) else None

    def count(self, name: str) -> int:
        """A whole number: contributions, years, days, kilometres."""
        return self._as(name, int)

    def factor(self, name: str) -> tuple[int, str]:
        """A number and the instrument that states it."""
        return self._as(name, tuple)

    def day(self, name: str) -> date:
        return self._as(name, date)

    def day_of(self, name: str) -> date:
        """The day of a day or of a moment in Malaysian time."""
        value = self._values[name]
        return value.date() if isinstance(value, datetime) else self._as(name, date)

    def day_if_given(self, name: str) -> date | None:
        """A day, or None where the optional fact was not given."""
        return self.day(name) if self.has(name) else None

    def instant(self, name: str) -> datetime:
        """A moment in Malaysian time."""
        return self._as(name, datetime)

    def month(self, name: str) -> Month:
        return self._as(name, Month)

    def share(self, name: str) -> Fraction:
        """A percentage as an exact share."""
        return self._as(name, Fraction)

    def says(self, name: str) -> bool:
        return self._as(name, bool)

    def text(self, name: str) -> str:
        """A text or one of the words of a choice."""
        return self._as(name, str)

    def texts(self, name: str) -> tuple[str, ...]:
        return self._as(name, tuple)

    def days(self, name: str) -> tuple[date, ...]:
        return self._as(name, tuple)

    def periods(self, name: str) -> tuple[Days, ...]:
        return self._as(name, tuple)

    def months(self, name: str) -> tuple[Month, ...]:
        """Months, each once, oldest first."""
        return self._as(name, tuple)

    def by_month(self, name: str) -> Mapping[Month, tuple[Sen, ...]]:
        """Amounts in sen by month, oldest first; several where several employers paid."""
        return self._as(name, dict)

    def people(self, name: str) -> Mapping[str, "Facts"]:
        """Facts by the name of a person, or of anything else that is listed, sorted by name.

        A record keeps mappings in canonical order: an answer that hung on the order written could not be replayed.
        """
        return self._as(name, dict)

    def in_order(self, *names: str) -> None:
        """Refuse days, or moments by their days, that contradict each other: of those given, none lies before another.

        "accident", "death" and "asked for" follow each other, whichever of them are given.
        """
        given = [(name, self._values[name]) for name in names if self._values[name] is not None]
        days = [(name, value.date() if isinstance(value, datetime) else value) for name, value in given]
        for (earlier, first), (later, second) in pairwise(days):
            if isinstance(first, date) and isinstance(second, date) and second < first:
                raise MalformedFact(later, f"{second} lies before {first}, which is given as {earlier}")

    def _as(self, name: str, kind: type[T]) -> T:
        value = self._values[name]
        if not isinstance(value, kind):
            raise MalformedFact(name, "needed here and not given" if value is None else f"not a {kind.__name__}")
        return value


def _meant(name: str, known: set[str]) -> str:
    plain = {plain_name(each): each for each in known}
    near = get_close_matches(plain_name(name), plain, n=1)
    return f"{plain[near[0]]!r} may be meant; " if near else ""


def _read(fact: Fact, given: Written) -> object:
    """The value of what is given; a blank is no fact given, and the default stands."""
    if given == "" and fact.default is REQUIRED:
        raise MalformedFact(fact.name, "missing")
    written = fact.default if given == "" else given
    if written == "" or written is None:
        return None
    try:
        return TYPES[fact.type].read(fact, written)
    except MalformedFact as fault:
        raise MalformedFact(f"{fact.name}: {fault.fact}", fault.detail.partition(": ")[2]) from fault
    except (ValueError, TypeError, AttributeError, MalformedAmount, MalformedPeriod) as fault:
        raise MalformedFact(fact.name, f"{written!r} is not {TYPES[fact.type].form}") from fault


def _people(fact: Fact, written: Written) -> dict[str, Facts]:
    return {name: _whose(name, fact, each) for name, each in sorted(as_mapping(written).items())}


def _records(fact: Fact, written: Written) -> dict[str, Facts]:
    return {str(number): _whose(str(number), fact, each) for number, each in enumerate(as_list(written), start=1)}


def _whose(name: str, fact: Fact, written: Written) -> Facts:
    try:
        return Facts(fact.of, as_mapping(written))
    except MalformedFact as fault:
        raise MalformedFact(name, fault.detail) from fault


TYPES: Mapping[str, FactType] = {
    **READ_ALONE,
    "people": FactType(_people, "a mapping of names to facts"),
    "records": FactType(_records, "a list of mappings of facts", "one mapping"),
}
