"""What is lawfully owed to each payee by several answers, of this claim and of others, and what was chosen (s.96)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from services.claims.domain.answers import is_entitled
from services.claims.domain.claim import ClaimKind
from services.claims.domain.collectors.collector import Asked, Collected, Collector, of_record, revisions_of, yes_no
from services.claims.domain.collectors.event import finding, nothing
from services.claims.domain.facts import OfAnother
from services.claims.domain.paid import COORDINATION, TermBody, in_law, is_lump_sum, terms_paid
from shared.kernel.money import ringgit
from shared.kernel.periods import Days
from shared.law.act4.coordination.determination import (
    BENEFITS,
    BOTH,
    INVALIDITY,
    LUMP_SUM,
    OF_A_LOSS,
    OF_ANOTHER,
    PAID_BESIDE_SUM,
)
from shared.law.decision import INSURED, DecisionRecord
from shared.law.fact_types import Written

_OF_ONE_CAUSE = frozenset((*OF_A_LOSS, *INVALIDITY))
PAID_OF_SEVERAL = "paid of several"


def is_needed(asked: Asked) -> bool:
    """Whether more than one benefit is lawful for somebody."""
    return _are_several(_of_others(asked)) or any(len(benefits) > 1 for benefits in _terms(asked).values())


def is_over_what_stands(coordination: DecisionRecord, asked: Asked) -> bool:
    """Whether it was asked over every record of this claim by which something is owed now, whatever others have."""
    sources = (source for fact in coordination.body["facts"] for source in fact["sources"])
    return {record.hash for record in _own(asked).values()} <= {str(source["id"]) for source in sources}


def _own(asked: Asked) -> dict[str, DecisionRecord]:
    """The records of this claim by which something is owed, by what the law calls the benefit."""
    named = ((in_law(name), answer.record) for name, answer in asked.answers.items())
    return {name: record for name, record in named if record is not None and name in BENEFITS and is_entitled(record)}


@dataclass(frozen=True)
class _OfAnother:
    """A benefit that is lawfully owed by another claim of the person."""

    claim: OfAnother
    question: str

    @property
    def benefit(self) -> str:
        return in_law(self.question)

    @property
    def record(self) -> DecisionRecord:
        return self.claim.records[self.question]

    @property
    def paid(self) -> list[TermBody]:
        return terms_paid(self.question, self.claim.records)


def _of_others(asked: Asked) -> list[_OfAnother]:
    """The losses and invalidities of the person's other claims, where this claim has one too and they are of both."""
    own = _OF_ONE_CAUSE.intersection(_own(asked))
    found = [
        _OfAnother(claim, question)
        for claim in asked.known.others
        for question, record in claim.records.items()
        if in_law(question) in _OF_ONE_CAUSE and is_entitled(record)
    ]
    benefits = own | {each.benefit for each in found}
    is_of_both = not benefits.isdisjoint(OF_A_LOSS) and not benefits.isdisjoint(INVALIDITY)
    return found if own and is_of_both else []


def _are_several(others: Sequence[_OfAnother]) -> bool:
    """Whether there are more than two claims, with that which asks: then no finding is of this pair or that."""
    return len({each.claim.claim for each in others}) > 1


def _terms(asked: Asked) -> dict[str, dict[str, list[Written]]]:
    """The terms by payee and benefit; those of the insured person alone, where another claim owes them."""
    found: dict[str, dict[str, list[Written]]] = {}
    for benefit, record in _own(asked).items():
        for term in record.body["terms"]:
            found.setdefault(term["party"], {}).setdefault(benefit, []).append(_written(term, record))
    others = _of_others(asked)
    # Of several claims with what is paid: what another one keeps is not decided here, until a person has found it.
    as_paid = _are_several(others) and not _found_of_several(asked)
    for each in others:
        for term in each.paid if as_paid else each.record.body["terms"]:
            if term["party"] == INSURED and INSURED in found:
                of_another = {**_written(term, each.record), OF_ANOTHER: "yes"}
                found[INSURED].setdefault(each.benefit, []).append(of_another)
    return found


def _found_of_several(asked: Asked) -> bool:
    """Whether two officers have found which benefits of several claims are paid, as this claim reads it."""
    if INVALIDITY[0] in _own(asked):
        return PAID_OF_SEVERAL in asked.known.findings
    return bool(_as_found(PAID_OF_SEVERAL, asked).written)


def _written(term: TermBody, record: DecisionRecord) -> dict[str, Written]:
    written: dict[str, Written] = {
        "per": str(term["per"]),
        "amount": ringgit(int(term["sen"])),
        "from": str(term["first"]),
    }
    sum_ = {LUMP_SUM: "yes"} if is_lump_sum(term, record) else {}
    return written | ({"until": str(term["last"])} if "last" in term else {}) | sum_


def _payees(asked: Asked) -> Collected:
    records = [*_own(asked).values(), *(each.record for each in _of_others(asked))]
    people: dict[str, Written] = {party: dict(benefits) for party, benefits in _terms(asked).items()}
    return Collected(people, tuple(of_record(record) for record in records))


def _event(asked: Asked) -> Collected:
    return Collected(asked.day.isoformat())


def _several(asked: Asked) -> Collected:
    return Collected(yes_no(_are_several(_of_others(asked))))


def _goes_on(asked: Asked) -> Collected:
    """Of several claims, what this one was paid before, beside what the others are; nothing that stands stops.

    What is new in it is paid unless what it may not be owed beside is paid for days of it: then a person looks first.
    """
    others = _of_others(asked)
    if not _are_several(others):
        return Collected(BOTH)
    own, across = (INVALIDITY, OF_A_LOSS) if INVALIDITY[0] in _own(asked) else (OF_A_LOSS, INVALIDITY)
    paid_across = [each for each in others if each.benefit in across and each.paid]
    sources = tuple(
        of_record(each.claim.records[COORDINATION]) for each in paid_across if COORDINATION in each.claim.records
    )
    of_across = [days for each in paid_across for days in _days(each.paid, each.record)]
    records = [(name, record) for name, record in _own(asked).items() if name in own]
    lawful = [days for _, record in records for days in _days(record.body["terms"], record)]
    if not _meet(lawful, of_across):
        return Collected(own[0], sources)
    was_paid = [days for name, record in records for days in _days(_paid_before(name, asked), record)]
    return Collected(BOTH if _meet(was_paid, of_across) else across[0], sources)


def _paid_before(benefit: str, asked: Asked) -> list[TermBody]:
    """What this claim was paid of a benefit by the coordination that stands."""
    last = asked.answers[COORDINATION].record if COORDINATION in asked.answers else None
    return [] if last is None else [term for term in last.body["terms"] if term["benefit"] == benefit]


def _days(terms: Sequence[TermBody], record: DecisionRecord) -> list[Days]:
    """The days for which terms are owed: of a lump sum all from its own on, in whose place it is."""
    return [
        Days(
            date.fromisoformat(term["first"]),
            date.fromisoformat(term["last"]) if "last" in term and not is_lump_sum(term, record) else date.max,
        )
        for term in terms
    ]


def _meet(these: Sequence[Days], those: Sequence[Days]) -> bool:
    return any(each.intersect(other) for each in these for other in those)


def _as_found(fact: str, asked: Asked) -> Collected:
    """As the claim of the invalidity read it: officers find it there alone, so that no two claims are contrary."""
    of_others = (each.records for each in asked.known.others if each.event == ClaimKind.INVALIDITY)
    for record in (records[COORDINATION] for records in of_others if COORDINATION in records):
        # A record of an earlier version does not state each of them.
        stated = next((str(each["value"]) for each in record.body["facts"] if each["name"] == fact), "")
        if stated:
            return Collected(stated, (of_record(record),))
    return Collected("")


PAYEES = Collector("payees", _payees, revisions_of)
EVENT = Collector("event", _event)
SEVERAL = Collector("several claims", _several)
GOES_ON = Collector("goes on", _goes_on)
FINDINGS = ("same cause", "chosen", PAID_OF_SEVERAL, PAID_BESIDE_SUM)
FOUND = tuple(finding(each, "") for each in FINDINGS)
FOUND_OF_INVALIDITY = tuple(Collector(each, partial(_as_found, each)) for each in FINDINGS)
FOUND_OF_NOTHING = tuple(map(nothing, FINDINGS))
