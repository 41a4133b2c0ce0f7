"""Settles medical bills: the lines of all bills of a person together, in the order in which each was first said.

What a line gets hangs on those before it: the same item of the same day is paid once, and an authorisation to its most.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from services.claims.domain.collectors.collector import of_record, yes_no
from services.claims.domain.medical_bill import (
    KIND,
    FoundOf,
    Line,
    LineFound,
    LineReason,
    LineState,
    MedicalBill,
    SettledLine,
)
from services.claims.domain.medical_cover import Cover, MedicalScheme
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Days
from shared.law.act4.medical import determination as law
from shared.law.act4.medical.rules import usual_quantity
from shared.law.book import Book
from shared.law.decision import DecisionRecord, Source
from shared.law.determination import REFUSED, Test, determination, determine
from shared.law.fact_types import Written, plain_name

_ASKED = "act4 medical bill line"
_BY_TEST = {
    law.COVERED: LineReason.NOT_A_COVERED_SCHEME,
    law.OF_THE_INJURY: LineReason.NOT_OF_THIS_INJURY,
    law.AUTHORISED: LineReason.OUTSIDE_AUTHORISED_DAYS,
    law.FIRST_TIME: LineReason.BILLED_BEFORE,
    law.PRICED: LineReason.PRICE_UNKNOWN,
}
_BY_CODE = {plain_name(name).replace(" ", "_"): reason.value for name, reason in _BY_TEST.items()}
_BY_AMOUNT = {
    law.ABOVE_SCHEDULE: LineReason.ABOVE_SCHEDULE,
    law.ABOVE_WARD: LineReason.WARD_ABOVE_CLASS,
    law.ABOVE_MOST: LineReason.ABOVE_MOST,
}
# Of these the same item of the day may be paid of another line: the scheme is that of another accident, the days those
# of another authorisation, or it treated something else.
_LEAVES_FREE = (
    LineReason.NOT_A_COVERED_SCHEME,
    LineReason.OUTSIDE_AUTHORISED_DAYS,
    LineReason.NOT_OF_THIS_INJURY,
)


@dataclass(frozen=True)
class About:
    """What of a bill is the same for all of its lines: the scheme, the days and the most that are authorised, whose
    most that is, and the day of the person's death, after which nobody is treated."""

    cover: Cover
    days: Days | None = None
    most_sen: Sen | None = None
    authorisation: UUID | None = None
    died_on: date | None = None

    def bears(self, day: date) -> bool:
        """Whether the treatment of a day lies within what is authorised."""
        is_alive = self.died_on is None or day <= self.died_on
        return is_alive and (self.days is None or day in self.days)


@dataclass
class _Course:
    """What the lines before have taken of a person: items of days, of which of them officers refused one, and of each
    authorisation its most."""

    seen: dict[tuple[date, str], set[str]] = field(default_factory=dict)
    looked_at: set[tuple[date, str]] = field(default_factory=set)
    taken: dict[UUID, Sen] = field(default_factory=dict)


@dataclass(frozen=True)
class AskedOf:
    """By which book the law is asked, on which day, and up to when what is known goes."""

    book: Book
    today: date
    known_to: datetime


def settle(bills: Sequence[MedicalBill], abouts: Mapping[UUID, About], asked: AskedOf) -> dict[UUID, MedicalBill]:
    """All bills of a person as they stand, by id: what a line gets hangs on those before it, and on nothing else."""
    course = _Course()
    found: dict[UUID, dict[int, SettledLine]] = {each.id: {} for each in bills}
    for bill, number in _in_order(bills):
        settled = _as_before(bill, _settled(number, bill, abouts[bill.id], course, asked))
        _take(settled, bill.newest.lines[number - 1], bill, abouts[bill.id], course)
        found[bill.id][number] = settled
    return {each.id: each.standing([line for _, line in sorted(found[each.id].items())]) for each in bills}


def _in_order(bills: Sequence[MedicalBill]) -> Iterator[tuple[MedicalBill, int]]:
    """Each line by its number, in the order in which they were first said: a correction takes nothing from others."""
    said = [
        (bill.said_since(line.key), bill.sent_at, bill.id, number, bill)
        for bill in bills
        for number, line in enumerate(bill.newest.lines, start=1)
    ]
    return ((bill, number) for *_, number, bill in sorted(said, key=lambda each: each[:-1]))


def _settled(number: int, bill: MedicalBill, about: About, course: _Course, asked: AskedOf) -> SettledLine:
    cover, line = about.cover, bill.newest.lines[number - 1]
    if cover.scheme is None:
        return SettledLine(number, LineState.WAITING, line.billed_sen, reason=cover.reason, waits_for=cover.waits_for)
    finding, senders = bill.found_of(number), course.seen.get(line.key, set())
    is_again = bill.tenant in senders
    if senders and not is_again and not finding.is_decided:
        return _doubted(number, line, LineReason.BILLED_BY_ANOTHER)
    written = _written(line, finding, about, course, is_again=is_again)
    sources = {} if cover.record is None else {"scheme": (of_record(cover.record),)}
    sources["item"] = (Source(KIND, str(bill.id), bill.newest.revision),)
    record = _asked_of_law(written, sources | _ordered_by(finding), asked)
    settled = _by_record(number, line, cover.scheme, record)
    doubt = None if finding.standing or not settled.paid_sen else _doubt(number, bill, course, asked)
    return settled if doubt is None else _doubted(number, line, doubt)


def _asked_of_law(
    written: Mapping[str, Written], sources: Mapping[str, tuple[Source, ...]], asked: AskedOf
) -> DecisionRecord:
    question = determination(_ASKED)
    return determine(
        question,
        written,
        question.law_of(written, asked.book, asked.today),
        sources=sources,
        decided_on=asked.today,
        facts_known_to=asked.known_to,
    )


def _ordered_by(finding: FoundOf) -> dict[str, tuple[Source, ...]]:
    """By whose order each fact stands that a forum states."""
    order = None if finding.ordered is None else finding.ordered.order
    return {} if order is None else dict.fromkeys(order.facts, (order.source,))


def _doubt(number: int, bill: MedicalBill, course: _Course, asked: AskedOf) -> LineReason | None:
    """Why people look at a line that the law bears, before it is paid."""
    line = bill.newest.lines[number - 1]
    if line.key in course.looked_at or bill.is_new_beside_found(number):
        return LineReason.LOOKED_AT_BEFORE
    if bill.is_of_person:
        return LineReason.PAID_BY_PERSON
    is_usual = line.quantity <= usual_quantity(asked.book.on(line.treated_on, asked.today))
    return None if is_usual else LineReason.QUANTITY_UNUSUAL


def _doubted(number: int, line: Line, why: LineReason) -> SettledLine:
    state = LineState.OFFICER
    return SettledLine(number, state, line.billed_sen, reason=why.value, waits_for=f"officer:{KIND}")


def _written(line: Line, finding: FoundOf, about: About, course: _Course, *, is_again: bool) -> dict[str, Written]:
    found = None if finding.counts is None else finding.counts.found
    of_injury = line.of_the_injury and found is not LineFound.NOT_OF_THIS_INJURY
    scheme = MedicalScheme.NONE if about.cover.scheme is None else about.cover.scheme
    written: dict[str, Written] = {
        "treated on": line.treated_on.isoformat(),
        "item": line.item,
        "ward class": str(line.ward_class),
        "quantity": str(line.quantity),
        "billed": ringgit(line.billed_sen),
        "scheme": scheme.in_law,
        "of the injury": yes_no(of_injury),
        "authorised": yes_no(about.bears(line.treated_on)),
        "billed before": yes_no(is_again or found is LineFound.BILLED_BEFORE),
    }
    priced = finding.priced
    if priced is not None and priced.price_sen is not None:
        written[law.STATED_PRICE] = f"{ringgit(priced.price_sen)} by {priced.instrument}"
    if about.most_sen is not None and about.authorisation is not None:
        written[law.LEFT] = ringgit(max(about.most_sen - course.taken.get(about.authorisation, 0), 0))
    order = None if finding.ordered is None else finding.ordered.order
    return written if order is None else written | dict(order.facts)


def _by_record(number: int, line: Line, scheme: MedicalScheme, record: DecisionRecord) -> SettledLine:
    body, billed = record.body, line.billed_sen
    stands = SettledLine(
        number,
        LineState.OFFICER,
        billed,
        reason=_BY_CODE.get(str(body["reason"]), str(body["reason"])),
        waits_for=f"officer:{KIND}",
        scheme=scheme.value,
        asked=record.hash,
        substance=record.substance_hash,
        record=record,
    )
    if body["outcome"] == REFUSED:
        return replace(stands, state=LineState.REFUSED, refused={stands.reason: billed}, waits_for="")
    amounts = {each["name"]: each["value"] for each in body["amounts"]}
    if "amount" not in amounts:
        return stands
    refused = {reason.value: amounts[name] for name, reason in _BY_AMOUNT.items() if name in amounts}
    state = LineState.PAID if amounts["amount"] else LineState.REFUSED
    why = next(iter(refused), "")
    return replace(stands, state=state, paid_sen=amounts["amount"], refused=refused, reason=why, waits_for="")


def _as_before(bill: MedicalBill, settled: SettledLine) -> SettledLine:
    """As it stood, where the law decides alike: then nothing new is kept of it."""
    before = next((each for each in bill.settled if each.number == settled.number), None)
    if before is None or before.substance is None or before.substance != settled.substance:
        return settled
    return before if replace(before, asked=settled.asked) == settled else settled


def _take(settled: SettledLine, line: Line, bill: MedicalBill, about: About, course: _Course) -> None:
    """What the line takes from those after it; of what waits all that is billed, or they would pay it back."""
    if settled.reason not in _LEAVES_FREE:
        course.seen.setdefault(line.key, set()).add(bill.tenant)
    if bill.found_of(settled.number).counts is not None and settled.reason == LineReason.NOT_OF_THIS_INJURY:
        course.looked_at.add(line.key)
    if about.authorisation is not None:
        part = settled.paid_sen + settled.waiting_sen
        course.taken[about.authorisation] = course.taken.get(about.authorisation, 0) + part


def law_of_reason(reason: str) -> str:
    """Act and section by which a line is refused or in doubt, as the statute book declares its tests."""
    tests: dict[str, Test] = {each.name: each for each in determination(_ASKED).tests}
    by_reason = {found.value: tests[name].law for name, found in _BY_TEST.items()}
    return by_reason.get(reason, law.SECTION)
