"""Decides a claim on what is known: the answers to its questions, less what is awaited or doubted, and what is paid."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from services.claims.domain import adjacent, subjects
from services.claims.domain.answers import Answer, is_entitled
from services.claims.domain.asking import Records, ask_all, coordinated, knows_less, listens_to
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim
from services.claims.domain.collectors.collector import CONTRIBUTIONS, REGISTRATION
from services.claims.domain.doubts import (
    OTHER_DAY_OF_DEATH,
    SKBBK_STATED_LATE,
    doubt_behind,
    doubt_of_answer,
    doubt_of_cause,
    doubt_of_event,
    names_another_employer,
    rests_on_late_choice,
)
from services.claims.domain.facts import Known
from services.claims.domain.participation import otherwise, what_was_stated_late
from services.claims.domain.standing import Standing
from services.claims.domain.subjects import of_all_numbers
from shared.kernel.subjects import Subject
from shared.law.book import Book
from shared.law.lookups import NotingBook


@dataclass(frozen=True)
class Decided:
    """The answers to a claim's questions, what would change one of them, and what is awaited.

    ``awaited`` are the topics that must have arrived up to the notice first: nobody is refused for what is still on its
    way. ``is_held_up``: none of the answers may stand until then.
    """

    answers: Mapping[str, Answer]
    listens_to: Collection[Subject]
    awaited: Collection[str]
    is_held_up: bool


def decide(claim: Claim, known: Known, evidence: Standing, last: Records, law: Book, today: date) -> Decided:
    """Ask the questions of the event, and hold back what may not stand; ``last`` are the records that stood before."""
    questions = questions_of(claim.kind)
    answers = ask_all(questions, known, last, law, today)
    awaited, is_held_up = _awaited(claim, known, answers, last)
    listened = of_all_numbers(listens_to(questions, known, answers, law, today), known.person, known.numbers)
    if known.neighbours:
        listened.add(subjects.accidents(known.person))
    if not is_held_up:
        answers = with_doubts(claim, known, evidence, answers, last, law, today)
        answers = coordinated(questions, known, answers, last, law, today)
    return Decided(answers, listened, awaited, is_held_up)


def _awaited(claim: Claim, known: Known, answers: Mapping[str, Answer], last: Records) -> tuple[set[str], bool]:
    """The topics that are awaited, and whether they hold up every answer.

    They do while a projection is being rebuilt, or who employed the person is in doubt.
    """
    if knows_less(known.revisions, last):
        return {REGISTRATION, CONTRIBUTIONS}, True
    awaited = {topic for answer in answers.values() for topic in answer.awaits}
    is_in_doubt = names_another_employer(claim, known)
    if is_in_doubt and not known.has_arrived(REGISTRATION):
        awaited.add(REGISTRATION)
    return awaited, bool(awaited) and is_in_doubt


def with_doubts(
    claim: Claim,
    known: Known,
    evidence: Standing,
    answers: Mapping[str, Answer],
    last: Records,
    law: Book,
    today: date,
) -> dict[str, Answer]:
    """The answers, those left to an officer that may not stand as the law gives them."""
    noting = NotingBook.over(law)
    on_the_day = noting.on(claim.happened_on, today)
    questions = questions_of(claim.kind)
    of_event = doubt_of_event(claim, known, was_entitled=any(map(is_entitled, last.values())))
    of_cause, about_cause = doubt_of_cause(known), {each.name for each in questions if each.of_cause}
    other = otherwise(known, noting.on(known.of_cause().happened_on, today))
    before = {} if other is None else ask_all(questions, other, last, law, today)
    found: dict[str, Answer] = {}
    for name, answer in answers.items():
        unsure = of_event or (of_cause if name in about_cause else None)
        late = SKBBK_STATED_LATE if rests_on_late_choice(answer, before) else None
        doubt = unsure or late or doubt_of_answer(answer, claim, known, last.get(name), evidence, on_the_day)
        doubt = doubt or doubt_behind(answer, found)
        found[name] = answer if doubt is None or answer.awaits else answer.held_for_officer(doubt, _shown(doubt, known))
    return {name: answer.having_looked_up(noting.noted) for name, answer in found.items()}


def _shown(doubt: str, known: Known) -> Mapping[str, str | int]:
    """What of a doubt a person looks at, beside the answer."""
    if doubt == adjacent.ADJACENT:
        return adjacent.shown(known)
    if doubt == OTHER_DAY_OF_DEATH:
        return {"other_day": known.other_deaths[0].isoformat()}
    return what_was_stated_late(known) if doubt == SKBBK_STATED_LATE else {}
