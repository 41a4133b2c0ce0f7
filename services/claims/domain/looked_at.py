"""What of a question people look at before they answer for it, and the proof of which answer that was."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from services.claims.domain.answers import Answer, days_over_review
from services.claims.domain.claim import Claim
from services.claims.domain.held_answers import alike
from services.claims.domain.queues import Reasons, facts_of_question
from shared.kernel.periods import count_days

FIRST_DAY, LAST_DAY = "first_day_to_look_at", "last_day_to_look_at"


def facts_of_questions(
    claim: Claim, answers: Mapping[str, Answer], reasons: Reasons
) -> dict[str, dict[str, str | int]]:
    """The facts of each question that waits for people.

    ``answer`` proves what an approval rests on: the answer, and those of other questions that wait for the same reason.
    """
    found = {}
    for name, by_queue in reasons.items():
        answer, let_stand = answers[name], alike(name, answers, by_queue)
        found[name] = {**facts_of_question(claim, answer), **_days(answer), "answer": _hash_of(let_stand)}
    return found


def _days(answer: Answer) -> dict[str, str | int]:
    """How many certified days wait for a look, and the first and the last of them."""
    days = [] if answer.record is None else days_over_review(answer.record)
    if not days:
        return {}
    first, last = days[0].first.isoformat(), days[-1].last.isoformat()
    return {"days_to_look_at": count_days(days), FIRST_DAY: first, LAST_DAY: last}


def _hash_of(answers: Iterable[Answer]) -> str:
    """SHA-256, in hex, of states, reasons and what the records decide: facts that change nothing of it leave it so."""
    decided = [
        [each.question, each.state.value, each.reason, "" if each.record is None else each.record.substance_hash]
        for each in answers
    ]
    return hashlib.sha256(json.dumps(decided).encode()).hexdigest()
