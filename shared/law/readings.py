"""What the sources leave open and decides money: each reading with its amount on a typical case, the dearest first.

The readings stand in readings.yaml. The page docs/law/readings.md is written from it by `make contracts`; both amounts
are worked out, never typed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import yaml

from shared.kernel.money import Sen, ringgit
from shared.law.book import Book, LawOn, book
from shared.law.case_files import CaseError, written
from shared.law.determination import REFUSED, UndeclaredStep, UnknownDetermination, determination, determine
from shared.law.fact_types import Written
from shared.law.figures import Certainty, Entry, Value, parse_scalar
from shared.law.loader import READINGS, Source

HERE = Path(__file__).parent
MONTHS_OF_A_YEAR = 12
_FILE_FIELDS = {"typical": False, "readings": True}
_ASKED_FIELDS = {"about": True, "facts": True, "result": True}
_READING_FIELDS = {
    "question": True, "taken": True, "instead": True, "case": True, **_ASKED_FIELDS, "on": True, "then": False,
    "figure": False, "other": False, "otherwise": False, "paid": True, "how often": True,
}  # fmt: skip
_MONTHLY = {"monthly": True, "once": False}


@dataclass(frozen=True)
class Asked:
    """A question of the law with its facts, and which of its results is meant."""

    about: str
    facts: Mapping[str, Written]
    result: str

    def answer(self, law: LawOn) -> int:
        """The result; nothing where it is refused or not among the results."""
        record = determine(determination(self.about), self.facts, law)
        if record.body["outcome"] == REFUSED:
            return 0
        found = {each["name"]: each["value"] for each in record.body["amounts"]}
        return int(Fraction(found.get(self.result, 0)))


@dataclass(frozen=True)
class Reading:
    """A question that the sources leave open, the two answers, and what each gives on a typical case.

    ``figure`` is what the book takes, ``other`` the value of the other reading; without a figure the book leaves the
    question to an officer and ``otherwise`` is the result by the other reading. What was asked goes as a fact into what
    is asked ``then``, where there is such a question.
    """

    question: str
    taken: str
    instead: str
    case: str
    on: date
    asked: Asked
    then: Asked | None
    figure: str
    other: Value | None
    otherwise: str
    monthly: bool
    how_often: str

    def amounts(self, law: Book) -> tuple[Sen, Sen]:
        """The amount of the reading taken, and of the other."""
        if self.otherwise:
            return self._amount(law, self.asked), self._amount(law, replace(self.asked, result=self.otherwise))
        return self._amount(law, self.asked), self._amount(turned(law, self.figure, self.other), self.asked)

    def in_a_year(self, law: Book) -> Sen:
        """By how much the two differ in a year: a monthly amount twelve times, any other once."""
        taken, other = self.amounts(law)
        return abs(taken - other) * (MONTHS_OF_A_YEAR if self.monthly else 1)

    def _amount(self, law: Book, asked: Asked) -> Sen:
        known = law.on(self.on, date.max)
        found = asked.answer(known)
        if self.then is None or not found:
            return found
        return replace(self.then, facts={**self.then.facts, asked.result: str(found)}).answer(known)


def other_of(figure: str) -> Value | None:
    """The value of a figure by the other reading; None where no reading turns on it."""
    return next((each.other for each in readings() if each.figure == figure), None)


def turned(law: Book, figure: str, value: Value | None) -> Book:
    """The book in which the assumed entries of a figure have another value."""
    found = law.figures[figure]
    entries = tuple(replace(entry, value=value) if _is_open(entry) else entry for entry in found.entries)
    return Book({**law.figures, figure: replace(found, entries=entries)})


def _is_open(entry: Entry) -> bool:
    return entry.certainty is Certainty.ASSUMED


@cache
def readings() -> tuple[Reading, ...]:
    """The readings of the statute book."""
    return load_readings(HERE, book())


def load_readings(root: Path, law: Book) -> tuple[Reading, ...]:
    """Read the open readings of a folder; `BookError` names file and line of the first fault."""
    file = _File(root, root / READINGS)
    fields = file.fields(file.document(), _FILE_FIELDS)
    return tuple(file.reading(node, law) for node in file.items(fields["readings"], "readings"))


class _File(Source):
    """The file of the readings."""

    def reading(self, node: yaml.Node, law: Book) -> Reading:
        fields = self.fields(node, _READING_FIELDS)
        texts = {name: self.text(found, name) for name, found in fields.items() if name in _TEXTS}
        asked = self.asked({name: fields[name] for name in _ASKED_FIELDS})
        if "otherwise" in fields:
            self.check_result(asked.about, texts["otherwise"], fields["otherwise"])
        if ("otherwise" in fields) == ("figure" in fields) or ("figure" in fields) != ("other" in fields):
            raise self.fail(_line(node), "a reading has a figure with its other value, or else another result")
        if texts["paid"] not in _MONTHLY:
            raise self.fail(_line(fields["paid"]), f"paid is one of {', '.join(_MONTHLY)}")
        return Reading(
            question=texts["question"],
            taken=texts["taken"],
            instead=texts["instead"],
            case=texts["case"],
            on=self.day(fields["on"], "on"),
            asked=asked,
            then=self.asked(self.fields(fields["then"], _ASKED_FIELDS)) if "then" in fields else None,
            figure=texts.get("figure", ""),
            other=self.other(fields["figure"], fields["other"], law) if "figure" in fields else None,
            otherwise=texts.get("otherwise", ""),
            monthly=_MONTHLY[texts["paid"]],
            how_often=texts["how often"],
        )

    def asked(self, fields: Mapping[str, yaml.Node]) -> Asked:
        about, result = self.text(fields["about"], "about"), self.text(fields["result"], "result")
        self.check_result(about, result, fields["about"])
        try:
            facts = written(fields["facts"], f"{self.shown_as}:{_line(fields['facts'])}")
        except CaseError as fault:
            raise self.fail(_line(fields["facts"]), str(fault.detail)) from fault
        if not isinstance(facts, dict):
            raise self.fail(_line(fields["facts"]), "facts are a mapping of names to values")
        return Asked(about, facts, result)

    def check_result(self, about: str, result: str, node: yaml.Node) -> None:
        try:
            determination(about).result(result)
        except (UnknownDetermination, UndeclaredStep) as fault:
            raise self.fail(_line(node), str(fault.detail)) from fault

    def other(self, figure: yaml.Node, node: yaml.Node, law: Book) -> Value:
        """The value of the other reading, written as an entry of the figure would be."""
        if figure.value not in law:
            raise self.fail(_line(figure), f"the statute book has no figure {figure.value}")
        try:
            return parse_scalar(law.figures[figure.value].unit, node.tag.rpartition(":")[2], node.value)
        except ValueError as fault:
            raise self.fail(_line(node), str(fault)) from fault


_TEXTS = frozenset(_READING_FIELDS) - {"on", "facts", "then", "other"}


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def by_money(law: Book) -> list[Reading]:
    """The readings, the one that differs most in a year first."""
    return sorted(readings(), key=lambda reading: -reading.in_a_year(law))


def readings_page() -> str:
    """The page on open readings."""
    law = book()
    return "\n".join(_lines(law)).rstrip() + "\n"


def _lines(law: Book) -> Iterator[str]:
    yield "# Open readings by money"
    yield ""
    yield "<!-- Generated by `make contracts` from shared/law/readings.yaml and the statute book. -->"
    yield ""
    yield (
        "What the sources leave open, and what each answer pays on a typical case; what differs most in a year stands "
        "first. The book takes the reading under *taken*, marked as assumed, or leaves the case to an officer; to take "
        "the other, the figure gets an entry with a later `known`. `make law-report` lists all that is not enacted; "
        "what a source such as [S51] is: [sources.md](sources.md)."
    )
    yield ""
    yield "| | open | taken | pays | instead | pays | differs in a year |"
    yield "|--:|---|---|--:|---|--:|--:|"
    for place, reading in enumerate(by_money(law), start=1):
        taken, other = reading.amounts(law)
        per = " a month" if reading.monthly else ""
        cells = (
            reading.question, reading.taken, f"RM{ringgit(taken)}{per}", reading.instead, f"RM{ringgit(other)}{per}",
            f"RM{ringgit(reading.in_a_year(law))}",
        )  # fmt: skip
        yield f"| {place} | {' | '.join(cells)} |"
    yield ""
    yield "The typical cases, by the same numbers, and how often each is met:"
    yield ""
    for place, reading in enumerate(by_money(law), start=1):
        figure = f"`{reading.figure}`" if reading.figure else "`needs_officer`"
        yield f"{place}. {reading.case}; {reading.how_often} ({figure})."
    yield ""
