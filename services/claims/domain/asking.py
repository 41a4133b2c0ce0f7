"""Asks the questions of an event in their order: collect the facts, have the law decide, and see what is missing."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from services.claims.domain.answers import Answer, QuestionState, is_entitled
from services.claims.domain.collectors.collector import Asked, Awaited, Collected, Open, Unsettled
from services.claims.domain.collectors.coordination import is_needed, is_over_what_stands
from services.claims.domain.collectors.death import DAY_OF_DEATH, INCREASE_ORDER, deaths_in
from services.claims.domain.collectors.findings import EMPLOYMENT_INJURY
from services.claims.domain.collectors.ordered import names_amount, under_orders
from services.claims.domain.facts import Known, Revisions
from services.claims.domain.question import Question
from shared.kernel.subjects import Subject
from shared.law.book import Book
from shared.law.decision import DecisionRecord, Source, edition_of
from shared.law.determination import REFUSED, determine
from shared.law.errors import NotYetLaw
from shared.law.fact_types import MalformedFact, Written
from shared.law.lookups import Lookups, NotingBook

BEFORE_KNOWN_LAW, FACTS_CONTRADICT = "before_known_law", "facts_contradict"
CAUSE_UNSETTLED, CAUSE_LOST = "cause_unsettled", "cause_lost"
PUBLISHED = frozenset(("person", "spell", "membership", "wage", INCREASE_ORDER))

Records: TypeAlias = Mapping[str, DecisionRecord]
"""The newest record of each question that has been answered."""


def ask_all(questions: Sequence[Question], known: Known, last: Records, law: Book, today: date) -> dict[str, Answer]:
    """The answers by the names of the questions, in their order; a question that is not asked has none."""
    of_cause = found_of_cause(known)
    answers: dict[str, Answer] = {}
    for question in (each for each in questions if not each.coordinates):
        if is_asked(question, known, of_cause | answers, last):
            answers[question.name] = _ask_noting(question, known, of_cause | answers, last, law, today)
    return answers


def coordinated(
    questions: Sequence[Question], known: Known, answers: Mapping[str, Answer], last: Records, law: Book, today: date
) -> dict[str, Answer]:
    """The answers, with what a death ends of those that are not settled, and with that to which of several lawful
    benefits is paid, by what of them stands.
    """
    found = ended_by_death(questions, known, answers, last, law, today)
    stands = {name: each.standing(last.get(name)) for name, each in found.items()}
    standing = {
        name: Answer(name, QuestionState.ENTITLED if is_entitled(record) else QuestionState.REFUSED, record=record)
        for name, record in {**last, **stands}.items()
        if record is not None
    }
    for question in (each for each in questions if each.coordinates and each.asked_when(known)):
        if question.name in last or is_needed(asked_with(question, known, standing, law, today)):
            found[question.name] = _ask_noting(question, known, standing, last, law, today)
    return found


def ended_by_death(
    questions: Sequence[Question], known: Known, answers: Mapping[str, Answer], last: Records, law: Book, today: date
) -> dict[str, Answer]:
    """The answers; while one is not settled, what stood before ends with the day of a death that is known since.

    So does the share of whoever was left behind by another death, and dies.
    """
    found = dict(answers)
    for question in questions:
        answer, before = answers.get(question.name), last.get(question.name)
        if answer is None or answer.is_settled or before is None:
            continue
        with suppress(MalformedFact):
            found[question.name] = replace(
                answer, ended=_with_death(under_orders(question, known), before, known, law, today)
            )
    return found


def _with_death(question: Question, before: DecisionRecord, known: Known, law: Book, today: date) -> DecisionRecord:
    """What was decided, decided again on its own facts and by its own law, with the deaths as they are known."""
    body = before.body
    # A record of an earlier version says nothing of a death.
    written: dict[str, Written] = dict.fromkeys(question.by_fact.keys() & {DAY_OF_DEATH.fact}, "")
    written |= {fact["name"]: fact["value"] for fact in body["facts"]}
    died = deaths_in(written, known)
    if all(written[name] == value for name, (value, _) in died.items()):
        return before
    sources = {fact["name"]: tuple(Source(**each) for each in fact["sources"]) for fact in body["facts"]}
    days = body["days"]
    record = determine(
        question.asked,
        written | {name: value for name, (value, _) in died.items()},
        law.as_of_edition(edition_of(days)).on(
            date.fromisoformat(days["in_force_on"]), date.fromisoformat(days["known_on"])
        ),
        sources=sources | {name: stated for name, (_, stated) in died.items()},
        decided_on=today,
        facts_known_to=known.known_to,
    )
    return before if record.same_as(before) else record


def _ask_noting(
    question: Question, known: Known, answers: Mapping[str, Answer], last: Records, law: Book, today: date
) -> Answer:
    noting = NotingBook.over(law)
    asked = asked_with(question, known, answers, noting, today)
    question = under_orders(question, asked.known)
    answer, before = ask(question, asked, today), last.get(question.name)
    # One over several says what of those very records is paid: where they changed with the same terms, it is new too.
    if before is not None and (not question.coordinates or is_over_what_stands(before, asked)):
        answer = answer.as_before(before)
    lookups = Lookups(asked.law.in_force, question.asked, noting.noted)
    return replace(answer, lookups=lookups, is_found_elsewhere=question.is_found_elsewhere)


def found_of_cause(known: Known) -> dict[str, Answer]:
    """What was found of the event that brought this one about, as an answer that comes before all others."""
    cause = known.cause
    if cause is None:
        return {}
    if cause.found is None and cause.is_lost:
        # Nothing decides it any more, unless its notice is sent again: a person looks.
        return {EMPLOYMENT_INJURY: Answer(EMPLOYMENT_INJURY, QuestionState.OFFICER, CAUSE_LOST)}
    states = {True: QuestionState.FOUND, False: QuestionState.REFUSED, None: QuestionState.AWAITING}
    return {EMPLOYMENT_INJURY: Answer(EMPLOYMENT_INJURY, states[cause.found], reason=CAUSE_UNSETTLED)}


def asked_with(question: Question, known: Known, answers: Mapping[str, Answer], law: Book, today: date) -> Asked:
    """What a question is asked with: it, or the one behind it, and the law of the day that it names."""
    about = known.of_cause() if question.of_cause else known.of_notice() if question.of_notice else known
    return Asked(about, answers, law.on(about.happened_on, today))


def is_asked(question: Question, known: Known, answers: Mapping[str, Answer], last: Records) -> bool:
    """Whether a question is asked on what is known, and beside the one that ranks above it; what is ordered is."""
    if names_amount(question, known):
        return True
    if not question.asked_when(known) and question.name not in last:
        return False
    if question.where_refused is not None and question.name not in last:
        first = answers.get(question.where_refused)
        return first is not None and first.state is QuestionState.REFUSED
    above = answers.get(question.unless_found or "")
    if above is not None and not above.is_settled and is_entitled(last.get(question.below or "")):
        # What stands goes on standing while it is in dispute: nothing is owed below it as well.
        return False
    return above is None or above.state is not QuestionState.FOUND or question.name in last


def ask(question: Question, asked: Asked, today: date) -> Answer:
    """Have the law answer on what is known, unless what is still on its way could change the answer."""
    try:
        facts = {collector.fact: collector.supply(asked) for collector in question.collectors}
    except NotYetLaw:
        # No fact would change it: an officer decides by the law of that time.
        return Answer(question.name, QuestionState.OFFICER, BEFORE_KNOWN_LAW)
    unsettled = next((each for each in facts.values() if isinstance(each, Unsettled)), None)
    if unsettled is not None:
        above = asked.answers[unsettled.question]
        return Answer(question.name, above.state, above.reason, awaits=above.awaits)
    opened = next((each for each in facts.values() if isinstance(each, Open)), None)
    if opened is not None:
        return Answer(question.name, QuestionState.OFFICER, opened.reason)
    awaited = next((each for each in facts.values() if isinstance(each, Awaited)), None)
    if awaited is not None:
        return Answer(question.name, QuestionState.AWAITING, awaited.reason)
    collected = {name: each for name, each in facts.items() if isinstance(each, Collected)}
    try:
        return _answered(question, collected, asked, today)
    except MalformedFact:
        # What was stated does not fit together, such as contributions of before the person was liable.
        missing = {each.topic for fact in collected.values() for each in fact.missing}
        awaits = {topic for topic in missing if not asked.known.has_arrived(topic)}
        state = QuestionState.AWAITING if awaits else QuestionState.OFFICER
        return Answer(question.name, state, FACTS_CONTRADICT, awaits=awaits)


def _answered(question: Question, facts: Mapping[str, Collected], asked: Asked, today: date) -> Answer:
    law = asked.law
    written = {name: each.written for name, each in facts.items()}
    record = determine(
        question.asked,
        written,
        # What was read to gather the facts is not what the decision rests on.
        question.asked.law_of(written, law.book, law.known),
        sources={name: each.sources for name, each in facts.items()},
        decided_on=today,
        facts_known_to=asked.known.known_to,
    )
    outcome, reason = record.body["outcome"], record.body["reason"]
    missing = {each.topic for fact in facts.values() for each in fact.missing if outcome in each.holds}
    awaits = {topic for topic in missing if not asked.known.has_arrived(topic)}
    if awaits:
        return Answer(question.name, QuestionState.AWAITING, reason, record, awaits)
    return Answer(question.name, _state(question, outcome), _reason(reason), record)


def _state(question: Question, outcome: str) -> QuestionState:
    if outcome == question.asked.granted:
        return QuestionState.ENTITLED if question.owes else QuestionState.FOUND
    return QuestionState.REFUSED if outcome == REFUSED else QuestionState.OFFICER


def _reason(reason: str) -> str:
    return BEFORE_KNOWN_LAW if reason == NotYetLaw.code else reason


def listens_to(
    questions: Sequence[Question], known: Known, answers: Mapping[str, Answer], law: Book, today: date
) -> set[Subject]:
    """The subjects of the facts that would change an answer: the union of the collectors of what is asked."""
    found: set[Subject] = set()
    for question in questions:
        if question.name not in answers and not (question.coordinates and question.asked_when(known)):
            continue
        asked = asked_with(question, known, found_of_cause(known) | dict(answers), law, today)
        for collector in question.collectors:
            # Before the law that is known no month counts, and none is waited for.
            with suppress(NotYetLaw):
                found.update(collector.listens_to(asked))
    return found


def knows_less(known: Revisions, last: Records) -> bool:
    """Whether something of another service that the last decisions rested on is not known now.

    Facts never vanish: then a projection is being rebuilt, and deciding on less would undo what was right. What is
    known counts, not what would be asked for: a month may be superseded by a newer one, or corrected to no wages.
    """
    facts = (fact for record in last.values() for fact in record.body["facts"])
    rested_on = (source for fact in facts for source in fact["sources"] if source["kind"] in PUBLISHED)
    return any(known.get((each["kind"], str(each["id"])), -1) < each["revision"] for each in rested_on)
