"""Why a person must look before a claim is decided, or decided otherwise than before: stable reasons."""

from services.claims.domain.bounds import is_late
from services.claims.domain.claim import Claim
from services.claims.domain.contested import in_both
from services.claims.domain.evidence import Standing
from services.claims.domain.facts import InjuryFacts
from services.claims.domain.relation import STATED_LATE
from services.claims.domain.temporary_disablement import Assessment, is_covered
from shared.kernel.clock import business_day
from shared.law.book import LawOn
from shared.law.decision import DecisionRecord
from shared.law.errors import NotYetLaw

EVIDENCE = "evidence_waits"
BEFORE_KNOWN_LAW = "before_known_law"


def question_of(
    claim: Claim,
    facts: InjuryFacts,
    assessment: Assessment,
    last: DecisionRecord | None,
    law: LawOn,
    evidence: Standing,
) -> str | None:
    """The first question that no rule answers, None where the assessment may stand."""
    was_entitled = last is not None and last.body["outcome"] == "entitled"
    if was_entitled and not is_covered(facts):
        return "cover_taken_back"
    if facts.born_on is not None and facts.happened_on < facts.born_on:
        return "accident_before_birth"
    if not facts.spells_on_the_day and any(each.covers(facts.happened_on) for each in facts.late_spells):
        return STATED_LATE
    if names_another_employer(claim, facts):
        return "employer_without_spell"
    if evidence.waiting and not facts.certificates and not was_entitled and is_covered(facts):
        # All that is certified waits: it is no refusal that nothing is.
        return EVIDENCE
    if in_both(claim.decided_days, evidence.only_of_oneself):
        # Nothing is taken back for days that the person's own certificate states, while nobody has looked at it.
        return EVIDENCE
    if not assessment.is_answered:
        # Of no wage month a person in similar work stands in (Fourth Schedule para 4A): an officer names one.
        return BEFORE_KNOWN_LAW if assessment.reason == NotYetLaw.code else assessment.reason
    if assessment.entitled and not was_entitled and is_late(claim.happened_on, business_day(claim.received_at), law):
        # After a refusal too: nothing was paid on this notice yet.
        return "late_notice"
    return None


def names_another_employer(claim: Claim, facts: InjuryFacts) -> bool:
    """Whether the notice names an employer with whom the person had no spell on the day.

    The employer of the day, or an officer, answers this by a notice of its own that joins.
    """
    if claim.employer is None or facts.joined_by_employer:
        return False
    return all(each.employer != claim.employer for each in facts.spells_on_the_day)
