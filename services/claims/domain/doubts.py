"""Why a person must look before an answer may stand, or stand otherwise than before: stable reasons."""

from collections.abc import Iterator, Mapping
from datetime import date

from services.claims.domain.adjacent import ADJACENT, is_held_back
from services.claims.domain.answers import Answer, QuestionState, is_entitled
from services.claims.domain.bounds import is_late
from services.claims.domain.claim import LESS_THAN_PUBLISHED, Claim, ClaimKind
from services.claims.domain.collectors.death import is_found_alive
from services.claims.domain.collectors.ordered import CONTRACT, is_ordered, rests_on_order
from services.claims.domain.contested import in_both
from services.claims.domain.facts import Known, Spell
from services.claims.domain.relation import STATED_LATE
from services.claims.domain.standing import Standing
from shared.kernel.clock import business_day
from shared.law.act4.permanent_disablement.asked import ALLOWED, IN_TIME
from shared.law.book import LawOn
from shared.law.decision import DecisionRecord

EVIDENCE, FINDING = "evidence_waits", "finding_waits"
COVER_TAKEN_BACK, BEFORE_BIRTH, LATE_NOTICE = "cover_taken_back", "accident_before_birth", "late_notice"
EMPLOYER_WITHOUT_SPELL = "employer_without_spell"
CHOICE_TAKES_BACK = "choice_takes_back"
# An employer ended the employment when the event had happened: was it over by then?
ENDED_LATE = "employment_ended_late"
# Another day was reported of the death. Officers find of the wrong one that the person lived then: none is lifted.
OTHER_DAY_OF_DEATH = "other_day_of_death"
# Officers find whether the person takes part: there is no lifting it, since either answer is one.
SKBBK_STATED_LATE = "skbbk_stated_late"
# Those that two officers may lift, so that the answer stands as the law gives it.
LIFTABLE = frozenset(
    (
        COVER_TAKEN_BACK,
        BEFORE_BIRTH,
        LATE_NOTICE,
        EMPLOYER_WITHOUT_SPELL,
        ENDED_LATE,
        LESS_THAN_PUBLISHED,
        CHOICE_TAKES_BACK,
        ADJACENT,
    )
)
_OF_A_REVISION = frozenset((COVER_TAKEN_BACK, LESS_THAN_PUBLISHED, CHOICE_TAKES_BACK))
# For when and how a permanent loss is applied for a benefit is refused; what was paid by it is another matter.
_OF_A_CHOICE = frozenset(each.replace(" ", "_") for each in (IN_TIME, ALLOWED))


def waits_of(evidence: Standing) -> tuple[str, ...]:
    """Why what was stated waits for a person: what officers found, in the queue of findings."""
    of_findings = set(evidence.waiting_findings)
    waiting = {EVIDENCE: set(evidence.waiting) - of_findings, FINDING: of_findings}
    return tuple(reason for reason, statements in waiting.items() if statements)


def doubt_of_event(claim: Claim, known: Known, was_entitled: bool) -> str | None:
    """The first question about the event that no rule answers; it holds up every answer."""
    return next((doubt for doubt in _of_event(claim, known, was_entitled) if not is_lifted(doubt, claim, known)), None)


def _of_event(claim: Claim, known: Known, was_entitled: bool) -> Iterator[str]:
    if claim.kind is ClaimKind.DEATH and known.other_deaths and not is_found_alive(known):
        yield OTHER_DAY_OF_DEATH
    if claim.kind is not ClaimKind.ACCIDENT:
        # Cover on the day of a death or of an invalidity is no condition; each question tests its own.
        return
    # Who was employed on the day an order settles (s.84).
    is_settled = is_ordered(CONTRACT, known)
    if was_entitled and not known.speaks_for_cover and not is_settled:
        yield COVER_TAKEN_BACK
    if known.born_on is not None and known.happened_on < known.born_on:
        yield BEFORE_BIRTH
    if is_held_back(claim, known.neighbours):
        yield ADJACENT
    if not is_settled:
        yield from _of_employment(claim, known)


def _of_employment(claim: Claim, known: Known) -> Iterator[str]:
    if _rests_on_late_spell(known):
        yield STATED_LATE
    if _rests_on_late_end(known):
        yield ENDED_LATE
    if names_another_employer(claim, known):
        yield EMPLOYER_WITHOUT_SPELL


def doubt_of_cause(known: Known) -> str | None:
    """Why no answer about what brought an event about may stand: what was stated since decides about cover."""
    if known.cause is None:
        return None
    of_cause = known.of_cause()
    if _rests_on_late_spell(of_cause):
        return STATED_LATE
    return ENDED_LATE if _rests_on_late_end(of_cause) else None


def _rests_on_late_spell(known: Known) -> bool:
    return not known.spells_on_the_day and any(each.covers(known.happened_on) for each in known.late_spells)


def _rests_on_late_end(known: Known) -> bool:
    """Whether only an end that was stated when the day had come speaks against cover, and no two officers let it."""
    if known.spells_on_the_day:
        return False
    late = (each for each in known.counted_spells if each.ended_late_for(known.happened_on))
    return any(not _is_looked_at(each, known) for each in late)


def _is_looked_at(ended: Spell, known: Known) -> bool:
    """Whether two officers have looked since the end of an employment was stated."""
    findings = (known.findings.get(lifting_fact(doubt)) for doubt in (ENDED_LATE, COVER_TAKEN_BACK))
    stated_on, since = ended.end_stated_on or date.min, [each.stated_at for each in findings if each is not None]
    return any(at is None or business_day(at) >= stated_on for at in since)


def rests_on_late_choice(answer: Answer, before: Mapping[str, Answer]) -> bool:
    """Whether an answer would be another one without what was stated of taking part when the event had happened.

    ``before`` are the answers without it; none where it changes nothing.
    """
    return answer.question in before and _says(before[answer.question]) != _says(answer)


def _says(answer: Answer) -> tuple[object, ...]:
    body = {} if answer.record is None else answer.record.body
    return (answer.state,) if answer.record is None else (body["outcome"], body["terms"])


def doubt_of_answer(
    answer: Answer, claim: Claim, known: Known, last: DecisionRecord | None, evidence: Standing, law: LawOn
) -> str | None:
    """Why one answer may not stand as the law gives it."""
    was_entitled = is_entitled(last)
    if answer.state is QuestionState.FOUND:
        return None
    if evidence.days_wait and not known.certificates and not was_entitled and known.speaks_for_cover:
        # All that is certified waits: it is no refusal that nothing is.
        return EVIDENCE
    if in_both(claim.decided_days, (*evidence.only_of_oneself, *evidence.only_of_hospitals)):
        # Nothing is taken back for days that the person's own certificate or a hospital's states, while nobody has
        # looked at it.
        return EVIDENCE
    if was_entitled and answer.state is QuestionState.REFUSED and answer.reason in _OF_A_CHOICE:
        return None if is_lifted(CHOICE_TAKES_BACK, claim, known) else CHOICE_TAKES_BACK
    is_new = answer.state is QuestionState.ENTITLED and not was_entitled
    if is_new and is_late(claim.happened_on, known.received_on, law) and not rests_on_order(answer.record):
        # After a refusal too: nothing was paid on this notice yet.
        return None if is_lifted(LATE_NOTICE, claim, known) else LATE_NOTICE
    return None


def doubt_behind(answer: Answer, before: Mapping[str, Answer]) -> str | None:
    """Why an answer may not stand that rests on another one which a choice would take back."""
    records = (each.record for each in before.values() if each.reason == CHOICE_TAKES_BACK)
    held = {record.hash for record in records if record is not None}
    if not held or answer.record is None:
        return None
    rests_on = {source["id"] for fact in answer.record.body["facts"] for source in fact["sources"]}
    return None if held.isdisjoint(rests_on) else CHOICE_TAKES_BACK


def lifting(doubt: str, claim: Claim) -> tuple[str, str]:
    """The finding, fact and found, by which two officers lift a doubt.

    What would take back what stands is looked at each time: what was found speaks of the decision that stood then.
    """
    return lifting_fact(doubt), str(claim.revision) if doubt in _OF_A_REVISION else "yes"


def lifting_fact(doubt: str) -> str:
    """The fact of the finding by which officers lift a doubt."""
    return f"doubt lifted: {doubt}"


def is_lifted(doubt: str, claim: Claim, known: Known) -> bool:
    """Whether two officers have lifted a doubt."""
    fact, lifted = lifting(doubt, claim)
    found = known.findings.get(fact)
    return found is not None and found.stated["found"] == lifted


def names_another_employer(claim: Claim, known: Known) -> bool:
    """Whether the notice names an employer with whom the person had no spell on the day.

    The employer of the day, or officers, answer this by a notice of their own that joins.
    """
    if claim.employer is None or known.joined_by_employer:
        return False
    return all(each.employer != claim.employer for each in known.spells_on_the_day)
