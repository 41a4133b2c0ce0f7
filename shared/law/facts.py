"""The facts of a question to the law, as a lawyer writes them: texts, lists and mappings of texts, read by type.

The written form is kept in the record of a decision, so that a stored record can be computed again from itself.
"""

from collections.abc import Collection, Mapping
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


_REMEMBERED = 1024
_MISREAD = (MalformedFact, ValueError, TypeError, AttributeError, MalformedAmount, MalformedPeriod)


class _Declared:
    """Declared facts, with what of reading them is alike for every question: the defaults, and how each is read."""

    def __init__(self, facts: tuple[Fact, ...]) -> None:
        self._facts = facts
        self._readers = {fact.name: (fact, TYPES[fact.type].read) for fact in facts}
        self._required = tuple(fact.name for fact in facts if fact.default is REQUIRED)
        self._defaults = {fact.name: _value(fact, fact.default) for fact in facts}

    def values(self, written: Mapping[str, Written]) -> dict[str, object]:
        """The value of each; a blank is no fact given, and the default stands."""
        values, readers = self._defaults.copy(), self._readers
        try:
            for name, given in written.items():
                fact, read = readers[name]
                if given:
                    values[name] = read(fact, given)
                elif given is None:
                    values[name] = None
                elif given != "":
                    values[name] = read(fact, given)
        except (KeyError, *_MISREAD) as fault:
            raise self._first_fault(written) from fault
        for name in self._required:
            if values[name] is None:
                raise self._first_fault(written)
        return values

    def _first_fault(self, written: Mapping[str, Written]) -> MalformedFact:
        """What is refused: a name that is not known, or the first malformed or missing fact in the order declared."""
        for name in written:
            if name not in self._readers:
                return _unknown(name, self._readers.keys())
        for fact in self._facts:
            given = written.get(fact.name, "")
            if given in ("", None) and fact.default is REQUIRED:
                return MalformedFact(fact.name, "missing")
            try:
                _value(fact, given)
            except MalformedFact as fault:
                return fault
        raise AssertionError("a fault is found again")


# By the identity of the tuple, which stays as long as it is remembered: its facts cannot be hashed.
_declared: dict[int, _Declared] = {}


def _remembered(facts: tuple[Fact, ...]) -> _Declared:
    if len(_declared) >= _REMEMBERED:
        _declared.clear()
    found = _declared[id(facts)] = _Declared(facts)
    return found


class Facts:
    """The facts of one question, read once; a getter a type."""

    def __init__(self, declared: tuple[Fact, ...], written: Mapping[str, Written]) -> None:
        """Read every declared fact; raises `MalformedFact` for one that is unknown, missing or malformed."""
        self.written: dict[str, Written] = dict(written)
        self._values = (_declared.get(id(declared)) or _remembered(declared)).values(written)

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

    def stated_sen(self, name: str) -> tuple[Sen, str]:
        """An amount in sen and what states it."""
        return self._as(name, tuple)

    def day(self, name: str) -> date:
        value = self._values[name]
        return value if isinstance(value, date) else self._as(name, date)

    def day_of(self, name: str) -> date:
        """The day of a day or of a moment in Malaysian time."""
        value = self._values[name]
        return value.date() if isinstance(value, datetime) else self._as(name, date)

    def day_if_given(self, name: str) -> date | None:
        """A day, or None where the optional fact was not given."""
        return None if self._values[name] is None else self.day(name)

    def instant(self, name: str) -> datetime:
        """A moment in Malaysian time."""
        return self._as(name, datetime)

    def month(self, name: str) -> Month:
        return self._as(name, Month)

    def share(self, name: str) -> Fraction:
        """A percentage as an exact share."""
        return self._as(name, Fraction)

    def says(self, name: str) -> bool:
        value = self._values[name]
        return value if isinstance(value, bool) else self._as(name, bool)

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
        if len(given) < 2:
            return
        days = [(name, value.date() if isinstance(value, datetime) else value) for name, value in given]
        for (earlier, first), (later, second) in pairwise(days):
            if isinstance(first, date) and isinstance(second, date) and second < first:
                raise MalformedFact(later, f"{second} lies before {first}, which is given as {earlier}")

    def _as(self, name: str, kind: type[T]) -> T:
        value = self._values[name]
        if not isinstance(value, kind):
            raise MalformedFact(name, "needed here and not given" if value is None else f"not a {kind.__name__}")
        return value


def _unknown(name: str, known: Collection[str]) -> MalformedFact:
    return MalformedFact(name, f"unknown; {_meant(name, known)}known are {', '.join(sorted(known))}")


def _meant(name: str, known: Collection[str]) -> str:
    plain = {plain_name(each): each for each in known}
    near = get_close_matches(plain_name(name), plain, n=1)
    return f"{plain[near[0]]!r} may be meant; " if near else ""


def _value(fact: Fact, written: Written | None) -> object:
    """The value of a written form; None for a blank."""
    if written == "" or written is None:
        return None
    try:
        return TYPES[fact.type].read(fact, written)
    except MalformedFact as fault:
        raise MalformedFact(f"{fact.name}: {fault.fact}", fault.detail.partition(": ")[2]) from fault
    except _MISREAD as fault:
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
