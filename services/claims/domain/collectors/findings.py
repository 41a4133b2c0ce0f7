"""Facts that are the answer to another question: whether it is an employment injury (Act 4 s.2(6), s.2(14A))."""

from services.claims.domain.answers import QuestionState
from services.claims.domain.collectors.collector import Asked, Collected, Collector, Open, Unsettled, of_answer, yes_no

EMPLOYMENT_INJURY = "employment_injury"
CAUSE_NOT_RULED = "cause_not_ruled"


def _is_injury(asked: Asked) -> Collected | Unsettled | Open:
    found = asked.answers.get(EMPLOYMENT_INJURY)
    if found is None:
        # A notice names an event that no rule decides, such as a disease: people find what the person died of.
        return Open(CAUSE_NOT_RULED)
    if not found.is_settled:
        return Unsettled(EMPLOYMENT_INJURY)
    return Collected(yes_no(found.state is QuestionState.FOUND), of_answer(found))


def _arose_out(asked: Asked) -> Collected:
    """No while nobody has found that it did: what is owed in either case does not wait for the dispute (`assumed`)."""
    found = asked.answers[EMPLOYMENT_INJURY]
    return Collected(yes_no(found.state is QuestionState.FOUND), of_answer(found) if found.is_settled else ())


IS_EMPLOYMENT_INJURY = Collector("employment injury", _is_injury)
AROSE_OUT_OF_EMPLOYMENT = Collector("arose out of employment", _arose_out)
