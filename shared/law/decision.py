"""The record of a decision: a canonical body that is hashed, from which letter, answer, appeal and replay all come.

A recorder takes the entries that were read since the last step, so that each test and each amount cites what it used.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, NoReturn, TypeAlias

import orjson

from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.book import LawOn, hash_of
from shared.law.canonical import Json, canonical, encoded, plain, written
from shared.law.errors import UncitedStep
from shared.law.fact_types import plain_name
from shared.law.figures import Entry, Unit
from shared.law.working import Given, body_of

FORMAT = 2

Body: TypeAlias = Mapping[str, Any]
"""The body of a record as JSON: a name for each part of `DecisionRecord.of`."""

ArrivedAt: TypeAlias = int | Fraction | date | str
"""What a decision may arrive at: an amount, a number or a share, a day, yes or no (a bool), or a word."""


_REMEMBERED = 4096
_FACTS = b',"facts":'
_NO_DETAILS = b',"details":{}' + _FACTS
_NULL = b"null"
_FACT_PARTS, _SOURCE_PARTS = {"name", "value", "sources"}, {"kind", "id", "revision"}


# Tuples, here and below, are what is made many times a record: a frozen dataclass takes two to three times as long.
class Source(NamedTuple):
    """Where a fact comes from: the kind, id and revision of what stated it."""

    kind: str
    id: int | str
    revision: int


class FactUsed(NamedTuple):
    """A fact that a decision rests on, by its name, with all that stated it; hand-written facts have no source."""

    name: str
    value: object
    sources: tuple[Source, ...] = ()


class Per(StrEnum):
    """How often the amount of a term is owed."""

    DAY = "day"
    MONTH = "month"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Term:
    """What a party is owed: an amount in sen for each day or month from `first` to `last`, which may be open, or once.

    `party` is whoever the facts name; `INSURED` is the person whom the decision is about. A broken month is a term
    `once` that the law has worked out. `benefit` is what it is part of, where a decision is about several.
    """

    party: str
    per: Per
    sen: Sen
    first: date
    last: date | None = None
    benefit: str = ""


INSURED = "insured"
"""The party of a term that is the person whom a decision is about."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a person looks at while the rest stands: a stable code, the days that are kept out for it, and the law."""

    code: str
    days: tuple[Days, ...]
    law: tuple[str, ...]


@dataclass(frozen=True)
class TestMade:
    """A test: its name as a sentence, whether it is met, Acts and sections, and the entries read for it."""

    name: str
    outcome: bool
    law: tuple[str, ...]
    figures: tuple[Entry, ...]

    @cached_property
    def body(self) -> Json:
        """As a record holds it."""
        figures = _references(self.figures)
        return written(encoded({"name": self.name, "met": self.outcome, "law": self.law, "figures": figures}))

    @cached_property
    def code(self) -> str:
        """The name as a stable code: "certified unfit long enough" is certified_unfit_long_enough."""
        return plain_name(self.name).replace(" ", "_")


class Tests:
    """Records the tests of a decision in their order."""

    __test__ = False  # pytest would collect the class by its name

    def __init__(self, law: LawOn) -> None:
        self._law = law
        self._made: list[TestMade] = []
        self._failed: list[TestMade] = []

    def check(self, name: str, outcome: bool, *figures_or_citations: str) -> bool:
        """Record a test and return its outcome; it cites the figures read since the last step, and those named here.

        A name without a blank is a figure, which is read; any other text is a citation such as "Act 4, s.24".
        Raises `UncitedStep` if there is neither, and the errors of the book for a figure that is not law.
        """
        figures = self._law.take_recent(figures_or_citations)
        law = _citations(figures_or_citations, figures) or _uncited(name)
        test = _test_made(name, outcome, law, figures)
        self._made.append(test)
        if not outcome:
            self._failed.append(test)
        return outcome

    def cited(self, name: str, *figures_or_citations: str) -> tuple[str, ...]:
        """The Acts and sections of a step that is no test: those read since the last step, and those named here."""
        return _citations(figures_or_citations, self._law.take_recent(figures_or_citations)) or _uncited(name)

    @property
    def made(self) -> tuple[TestMade, ...]:
        return tuple(self._made)

    @property
    def failed(self) -> tuple[TestMade, ...]:
        """The tests that are not met; empty, and so false, when all are."""
        return tuple(self._failed)


class Amounts:
    """Records the amounts of a decision in their order, each as a record holds it."""

    def __init__(self, law: LawOn) -> None:
        self._law = law
        self.bodies: list[Body] = []

    def add(self, name: str, value: ArrivedAt, working: Given, *figures_or_citations: str, unit: str = "sen") -> None:
        """Record an amount with its working, or with the value or the word that it was taken from.

        `unit` is "sen", "days" or another unit of the book. It cites as `Tests.check` does.
        """
        figures = self._law.take_recent(figures_or_citations)
        self.bodies.append(
            {
                "figures": _references(figures),
                "law": _citations(figures_or_citations, figures) or _uncited(name),
                "name": name,
                "unit": unit,
                "value": value if isinstance(value, int) else plain(value, "$.amounts"),
                "working": body_of(working),
            }
        )


@dataclass(frozen=True)
class DecisionRecord:
    """What was decided, on which facts, by which law: the RFC 8785 bytes of the body, and nothing beside them."""

    canonical: bytes

    @classmethod
    def of(
        cls,
        *,
        kind: str,
        outcome: str,
        facts: Sequence[FactUsed] | orjson.Fragment,
        tests: Tests,
        amounts: Amounts,
        law: LawOn,
        decided_on: date,
        facts_known_to: datetime,
        version: int = 1,
        reason: str = "",
        terms: Sequence[Term] = (),
        looks: Sequence[Look] = (),
        provisional: bool = False,
        details: Mapping[str, object] | None = None,
    ) -> "DecisionRecord":
        """The record of a decision that has been worked out with this law.

        `kind` and `version` name the determination ("act4.temporary_disablement"), `outcome` is its result ("entitled",
        "refused"), and `reason` the stable code of why it is not another one. `provisional`: a fact that is to come may
        change the amounts. `looks` are kept out of what is owed until a person has looked. `details` holds what no
        other part says, and like a fact's value may hold dates, months and ranges of days. Raises `NotCanonical` for a
        float or a null.
        """
        # What has a free form goes through `plain`; the rest is texts and integers by its types.
        read = law.read
        body = {
            "format": FORMAT,
            "kind": kind,
            "version": version,
            "outcome": outcome,
            "reason": reason,
            "provisional": provisional,
            "facts": facts if isinstance(facts, orjson.Fragment) else [_fact_body(fact) for fact in facts],
            "tests": [test.body for test in tests.made],
            "amounts": amounts.bodies,
            "terms": [_term_body(term) for term in terms],
            "looks": [{"code": each.code, "days": plain(each.days), "law": each.law} for each in looks],
            "details": plain(details, "$.details") if details else {},
            "figures": _figure_bodies(read),
            "law_hash": hash_of(read),
            "rules": law.rules,
            "days": _days_body(law, decided_on, facts_known_to),
        }
        return cls(encoded(body))

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes, in hex."""
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def is_of_this_format(self) -> bool:
        """Whether this release can explain it and make it again; one of before is kept, and read by nobody."""
        return self.body.get("format") == FORMAT

    @cached_property
    def body(self) -> Body:
        """The body as JSON."""
        body: Body = orjson.loads(self.canonical)
        return body

    @cached_property
    def asked(self) -> Body:
        """The parts of the body that a replay begins with: format, kind, version, days and facts."""
        asked: Body = orjson.loads(_asked(self.canonical))
        return asked

    def same_as(self, other: "DecisionRecord") -> bool:
        """Whether both decide alike: the same kind, outcome, outcomes of tests, amounts, terms and details, and as
        provisionally. A certificate that moves by ten days with the same amount is a change, by its terms.
        """
        return _substance(self.body) == _substance(other.body)

    @property
    def substance_hash(self) -> str:
        """SHA-256, in hex, of what `same_as` compares: equal for records that decide alike."""
        return hashlib.sha256(orjson.dumps(_substance(self.body), option=orjson.OPT_SORT_KEYS)).hexdigest()


def revision_hash(hashes: Sequence[str]) -> str:
    """SHA-256, in hex, over the hashes of records that stand together, in their order, one a line.

    It proves the list as each hash proves its record.
    """
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _asked(canonical: bytes) -> bytes:
    """The parts of a body that it is computed again from, cut out of it: what came of them is most of its length.

    Names come in their order, no text holds a quote that is not escaped, and only details and facts have names that
    anybody chose: so the first days, the last figures and the last version are the body's own. With details, which
    few have, all is read.
    """
    days = canonical.find(b',"days":{')
    details = canonical.find(b"}", days) + 1
    figures = canonical.rfind(b',"figures":')
    format_ = canonical.find(b',"format":', figures)
    law_hash = canonical.find(b',"law_hash":', format_)
    version = canonical.rfind(b',"version":')
    if min(days, figures, format_, law_hash, version) < 0 or not canonical.startswith(_NO_DETAILS, details):
        return canonical
    facts = canonical[details + len(_NO_DETAILS) - len(_FACTS) : figures]
    return b"{%b%b%b%b" % (canonical[days + 1 : details], facts, canonical[format_:law_hash], canonical[version:])


def _substance(body: Body) -> tuple[object, ...]:
    tests = [(test["name"], test["met"]) for test in body["tests"]]
    amounts = [(amount["name"], amount["unit"], amount["value"]) for amount in body["amounts"]]
    decided = (body[name] for name in ("kind", "outcome", "reason", "provisional", "terms", "looks", "details"))
    return tests, amounts, *decided


def _uncited(step: str) -> NoReturn:
    raise UncitedStep(f"The step {step!r} cites no law and has read no figure.")


@lru_cache(maxsize=_REMEMBERED)
def _citations(named: tuple[str, ...], figures: tuple[Entry, ...]) -> tuple[str, ...]:
    return tuple(sorted({text for text in named if " " in text} | {entry.law for entry in figures}))


# The same tests come out alike again and again; what the law made of the facts is in the arguments.
@lru_cache(maxsize=_REMEMBERED)
def _test_made(name: str, outcome: bool, law: tuple[str, ...], figures: tuple[Entry, ...]) -> TestMade:
    return TestMade(name, outcome, law, figures)


def _days_body(law: LawOn, decided_on: date, facts_known_to: datetime) -> dict[str, Json]:
    """By when the law was read: to the day, and of what officers enter in a day to the entry."""
    days: dict[str, Json] = {
        "decided_on": decided_on.isoformat(),
        "in_force_on": law.in_force.isoformat(),
        "known_on": law.known.isoformat(),
        "facts_known_to": plain(facts_known_to, "$.days.facts_known_to"),
    }
    return {**days, "edition": law.book.edition} if law.book.edition else days


def edition_of(days: Mapping[str, Any]) -> int:
    """How many entries of officers lay over the book by which a record was made, as its days say."""
    return int(days.get("edition", 0))


def _fact_body(fact: FactUsed) -> dict[str, object]:
    name, value, stated = fact
    sources = [{"kind": kind, "id": id_, "revision": revision} for kind, id_, revision in stated]
    plainly = value if isinstance(value, str) else plain(value, f"$.facts.{name}")
    return {"name": name, "value": plainly, "sources": sources}


def as_recorded(facts: Sequence[Body]) -> Sequence[FactUsed] | orjson.Fragment:
    """The facts of a body, which have been read, for `DecisionRecord.of`: a record made again holds them as stated.

    What no record holds is left out, and then the bytes differ: what else is said of a fact, and one that is stated
    twice.
    """
    stated = encoded(facts)
    # Written as they came, where a record holds just that.
    if _NULL not in stated and all(map(_is_as_recorded, facts)) and len({fact["name"] for fact in facts}) == len(facts):
        return orjson.Fragment(stated)
    by_name = {fact["name"]: fact for fact in facts}
    return [FactUsed(name, fact["value"], tuple(map(_source, fact["sources"]))) for name, fact in by_name.items()]


def _is_as_recorded(fact: Body) -> bool:
    return fact.keys() == _FACT_PARTS and all(source.keys() == _SOURCE_PARTS for source in fact["sources"])


def _source(stated: Body) -> Source:
    return Source(stated["kind"], stated["id"], stated["revision"])


def _term_body(term: Term) -> dict[str, object]:
    body: dict[str, object] = {
        "party": term.party,
        "per": term.per.value,
        "sen": term.sen,
        "first": term.first.isoformat(),
    }
    if term.last is not None:
        body["last"] = term.last.isoformat()
    return body | {"benefit": term.benefit} if term.benefit else body


@lru_cache(maxsize=_REMEMBERED)
def _references(entries: tuple[Entry, ...]) -> Json:
    """Which entries a step read; few combinations come again and again, so each is written once."""
    named = [{"figure": entry.figure, "in_force": entry.in_force, "known": entry.known} for entry in entries]
    return written(canonical(named))


@lru_cache(maxsize=_REMEMBERED)
def _figure_bodies(entries: tuple[Entry, ...]) -> Json:
    return written(canonical([_figure_body(entry) for entry in entries]))


def _figure_body(entry: Entry) -> dict[str, object]:
    """An entry as the body lists it; a table is left to the law hash, which covers its rows."""
    body: dict[str, object] = {
        "figure": entry.figure,
        "in_force": entry.in_force,
        "known": entry.known,
        "unit": entry.unit.value,
        "law": entry.law,
        "certainty": entry.certainty.value,
    }
    if entry.unit is not Unit.TABLE:
        body["value"] = entry.plain_value
    return body
