"""The facts of a question to the law, as a lawyer writes them: texts, lists and mappings of texts, read by type.

The written form is kept in the record of a decision, so that a stored record can be computed again from itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar, Union

from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.errors import JaringError, Kind
from shared.kernel.money import MalformedAmount, Sen, sen_from_ringgit
from shared.kernel.periods import Days, MalformedPeriod, Month

Written: TypeAlias = Union[str, "list[Written]", "dict[str, Written]"]

T = TypeVar("T")

REQUIRED = None
_COUNT = re.compile(r"[0-9]{1,9}")
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]+)?")
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)")
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}
_ANY = re.compile(".+")
_MONTHS = re.compile(r"([0-9]{4}-[0-9]{2}) to ([0-9]{4}-[0-9]{2})")


class MalformedFact(JaringError):
    """A fact is missing, not known, or not written as its type is."""

    code = "malformed_fact"
    title = "A fact is malformed"
    title_ms = "Suatu fakta tidak betul bentuknya"
    kind = Kind.MALFORMED

    def __init__(self, fact: str, why: str) -> None:
        super().__init__(f"{fact}: {why}", facts={"fact": fact})
        self.fact = fact


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a question takes: its name, its type (a key of `TYPES`), what it means, and what absence means.

    ``default`` is the written form that stands for an absent fact; `REQUIRED` refuses absence, `""` reads as absent.
    ``choices`` are the words of the type "choice"; ``of`` the facts of each entry of the types "people" and "records".
    """

    name: str
    type: str
    meaning: str
    default: Written | None = REQUIRED
    choices: tuple[str, ...] = ()
    of: tuple["Fact", ...] = ()


class Facts:
    """The facts of one question, read once; a getter a type."""

    def __init__(self, declared: tuple[Fact, ...], written: Mapping[str, Written]) -> None:
        """Read every declared fact; raises `MalformedFact` for one that is unknown, missing or malformed."""
        self.written: dict[str, Written] = dict(written)
        known = {fact.name for fact in declared}
        for name in written:
            if name not in known:
                raise MalformedFact(name, f"unknown; known are {', '.join(sorted(known))}")
        self._values = {fact.name: _read(fact, written.get(fact.name, fact.default)) for fact in declared}

    def has(self, name: str) -> bool:
        """Whether an optional fact was given."""
        return self._values[name] is not None

    def sen(self, name: str) -> Sen:
        return self._as(name, int)

    def count(self, name: str) -> int:
        """A whole number: contributions, years, days, kilometres."""
        return self._as(name, int)

    def day(self, name: str) -> date:
        return self._as(name, date)

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

    def _as(self, name: str, kind: type[T]) -> T:
        value = self._values[name]
        if not isinstance(value, kind):
            raise MalformedFact(name, "needed here and not given" if value is None else f"not a {kind.__name__}")
        return value


def _read(fact: Fact, written: Written | None) -> object:
    if written is None:
        raise MalformedFact(fact.name, "missing")
    if written == "" and fact.default == "":
        return None
    try:
        return TYPES[fact.type].read(fact, written)
    except MalformedFact as fault:
        raise MalformedFact(f"{fact.name}: {fault.fact}", fault.detail.partition(": ")[2]) from fault
    except (ValueError, TypeError, AttributeError, MalformedAmount, MalformedPeriod) as fault:
        raise MalformedFact(fact.name, f"{written!r} is not {TYPES[fact.type].form}") from fault


def _matched(pattern: re.Pattern[str], written: Written) -> str:
    if not isinstance(written, str) or not pattern.fullmatch(written):
        raise ValueError(written)
    return written


def _sen(_: Fact, written: Written) -> Sen:
    if not isinstance(written, str) or (amount := sen_from_ringgit(written)) < 0:
        raise ValueError(written)
    return amount


def _count(_: Fact, written: Written) -> int:
    return int(_matched(_COUNT, written))


def _share(_: Fact, written: Written) -> Fraction:
    return Fraction(_matched(_PERCENT, written)) / 100


def _day(_: Fact, written: Written) -> date:
    if not isinstance(written, str):
        raise TypeError(written)
    return date.fromisoformat(written)


def _instant(_: Fact, written: Written) -> datetime:
    found = _INSTANT.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError(written)
    return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=BUSINESS_ZONE)


def _month(_: Fact, written: Written) -> Month:
    if not isinstance(written, str):
        raise TypeError(written)
    return Month.of(written)


def _yes_no(_: Fact, written: Written) -> bool:
    if not isinstance(written, str) or written not in _YES_NO:
        raise ValueError(written)
    return _YES_NO[written]


def _choice(fact: Fact, written: Written) -> str:
    if not isinstance(written, str) or written not in fact.choices:
        raise MalformedFact(fact.name, f"{written!r} is none of {', '.join(fact.choices)}")
    return written


def _text(_: Fact, written: Written) -> str:
    if not isinstance(written, str) or not written.strip():
        raise ValueError(written)
    return written


def _texts(fact: Fact, written: Written) -> tuple[str, ...]:
    return tuple(_choice(fact, each) if fact.choices else _text(fact, each) for each in _list(written))


def _dates(fact: Fact, written: Written) -> tuple[date, ...]:
    return tuple(sorted({_day(fact, each) for each in _list(written)}))


def _periods(fact: Fact, written: Written) -> tuple[Days, ...]:
    parts = _list(written)
    if len(parts) == 2 and all(isinstance(part, str) for part in parts):
        parts = [parts]
    return tuple(_period(fact, part) for part in parts)


def _period(fact: Fact, written: Written) -> Days:
    first, last = _list(written)
    return Days(_day(fact, first), _day(fact, last))


def _months(_: Fact, written: Written) -> tuple[Month, ...]:
    found: set[Month] = set()
    for each in _list(written):
        text = _matched(_ANY, each)
        run = _MONTHS.fullmatch(text)
        first, last = (Month.of(run[1]), Month.of(run[2])) if run else (Month.of(text), Month.of(text))
        found.update(first + step for step in range(last - first + 1))
    return tuple(sorted(found))


def _by_month(fact: Fact, written: Written) -> dict[Month, tuple[Sen, ...]]:
    """Keys are months or runs of months ("2026-01 to 2026-06"); a value is an amount or a list of amounts."""
    found: dict[Month, tuple[Sen, ...]] = {}
    for key, value in _mapping(written).items():
        amounts = tuple(_sen(fact, each) for each in (value if isinstance(value, list) else [value]))
        found.update((month, amounts) for month in _months(fact, [key]))
    return dict(sorted(found.items()))


def _people(fact: Fact, written: Written) -> dict[str, Facts]:
    return {name: Facts(fact.of, _mapping(each)) for name, each in sorted(_mapping(written).items())}


def _records(fact: Fact, written: Written) -> dict[str, Facts]:
    return {str(number): Facts(fact.of, _mapping(each)) for number, each in enumerate(_list(written), start=1)}


def _list(written: Written) -> list[Written]:
    if not isinstance(written, list):
        raise TypeError(written)
    return written


def _mapping(written: Written) -> dict[str, Written]:
    if not isinstance(written, dict):
        raise TypeError(written)
    return written


@dataclass(frozen=True, slots=True)
class FactType:
    """How a type is read, and how it is written."""

    read: Any
    form: str


TYPES: Mapping[str, FactType] = {
    "ringgit": FactType(_sen, "an amount in ringgit such as 2450.00"),
    "count": FactType(_count, "a whole number"),
    "percent": FactType(_share, "a percentage such as 20 or 12.5"),
    "date": FactType(_day, "a date such as 2026-07-15"),
    "instant": FactType(_instant, 'a moment in Malaysian time such as "2026-07-15 14:30"'),
    "month": FactType(_month, "a month such as 2026-07"),
    "yes_no": FactType(_yes_no, "yes or no"),
    "choice": FactType(_choice, "one of the words listed"),
    "text": FactType(_text, "a text"),
    "texts": FactType(_texts, "a list of texts"),
    "dates": FactType(_dates, "a list of dates"),
    "periods": FactType(_periods, "[first day, last day], or a list of such pairs"),
    "months": FactType(_months, 'a list of months or runs of months such as "2024-01 to 2025-12"'),
    "by_month": FactType(_by_month, "a mapping of months, or runs of months, to an amount or a list of amounts"),
    "people": FactType(_people, "a mapping of names to facts"),
    "records": FactType(_records, "a list of mappings of facts"),
}
