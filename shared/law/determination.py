"""A question that the law answers from facts: tests, amounts and an outcome, recorded step by step.

Each part of an Act keeps its own in `determination.py` beside its rules. What a worked case asks, what a record of a
decision holds, what is explained and what is replayed are all the same determination.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, cached_property
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import orjson

from shared.kernel.errors import JaringError, Kind
from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.book import Book, LawOn, book
from shared.law.decision import (
    Amounts,
    ArrivedAt,
    DecisionRecord,
    FactUsed,
    Look,
    Per,
    Source,
    Term,
    Tests,
    as_recorded,
    edition_of,
)
from shared.law.errors import NO_ANSWER
from shared.law.explanation import Language, explain
from shared.law.fact_types import Fact, MalformedFact, Written
from shared.law.facts import Facts
from shared.law.working import Given

REFUSED, NEEDS_OFFICER = "refused", "needs_officer"
_PLACE = re.compile(r"<[a-z ]+>")
_REMEMBERED = 1024


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


class _Units(dict[str, str]):
    """Units by the names of results, each matched once: the same months come again and again."""

    def __init__(self, determination: "Determination") -> None:
        super().__init__()
        self._determination = determination

    def __missing__(self, name: str) -> str:
        # Persons take places too, and there is no end of them.
        if len(self) >= _REMEMBERED:
            self.clear()
        unit = self[name] = self._determination.result(name).unit
        return unit


class Steps:
    """Records what a determination does; tests and amounts cite as `shared.law.decision.Tests.check` does."""

    def __init__(self, determination: "Determination", law: LawOn) -> None:
        self._determination = determination
        self._units = determination.units
        self.tests = Tests(law)
        self.amounts = Amounts(law)
        self.terms: list[Term] = []
        self.looks: list[Look] = []
        self.provisional = False
        self.no_answer: JaringError | None = None

    def test(self, name: str, outcome: bool, *figures_or_citations: str) -> bool:
        """Record a declared test and return its outcome; one that is not met refuses, or leaves it to a person."""
        if name not in self._determination.test_names:
            raise UndeclaredStep(f"{self._determination.name}: the test {name!r} is not declared.")
        return self.tests.check(name, outcome, *figures_or_citations)

    def amount(self, name: str, value: ArrivedAt, working: Given, *figures_or_citations: str) -> None:
        """Record a declared result in its declared unit: sen, days, an exact share, date, yes_no, text, ..."""
        self.amounts.add(name, value, working, *figures_or_citations, unit=self._units[name])

    def term(self, party: str, per: Per, sen: Sen, first: date, last: date | None = None, *, benefit: str = "") -> None:
        """Record what a party is owed, in sen, for each day or month from `first` to `last`, or once."""
        self.terms.append(Term(party, per, sen, first, last, benefit))

    def look(self, code: str, days: Sequence[Days], *figures_or_citations: str) -> None:
        """Record what a person looks at while the rest stands, with the days that are kept out of the terms for it."""
        self.looks.append(Look(code, tuple(days), self.tests.cited(code, *figures_or_citations)))

    def is_provisional(self) -> None:
        """Record that a fact which is to come may change the amounts."""
        self.provisional = True

    @property
    def refused(self) -> bool:
        """Whether a test is not met that refuses."""
        failed = self.tests.failed
        return bool(failed) and any(test.name not in self._determination.officer_tests for test in failed)

    @property
    def outcome(self) -> str:
        """Without an answer, refused, left to an officer, or what the determination says when every test is met."""
        if self.no_answer is not None:
            return NO_ANSWER
        if self.refused:
            return REFUSED
        return NEEDS_OFFICER if self.tests.failed else self._determination.granted

    @property
    def reason(self) -> str:
        """The code of the error without an answer, or of the first test that refuses or leaves it to an officer."""
        if self.no_answer is not None:
            return self.no_answer.code
        failed = self.tests.failed
        if not failed:
            return ""
        return min(failed, key=lambda test: test.name in self._determination.officer_tests).code


@dataclass(frozen=True)
class Determination:
    """What is asked, by which facts it is answered, and the function that answers it.

    ``name`` begins with the Act and is a lawyer's ("act4 temporary disablement"); it is unique with its ``version``: a
    corrected determination is a new version, and the old one stays for replay. ``law_day`` names the fact, a day or a
    moment, whose law applies. ``decide`` records its tests and results; where the law has no figure for the facts
    (`NotYetLaw`, `NoWageMonth`, ...) the outcome is `no_answer`. ``granted`` is the outcome when every test is met;
    `needs_officer` is that of a test whose answer the law leaves open.
    """

    name: str
    title: str
    title_ms: str
    law: str
    law_day: str
    facts: tuple[Fact, ...]
    tests: tuple[Test, ...]
    results: tuple[Result, ...]
    decide: Callable[[Facts, LawOn, Steps], None]
    granted: str = "entitled"
    version: int = 1

    @property
    def on(self) -> str:
        """Which day's law applies, in words."""
        return next(fact.meaning for fact in self.facts if fact.name == self.law_day)

    def law_of(self, written: Mapping[str, Written], law: Book, known: date) -> LawOn:
        """The law of the day that the facts state, as known on a day; raises `MalformedFact` where they state none."""
        stated = Facts(self._law_day_alone, {self.law_day: written.get(self.law_day, "")})
        return law.on(stated.day_of(self.law_day), known)

    def result(self, name: str) -> Result:
        """The declaration of a result; raises `UndeclaredStep`."""
        found = self._plain_results.get(name)
        if found is not None:
            return found
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
    def _law_day_alone(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.name == self.law_day)

    @cached_property
    def _plain_results(self) -> Mapping[str, Result]:
        return {result.name: result for result in self.results}

    @cached_property
    def units(self) -> Mapping[str, str]:
        """The units of its results by name, places filled in; raises `UndeclaredStep` for any other name."""
        return _Units(self)

    @cached_property
    def _placed_results(self) -> tuple[tuple[re.Pattern[str], Result], ...]:
        return tuple((result.pattern, result) for result in self.results if _PLACE.search(result.name))

    @cached_property
    def kind(self) -> str:
        """The kind of its records: "act4 temporary disablement" is act4.temporary_disablement."""
        act, _, rest = self.name.partition(" ")
        return f"{act}.{rest.replace(' ', '_')}"

    def malay(self, name: str) -> str:
        """The name of a test or of a result in Malay, its places filled in; one that is not declared stays."""
        for test in self.tests:
            if test.name == name:
                return test.name_ms
        if name in self._plain_results:
            return self._plain_results[name].name_ms
        for pattern, result in self._placed_results:
            if found := pattern.fullmatch(name):
                return _filled(result.name_ms, found.groups())
        return name


def with_earlier(newest: Determination, since: Mapping[str, int] | None = None) -> tuple[Determination, ...]:
    """A determination and its earlier versions, whose records its own steps make again.

    So it is where a version adds facts that records of before do not state: the release then asks what it touches.
    ``since``: from which version on it takes a fact by which its steps decide otherwise; those before declare it not.
    """
    return newest, *(
        replace(
            newest,
            version=version,
            facts=tuple(fact for fact in newest.facts if (since or {}).get(fact.name, 1) <= version),
        )
        for version in range(1, newest.version)
    )


def _filled(text: str, parts: tuple[str, ...]) -> str:
    """The text with its places taken by the parts, in their order."""
    words = iter(parts)
    return _PLACE.sub(lambda place: next(words, place.group()), text)


def determine(
    determination: Determination,
    written: Mapping[str, Written],
    law: LawOn,
    *,
    sources: Mapping[str, tuple[Source, ...]] | None = None,
    decided_on: date | None = None,
    facts_known_to: datetime | None = None,
) -> DecisionRecord:
    """Answer a question and record the answer; raises `MalformedFact`.

    ``sources`` are what stated the facts, by their names. Facts that leave the day of the law out have the law's own
    day. Without a day of the decision, the record is dated by it too: the record depends on its arguments only.
    """
    if determination.law_day not in written:
        written = {determination.law_day: law.in_force.isoformat(), **written}
    facts = Facts(determination.facts, written)
    stated = sources or {}
    used = [FactUsed(name, value, stated.get(name, ())) for name, value in facts.written.items()]
    day = decided_on or law.in_force
    known_to = facts_known_to or datetime(day.year, day.month, day.day, tzinfo=UTC)
    return _answered(determination, facts, used, law, day, known_to)


def _answered(
    determination: Determination,
    facts: Facts,
    used: Sequence[FactUsed] | orjson.Fragment,
    law: LawOn,
    decided_on: date,
    facts_known_to: datetime,
) -> DecisionRecord:
    steps = Steps(determination, law)
    steps.no_answer = _decide(determination, facts, law, steps)
    return DecisionRecord.of(
        kind=determination.kind,
        version=determination.version,
        outcome=steps.outcome,
        reason=steps.reason,
        facts=used,
        tests=steps.tests,
        amounts=steps.amounts,
        terms=steps.terms,
        looks=steps.looks,
        provisional=steps.provisional,
        law=law,
        decided_on=decided_on,
        facts_known_to=facts_known_to,
        details=steps.no_answer.facts if steps.no_answer is not None else None,
    )


def _decide(asked: Determination, facts: Facts, law: LawOn, steps: Steps) -> JaringError | None:
    """Record the steps; why the law has no answer, if it has none. A mistake of facts or program is raised."""
    try:
        asked.decide(facts, law, steps)
    except MalformedFact:
        raise
    except JaringError as fault:
        if fault.kind is Kind.INTERNAL:
            raise
        return fault
    return None


@cache
def versions() -> Mapping[tuple[str, int], Determination]:
    """Every determination of the book by kind and version, found in the `determination.py` of its part."""
    root = Path(__file__).parent
    found: dict[tuple[str, int], Determination] = {}
    for path in sorted(root.glob("act*/**/determination.py")):
        module = import_module(".".join(("shared", "law", *path.relative_to(root).with_suffix("").parts)))
        for each in module.DETERMINATIONS:
            if (each.kind, each.version) in found:
                raise UndeclaredStep(f"Two determinations are called {each.name}, version {each.version}.")
            found[each.kind, each.version] = each
    return found


@cache
def determinations() -> Mapping[str, Determination]:
    """Every determination of the book by name, in its newest version."""
    return {each.name: each for each in sorted(versions().values(), key=attrgetter("version"))}


def determination(name: str) -> Determination:
    """The determination of a name; raises `UnknownDetermination`, which lists those there are."""
    found = determinations().get(name)
    if found is None:
        raise UnknownDetermination(f"{name!r} is none of: {', '.join(determinations())}.")
    return found


def determination_of(record: DecisionRecord) -> Determination:
    """The determination, in the version, that made a record; raises `UnknownDetermination`."""
    asked = record.asked
    found = versions().get((asked["kind"], asked["version"]))
    if found is None:
        raise UnknownDetermination(f"{asked['kind']}, version {asked['version']}, is in no part of the book.")
    return found


def explained(record: DecisionRecord, language: Language = "en") -> list[str]:
    """The lines of a record that `determine` made, in English or Malay (see `shared.law.explanation.explain`)."""
    asked = determination_of(record)
    names = [part["name"] for part in (*record.body["tests"], *record.body["amounts"])]
    wording = {name: asked.malay(name) for name in names} if language == "ms" else None
    title = asked.title_ms if language == "ms" else asked.title
    return explain(record, language, wording, title=title, citation=asked.law)


def replay(record: DecisionRecord, law: Book | None = None) -> DecisionRecord:
    """Compute a record again from nothing but its own body: equal bytes prove it.

    On any later day, machine or release: entries that became known later are not read, nor those that officers entered
    after it on the same day, and a corrected rule is a new version under a new name.
    """
    asked = record.asked
    days, stated = asked["days"], asked["facts"]
    determination = determination_of(record)
    written = {fact["name"]: fact["value"] for fact in stated}
    read_by = (law or book()).as_of_edition(edition_of(days))
    return _answered(
        determination,
        Facts(determination.facts, written),
        as_recorded(stated),
        read_by.on(date.fromisoformat(days["in_force_on"]), date.fromisoformat(days["known_on"])),
        date.fromisoformat(days["decided_on"]),
        datetime.fromisoformat(days["facts_known_to"]),
    )
