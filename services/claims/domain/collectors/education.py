"""Education loans: beside which benefit a child may have one, and what its application states (Regulations 1971)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.claims.domain.answers import Answer, is_entitled
from services.claims.domain.collectors.collector import Asked, Collected, Collector, Unsettled, of_answer, yes_no
from services.claims.domain.facts import Known, Statement
from shared.law.act4.education.determination import (
    AGAIN,
    CHILD,
    FROM,
    FULL_TIME,
    INSTALMENT,
    LOAN,
    LOCAL,
    REFUSED_ELSEWHERE,
    UNMARRIED,
)
from shared.law.fact_types import Written

EDUCATION = "education"


def is_applied(known: Known) -> bool:
    """Whether a child applied for a loan."""
    return EDUCATION in known.statements


def beside_loss(question: str) -> tuple[Collector, ...]:
    """The facts beside a permanent disablement: that it is a dependant child of that person officers let count."""
    return _beside(question, of_death=False)


def beside_death(question: str) -> tuple[Collector, ...]:
    """The facts beside dependants' benefit: a dependant child is one who shares in it."""
    return _beside(question, of_death=True)


def _beside(question: str, *, of_death: bool) -> tuple[Collector, ...]:
    def owed(asked: Asked) -> Collected | Unsettled:
        found = asked.answers.get(question)
        if found is None:
            return Collected("no")
        if not found.is_settled:
            return Unsettled(question)
        return Collected(yes_no(is_entitled(found.record)), of_answer(found))

    def children(asked: Asked) -> Collected | Unsettled:
        found = asked.answers.get(question)
        if found is not None and not found.is_settled:
            return Unsettled(question)
        stated = _by_child(asked.known)
        sharing = _sharing(found) if of_death else _beside_living(stated, asked.known)
        people: dict[str, Written] = {
            party: {CHILD: yes_no(party in sharing), **_application(*each)} for party, each in stated.items()
        }
        return Collected(people, tuple(each.source for both in stated.values() for each in both))

    return (
        Collector("asked on", lambda asked: Collected(asked.day.isoformat())),
        Collector("benefit owed", owed),
        Collector("children", children),
    )


def _by_child(known: Known) -> dict[str, tuple[Statement, ...]]:
    """Of each child the application that stands, and a later one whose loan is not fixed yet: what is lent goes on."""
    found: dict[str, tuple[Statement, ...]] = {}
    for each in known.statements.get(EDUCATION, ()):
        stands = found.get(str(each.stated["party"]), ())[:1]
        goes_on = bool(stands) and fixes_loan(stands[0].stated) and not fixes_loan(each.stated)
        found[str(each.stated["party"])] = (*stands, each) if goes_on else (each,)
    return dict(sorted(found.items()))


def fixes_loan(application: Mapping[str, Any]) -> bool:
    """Whether an application says what is lent, and how it is paid back."""
    return {"loan", "repaid_from", "instalment"} <= application.keys()


def _beside_living(stated: Mapping[str, Sequence[Statement]], known: Known) -> Collection[str]:
    """Who applied while the person lived, whose benefit ends with the death; what was fixed goes on (`assumed`)."""
    died = None if known.died_on is None else known.died_on.isoformat()
    return {
        party
        for party, (stands, *_) in stated.items()
        if died is None or fixes_loan(stands.stated) or str(stands.stated["applied_on"]) < died
    }


def _sharing(found: Answer | None) -> Collection[str]:
    """Who shares in a benefit, on whichever day."""
    if found is None or found.record is None:
        return ()
    return {str(term["party"]) for term in found.record.body["terms"]}


def _application(stated: Statement, again: Statement | None = None) -> dict[str, Written]:
    written: dict[str, Written] = {} if again is None else {**again.written(applied_on=AGAIN)}
    written |= stated.written(
        applied_on="applied on",
        born="born",
        course="course",
        course_ends="course ends",
        tuition="tuition",
        unmarried=UNMARRIED,
        local=LOCAL,
        full_time=FULL_TIME,
        other_loan_refused=REFUSED_ELSEWHERE,
        loan=LOAN,
        repaid_from=FROM,
        instalment=INSTALMENT,
    )
    return written
