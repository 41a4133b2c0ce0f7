"""What would change the answer about a line of a medical bill that is appealed: asked of the law once more, with one
fact or one reading of the law changed at a time, and everything else as the record holds it."""

from datetime import date, datetime

from services.claims.domain.appeal import Order
from services.claims.domain.errors import OrderAmountNotOfClaim, OrderFactNotOfClaim, OrderFactNotReadable
from services.claims.domain.flip_values import Change, Pinned, changes_of
from services.claims.domain.flips import MOST_TRIED, Flip, Flips, Said
from shared.law.act4.medical import determination as law
from shared.law.book import Book
from shared.law.decision import DecisionRecord, edition_of
from shared.law.determination import determination_of, determine
from shared.law.fact_types import MalformedFact, Written
from shared.law.facts import Facts
from shared.law.readings import other_of, turned

# What a forum may state of a line: which scheme bears it is appealed of the claim.
_ORDERED = ("of the injury", "authorised", "billed before", law.ORDERED_PRICE)


def flips_of_line(record: DecisionRecord, book: Book) -> Flips:
    """All changes by which the line is another one, as far as they were tried."""
    held = {fact["name"]: fact["value"] for fact in record.body["facts"]}
    declared = {each.name: each for each in determination_of(record).facts}
    pinned: Pinned = {name: (declared[name], held[name]) for name in held if name in declared}
    present, again = _said(record), _asked(record, held, book)
    changes = changes_of(pinned, [record], (), (), ())
    tried = (_flip(each, record, pinned, book) for each in changes[:MOST_TRIED])
    found = tuple(each for each in tried if each is not None and each.said != present)
    return Flips(present, found, len(changes) <= MOST_TRIED, again.same_as(record))


def check_line_order(order: Order) -> None:
    """Raise OrderFactNotOfClaim, OrderFactNotReadable and OrderAmountNotOfClaim for what no order states of a line."""
    if order.amounts:
        raise OrderAmountNotOfClaim(facts={"question": order.amounts[0]["question"]})
    declared = {each.name: each for each in law.DETERMINATIONS[0].facts if each.name in _ORDERED}
    for fact, found in order.facts.items():
        if fact not in declared:
            raise OrderFactNotOfClaim(facts={"fact": fact})
        try:
            Facts((declared[fact],), {fact: found})
        except MalformedFact as fault:
            raise OrderFactNotReadable(fault.detail, facts={"fact": fact}) from fault


def _flip(change: Change, record: DecisionRecord, pinned: Pinned, book: Book) -> Flip | None:
    held: dict[str, Written] = {name: written for name, (_, written) in pinned.items()}
    asked = determination_of(record)
    if not change.is_figure:
        now = held[change.fact]
        return Flip(change, now, _said(_asked(record, held | {change.fact: change.then}, book)), asked.law)
    other = other_of(change.fact)
    if other is None:
        return None
    figures = (each for each in record.body["figures"] if each["figure"] == change.fact)
    turned_book = turned(_edition(record, book), change.fact, other)
    return Flip(change, str(next(figures).get("value", "")), _said(_asked(record, held, turned_book)), asked.law)


def _edition(record: DecisionRecord, book: Book) -> Book:
    return book.as_of_edition(edition_of(record.body["days"]))


def _asked(record: DecisionRecord, held: dict[str, Written], book: Book) -> DecisionRecord:
    days = record.body["days"]
    in_force, known, decided = (date.fromisoformat(days[each]) for each in ("in_force_on", "known_on", "decided_on"))
    return determine(
        determination_of(record),
        held,
        _edition(record, book).on(in_force, known),
        decided_on=decided,
        facts_known_to=datetime.fromisoformat(days["facts_known_to"]),
    )


def _said(record: DecisionRecord) -> Said:
    terms = record.body["terms"]
    sen = sum(int(each["sen"]) for each in terms)
    return Said(str(record.body["outcome"]), sen, sen, tuple(terms))
