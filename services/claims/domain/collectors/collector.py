"""A collector supplies one fact of a question: as the law writes it, with what stated it and what is still missing.

What a question waits for, listens to and may be reopened by is the union of its collectors; nobody writes it again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from services.claims.domain import subjects
from services.claims.domain.answers import Answer
from services.claims.domain.facts import Known
from shared.kernel.subjects import Subject
from shared.law.book import LawOn
from shared.law.decision import DecisionRecord, Source
from shared.law.determination import NEEDS_OFFICER, REFUSED
from shared.law.errors import NO_ANSWER
from shared.law.fact_types import Written

REGISTRATION, CONTRIBUTIONS, BENEFITS = "registration", "contribution.received", "benefit.paid"

# An answer that is against the person, or none: nobody has one for what is still on its way.
AGAINST = frozenset((REFUSED, NEEDS_OFFICER, NO_ANSWER))


@dataclass(frozen=True)
class Asked:
    """What a question is asked with: all that is known of the event, and the answers to the questions before it."""

    known: Known
    answers: Mapping[str, Answer]
    law: LawOn

    @property
    def day(self) -> date:
        """The day of the event."""
        return self.known.happened_on


@dataclass(frozen=True)
class Missing:
    """A topic on whose silence a fact rests; an answer of these outcomes waits until all of it has arrived."""

    topic: str
    holds: Collection[str] = AGAINST


@dataclass(frozen=True)
class Collected:
    """A fact as the law writes it, what stated it, and what may still be on its way."""

    written: Written
    sources: tuple[Source, ...] = ()
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Unsettled:
    """The fact is the answer to another question, which has none yet."""

    question: str


@dataclass(frozen=True)
class Open:
    """Only somebody can bring the fact: the reason is that of the queue in which an officer has it stated."""

    reason: str


@dataclass(frozen=True)
class Awaited:
    """The fact is what another claim of the person decides, which has decided nothing yet; the reason is stable."""

    reason: str


Supply: TypeAlias = Callable[[Asked], Collected | Unsettled | Open | Awaited]
Listen: TypeAlias = Callable[[Asked], Iterable[Subject]]


def to_nothing(_: Asked) -> Iterable[Subject]:
    """What the claim itself knows wakes nobody: whoever states it has the claim assessed."""
    return ()


@dataclass(frozen=True)
class Collector:
    """How a fact of this name is supplied, and the subjects whose change would change it (rules F2).

    ``is_found``: two officers may find it.
    """

    fact: str
    supply: Supply
    listens_to: Listen = to_nothing
    is_found: bool = False


def yes_no(value: bool) -> str:
    """As the law writes it."""
    return "yes" if value else "no"


def of_person(known: Known) -> Source:
    """The person as registration published it."""
    return Source("person", known.person, known.person_revision)


def of_death(known: Known) -> tuple[Source, ...]:
    """The claim about the person's death, if the person has died."""
    return () if known.death is None else (Source("claim", str(known.death), 0),)


def death_of(asked: Asked) -> list[Subject]:
    """Whether the person dies, or is found alive."""
    return [subjects.death(asked.known.person)]


def of_record(record: DecisionRecord) -> Source:
    """What was decided, of this claim or another one."""
    return Source("decision", record.hash, 0)


def of_answer(answer: Answer) -> tuple[Source, ...]:
    """What was decided by the answer to another question, if the law was asked."""
    return () if answer.record is None else (of_record(answer.record),)


def revisions_of(asked: Asked) -> list[Subject]:
    """What stands of the person's claims."""
    return [subjects.revisions(asked.known.person)]


def claims_of(asked: Asked) -> list[Subject]:
    """What stands of the claims of a person who died; also of one that opens, or joins another, later than this one."""
    return [subjects.claims(asked.known.person)]


def silence_of(topic: str, known: Known) -> tuple[Source, ...]:
    """Up to when all that the topic could say had arrived."""
    until = known.watermarks.get(topic)
    return () if until is None else (Source("watermark", f"{topic} {until.isoformat()}", 0),)
