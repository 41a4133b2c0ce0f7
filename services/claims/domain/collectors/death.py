"""A death: its day and its cause, who is left behind, and who buried the person (Act 4 ss.17A, 29, Fourth Schedule)."""

from datetime import date

from services.claims.domain import subjects
from services.claims.domain.answers import QuestionState, is_entitled
from services.claims.domain.claim import ClaimKind
from services.claims.domain.collectors.collector import (
    Asked,
    Awaited,
    Collected,
    Collector,
    Open,
    Unsettled,
    death_of,
    of_death,
)
from services.claims.domain.collectors.event import finding
from services.claims.domain.collectors.findings import EMPLOYMENT_INJURY
from services.claims.domain.facts import Known, Statement
from shared.kernel.money import Sen, ringgit
from shared.kernel.subjects import Subject
from shared.law.decision import DecisionRecord, Source
from shared.law.fact_types import Written

DEPENDANT, FUNERAL = "dependant", "funeral"
SURVIVORS_PENSION = "survivors_pension"
INVALIDITY_PENSION = "invalidity_pension"
PENSION_UNSETTLED = "pension_unsettled"


def has_cause(known: Known) -> bool:
    """Whether an event is known that brought the death about."""
    return known.cause is not None


def _died_on(asked: Asked) -> Collected:
    known = asked.known
    return Collected("" if known.died_on is None else known.died_on.isoformat(), of_death(known))


def _of_the_injury(asked: Asked) -> Collected:
    """As the notice says, unless an officer found otherwise."""
    found, cause = asked.known.findings.get("died of the injury"), asked.known.cause
    if found is not None:
        return Collected(str(found.stated["found"]), (found.source,))
    return Collected("yes", () if cause is None else (Source("claim", str(cause.claim), cause.revision),))


def is_found_alive(known: Known) -> bool:
    """Whether two officers found that the person lives, against what was reported: then nothing is to be stated."""
    found = known.findings.get(FOUND_ALIVE.fact)
    return found is not None and found.stated["found"] == "yes"


def _left_behind(asked: Asked) -> Collected | Open:
    if is_found_alive(asked.known):
        return Collected({})
    stated = _by_party(asked.known, DEPENDANT)
    if not stated:
        return Open("dependants_to_be_stated")
    people: dict[str, Written] = {
        party: dict(
            each.written(
                relation="relation",
                born="born",
                married="married",
                first_degree_until="first degree until",
                incapable="incapable",
                remarried="remarried",
            )
        )
        for party, each in stated.items()
    }
    return Collected(people, tuple(each.source for each in stated.values()))


def _claimants(asked: Asked) -> Collected | Open:
    if is_found_alive(asked.known):
        return Collected({})
    stated = _by_party(asked.known, FUNERAL)
    if not stated:
        return Open("funeral_claimants_to_be_stated")
    people: dict[str, Written] = {
        party: dict(each.written(relation="relation", born="born", paid="paid for the funeral"))
        for party, each in stated.items()
    }
    return Collected(people, tuple(each.source for each in stated.values()))


def _pension(asked: Asked) -> Collected | Awaited:
    """The pension by the month that the person's own claims of invalidity decided, and that the death ended (s.17A).

    What was decided stands also while it is asked again; while one is not decided, nobody is refused for want of it.
    """
    claims = [each for each in asked.known.others if each.event == ClaimKind.INVALIDITY]
    decided = [each.records[INVALIDITY_PENSION] for each in claims if INVALIDITY_PENSION in each.records]
    pensions = [record for record in decided if is_entitled(record) and _begins(record) <= asked.day]
    if not pensions and len(decided) < len(claims):
        return Awaited(PENSION_UNSETTLED)
    if not pensions:
        return Collected("", tuple(map(_decision, decided)))
    highest = max(pensions, key=_monthly)
    return Collected(ringgit(_monthly(highest)), (_decision(highest),))


def _begins(pension: DecisionRecord) -> date:
    return min((date.fromisoformat(term["first"]) for term in pension.body["terms"]), default=date.max)


def _monthly(pension: DecisionRecord) -> Sen:
    return next(int(each["value"]) for each in pension.body["amounts"] if each["name"] == "monthly pension")


def _decision(record: DecisionRecord) -> Source:
    return Source("decision", record.hash, 0)


def _claims(asked: Asked) -> list[Subject]:
    return [subjects.claims(asked.known.person)]


def _by_party(known: Known, kind: str) -> dict[str, Statement]:
    """The last statement about each party, by its name."""
    last = {str(each.stated["party"]): each for each in known.statements.get(kind, ())}
    return {party: last[party] for party in sorted(last)}


def _kind_of_death(asked: Asked) -> Collected | Unsettled | Awaited:
    """Of what or as what the person died, which decides whether the benefit is paid and from which fund (s.29)."""
    known = asked.known
    if is_found_alive(known):
        return Collected("other")
    if known.cause is not None:
        found = asked.answers[EMPLOYMENT_INJURY]
        if not found.is_settled:
            return Unsettled(EMPLOYMENT_INJURY)
        source = Source("claim", str(known.cause.claim), known.cause.revision)
        injury = found.state is QuestionState.FOUND
        return Collected("employment injury" if injury else "non employment injury", (source,))
    pensioner = _pension(asked)
    if isinstance(pensioner, Awaited):
        return pensioner
    if pensioner.written:
        return Collected("invalidity pensioner", pensioner.sources)
    pension = asked.answers[SURVIVORS_PENSION]
    if not pension.is_settled:
        return Unsettled(SURVIVORS_PENSION)
    entitled = pension.state is QuestionState.ENTITLED
    sources = () if pension.record is None else (Source("decision", pension.record.hash, 0),)
    return Collected("qualified insured" if entitled else "other", sources)


def _cause(asked: Asked) -> list[Subject]:
    """Also while none is known: the claim of it may open, or join another, later than that of the death."""
    return [subjects.claims(asked.known.person)]


def _cause_and_claims(asked: Asked) -> list[Subject]:
    return [*_cause(asked), *_claims(asked)]


FOUND_ALIVE = finding("found alive", "no")
DIED_ON = Collector("death", _died_on)
DAY_OF_DEATH = Collector("died on", _died_on, death_of)
OF_THE_INJURY = Collector("died of the injury", _of_the_injury, _cause)
DEPENDANTS = Collector("dependants", _left_behind)
SURVIVORS = Collector("survivors", _left_behind)
CLAIMANTS = Collector("claimants", _claimants)
KIND_OF_DEATH = Collector("death", _kind_of_death, _cause_and_claims)
PENSION = Collector("pension in payment", _pension, _claims)
