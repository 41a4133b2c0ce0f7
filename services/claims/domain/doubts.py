"""Why a person must look before an answer may stand, or stand otherwise than before: stable reasons."""

from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.bounds import is_late
from services.claims.domain.claim import Claim
from services.claims.domain.contested import in_both
from services.claims.domain.evidence import Standing
from services.claims.domain.facts import Known
from services.claims.domain.relation import STATED_LATE
from shared.kernel.clock import business_day
from shared.law.book import LawOn
from shared.law.decision import DecisionRecord

EVIDENCE = "evidence_waits"
_ENTITLED = "entitled"


def doubt_of_event(claim: Claim, known: Known, was_entitled: bool) -> str | None:
    """The first question about the event that no rule answers; it holds up every answer."""
    if was_entitled and not known.speaks_for_cover:
        return "cover_taken_back"
    if known.born_on is not None and known.happened_on < known.born_on:
        return "accident_before_birth"
    if not known.spells_on_the_day and any(each.covers(known.happened_on) for each in known.late_spells):
        return STATED_LATE
    if names_another_employer(claim, known):
        return "employer_without_spell"
    return None


def doubt_of_answer(
    answer: Answer, claim: Claim, known: Known, last: DecisionRecord | None, evidence: Standing, law: LawOn
) -> str | None:
    """Why one answer may not stand as the law gives it."""
    was_entitled = last is not None and last.body["outcome"] == _ENTITLED
    if answer.state is QuestionState.FOUND:
        return None
    if evidence.days_wait and not known.certificates and not was_entitled and known.speaks_for_cover:
        # All that is certified waits: it is no refusal that nothing is.
        return EVIDENCE
    if in_both(claim.decided_days, evidence.only_of_oneself):
        # Nothing is taken back for days that the person's own certificate states, while nobody has looked at it.
        return EVIDENCE
    is_new = answer.state is QuestionState.ENTITLED and not was_entitled
    if is_new and is_late(claim.happened_on, business_day(claim.received_at), law):
        # After a refusal too: nothing was paid on this notice yet.
        return "late_notice"
    return None


def names_another_employer(claim: Claim, known: Known) -> bool:
    """Whether the notice names an employer with whom the person had no spell on the day.

    The employer of the day, or an officer, answers this by a notice of its own that joins.
    """
    if claim.employer is None or known.joined_by_employer:
        return False
    return all(each.employer != claim.employer for each in known.spells_on_the_day)
