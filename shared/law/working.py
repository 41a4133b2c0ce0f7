"""The arithmetic behind an amount: signs and operands, so that a record holds no prose; words are said on reading.

A working is written as `working("{} / {} × {}", sen(1470000), 6, percent(Fraction(4, 5)))`. The signs are a template
whose places are taken by operands in their order; an operand may be a working itself.
"""

import re
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Days, Month
from shared.law.canonical import Json, encoded, plain, written
from shared.law.figures import percentage

PLACE = "{}"
# What JSON holds as it is; a tuple, since a union is built each time that it is asked.
_BARE = (int, str)
# What may stand between operands: signs of arithmetic, and the two functions that every reader knows.
_SIGNS = re.compile(r"(?:\{\}|max\(|min\(|[-+−×/(),:<≤→%Σ⌊⌋ 01])*")


class Operand(NamedTuple):
    """A value of a working and how it is shown: sen, percent, share, count, day, instant, period, month or word."""

    unit: str
    value: int | str | Fraction | date | Days | Month


class Working(NamedTuple):
    """Signs with a place for each operand."""

    signs: str
    operands: tuple[Operand, ...] = ()

    @property
    def body(self) -> dict[str, Json]:
        """As a record holds it."""
        operands: list[Json] = [
            [unit, value if isinstance(value, _BARE) else plain(value)] for unit, value in self.operands
        ]
        return {"operands": operands, "signs": self.signs}


Given: TypeAlias = Working | Operand | int | str | Fraction | date | Days | Month
"""What may take a place: an int is a count, a fraction a share such as 3/5, a text a word that is translated."""


def sen(amount: Sen | Fraction) -> Operand:
    """An amount in sen, shown in ringgit; one that is not whole sen is shown exactly."""
    return Operand("sen", amount)


def percent(share: Fraction) -> Operand:
    """An exact share, shown as a percentage: 4/5 is "80 %"."""
    return Operand("percent", share)


def working(signs: str, *operands: Given) -> Working:
    """A working; raises ValueError for a sign that is a word, or for places that are not the operands' number."""
    _check(signs, len(operands))
    if Working not in map(type, operands):
        return Working(signs, tuple(map(_operand, operands)))
    parts = signs.split(PLACE)
    found: list[Operand] = []
    text = parts[0]
    for each, after in zip(operands, parts[1:], strict=True):
        if isinstance(each, Working):
            text += each.signs + after
            found += each.operands
        else:
            text += PLACE + after
            found.append(_operand(each))
    return Working(text, tuple(found))


def body_of(given: Given) -> Json:
    """A working as a record holds it; a value or a word alone is the whole of one."""
    if type(given) is Working:
        return given.body
    return _alone(given) if isinstance(given, str) else working(PLACE, given).body


def joined(sign: str, *operands: Given) -> Working:
    """Operands with the same sign between them: `joined(" + ", ...)`."""
    return working(sign.join([PLACE] * len(operands)), *operands)


def as_text(body: Any, word: Any = str) -> str:
    """A working of a record in signs and values: "14700.00 / 6 × 80 %"; `word` says a word in the reader's language."""
    return str(body["signs"]).format(*(_SHOWN.get(unit, word)(value) for unit, value in body["operands"]))


@lru_cache(maxsize=1024)
def _alone(word: str) -> Json:
    return written(encoded(working(PLACE, word).body))


@lru_cache(maxsize=1024)
def _check(signs: str, places: int) -> None:
    if not _SIGNS.fullmatch(signs):
        raise ValueError(f"{signs!r} is more than signs: a word is an operand")
    if signs.count(PLACE) != places:
        raise ValueError(f"{signs!r} has {signs.count(PLACE)} places for {places} operands")


def _operand(given: Given) -> Operand:
    if isinstance(given, Operand):
        return given
    if (unit := _UNIT_OF.get(type(given))) is not None:
        return Operand(unit, given)  # type: ignore[arg-type]
    for kind, unit in _UNITS:
        if isinstance(given, kind):
            return Operand(unit, given)  # type: ignore[arg-type]
    raise TypeError(f"{type(given).__name__} is no operand")


# A bool would be an int, a datetime is a date.
_UNITS: tuple[tuple[type, str], ...] = (
    (int, "count"),
    (str, "word"),
    (Fraction, "share"),
    (datetime, "instant"),
    (date, "day"),
    (Days, "period"),
    (Month, "month"),
)
_UNIT_OF: dict[type, str] = dict(_UNITS)


def _sen(value: int | str) -> str:
    exact = Fraction(value)
    return ringgit(int(exact)) if exact.denominator == 1 else str(exact / 100)


def _share(value: str) -> str:
    return str(Fraction(value))


def _percent(value: str) -> str:
    return f"{percentage(Fraction(value))} %"


def _period(value: dict[str, str]) -> str:
    return str(Days(date.fromisoformat(value["first"]), date.fromisoformat(value["last"])))


def _instant(value: str) -> str:
    return f"{datetime.fromisoformat(value).astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"


_SHOWN: dict[str, Any] = {
    "sen": _sen,
    "percent": _percent,
    "share": _share,
    "count": str,
    "day": str,
    "instant": _instant,
    "period": _period,
    "month": str,
}
