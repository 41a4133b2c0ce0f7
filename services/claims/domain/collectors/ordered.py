"""What an order on appeal states: its facts stand in the place of what collectors read, its amounts of what is asked.

Only what an order may state is let in (`check_order`): a fact that a question of the claim declares and that nothing
works out, in the words of the statute book; an amount is the subject of a determination of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.claims.domain.appeal import Forum
from services.claims.domain.collectors.collector import Asked, Collected, Collector
from services.claims.domain.collectors.death import DAY_OF_DEATH
from services.claims.domain.collectors.event import STATED_BY_TASKS
from services.claims.domain.errors import OrderAmountNotOfClaim, OrderFactNotOfClaim, OrderFactNotReadable
from services.claims.domain.facts import Known, Statement
from services.claims.domain.question import Question
from shared.law.decision import DecisionRecord, Source
from shared.law.determination import determination
from shared.law.fact_types import MalformedFact, Written
from shared.law.facts import Facts

ORDER, ORDERED_AMOUNT = "order", "act4 ordered amount"
# Whoever ordered it names itself as the source of a fact.
FORUMS = (Forum.BOARD.value, Forum.COURT.value)
# What stands in one value: of a table an order would freeze what is still to come.
_SINGLE = frozenset(("yes_no", "choice", "date", "count"))
# Doctors find it (ss.32 to 33): it is appealed to the Appellate Medical Board.
OF_BOARDS = frozenset(
    ("loss", "certified", "earning capacity", "certified by a board", "needed from", "needed until", "benefit from")
)
# The answers to other questions: what these rest on is ordered.
OF_ANSWERS = frozenset(("employment injury", "arose out of employment", "invalidity pension", "invalidity pensioner"))
CONTRACT = "contract of service"


def orders_of(known: Known) -> tuple[Statement, ...]:
    """The orders that count, those that outrank others last."""
    return known.statements.get(ORDER, ())


def is_ordered(fact: str, known: Known) -> bool:
    """Whether an order states a fact."""
    return any(fact in each.stated.get("facts", {}) for each in orders_of(known))


def names_amount(question: Question, known: Known) -> bool:
    """Whether an order names the amount of a question's benefit."""
    return _amount_of(question.name, known) is not None


def under_orders(question: Question, known: Known) -> Question:
    """The question as it is asked under the orders of its claim."""
    ordered = _amount_of(question.name, known)
    if ordered is not None:
        return replace(question, determination=ORDERED_AMOUNT, collectors=_of_amount(ordered, question.name))
    stated = {fact: each for each in orders_of(known) for fact in each.stated.get("facts", {})}
    if stated.keys().isdisjoint(question.by_fact):
        return question
    collectors = tuple(_as_ordered(each, stated.get(each.fact)) for each in question.collectors)
    return replace(question, collectors=collectors)


def rests_on_order(record: DecisionRecord | None) -> bool:
    """Whether a fact of a record is stated by an order."""
    return bool(authorities_of(record))


def authorities_of(record: DecisionRecord | None) -> tuple[str, ...]:
    """Whose orders a record rests on."""
    facts: Sequence[Mapping[str, Any]] = [] if record is None else record.body.get("facts", ())
    kinds = (source["kind"] for fact in facts for source in fact["sources"])
    return tuple(dict.fromkeys(kind for kind in kinds if kind in FORUMS))


def source_of_order(order: Statement) -> Source:
    """As a decision cites it: by whose order."""
    return Source(str(order.stated["forum"]), str(order.evidence), 1)


def check_order(questions: Sequence[Question], facts: Mapping[str, str], amounts: Sequence[Mapping[str, str]]) -> None:
    """Raise OrderFactNotOfClaim, OrderFactNotReadable and OrderAmountNotOfClaim for what an order cannot state."""
    for fact, found in facts.items():
        _check_fact(questions, fact, found)
    for each in amounts:
        _check_amount(questions, each)


def can_be_ordered(question: Question, fact: str) -> bool:
    """Whether an order may state a fact of a question."""
    asked = question.asked
    declared = next((each for each in asked.facts if each.name == fact), None)
    if declared is None or declared.type not in _SINGLE or fact == asked.law_day:
        return False
    return fact not in OF_BOARDS and fact not in OF_ANSWERS and fact not in STATED_BY_TASKS


def _check_fact(questions: Sequence[Question], fact: str, found: str) -> None:
    question = next((each for each in questions if not each.coordinates and can_be_ordered(each, fact)), None)
    if question is None:
        raise OrderFactNotOfClaim(facts={"fact": fact})
    declared = tuple(each for each in question.asked.facts if each.name == fact)
    try:
        Facts(declared, {fact: found})
    except MalformedFact as fault:
        raise OrderFactNotReadable(fault.detail, facts={"fact": fact}) from fault


def _check_amount(questions: Sequence[Question], amount: Mapping[str, str]) -> None:
    """Of a loss an order states facts: what is owed beside it is worked out from the percentage that boards found."""
    question = next((each for each in questions if each.name == amount["question"]), None)
    if question is None or not question.owes or question.lends or "loss" in question.by_fact:
        raise OrderAmountNotOfClaim(facts={"question": amount["question"]})
    declared = tuple(each for each in determination(ORDERED_AMOUNT).facts if each.name == "amounts")
    try:
        Facts(declared, {"amounts": [_written(amount)]})
    except MalformedFact as fault:
        raise OrderFactNotReadable(fault.detail, facts={"fact": "amount"}) from fault


def _amount_of(question: str, known: Known) -> Statement | None:
    """The order that names an amount of a benefit, the one that outranks others where several do."""
    found = (each for each in reversed(orders_of(known)) if _amounts(each, question))
    return next(found, None)


def _amounts(order: Statement, question: str) -> list[Written]:
    return [_written(each) for each in order.stated.get("amounts", ()) if each["question"] == question]


def _written(amount: Mapping[str, str]) -> Written:
    return {name: value for name, value in amount.items() if name != "question"}


def _as_ordered(collector: Collector, order: Statement | None) -> Collector:
    if order is None:
        return collector
    stated = Collected(str(order.stated["facts"][collector.fact]), (source_of_order(order),))
    return replace(collector, supply=_always(stated))


def _of_amount(order: Statement, question: str) -> tuple[Collector, ...]:
    """The facts of the determination by which an ordered amount is owed."""
    written: Mapping[str, Written] = {
        "ordered on": str(order.stated["ordered_on"]),
        "forum": str(order.stated["forum"]).replace("_", " "),
        "reference": str(order.stated["reference"]),
        "benefit": question.replace("_", " "),
        "amounts": _amounts(order, question),
    }
    source = (source_of_order(order),)
    stated = (Collector(fact, _always(Collected(value, source))) for fact, value in written.items())
    return (*stated, DAY_OF_DEATH)


def _always(collected: Collected) -> Any:
    def supply(_: Asked) -> Collected:
        return collected

    return supply
