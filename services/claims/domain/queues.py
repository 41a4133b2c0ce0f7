"""What of a claim waits for a person: the queues, and in which of them each question stands for which reason."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from services.claims.domain.answers import Answer, QuestionState, queue_of
from services.claims.domain.catalogue import ACCIDENT
from services.claims.domain.claim import DECIDED_OUTSIDE, LOST_SINCE_BACKUP, NOT_SENT_AGAIN, Claim, ClaimState
from services.claims.domain.collectors.loss import is_assessed
from services.claims.domain.relation import (
    DEATH,
    IDENTITY_OVERDUE,
    NAME_DIFFERS,
    STATED_LATE,
    TO_BE_CONFIRMED,
    TO_BE_SHOWN,
)
from shared.kernel.queues import Queue

# What the client charter promises where it promises nothing for the benefit itself: the first that an accident raises.
_PROMISE = next(question.name for question in ACCIDENT if question.owes)

IDENTITY = Queue("identity", subject="claim", scope="claims:identity:decide", charter="registration")
NO_WAGE_MONTH = Queue("no_wage_month", subject="question", scope="claims:wages:decide", charter=_PROMISE)
DOUBT = Queue("doubt", subject="question", scope="claims:doubt:decide", charter=_PROMISE)
EVIDENCE = Queue("evidence", subject="question", scope="claims:evidence:decide", charter=_PROMISE)
OVER_REVIEW = Queue("over_review", subject="question", scope="claims:over_review:decide", charter=_PROMISE)
OF_QUESTIONS = (NO_WAGE_MONTH, DOUBT, EVIDENCE, OVER_REVIEW)
# A claim as a whole: no rule decides such an event, or its notice was lost with the database.
UNRULED = Queue("unruled", subject="claim", scope="claims:unruled:decide", charter=_PROMISE)
LOST = Queue("lost", subject="claim", scope="claims:lost:decide", charter=_PROMISE)
OF_CLAIMS = (UNRULED, LOST)
# What is looked into beside the questions: how an investigation ends, and which of two values is right.
INVESTIGATION = Queue(
    "investigation", subject="investigation", scope="claims:investigation:decide", charter="complaint"
)
INCONSISTENCY = Queue("inconsistency", subject="inconsistency", scope="claims:inconsistency:decide", charter=_PROMISE)
# Medical boards: a case that waits for a session, and a session that waits for its panel, its results or its close.
_OF_LOSS = next(question.name for question in ACCIDENT if question.owes and question.asked_when is is_assessed)
BOARD_CASE = Queue("board_case", subject="board_case", scope="claims:board_case:decide", charter=_OF_LOSS)
BOARD_SESSION = Queue("board_session", subject="board_session", scope="claims:board_session:decide", charter=_OF_LOSS)
OF_BOARDS = (BOARD_CASE, BOARD_SESSION)
# What nobody brought in time.
EVIDENCE_REQUEST = Queue(
    "evidence_request", subject="evidence_request", scope="claims:evidence_request:decide", charter=_PROMISE
)
EVIDENCE_LATE = "evidence_late"
# What came in answer to a request and does not answer it by itself: it is of another kind, or the request was over.
ANSWER_TO_LOOK_AT = "answer_to_look_at"
# A letter that reached nobody.
UNDELIVERED = Queue("undelivered", subject="letter", scope="claims:undelivered:decide", charter="complaint")
# What somebody finds wrong with how it was dealt with.
COMPLAINT = Queue("complaint", subject="complaint", scope="claims:complaint:decide", charter="complaint")
# An appeal: officers answer it, and record what its forum does. Each step has days of its own.
APPEAL = Queue("appeal", subject="appeal", scope="claims:appeal:decide", charter="complaint")
# What is gazetted of the statute book.
FIGURES = Queue("figures", subject="figure_entry", scope="claims:figures:decide", charter="complaint")
FIGURE_ENTERED = "figure_entered"
# An earlier release let it count, and this one cannot read it: it is set aside.
FIGURE_UNREAD = "figure_unread"
# Whose treatment a hospital asks about, and what of a provider's bill no rule settles.
MEDICAL_AUTHORISATION = Queue(
    "medical_authorisation",
    subject="medical_authorisation",
    scope="claims:medical_authorisation:decide",
    charter="registration",
)
MEDICAL_BILL = Queue("medical_bill", subject="medical_bill", scope="claims:medical_bill:decide", charter=_PROMISE)
OF_TREATMENT = (MEDICAL_AUTHORISATION, MEDICAL_BILL)
ALL = (
    *(IDENTITY, *OF_QUESTIONS, *OF_CLAIMS, INVESTIGATION, INCONSISTENCY),
    *(*OF_BOARDS, EVIDENCE_REQUEST, UNDELIVERED, COMPLAINT, APPEAL, FIGURES),
    *OF_TREATMENT,
)

# Why a person looks at who may speak of whom.
OF_IDENTITY = frozenset((DEATH, IDENTITY_OVERDUE, NAME_DIFFERS, STATED_LATE, TO_BE_CONFIRMED, TO_BE_SHOWN))

Reasons: TypeAlias = Mapping[str, Mapping[str, str]]
"""For each question that waits for people: the names of its queues, each with the reason."""

# What of a record a person looks at: the names of its amounts, and the codes of the facts of a task.
_SHOWN = {"days": "days", "amount": "amount_sen"}


def queues_of(answers: Mapping[str, Answer], owing: Collection[str], waits: Collection[str]) -> Reasons:
    """In which queues each question stands, and why: each reason once, by the first question that has it.

    ``waits`` are the reasons for which evidence waits: they stand with the first question about a benefit, of
    ``owing``.
    """
    seen: set[str] = set()
    found: dict[str, dict[str, str]] = {}
    for name, answer in answers.items():
        for reason in (each for each in _reasons(answer) if each not in seen):
            seen.add(reason)
            found.setdefault(name, {}).setdefault(queue_of(reason), reason)
    first = next((name for name in answers if name in owing), None)
    for reason in waits if first is not None else ():
        if reason not in seen:
            found.setdefault(str(first), {}).setdefault(queue_of(reason), reason)
    return found


def queue_of_claim(claim: Claim) -> Queue | None:
    """The queue in which a claim stands as a whole, whose questions nobody can ask."""
    if claim.state is not ClaimState.NEEDS_OFFICER or claim.relation is None:
        return None
    return {LOST_SINCE_BACKUP: LOST, claim.kind.value: UNRULED}.get(claim.reason or "")


def closed(claim: Claim) -> Claim | None:
    """As two officers close a claim that stands in such a queue; None where it stands in none."""
    reasons = {LOST: NOT_SENT_AGAIN, UNRULED: DECIDED_OUTSIDE}
    queue = queue_of_claim(claim)
    return None if queue is None else replace(claim, state=ClaimState.CLOSED, reason=reasons[queue])


def opened_again(claim: Claim) -> Claim:
    """As it stands when another notice of the event joins it: what was decided outside is looked at again."""
    if claim.state is not ClaimState.CLOSED or claim.reason != DECIDED_OUTSIDE:
        return claim
    return replace(claim, state=ClaimState.NEEDS_OFFICER, reason=claim.kind.value)


def facts_of_question(claim: Claim, answer: Answer) -> dict[str, str | int]:
    """What of a question a person looks at: the day of the event, and days and amounts as the law has them so far."""
    found: dict[str, str | int] = {"happened_on": claim.happened_on.isoformat()}
    amounts: list[dict[str, Any]] = [] if answer.record is None else answer.record.body["amounts"]
    found |= {
        _SHOWN[each["name"]]: each["value"]
        for each in amounts
        if each["name"] in _SHOWN and isinstance(each["value"], int)
    }
    return found | dict(answer.shown)


def facts_of_notice(claim: Claim) -> dict[str, str | int]:
    """What of a notice a person looks at who finds out whom it is about."""
    found = {"event": claim.kind.value, "happened_on": claim.happened_on.isoformat(), "sender": claim.tenant}
    return {**found, **({} if claim.capacity is None else {"capacity": claim.capacity.value})}


def _reasons(answer: Answer) -> tuple[str, ...]:
    if answer.state is QuestionState.OFFICER:
        return (answer.reason,)
    return () if answer.is_found_elsewhere else answer.people_look_at
