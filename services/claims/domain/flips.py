"""What would change an answer that is appealed: asked of the law again with one fact or one reading changed at a time.

Nothing is guessed. The facts of the record stand as it holds them; one of them takes another value that it can take,
the questions that rest on it are asked again, and whatever comes out otherwise is listed with what it comes to. A
question that the revision did not ask, such as what is owed outside employment, is asked on what is known now.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from services.claims.domain.answers import Answer
from services.claims.domain.asking import FACTS_CONTRADICT, Records, ask_all, asked_with, coordinated
from services.claims.domain.collectors.collector import Collected, Collector
from services.claims.domain.collectors.ordered import ORDER, ORDERED_AMOUNT
from services.claims.domain.evidence import Evidence
from services.claims.domain.facts import Known
from services.claims.domain.flip_values import Change, Pinned, changes_of
from services.claims.domain.paid import COORDINATION, terms_paid
from services.claims.domain.particulars import Inconsistency
from services.claims.domain.question import Question
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month
from shared.law.book import Book
from shared.law.decision import DecisionRecord, Per, Source, edition_of
from shared.law.determination import determination
from shared.law.errors import NotYetLaw
from shared.law.fact_types import Fact, Written
from shared.law.readings import other_of, turned

# So many values are tried; what is left out is said.
MOST_TRIED, LONGEST_SHOWN = 200, 2000


@dataclass(frozen=True)
class Said:
    """What the answer comes to: what its terms, and all that is paid of the claim, add up to in sen.

    While an answer is open, such as with officers, it has no terms, and what stood of the claim goes on. A term without
    an end counts once: as much as one day or one month of it.
    """

    outcome: str
    sen: Sen
    claim_sen: Sen
    terms: tuple[Mapping[str, Any], ...] = ()

    @property
    def body(self) -> dict[str, Any]:
        """Without its terms."""
        return {"outcome": self.outcome, "sen": self.sen, "claim_sen": self.claim_sen}


@dataclass(frozen=True)
class Flip:
    """A change by which the answer is another one: what stands now, what is said with it, and by which law."""

    change: Change
    now: Written
    said: Said
    law: str


@dataclass(frozen=True)
class Flips:
    """What would change the answer, and what it is. ``is_whole``: everything was tried that could be. ``is_alike``:
    with nothing changed the law still says what the record says.
    """

    present: Said
    found: tuple[Flip, ...] = ()
    is_whole: bool = True
    is_alike: bool = True

    @property
    def body(self) -> dict[str, Any]:
        """As it is kept and shown: values as the law writes them, amounts in sen."""
        flips = [
            {
                "fact": each.change.fact,
                "because": each.change.because.value,
                "now": _as_text(each.now),
                "then": _as_text(each.change.then),
                "law": each.law,
                **each.said.body,
            }
            for each in self.found
        ]
        return {**self.present.body, "is_whole": self.is_whole, "is_alike": self.is_alike, "flips": flips}


@dataclass(frozen=True)
class Appealed:
    """An answer as it stands in its revision: the records of that, what is known beside them, and the law.

    ``similar_wages`` are the averages of others in similar work, ``stated`` all that was stated of the claim,
    ``contradictions`` what contradicts its notice.
    """

    question: str
    questions: Sequence[Question]
    records: Records
    known: Known
    law: Book
    stated: Sequence[Evidence] = ()
    contradictions: Sequence[Inconsistency] = ()
    similar_wages: Sequence[str] = ()

    @property
    def record(self) -> DecisionRecord:
        """The record that is appealed."""
        return self.records[self.question]

    @property
    def is_ordered(self) -> bool:
        """Whether it owes an amount as an order names it: no fact of the claim changes that."""
        return bool(self.record.body["kind"] == determination(ORDERED_AMOUNT).kind)

    @cached_property
    def pinned(self) -> Pinned:
        """The facts that the records hold and nothing works out, by name."""
        found: dict[str, tuple[Fact, Written]] = {}
        for question in (each for each in self.questions if each.name in self.records and not each.coordinates):
            declared = {each.name: each for each in question.asked.facts}
            held = self._held(question)
            found |= {name: (declared[name], held[name].written) for name in held if name in declared}
        return found

    def asked_again(self, change: Change | None) -> Mapping[str, Answer] | None:
        """What the law answers with a change, else as it stands; None where the changed facts contradict each other."""
        questions = [self._pinned(each, change) for each in self.questions]
        law = self._law
        if change is not None and change.is_figure:
            law = turned(law, change.fact, other_of(change.fact))
        answers = ask_all(questions, self._known, self.records, law, self._day)
        if any(each.reason == FACTS_CONTRADICT for each in answers.values()):
            return None
        return coordinated(questions, self._known, answers, self.records, law, self._day)

    @property
    def _law(self) -> Book:
        return self.law.as_of_edition(edition_of(self.record.body["days"]))

    @property
    def _day(self) -> date:
        return date.fromisoformat(self.record.body["days"]["known_on"])

    @cached_property
    def _known(self) -> Known:
        """Without the orders: what they state the record holds, where it was made by them."""
        return replace(self.known, statements={k: v for k, v in self.known.statements.items() if k != ORDER})

    @cached_property
    def _worked_out(self) -> frozenset[tuple[str, str]]:
        """The facts, by question, that read the answers to other questions: they are worked out from them each time."""
        answers = ask_all(self.questions, self._known, self.records, self._law, self._day)
        return frozenset(
            (question.name, collector.fact)
            for question in self.questions
            if question.name in self.records and not question.coordinates
            for collector in question.collectors
            if self._reads_answers(question, collector, answers)
        )

    def _reads_answers(self, question: Question, collector: Collector, answers: Mapping[str, Answer]) -> bool:
        noting = _Noting(answers)
        with suppress(NotYetLaw, KeyError):
            collector.supply(asked_with(question, self._known, noting, self._law, self._day))
        return noting.is_read

    def _pinned(self, question: Question, change: Change | None) -> Question:
        """The question on the facts of its record and on the change; what another answer states is worked out."""
        held = {} if question.coordinates else self._held(question)
        if change is not None and not change.is_figure:
            held = {**held, change.fact: Collected(change.then)}
        return replace(question, collectors=tuple(_with(each, held.get(each.fact)) for each in question.collectors))

    def _held(self, question: Question) -> dict[str, Collected]:
        record, hashes = self.records.get(question.name), {each.hash for each in self.records.values()}
        return {
            fact["name"]: Collected(fact["value"], tuple(Source(**each) for each in fact["sources"]))
            for fact in (() if record is None else record.body["facts"])
            if (question.name, fact["name"]) not in self._worked_out
            and not any(each["kind"] == "decision" and each["id"] in hashes for each in fact["sources"])
        }


class _Noting(dict[str, Answer]):
    """Answers that note whether anybody looks at one."""

    is_read = False

    def __getitem__(self, name: str) -> Answer:
        self.is_read = True
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.is_read = True
        return super().get(name, default)


def flips_of(appealed: Appealed) -> Flips:
    """All changes by which the answer is another one, as far as they were tried."""
    answers = None if appealed.is_ordered else appealed.asked_again(None)
    if answers is None:
        terms = appealed.record.body["terms"]
        present = Said(str(appealed.record.body["outcome"]), _sum(terms), _sum(terms), tuple(terms))
        return Flips(present, is_alike=appealed.is_ordered)
    present = said_of(appealed, answers)
    values = (appealed.stated, appealed.contradictions, appealed.similar_wages)
    changes = changes_of(appealed.pinned, appealed.records.values(), *values)
    tried = (_flip(each, appealed, present) for each in changes[:MOST_TRIED])
    found = tuple(each for each in tried if each is not None)
    record = answers[appealed.question].record
    is_alike = record is not None and record.same_as(appealed.record)
    return Flips(present, found, len(changes) <= MOST_TRIED, is_alike)


def said_of(appealed: Appealed, answers: Mapping[str, Answer]) -> Said:
    """What the answer that is appealed comes to among these."""
    answer = answers.get(appealed.question)
    found = {name: each.standing(appealed.records.get(name)) for name, each in answers.items()}
    standing = {name: each for name, each in found.items() if each is not None}
    paid = (term for name in standing if name != COORDINATION for term in terms_paid(name, standing))
    settled = answer.record if answer is not None and answer.is_settled else None
    own = [] if settled is None else settled.body["terms"]
    outcome = "not_asked" if answer is None else answer.state.value
    return Said(outcome, _sum(own), _sum(paid), tuple(own))


def _flip(change: Change, appealed: Appealed, present: Said) -> Flip | None:
    answers = appealed.asked_again(change)
    said = None if answers is None else said_of(appealed, answers)
    if said is None or said == present:
        return None
    law = next(each.law for each in appealed.questions if each.name == appealed.question)
    return Flip(change, _now(change, appealed), said, law)


def _now(change: Change, appealed: Appealed) -> Written:
    if not change.is_figure:
        return appealed.pinned[change.fact][1]
    figures = (each for record in appealed.records.values() for each in record.body["figures"])
    return next(str(each.get("value", "")) for each in figures if each["figure"] == change.fact)


def _as_text(written: Written) -> str:
    """Of a table its JSON, as far as it is shown."""
    text = written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _sum(terms: Iterable[Mapping[str, Any]]) -> Sen:
    return sum(int(each["sen"]) * _times(each) for each in terms)


def _times(term: Mapping[str, Any]) -> int:
    """How often a term is owed; one without an end once."""
    if term["per"] == Per.ONCE.value or "last" not in term:
        return 1
    first, last = date.fromisoformat(term["first"]), date.fromisoformat(term["last"])
    if term["per"] == Per.MONTH.value:
        return Month.of(last) - Month.of(first) + 1
    return len(Days(first, last))


def _with(collector: Collector, held: Collected | None) -> Collector:
    return collector if held is None else replace(collector, supply=lambda _: held)
