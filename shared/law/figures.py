"""A figure of the law and its dated entries, and how each unit is written in the book."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from shared.law.canonical import Json, canonical, plain
from shared.law.table import MOST_COUNT, MOST_SEN, MOST_SHARE, PERCENT, Cell, Table, book_amount, book_day

Value: TypeAlias = Fraction | int | str | bool | date | tuple[str, ...] | Table


class Unit(StrEnum):
    """What a value is, and so how the book writes it and how `LawOn` reads it."""

    PERCENT = "percent"
    FRACTION = "fraction"
    SEN = "sen"
    RINGGIT = "ringgit"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    AGE = "age"
    COUNT = "count"
    KILOMETRES = "kilometres"
    DATE = "date"
    YES_NO = "yes_no"
    NAMES = "names"
    TEXT = "text"
    TABLE = "table"


class Certainty(StrEnum):
    """How sure we are of an entry; an assumed one gives its reason."""

    ENACTED = "enacted"
    GAZETTED = "gazetted"
    """Entered from an instrument by one officer and approved by another (`shared.law.desk`)."""
    REPORTED = "reported"
    DERIVED = "derived"
    ASSUMED = "assumed"


@dataclass(frozen=True, eq=False)
class Entry:
    """What a figure is from a day on, as known from a day on; `value` None ends the figure.

    The value is a Fraction (percent, fraction), an int (amounts in sen, all that is counted), a date, a bool, a text, a
    sorted tuple of names, or a `Table`. ``edition`` counts the entries that officers entered, one after another; those
    of the files have none.
    """

    figure: str
    unit: Unit
    in_force: date
    known: date
    value: Value | None
    law: str
    source: str
    certainty: Certainty
    reason: str = ""
    edition: int = 0

    @cached_property
    def key(self) -> tuple[str, date, date, int]:
        return (self.figure, self.in_force, self.known, self.edition)

    @cached_property
    def plain_value(self) -> Json:
        """The value as JSON, a table with all its rows; an ended figure has none."""
        if isinstance(self.value, Table):
            return plain({"columns": self.value.columns, "rows": self.value.rows})
        return plain(self.value)

    @cached_property
    def canonical(self) -> bytes:
        """The RFC 8785 bytes that the law hash is made of: what was read, without citation and certainty."""
        return canonical(
            {"figure": self.figure, "in_force": self.in_force, "known": self.known, "value": self.plain_value}
        )


@dataclass(frozen=True, eq=False)
class Figure:
    """A named figure with its entries in the order of (in force, known, edition); titles in English and Malay.

    ``columns`` are those of its tables, by name with their types, and ``checks`` what each table is checked for
    (`shared.law.checks`). ``entered``: officers enter what is gazetted of it; ``ends``: they may end it, since
    whoever reads it goes on without it. ``most`` is what its columns plausibly have at the most.
    """

    name: str
    title: str
    title_ms: str
    unit: Unit
    entries: tuple[Entry, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    entered: bool = False
    ends: bool = False
    most: Mapping[str, Cell] = field(default_factory=dict)


def percentage(share: Fraction, most_decimals: int = 4) -> str:
    """A share as a percentage in the fewest digits: 4/5 is "80", 7/400 "1.75"; one without an end stays "100/3"."""
    exact = share * 100
    for decimals in range(most_decimals + 1):
        if (exact * 10**decimals).denominator == 1:
            whole, rest = divmod(int(exact * 10**decimals), 10**decimals)
            return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)
    return str(exact)


_FRACTION = re.compile(r"[0-9]{1,9}/[1-9][0-9]{0,8}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COUNTED = (Unit.SEN, Unit.HOURS, Unit.DAYS, Unit.MONTHS, Unit.AGE, Unit.COUNT, Unit.KILOMETRES)
_MOST: Mapping[Unit, int | Fraction] = {
    **dict.fromkeys(_COUNTED, MOST_COUNT),
    **dict.fromkeys((Unit.SEN, Unit.RINGGIT), MOST_SEN),
    **dict.fromkeys((Unit.PERCENT, Unit.FRACTION), MOST_SHARE),
}


def parse_scalar(unit: Unit, tag: str, text: str) -> Fraction | int | str | bool | date:
    """The value of a YAML scalar from its tag ("int", "str", ...) and text; a ValueError says what is expected."""
    value = _parse(unit, tag, text)
    if unit in _MOST and isinstance(value, int | Fraction) and value > _MOST[unit]:
        raise ValueError("a number is too large to be one of the law")
    return value


def _parse(unit: Unit, tag: str, text: str) -> Fraction | int | str | bool | date:
    if tag == "int" and unit in _COUNTED and text.isdecimal():
        return int(text)
    if tag == "int" and unit is Unit.PERCENT and text.isdecimal():
        return Fraction(int(text), 100)
    if tag == "bool" and unit is Unit.YES_NO and text in ("yes", "no"):
        return text == "yes"
    if tag == "timestamp" and unit is Unit.DATE and (day := book_day(text)) is not None:
        return day
    if tag == "str":
        return _parse_text(unit, text)
    raise ValueError(_EXPECTED[unit])


def parse_names(texts: list[str]) -> tuple[str, ...]:
    """The value of a list of names, sorted; a ValueError says what is expected."""
    if not texts or len(set(texts)) != len(texts) or not all(_NAME.fullmatch(text) for text in texts):
        raise ValueError(_EXPECTED[Unit.NAMES])
    return tuple(sorted(texts))


def _parse_text(unit: Unit, text: str) -> Fraction | int | str:
    if unit is Unit.TEXT and text:
        return text
    if unit is Unit.RINGGIT and (amount := book_amount(text)) is not None:
        return amount
    if unit is Unit.PERCENT and PERCENT.fullmatch(text):
        return Fraction(text) / 100
    if unit is Unit.FRACTION and _FRACTION.fullmatch(text):
        return Fraction(text)
    raise ValueError(_EXPECTED[unit])


_EXPECTED = {
    Unit.PERCENT: "a percentage is a whole number or a quoted decimal",
    Unit.FRACTION: "a fraction is a text 'p/q'",
    Unit.SEN: "an amount in sen is a whole number",
    Unit.RINGGIT: "an amount in ringgit is a quoted text with two decimals",
    Unit.HOURS: "hours are a whole number",
    Unit.DAYS: "days are a whole number",
    Unit.MONTHS: "months are a whole number",
    Unit.AGE: "an age is a whole number of years",
    Unit.COUNT: "a count is a whole number",
    Unit.KILOMETRES: "kilometres are a whole number",
    Unit.DATE: "a date is written as 2013-01-01",
    Unit.YES_NO: "the value is yes or no",
    Unit.NAMES: "names are a list of different words in snake_case",
    Unit.TEXT: "the value is a text",
    Unit.TABLE: "a table is the name of a CSV file beside the figure",
}
