"""Reads the pack: groups of cases with their people, as README.md describes the files."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from conformance.errors import CannotRun

PACK = Path(__file__).parent / "pack"
CERTAINTIES = ("enacted", "reported", "derived", "assumed", "platform")
AMOUNTS = ("act4_employer", "act4_employee", "act800_employer", "act800_employee", "skbbk_employee")
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
_THIS_MONTH = re.compile(r"this(?P<months>[+-][0-9]+)?")
_TODAY = re.compile(r"today(?P<days>[+-][0-9]+)?")


@dataclass(frozen=True)
class Case:
    """One case: what is done, step by step, what is expected, by which source, and how it was worked out."""

    group: str
    name: str
    about: str
    source: str
    certainty: str
    steps: tuple[Mapping[str, Any], ...]
    first_day: date | None = None
    last_day: date | None = None
    needs: frozenset[str] = frozenset()
    worked: str = ""
    # Of the month: from which day to which day.
    days: tuple[int, int] = (1, 31)

    @property
    def id(self) -> str:
        """Under which it is reported."""
        return f"{self.group}/{self.name}"

    def not_on(self, today: date) -> str:
        """Why it cannot be tried on this business day of the installation; empty where it can."""
        newest = max(self.months, default="")
        if newest > f"{today:%Y-%m}":
            return f"it is {today} there, and {newest} has not begun"
        if self.first_day is not None and today < self.first_day:
            return f"it is {today} there, and the case holds from {self.first_day} on"
        if self.last_day is not None and today > self.last_day:
            return f"it is {today} there, and the case holds until {self.last_day}"
        if not self.days[0] <= today.day <= self.days[1]:
            return f"it is {today} there, and the case holds from day {self.days[0]} to day {self.days[1]} of a month"
        return ""

    @property
    def people(self) -> set[str]:
        """The keys of people that it may name."""
        return set(_texts_in(self.steps))

    @property
    def months(self) -> set[str]:
        """The wage months that it names."""
        return {each for each in _texts_in(self.steps) if _MONTH.fullmatch(each)}


@dataclass(frozen=True)
class Group:
    """Cases that share people."""

    name: str
    about: str
    people: Mapping[str, Mapping[str, Any]]
    cases: tuple[Case, ...]


def load(folder: Path = PACK, only: Sequence[str] = ()) -> list[Group]:
    """The groups of the pack, or those whose cases are named by a group or by `group/case`; raises CannotRun."""
    groups = [_group(path) for path in sorted(folder.glob("*.json"))]
    if not groups:
        raise CannotRun(f"There is no pack in {folder}.")
    if not only:
        return groups
    chosen = [_narrowed(group, only) for group in groups]
    known = {group.name for group in groups} | {case.id for group in groups for case in group.cases}
    unknown = [each for each in only if each not in known]
    if unknown:
        raise CannotRun(f"The pack has no {', '.join(unknown)}; its groups: {', '.join(g.name for g in groups)}.")
    return [group for group in chosen if group.cases]


def month_of(written: str, today: date) -> str:
    """A month as a case writes it: 2026-07, or `this`, `this-1` and `this+1` of the installation's day."""
    relative = _THIS_MONTH.fullmatch(written)
    if relative is None:
        return written
    number = today.year * 12 + today.month - 1 + int(relative["months"] or 0)
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def day_of(written: str, today: date) -> date:
    """A day as a case writes it: 2026-07-15, `today`, `today-3`, or `this`: the first day of this month."""
    relative = _TODAY.fullmatch(written)
    if relative is not None:
        return today + timedelta(days=int(relative["days"] or 0))
    if _THIS_MONTH.fullmatch(written):
        return date.fromisoformat(f"{month_of(written, today)}-01")
    return date.fromisoformat(written)


def sen(written: str) -> int:
    """An amount of the pack: 42.85."""
    whole, _, part = written.partition(".")
    return int(whole) * 100 + int(part)


def _group(path: Path) -> Group:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        cases = tuple(_case(read["group"], {"worked": read["worked"], **each}) for each in read["cases"])
        return Group(read["group"], read["about"], read["people"], cases)
    except (ValueError, KeyError) as error:
        raise CannotRun(f"{path.name} of the pack is not as README.md describes: {error!r}.") from error


def _case(group: str, read: Mapping[str, Any]) -> Case:
    if read["certainty"] not in CERTAINTIES:
        raise ValueError(f"{read['case']}: {read['certainty']} is no certainty")
    return Case(
        group,
        read["case"],
        read["about"],
        read["source"],
        read["certainty"],
        tuple(read["steps"]),
        _day(read.get("from")),
        _day(read.get("until")),
        frozenset(read.get("needs", ())),
        read["worked"],
        tuple(read.get("days", (1, 31))),
    )


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _narrowed(group: Group, only: Sequence[str]) -> Group:
    if group.name in only:
        return group
    return Group(group.name, group.about, group.people, tuple(case for case in group.cases if case.id in only))


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts_in(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts_in(each)
