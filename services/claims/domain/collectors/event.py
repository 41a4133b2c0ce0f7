"""What happened, as it was stated and counts: the day, the circumstances, and what a person found of them."""

from services.claims.domain.collectors.collector import Asked, Collected, Collector, yes_no
from services.claims.domain.facts import Circumstances, Statement
from shared.law.decision import Source
from shared.law.fact_types import Written

# What the law calls the circumstances that a notice names (Act 4 s.2(6), ss.23 to 25).
IN_LAW = {
    "at_work": "at work",
    "commuting": "commuting",
    "journey_for_employment": "journey for employment",
    "authorised_break": "meal break",
    "emergency_at_premises": "emergency at the premises",
    "employer_activity": "employer activity",
    "other": "other",
}


def _day(asked: Asked) -> Collected:
    return Collected(asked.day.isoformat())


def _circumstance(asked: Asked) -> Collected:
    stated = asked.known.circumstances
    return Collected(IN_LAW[stated.place], _sources(stated))


def _interrupted(asked: Asked) -> Collected:
    stated = asked.known.circumstances
    return Collected(yes_no(stated.interrupted), _sources(stated))


def _outside(asked: Asked) -> Collected:
    stated = asked.known.circumstances
    return Collected(yes_no(stated.outside_malaysia), _sources(stated))


def _cause(_: Asked) -> Collected:
    return Collected("accident")


def nothing(fact: str) -> Collector:
    """A fact that narrows a question asked by hand: the platform asks it whole."""
    return Collector(fact, lambda _: Collected(""))


def finding(fact: str, otherwise: Written) -> Collector:
    """A fact that a person finds, and that stands as `otherwise` while nobody has."""

    def supply(asked: Asked) -> Collected:
        found: Statement | None = asked.known.findings.get(fact)
        return Collected(otherwise) if found is None else Collected(str(found.stated["found"]), (found.source,))

    return Collector(fact, supply, is_found=True)


def _sources(stated: Circumstances) -> tuple[Source, ...]:
    return () if stated.evidence is None else (Source("circumstances", str(stated.evidence), 1),)


DAY = Collector("accident", _day)
CIRCUMSTANCE = Collector("circumstance", _circumstance)
INTERRUPTED = Collector("interrupted or deviated", _interrupted)
OUTSIDE = Collector("outside Malaysia", _outside)
CAUSE = Collector("cause", _cause)
FOUND_BY_A_PERSON = finding("found by a person", "")
LOOKED_AT = finding("looked at until", "")
SIMILAR_WORK = finding("average of similar work", "")
# None is alleged unless an officer found it.
CONDUCT = finding("conduct under section 93", "no")
IMMIGRATION = finding("breach of immigration law", "no")
SECTION_96B = finding("circumstance of section 96B", "no")
# What queues of tasks state, each with its own proposal.
STATED_BY_TASKS = (SIMILAR_WORK.fact, LOOKED_AT.fact)
