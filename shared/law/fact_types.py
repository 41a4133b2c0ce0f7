"""How each type of a fact is written, and read: amounts, days, months, words, and lists and mappings of them.

What can be meant in one way only is read, however it is written: RM2,450.00, 20 %, Yes, one entry in place of a list.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import islice, takewhile
from operator import lt
from typing import Any, TypeAlias, TypeVar, Union

from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.errors import JaringError, Kind
from shared.kernel.money import MalformedAmount, Sen, sen_from_ringgit
from shared.kernel.periods import Days, MalformedPeriod, Month

Written: TypeAlias = Union[str, "list[Written]", "dict[str, Written]"]

T = TypeVar("T")

REQUIRED = None
_COUNT = re.compile(r"[0-9]{1,9}")
_RINGGIT = re.compile(r"(?:RM ?)?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?")
_FACTOR = re.compile(r"([1-9][0-9]{0,8}) +by +(\S.*)")
_STATED_RINGGIT = re.compile(r"(\S.*?) +by +(\S.*)")
# In sen: no event tells of a term of more than ten times that.
_MOST_STATED = 10**11
_PLAIN_RINGGIT = re.compile(r"(0|[1-9][0-9]{0,16})\.([0-9]{2})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)(?: ?%)?")
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)(?:\+08:00)?")
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}
_RUN = re.compile(r"(\S+) +to +(\S+)")


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
    """A fact that a question takes: name, type (a key of `shared.law.facts.TYPES`), its meaning, that of its absence.

    ``default`` is the written form that stands for an absent fact; `REQUIRED` refuses absence, `""` reads as absent.
    ``choices`` are the words of the type "choice"; ``of`` the facts of each entry of the types "people" and "records".
    ``by_hand_for``: a plainer form of that fact for cases written by hand; the platform supplies the other one.
    """

    name: str
    type: str
    meaning: str
    default: Written | None = REQUIRED
    choices: tuple[str, ...] = ()
    of: tuple["Fact", ...] = ()
    by_hand_for: str = ""


def plain_amount(text: str) -> str:
    """An amount without what only helps the eye: "RM2,450.00" is "2450.00"; any other text stays."""
    found = _RINGGIT.fullmatch(text.strip())
    return found[1].replace(",", "") + (found[2] or "") if found else text


def plain_name(text: str) -> str:
    """A name in small letters, its words parted by one blank: "Non-employment_injury" is "non employment injury"."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())


def _matched(pattern: re.Pattern[str], written: Written) -> re.Match[str]:
    found = pattern.fullmatch(_one(written))
    if found is None:
        raise ValueError(written)
    return found


def _one(written: Written) -> str:
    if not isinstance(written, str):
        raise TypeError(written)
    return written.strip()


def _sen(_: Fact, written: Written) -> Sen:
    # As an amount is written nearly always.
    if isinstance(written, str) and (plain := _PLAIN_RINGGIT.fullmatch(written)):
        return int(plain[1] + plain[2])
    if (amount := sen_from_ringgit(plain_amount(_one(written)))) < 0:
        raise ValueError(written)
    return amount


def _count(_: Fact, written: Written) -> int:
    return int(_matched(_COUNT, written)[0])


def _share(_: Fact, written: Written) -> Fraction:
    share = Fraction(_matched(_PERCENT, written)[1]) / 100
    if share > 1:
        raise ValueError(written)
    return share


def _factor(_: Fact, written: Written) -> tuple[int, str]:
    """A number and the instrument that states it: nobody types the one without the other."""
    found = _matched(_FACTOR, written)
    return int(found[1]), found[2]


def _stated_ringgit(fact: Fact, written: Written) -> tuple[Sen, str]:
    """An amount that the book does not have, and what states it: nobody types the one without the other."""
    found = _matched(_STATED_RINGGIT, written)
    if (amount := _sen(fact, found[1])) > _MOST_STATED:
        raise ValueError(written)
    return amount, found[2]


def _day(_: Fact, written: Written) -> date:
    try:
        return date.fromisoformat(written)  # type: ignore[arg-type]  # what is no text is refused below
    except (TypeError, ValueError):
        return date.fromisoformat(_one(written))


def _instant(_: Fact, written: Written) -> datetime:
    found = _matched(_INSTANT, written)
    time = found[2] if found[2][2] == ":" else f"0{found[2]}"
    return datetime.fromisoformat(f"{found[1]}T{time}").replace(tzinfo=BUSINESS_ZONE)


def _month(_: Fact, written: Written) -> Month:
    return Month.of(_one(written))


def _yes_no(_: Fact, written: Written) -> bool:
    if isinstance(written, str) and written in _YES_NO:
        return _YES_NO[written]
    if (word := _one(written).lower()) not in _YES_NO:
        raise ValueError(written)
    return _YES_NO[word]


def _choice(fact: Fact, written: Written) -> str:
    if written in fact.choices:
        return str(written)
    found = {plain_name(choice): choice for choice in fact.choices}
    if not isinstance(written, str) or plain_name(written) not in found:
        raise MalformedFact(fact.name, f"{written!r} is none of {', '.join(fact.choices)}")
    return found[plain_name(written)]


def _text(_: Fact, written: Written) -> str:
    if not isinstance(written, str) or not written.strip():
        raise ValueError(written)
    return written


def _texts(fact: Fact, written: Written) -> tuple[str, ...]:
    return tuple(_choice(fact, each) if fact.choices else _text(fact, each) for each in as_list(written))


def _dates(fact: Fact, written: Written) -> tuple[date, ...]:
    found: set[date] = set()
    for each in as_list(written):
        run = _RUN.fullmatch(_one(each))
        found.update(Days(_day(fact, run[1]), _day(fact, run[2])) if run else (_day(fact, each),))
    return tuple(sorted(found))


def _periods(fact: Fact, written: Written) -> tuple[Days, ...]:
    parts = as_list(written)
    if len(parts) == 2 and all(isinstance(part, str) and not _RUN.fullmatch(part.strip()) for part in parts):
        parts = [parts]
    return tuple(_period(fact, part) for part in parts)


def _period(fact: Fact, written: Written) -> Days:
    run = _RUN.fullmatch(written.strip()) if isinstance(written, str) else None
    if isinstance(written, str) and run is None:
        raise ValueError(written)
    first, last = (run[1], run[2]) if run else as_list(written)
    return Days(_day(fact, first), _day(fact, last))


def _months(fact: Fact, written: Written) -> tuple[Month, ...]:
    if isinstance(written, str) and (alone := _run_of_months(written.strip())):
        return alone
    runs = [_run_of_months(_one(each)) for each in as_list(written)]
    if () in runs:
        raise MalformedFact(fact.name, f"{as_list(written)[runs.index(())]!r} ends before it begins")
    return runs[0] if len(runs) == 1 else tuple(sorted(set().union(*runs)))


@lru_cache(maxsize=4096)
def _run_of_months(written: str) -> tuple[Month, ...]:
    """The months of "2026-06" or of "2026-01 to 2026-06"; none where it ends before it begins."""
    run = _RUN.fullmatch(written)
    first, last = (Month.of(run[1]), Month.of(run[2])) if run else (Month.of(written), Month.of(written))
    return tuple(first + step for step in range(last - first + 1))


def _by_month(fact: Fact, written: Written) -> dict[Month, tuple[Sen, ...]]:
    """Keys are months or runs of months ("2026-01 to 2026-06"); a value is an amount or a list of amounts.

    A month given twice is refused: which one counts would hang on their order, which a record does not keep.
    """
    found: dict[Month, tuple[Sen, ...]] = {}
    for key, value in as_mapping(written).items():
        months = _part(fact, key, "month", _months)
        amounts = _amounts(fact, value)
        for month in months:
            if month in found:
                raise _given_twice(fact, as_mapping(written), key, months)
            found[month] = amounts
    # A record keeps names in order, and so months.
    return found if all(map(lt, found, islice(found, 1, None))) else {month: found[month] for month in sorted(found)}


def _given_twice(fact: Fact, written: Mapping[str, Written], key: str, months: Iterable[Month]) -> MalformedFact:
    earlier = {month for each in takewhile(key.__ne__, written) for month in _months(fact, each)}
    again = ", ".join(str(month) for month in months if month in earlier)
    return MalformedFact(fact.name, f"{again} is given twice")


def _amounts(fact: Fact, written: Written) -> tuple[Sen, ...]:
    if isinstance(written, str) and (plain := _PLAIN_RINGGIT.fullmatch(written)):
        return (int(plain[1] + plain[2]),)
    return tuple([_part(fact, each, "ringgit", _sen) for each in as_list(written)])


def _part(fact: Fact, written: Written, type_: str, read: Callable[[Fact, Written], T]) -> T:
    """A part of a fact, read by its own type, so that a refusal names the part and not the whole."""
    try:
        return read(fact, written)
    except (ValueError, TypeError, MalformedAmount, MalformedPeriod) as fault:
        raise MalformedFact(fact.name, f"{written!r} is not {READ_ALONE[type_].form}") from fault


def as_list(written: Written) -> list[Written]:
    """A list; one entry that stands alone is a list of one."""
    return written if isinstance(written, list) else [written]


def as_mapping(written: Written) -> dict[str, Written]:
    if written == "":
        return {}
    if not isinstance(written, dict):
        raise TypeError(written)
    return written


@dataclass(frozen=True, slots=True)
class FactType:
    """How a type is read, how it is written, and what is read beside that."""

    read: Any
    form: str
    also: str = ""


READ_ALONE: Mapping[str, FactType] = {
    "ringgit": FactType(_sen, "an amount in ringgit such as 2450.00", "2450, RM2450.00, RM 2,450.00"),
    "count": FactType(_count, "a whole number"),
    "percent": FactType(_share, "a percentage from 0 to 100, such as 20 or 12.5", "20%, 12.5 %"),
    "factor": FactType(_factor, 'a number and what states it, such as "7479 by Schedule 3 of P.U.(A) 99/1971"'),
    "stated_ringgit": FactType(_stated_ringgit, 'an amount and what states it, such as "4500.00 by circular 3/2026"'),
    "date": FactType(_day, "a date such as 2026-07-15"),
    "instant": FactType(_instant, 'a moment in Malaysian time such as "2026-07-15 14:30"', "2026-07-15T14:30:00+08:00"),
    "month": FactType(_month, "a month such as 2026-07"),
    "yes_no": FactType(_yes_no, "yes or no", "Yes, No, true, false"),
    "choice": FactType(_choice, "one of the words listed", "with capitals, hyphens or underscores"),
    "text": FactType(_text, "a text"),
    "texts": FactType(_texts, "a list of texts", "one text"),
    "dates": FactType(_dates, "a list of dates", "one date, and runs such as 2026-07-15 to 2026-07-18"),
    "periods": FactType(
        _periods,
        "[first day, last day], or a list of such pairs",
        "2026-07-15 to 2026-08-11, or a list of such runs; both days are included",
    ),
    "months": FactType(
        _months,
        'a list of months or runs of months such as "2024-01 to 2025-12"',
        "one month or run; [2024-01, 2025-12] is two months",
    ),
    "by_month": FactType(
        _by_month,
        "a mapping of months, or runs of months, to an amount or a list of amounts",
        "each month once; a list is one month's amounts from several employers",
    ),
}
