"""A revision of a claim: the records of its questions that stand together, in the order of the catalogue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.claims.domain.answers import Answer, QuestionState, days_kept
from services.claims.domain.asking import Records
from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.question import Question
from shared.kernel.periods import Days, joined
from shared.law.decision import INSURED, DecisionRecord, Per

_STATE_OF = (
    (QuestionState.ENTITLED, ClaimState.DECIDED),
    (QuestionState.OFFICER, ClaimState.NEEDS_OFFICER),
    (QuestionState.AWAITING, ClaimState.ASSESSING),
    (QuestionState.REFUSED, ClaimState.REFUSED),
)


@dataclass(frozen=True)
class Standing:
    """One question with the record that stands for it; another answer may be pending meanwhile."""

    question: Question
    record: DecisionRecord

    @property
    def is_entitled(self) -> bool:
        """Whether something is owed by it."""
        return self.question.owes and self.record.body["outcome"] == self.question.asked.granted


def standing_records(questions: Sequence[Question], answers: Mapping[str, Answer], last: Records) -> list[Standing]:
    """What stands for each question: its answer where it is settled, else what stood before, up to a death."""
    found = []
    for question in questions:
        answer, before = answers.get(question.name), last.get(question.name)
        record = before if answer is None else answer.standing(before)
        if record is not None:
            found.append(Standing(question, record))
    return found


def is_decided(standing: Sequence[Standing]) -> bool:
    """Whether a benefit is answered: a fact that was found alone is announced to nobody."""
    return any(each.question.owes for each in standing)


def as_it_stands(
    claim: Claim,
    answers: Mapping[str, Answer],
    standing: Sequence[Standing],
    owing: Sequence[Question],
    waits: Sequence[str],
) -> Claim:
    """The claim with its state and reason by its answers, and the days that it has by its records.

    ``owing`` are the questions about benefits; ``waits``: why evidence waits for a person.
    """
    asked = [answers[question.name] for question in owing if question.name in answers]
    states = {answer.state for answer in asked}
    state = next(of_claim for of_question, of_claim in _STATE_OF if of_question in states)
    awaits = {answer.waits_for.partition(":")[0] for answer in answers.values()} - {""}
    entitled = [each.record for each in standing if each.is_entitled]
    return replace(
        claim,
        state=state,
        reason=", ".join(_reasons(state, asked, answers.values(), waits)) or None,
        awaits=tuple(sorted(awaits)),
        decided_days=joined(days for record in entitled for days in _days_paid(record)),
        waiting_days=joined(days for record in entitled for days in days_kept(record)),
    )


def _reasons(state: ClaimState, asked: Sequence[Answer], answers: Iterable[Answer], waits: Sequence[str]) -> list[str]:
    """Why it is no other state, and why a person looks at what is left out: each once, in their order."""
    pending = [answer.reason for answer in asked if answer.state is QuestionState.OFFICER]
    if state is ClaimState.DECIDED:
        looks = [look for answer in answers for look in answer.people_look_at]
        return list(dict.fromkeys((*pending, *looks, *waits)))
    if state is ClaimState.REFUSED:
        # That of the highest ranking benefit.
        refused = [answer.reason for answer in asked if answer.reason][:1]
        return [*refused, *waits]
    return list(dict.fromkeys(pending))


def _days_paid(record: DecisionRecord) -> list[Days]:
    terms = (term for term in record.body["terms"] if term["per"] == Per.DAY.value and term["party"] == INSURED)
    return [
        Days(date.fromisoformat(term["first"]), date.fromisoformat(term["last"])) for term in terms if "last" in term
    ]
