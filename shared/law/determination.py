"""A question that the law answers from facts: tests, amounts and an outcome, recorded step by step.

Each part of an Act keeps its own in `determination.py` beside its rules. What a worked case asks, what a record of a
decision holds, what is explained and what is replayed are all the same determination.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path

from shared.kernel.errors import JaringError, Kind
from shared.law.book import Book, LawOn, book
from shared.law.decision import Amounts, ArrivedAt, DecisionRecord, FactUsed, Tests
from shared.law.explanation import Language, explain
from shared.law.fact_types import Fact, Written
from shared.law.facts import Facts

REFUSED, NEEDS_OFFICER = "refused", "needs_officer"
_PLACE = re.compile(r"<[a-z ]+>")


class UnknownDetermination(JaringError):
    """No part of the law answers a question of this name."""

    code = "unknown_determination"
    title = "The law answers no such question"
    title_ms = "Tiada penentuan sedemikian"
    kind = Kind.MALFORMED


class UndeclaredStep(JaringError):
    """A determination recorded a test or a result that it does not declare: a mistake of the program."""

    code = "undeclared_step"
    title = "A step is not declared"
    title_ms = "Suatu langkah tidak diisytiharkan"
    kind = Kind.INTERNAL


@dataclass(frozen=True, slots=True)
class Test:
    """A test that a determination may make: its name as a sentence that is true when it is met, and in Malay.

    One that is not met refuses; where ``officer`` is set the law's answer is open, and a person decides.
    """

    __test__ = False  # pytest would collect the class by its name

    name: str
    name_ms: str
    law: str
    officer: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """An amount that a determination may arrive at, its unit ("sen", "days", "percent", ...), and what it means.

    A name may hold a place such as "share of <person>", which stands for each person, month or item.
    """

    name: str
    name_ms: str
    unit: str
    meaning: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What names it matches."""
        return re.compile("(.+)".join(map(re.escape, _PLACE.split(self.name))))


class Steps:
    """Records what a determination does; both methods cite as `shared.law.decision.Tests.check` does."""

    def __init__(self, determination: "Determination", law: LawOn) -> None:
        self._determination = determination
        self.tests = Tests(law)
        self.amounts = Amounts(law)

    def test(self, name: str, outcome: bool, *figures_or_citations: str) -> bool:
        """Record a declared test and return its outcome; one that is not met refuses, or leaves it to a person."""
        if name not in self._determination.test_names:
            raise UndeclaredStep(f"{self._determination.name}: the test {name!r} is not declared.")
        return self.tests.check(name, outcome, *figures_or_citations)

    def amount(self, name: str, value: ArrivedAt, working: str, *figures_or_citations: str) -> None:
        """Record a declared result in its declared unit: sen, days, an exact share, date, yes_no, text, ..."""
        result = self._determination.result(name)
        self.amounts.add(name, value, working, *figures_or_citations, unit=result.unit)

    @property
    def refused(self) -> bool:
        """Whether a test is not met that refuses."""
        return any(test.name not in self._determination.officer_tests for test in self.tests.failed)

    @property
    def outcome(self) -> str:
        """Refused, left to an officer, or what the determination says when every test is met."""
        if self.refused:
            return REFUSED
        return NEEDS_OFFICER if self.tests.failed else self._determination.granted


@dataclass(frozen=True)
class Determination:
    """What is asked, by which facts it is answered, and the function that answers it.

    ``name`` is unique, begins with the Act and is a lawyer's ("act4 temporary disablement"). ``on`` says which day's
    law applies. ``decide`` records its tests and results; what it raises (`NotYetLaw`, `NoWageMonth`, ...) is the
    answer of the case that asked. ``granted`` is the outcome when every test is met; `needs_officer` is that of a test
    whose answer the law leaves open.
    """

    name: str
    title: str
    title_ms: str
    law: str
    on: str
    facts: tuple[Fact, ...]
    tests: tuple[Test, ...]
    results: tuple[Result, ...]
    decide: Callable[[Facts, LawOn, Steps], None]
    granted: str = "entitled"

    def result(self, name: str) -> Result:
        """The declaration of a result; raises `UndeclaredStep`."""
        if name in self._plain_results:
            return self._plain_results[name]
        for pattern, result in self._placed_results:
            if pattern.fullmatch(name):
                return result
        raise UndeclaredStep(f"{self.name}: the result {name!r} is not declared.")

    @cached_property
    def test_names(self) -> frozenset[str]:
        """The names of its tests."""
        return frozenset(test.name for test in self.tests)

    @cached_property
    def officer_tests(self) -> frozenset[str]:
        """The names of the tests that, not met, are a person's to decide."""
        return frozenset(test.name for test in self.tests if test.officer)

    @cached_property
    def _plain_results(self) -> Mapping[str, Result]:
        return {result.name: result for result in self.results}

    @cached_property
    def _placed_results(self) -> tuple[tuple[re.Pattern[str], Result], ...]:
        return tuple((result.pattern, result) for result in self.results)

    @property
    def kind(self) -> str:
        """The kind of its records: "act4 temporary disablement" is act4.temporary_disablement."""
        act, _, rest = self.name.partition(" ")
        return f"{act}.{rest.replace(' ', '_')}"

    def malay(self, name: str) -> str:
        """The name of a test or of a result in Malay, its places filled in; one that is not declared stays."""
        for test in self.tests:
            if test.name == name:
                return test.name_ms
        for pattern, result in self._placed_results:
            if found := pattern.fullmatch(name):
                return _filled(result.name_ms, found.groups())
        return name


def _filled(text: str, parts: tuple[str, ...]) -> str:
    """The text with its places taken by the parts, in their order."""
    words = iter(parts)
    return _PLACE.sub(lambda place: next(words, place.group()), text)


def determine(
    determination: Determination,
    written: Mapping[str, Written],
    law: LawOn,
    *,
    decided_on: date | None = None,
    facts_known_to: datetime | None = None,
) -> DecisionRecord:
    """Answer a question and record the answer; raises `MalformedFact` and the errors of the law.

    Without a day, the record is dated by the law's own day: the record depends on its arguments only.
    """
    facts = Facts(determination.facts, written)
    steps = Steps(determination, law)
    determination.decide(facts, law, steps)
    day = decided_on or law.in_force
    return DecisionRecord.of(
        kind=determination.kind,
        outcome=steps.outcome,
        facts=[FactUsed("facts", determination.name, 0, facts.written)],
        tests=steps.tests,
        amounts=steps.amounts,
        law=law,
        decided_on=day,
        facts_known_to=facts_known_to or datetime(day.year, day.month, day.day, tzinfo=UTC),
    )


@cache
def determinations() -> Mapping[str, Determination]:
    """Every determination of the book by name, found in the `determination.py` of its part."""
    root = Path(__file__).parent
    found: dict[str, Determination] = {}
    for path in sorted(root.glob("act*/**/determination.py")):
        module = import_module(".".join(("shared", "law", *path.relative_to(root).with_suffix("").parts)))
        for each in module.DETERMINATIONS:
            if each.name in found:
                raise UndeclaredStep(f"Two determinations are called {each.name}.")
            found[each.name] = each
    return found


def determination(name: str) -> Determination:
    """The determination of a name; raises `UnknownDetermination`, which lists those there are."""
    found = determinations().get(name)
    if found is None:
        raise UnknownDetermination(f"{name!r} is none of: {', '.join(determinations())}.")
    return found


def explained(record: DecisionRecord, language: Language = "en") -> list[str]:
    """The lines of a record that `determine` made, in English or Malay (see `shared.law.explanation.explain`)."""
    asked = determination(record.body["facts"][0]["id"])
    names = [part["name"] for part in (*record.body["tests"], *record.body["amounts"])]
    return explain(record, language, {name: asked.malay(name) for name in names} if language == "ms" else None)


def replay(record: DecisionRecord, law: Book | None = None) -> DecisionRecord:
    """Compute a record again from nothing but its own body: equal bytes prove it.

    On any later day, machine or release: entries that became known later are not read, and a corrected rule is a new
    version under a new name.
    """
    body = record.body
    used = body["facts"][0]
    days = body["days"]
    return determine(
        determination(used["id"]),
        used["values"],
        (law or book()).on(date.fromisoformat(days["in_force_on"]), date.fromisoformat(days["known_on"])),
        decided_on=date.fromisoformat(days["decided_on"]),
        facts_known_to=datetime.fromisoformat(days["facts_known_to"]),
    )
