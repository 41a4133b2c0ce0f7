"""What is lawfully owed to each payee by several answers, of this claim and of others, and what was chosen (s.96)."""

from collections.abc import Iterable, Mapping

from services.claims.domain import subjects
from services.claims.domain.answers import is_entitled
from services.claims.domain.collectors.collector import Asked, Collected, Collector
from shared.kernel.money import ringgit
from shared.kernel.subjects import Subject
from shared.law.act4.coordination.determination import BENEFITS, INVALIDITY, OF_A_LOSS
from shared.law.decision import INSURED, DecisionRecord, Source
from shared.law.fact_types import Written

COORDINATION = "coordination"
FINDING = "finding"
_BESIDE = {**dict.fromkeys(OF_A_LOSS, INVALIDITY), **dict.fromkeys(INVALIDITY, OF_A_LOSS)}


def in_law(question: str) -> str:
    """What the law calls the benefit of a question."""
    return question.replace("_", " ")


def is_needed(asked: Asked) -> bool:
    """Whether more than one benefit is lawful for somebody."""
    return any(len(benefits) > 1 for benefits in _terms(asked).values())


def is_over_what_stands(coordination: DecisionRecord, asked: Asked) -> bool:
    """Whether it was asked over every record of this claim by which something is owed now, whatever others have."""
    sources = (source for fact in coordination.body["facts"] for source in fact["sources"])
    return {record.hash for record in _own(asked).values()} <= {str(source["id"]) for source in sources}


def _own(asked: Asked) -> dict[str, DecisionRecord]:
    """The records of this claim by which something is owed, by what the law calls the benefit."""
    named = ((in_law(name), answer.record) for name, answer in asked.answers.items())
    return {name: record for name, record in named if record is not None and name in BENEFITS and is_entitled(record)}


def _of_others(asked: Asked) -> Iterable[tuple[str, DecisionRecord]]:
    """Those of the person's other claims that may not be owed beside one of this claim."""
    beside = {other for benefit in _own(asked) for other in _BESIDE.get(benefit, ())}
    for claim in asked.known.others:
        for question, record in claim.records.items():
            if in_law(question) in beside and is_entitled(record):
                yield in_law(question), record


def _terms(asked: Asked) -> dict[str, dict[str, list[Written]]]:
    """The terms by payee and benefit; those of the insured person alone, where another claim owes them."""
    found: dict[str, dict[str, list[Written]]] = {}
    for benefit, record in _own(asked).items():
        for term in record.body["terms"]:
            found.setdefault(term["party"], {}).setdefault(benefit, []).append(_written(term))
    for benefit, record in _of_others(asked):
        for term in record.body["terms"]:
            if term["party"] == INSURED and INSURED in found:
                found[INSURED].setdefault(benefit, []).append(_written(term))
    return found


def _written(term: Mapping[str, str | int]) -> Written:
    written: dict[str, Written] = {
        "per": str(term["per"]),
        "amount": ringgit(int(term["sen"])),
        "from": str(term["first"]),
    }
    return written | {"until": str(term["last"])} if "last" in term else written


def _payees(asked: Asked) -> Collected:
    records = [*_own(asked).values(), *(record for _, record in _of_others(asked))]
    people: dict[str, Written] = {party: dict(benefits) for party, benefits in _terms(asked).items()}
    return Collected(people, tuple(Source("decision", record.hash, 0) for record in records))


def _event(asked: Asked) -> Collected:
    return Collected(asked.day.isoformat())


def _found(fact: str) -> Collector:
    """As officers found it of this claim, or of the other claim that it is about too."""

    def supply(asked: Asked) -> Collected:
        found = asked.known.findings.get(fact)
        if found is not None:
            return Collected(str(found.stated["found"]), (found.source,))
        of_others = (each.records[COORDINATION] for each in asked.known.others if COORDINATION in each.records)
        for record in of_others:
            stated = next(each for each in record.body["facts"] if each["name"] == fact)
            # What another claim read of this one is no finding of its own.
            if any(source["kind"] == FINDING for source in stated["sources"]):
                return Collected(str(stated["value"]), (Source("decision", record.hash, 0),))
        return Collected("")

    return Collector(fact, supply, is_found=True)


def _revisions(asked: Asked) -> list[Subject]:
    return [subjects.revisions(asked.known.person)]


PAYEES = Collector("payees", _payees, _revisions)
EVENT = Collector("event", _event)
SAME_CAUSE = _found("same cause")
CHOSEN = _found("chosen")
