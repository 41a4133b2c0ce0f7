"""A provider's bill for the treatment of an accident, settled line by line (Act 4 s.15, s.44C).

What is billed is, of each line and to the sen, what is paid, what is refused with a reason, and what still waits. How
it is settled stands in medical_settling.py.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.claims.domain.errors import (
    MedicalBillNotInDoubt,
    MedicalBillNumberUsed,
    MedicalBillWithdrawn,
    MedicalLineNotInDoubt,
    MedicalLineNotRefused,
    MedicalLineUnknown,
    MedicalLineWithoutAmount,
    TreatmentImpossible,
)
from services.claims.domain.medical_cover import (
    NOT_AN_ACCIDENT,
    MedicalScheme,
)
from shared.kernel.funds import Fund
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.officers import Officers
from shared.law.decision import DecisionRecord, Source, revision_hash

KIND = "medical_bill"
ACT = "act4"
TO_BE_SETTLED, TO_BE_LOOKED_AT, DISPUTED = "to_be_settled", "line_to_look_at", "line_disputed"
TAKEN_BACK, TO_BE_SENT_AGAIN = "taken_back_by_sender", "to_be_sent_again"
LAW: Mapping[Fund, str] = {Fund.EMPLOYMENT_INJURY: "Act 4, s.15", Fund.NON_EMPLOYMENT_INJURY: "Act 4, s.44C"}
WARD = "ward_day"
# A task has no more facts than these lines and what stands beside them.
MOST_SHOWN = 11


class BillState(StrEnum):
    """Where a bill stands."""

    WAITING = "waiting"
    """A line waits for what is not known yet: the patient, the scheme."""
    OFFICER = "officer"
    """People look at a line."""
    SETTLED = "settled"
    REFUSED = "refused"
    """Nobody of that id and name was known in time."""
    WITHDRAWN = "withdrawn"


class LineState(StrEnum):
    """Where a line stands: what it pays, and what it refuses, is said beside."""

    PAID = "paid"
    REFUSED = "refused"
    WAITING = "waiting"
    OFFICER = "officer"


class LineReason(StrEnum):
    """Why a line, or a part of it, is not paid."""

    NOT_A_COVERED_SCHEME = "not_a_covered_scheme"
    NOT_OF_THIS_INJURY = "not_of_this_injury"
    OUTSIDE_AUTHORISED_DAYS = "outside_authorised_days"
    BILLED_BEFORE = "billed_before"
    ABOVE_SCHEDULE = "above_schedule"
    WARD_ABOVE_CLASS = "ward_above_class"
    ABOVE_MOST = "above_most_of_authorisation"
    PRICE_UNKNOWN = "price_unknown"
    BILLED_BY_ANOTHER = "billed_by_another"
    """Somebody else billed the same item of the same day: people look whether it is the same treatment."""
    LOOKED_AT_BEFORE = "looked_at_before"
    """Officers found something of such a line, and not of this one: another quantity, amount or bill."""
    PAID_BY_PERSON = "paid_by_person"
    """A person's word of what it paid: people look at the receipt."""
    QUANTITY_UNUSUAL = "quantity_unusual"
    """More of an item than is usual in a day."""


class LineFound(StrEnum):
    """What two officers find of a line in doubt, or that is disputed; what a forum ordered of it they record."""

    COUNTS = "counts"
    NOT_OF_THIS_INJURY = "not_of_this_injury"
    BILLED_BEFORE = "billed_before"
    PRICED = "priced"
    STANDS = "stands"
    """What was decided of it stands."""
    ORDERED = "ordered"


class BillFound(StrEnum):
    """What two officers find of a bill as a whole that waits: which scheme bears it, or that it still says so."""

    EMPLOYMENT_INJURY = "employment_injury"
    NON_EMPLOYMENT_INJURY = "non_employment_injury"
    NONE = "none"
    AS_STATED = "as_stated"


class DisputeGround(StrEnum):
    """Why a provider disputes what was refused of a line."""

    OF_THE_INJURY = "of_the_injury"
    ANOTHER_TREATMENT = "another_treatment"
    PRICE = "price"
    AUTHORISED = "authorised"
    OTHER = "other"


# What people look at of a bill as a whole. An accident to be noticed, or a patient, the authorisation waits for.
_ASKED_OF_PEOPLE = (NOT_AN_ACCIDENT, TO_BE_SENT_AGAIN)


# What answers some doubts alone; that a line is not paid answers all of them.
_ANSWERS: Mapping[LineFound, Collection[str]] = {
    LineFound.COUNTS: (
        LineReason.BILLED_BY_ANOTHER,
        LineReason.LOOKED_AT_BEFORE,
        LineReason.PAID_BY_PERSON,
        LineReason.QUANTITY_UNUSUAL,
    ),
    LineFound.PRICED: (LineReason.PRICE_UNKNOWN,),
}
# Which kind of finding each is; what is neither a price nor an order says whether the line counts.
_STANDS_AS = {LineFound.PRICED: "priced", LineFound.ORDERED: "ordered"}
_NO_ANSWER = (LineFound.PRICED, LineFound.ORDERED)
_OF_LINES = (LineFound.COUNTS, LineFound.NOT_OF_THIS_INJURY, LineFound.BILLED_BEFORE, LineFound.ORDERED)


@dataclass(frozen=True)
class Line:
    """What is billed: how many of an item on a day, of a ward its class (0: none), and for how much in all."""

    treated_on: date
    item: str
    quantity: int
    billed_sen: Sen
    ward_class: int = 0
    of_the_injury: bool = True

    @property
    def key(self) -> tuple[date, str]:
        """What is paid once of a person: of a day in a ward, whichever, one."""
        return self.treated_on, WARD if self.ward_class else self.item


@dataclass(frozen=True)
class BillStatement:
    """What the provider says of a bill, the newest of which counts; without lines it is taken back."""

    revision: int
    lines: tuple[Line, ...]
    stated_at: datetime

    @property
    def told_apart(self) -> tuple[tuple[Line, int], ...]:
        """Each line, and how many before it say the very same."""
        before = Counter[Line]()
        told = []
        for line in self.lines:
            told.append((line, before[line]))
            before[line] += 1
        return tuple(told)


@dataclass(frozen=True)
class LineFinding:
    """What two officers found of the line of a statement that they saw: of a price in sen also what states it.

    Where it is not kept which they saw, it is the first of that day and item that was said by then.
    """

    key: tuple[date, str]
    found: LineFound
    price_sen: Sen | None = None
    instrument: str | None = None
    at: datetime | None = None
    statement: int | None = None
    line: int = 1
    officers: Officers | None = None
    order: "LineOrder | None" = None


@dataclass(frozen=True)
class LineOrder:
    """What a forum ordered of a line: the facts that it states, in the words of the statute book, by which appeal."""

    appeal: UUID
    forum: str
    reference: str
    facts: Mapping[str, str]

    @property
    def source(self) -> Source:
        """As a record cites it: by whose order."""
        return Source(self.forum, str(self.appeal), 1)


@dataclass(frozen=True)
class BillFinding:
    """What two officers found of a bill as a whole."""

    found: BillFound
    officers: Officers

    @property
    def scheme(self) -> MedicalScheme | None:
        """The scheme that they found to bear it; None where they found something else."""
        return None if self.found is BillFound.AS_STATED else MedicalScheme(self.found.value)


@dataclass(frozen=True)
class LineReview:
    """Two officers are asked to look at the line of a statement: by another officer, or with grounds by its sender.

    Where it is not kept which line, it is the first of that day and item that was said by then.
    """

    key: tuple[date, str]
    asked_by: str
    asked_at: datetime
    statement: int | None = None
    line: int = 1
    ground: DisputeGround | None = None
    document: str | None = None


@dataclass(frozen=True)
class FoundOf:
    """What stands of a line: whether it counts, its price, and what a forum ordered, which goes before both."""

    counts: LineFinding | None = None
    priced: LineFinding | None = None
    ordered: LineFinding | None = None

    @property
    def is_decided(self) -> bool:
        """Whether people or a forum decided about it, beside its price."""
        return self.counts is not None or self.ordered is not None

    @property
    def standing(self) -> tuple[LineFinding, ...]:
        """All that stands, in the order in which it was found."""
        return tuple(each for each in (self.counts, self.priced, self.ordered) if each is not None)


@dataclass(frozen=True)
class SettledLine:
    """How a line stands: what is paid, by which scheme, and each part that is refused with its reason.

    ``asked`` is the hash of the record and ``substance`` that of what it decides, where the law was asked. Of a line
    that is neither paid nor refused the whole amount waits.
    """

    number: int
    state: LineState
    billed_sen: Sen
    paid_sen: Sen = 0
    refused: Mapping[str, Sen] = field(default_factory=dict)
    reason: str = ""
    waits_for: str = ""
    scheme: str | None = None
    asked: str | None = None
    substance: str | None = None
    record: DecisionRecord | None = field(default=None, compare=False)

    @property
    def waiting_sen(self) -> Sen:
        """What is neither paid nor refused yet."""
        return self.billed_sen if self.state in (LineState.WAITING, LineState.OFFICER) else 0


@dataclass(frozen=True)
class MedicalBill:
    """A bill of a provider, or of the person who paid for it elsewhere; ``number`` is its sender's own.

    ``settled`` is how its lines stand, if what was said last has been settled.
    """

    id: UUID
    tenant: str
    number: str
    sent_by: str
    authorisation: UUID | None
    claim: UUID | None
    sent_at: datetime
    person: int | None = None
    state: BillState = BillState.WAITING
    reason: str | None = None
    statements: tuple[BillStatement, ...] = ()
    findings: tuple[LineFinding, ...] = ()
    reviews: tuple[LineReview, ...] = ()
    disputes: tuple[LineReview, ...] = ()
    found: tuple[BillFinding, ...] = ()
    settled: tuple[SettledLine, ...] = ()
    settlements: int = 0
    is_settled_as_stated: bool = False

    @property
    def newest(self) -> BillStatement:
        """What was said last."""
        return self.statements[-1]

    @property
    def revision(self) -> int:
        """Of what an approval rests on: rises with all that is stated, found and settled."""
        said = (self.statements, self.findings, self.reviews, self.disputes, self.found)
        return sum(map(len, said)) + self.settlements

    def stating(self, lines: Sequence[Line], at: datetime, today: date) -> BillStatement:
        """What is said next; raises MedicalBillWithdrawn, TreatmentImpossible, MedicalLineWithoutAmount."""
        if self.statements and not self.newest.lines:
            raise MedicalBillWithdrawn()
        if any(line.treated_on > today for line in lines):
            raise TreatmentImpossible()
        if not all(line.billed_sen for line in lines):
            raise MedicalLineWithoutAmount()
        return BillStatement(len(self.statements) + 1, tuple(lines), at)

    @property
    def is_of_person(self) -> bool:
        """Whether it is of what the person paid elsewhere."""
        return self.authorisation is None

    def must_say(self, again: "MedicalBill", lines: Sequence[Line]) -> None:
        """What is sent again under its number is of the same, and says what it said first or says now.

        Raises MedicalBillWithdrawn, MedicalBillNumberUsed.
        """
        if not self.newest.lines:
            raise MedicalBillWithdrawn()
        of_the_same = (self.authorisation, self.claim) == (again.authorisation, again.claim)
        if not of_the_same or tuple(lines) not in (self.statements[0].lines, self.newest.lines):
            raise MedicalBillNumberUsed()

    def said_since(self, key: tuple[date, str]) -> datetime:
        """Since when it has said this day and item; what was left out meanwhile is said since it came back."""
        since = self.sent_at
        for said in reversed(self.statements):
            if all(each.key != key for each in said.lines):
                return since
            since = self.sent_at if said.revision == 1 else said.stated_at
        return since

    def found_of(self, number: int) -> FoundOf:
        """The newest findings of a line, if officers saw this very line."""
        told = self.newest.told_apart[number - 1]
        newest: dict[str, LineFinding] = {}
        for each in self.findings:
            if each.found is not LineFound.STANDS and told == self._seen(each)[1]:
                newest[_STANDS_AS.get(each.found, "counts")] = each
        ordered = newest.get("ordered")
        if ordered is not None and ordered.order is not None and not ordered.order.facts:
            # The order of before was set aside: what stood before it stands again.
            del newest["ordered"]
        return FoundOf(**newest)

    @property
    def deciders(self) -> frozenset[str]:
        """The officers who found anything of it."""
        of_lines = (each.officers for each in self.findings if each.officers is not None)
        both = (*of_lines, *(each.officers for each in self.found))
        return frozenset(officer for each in both for officer in each.both)

    def decided_by(self, number: int) -> frozenset[str]:
        """The officers on whose findings the line as it stands rests, and who looked at it before."""
        told = self.newest.told_apart[number - 1]
        of_line = [each.officers for each in self.findings if told == self._seen(each)[1]]
        return frozenset(officer for each in of_line if each is not None for officer in each.both)

    def is_new_beside_found(self, number: int) -> bool:
        """Whether officers found something of its day and item when this line was not said yet."""
        line, told = self.newest.lines[number - 1], self.newest.told_apart[number - 1]
        found = [each for each in self.findings if each.key == line.key and each.found in _OF_LINES]
        return any(told not in seen for seen, shown in map(self._seen, found) if shown is not None)

    def _seen(self, found: LineFinding | LineReview) -> tuple[tuple[tuple[Line, int], ...], tuple[Line, int] | None]:
        """What the bill said when officers looked, or were asked to, and which line of it that was."""
        if found.statement is not None:
            shown = self.statements[found.statement - 1].told_apart
            return shown, shown[found.line - 1]
        at = found.asked_at if isinstance(found, LineReview) else found.at
        said = [each for each in self.statements if at is None or each.stated_at <= at]
        of_key = [each for each in said if any(line.key == found.key for line in each.lines)]
        shown = of_key[-1].told_apart if of_key else ()
        return shown, next((each for each in shown if each[0].key == found.key), None)

    def in_doubt(self, number: int, found: LineFound) -> Line:
        """A line that people look at, of which they may find this; raises MedicalLineUnknown, MedicalLineNotInDoubt."""
        line = self.line(number)
        stands = {each.number: each for each in self.settled}.get(number)
        if stands is None:
            raise MedicalLineUnknown()
        is_looked_at = found is not LineFound.PRICED and number in self.to_look_at
        if is_looked_at and not (found is LineFound.COUNTS and self._is_refused_by_law(stands)):
            return line
        is_answer = stands.reason in _ANSWERS.get(found, (stands.reason,)) and found is not LineFound.STANDS
        if stands.state is not LineState.OFFICER or not is_answer:
            raise MedicalLineNotInDoubt(facts={"line": number})
        return line

    def _is_refused_by_law(self, stands: SettledLine) -> bool:
        """So that it would not be paid though officers let it count."""
        return stands.state is LineState.REFUSED and not self.found_of(stands.number).is_decided

    def line(self, number: int) -> Line:
        """A line as it was said last; raises MedicalLineUnknown."""
        if number > len(self.newest.lines):
            raise MedicalLineUnknown()
        return self.newest.lines[number - 1]

    @property
    def to_look_at(self) -> Mapping[int, LineReview]:
        """The lines at which others were asked to look, by number, where nobody has decided since; of a line that is
        disputed the dispute, whatever officers ask beside it."""
        found: dict[int, LineReview] = {}
        for number, each in self._open_asks:
            if number not in found or found[number].ground is None:
                found[number] = each
        return found

    @property
    def asked_by(self) -> frozenset[str]:
        """The officers who asked others to look at a line that nobody has decided since."""
        return frozenset(each.asked_by for _, each in self._open_asks if each.ground is None)

    @property
    def _open_asks(self) -> Sequence[tuple[int, LineReview]]:
        asks = sorted((*self.reviews, *self.disputes), key=lambda asked: asked.asked_at)
        about = ((self._asked_about(each), each) for each in asks)
        return [(number, each) for number, each in about if number and self.answer_to(each, number) is None]

    def _asked_about(self, asked: LineReview) -> int | None:
        """The line now at which somebody was asked to look: a correction of it is looked at in its place."""
        seen, told = self._seen(asked)[1], self.newest.told_apart
        of_key = [number for number, each in enumerate(told, start=1) if each[0].key == asked.key]
        if seen in told:
            return told.index(seen) + 1
        return asked.line if asked.line in of_key else next(iter(of_key), None)

    def answer_to(self, asked: LineReview, number: int) -> LineFinding | None:
        """What two officers found of the line since, if they did."""
        lines = (self._seen(asked)[1], self.newest.told_apart[number - 1])
        found = (
            each
            for each in self.findings
            if each.found not in _NO_ANSWER and each.at is not None and each.at >= asked.asked_at
        )
        return next((each for each in found if self._seen(each)[1] in lines), None)

    def disputed(self, number: int) -> LineReview | None:
        """The newest dispute of this very line, answered or not."""
        told = self.newest.told_apart[number - 1]
        return next((each for each in reversed(self.disputes) if self._seen(each)[1] == told), None)

    def refused_line(self, number: int) -> SettledLine:
        """A line of which something is refused; raises MedicalLineUnknown, MedicalLineNotRefused."""
        self.line(number)
        line = self.lines[number - 1]
        if not self.is_settled_as_stated or not line.refused:
            raise MedicalLineNotRefused(facts={"line": number})
        return line

    @property
    def is_final(self) -> bool:
        """Whether nothing of it waits for anything."""
        return self.state in (BillState.SETTLED, BillState.REFUSED)

    @property
    def asks_people(self) -> str | None:
        """Why people look at it as a whole, if they do: nobody else decides it, or its sender has to say it again."""
        return self.reason if self.state is BillState.WAITING and self.reason in _ASKED_OF_PEOPLE else None

    def must_wait_for(self, found: BillFound) -> None:
        """Raises MedicalBillNotInDoubt where officers cannot find this of it."""
        answered = TO_BE_SENT_AGAIN if found is BillFound.AS_STATED else NOT_AN_ACCIDENT
        if self.asks_people != answered:
            raise MedicalBillNotInDoubt()

    @property
    def scheme_found(self) -> MedicalScheme | None:
        """The scheme that two officers found to bear it: it gives way to what is decided of the claim."""
        return next((each.scheme for each in reversed(self.found) if each.scheme is not None), None)

    @property
    def said_last_at(self) -> datetime:
        """When its sender said it, or two officers found that it still says so."""
        found = [each.officers.at for each in self.found if each.found is BillFound.AS_STATED]
        return max([self.newest.stated_at, *found])

    @property
    def lines(self) -> tuple[SettledLine, ...]:
        """How each line of what was said last stands, also before it is settled."""
        if self.is_settled_as_stated:
            return self.settled
        reason: str = self.reason or TO_BE_SETTLED
        is_refused = self.state is BillState.REFUSED
        state = LineState.REFUSED if is_refused else LineState.WAITING
        return tuple(
            SettledLine(number, state, line.billed_sen, 0, {reason: line.billed_sen} if is_refused else {}, reason)
            for number, line in enumerate(self.newest.lines, start=1)
        )

    @property
    def doubts(self) -> tuple[SettledLine, ...]:
        """The lines that people look at: no rule settles them, or somebody asked for it."""
        asked = self.to_look_at
        return tuple(each for each in self.settled if each.state is LineState.OFFICER or each.number in asked)

    def doubt_of(self, line: SettledLine) -> str:
        """Why people look at a line."""
        if line.state is LineState.OFFICER:
            return line.reason
        asked = self.to_look_at[line.number]
        return TO_BE_LOOKED_AT if asked.ground is None else DISPUTED

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it officers look at: each line in doubt with its reason, day, item, amount and quantity, the grounds
        of a dispute, and the number of the receipt of what a person paid."""
        told: dict[str, str | int] = {"party": self.tenant, "statement": self.newest.revision}
        if self.is_of_person:
            told["receipt"] = self.number
        if len(self.doubts) > MOST_SHOWN:
            told["lines_in_doubt"] = len(self.doubts)
        for each in self.doubts[:MOST_SHOWN]:
            told |= self._shown(each)
        return told

    def _shown(self, stands: SettledLine) -> dict[str, str | int]:
        line, name = self.newest.lines[stands.number - 1], f"line_{stands.number}"
        asked = self.to_look_at.get(stands.number)
        told: dict[str, str | int] = {
            name: f"{self.doubt_of(stands)}, {line.treated_on}, {line.item}",
            f"{name}_sen": line.billed_sen,
            f"{name}_quantity": line.quantity,
        }
        if asked is None or asked.ground is None:
            return told
        refused = next(iter(stands.refused), stands.reason)
        return told | {f"{name}_dispute": ", ".join(filter(None, (asked.ground, refused, asked.document)))}

    def owed(self) -> Mapping[Fund, Sen]:
        """What each fund owes of it."""
        found = dict.fromkeys(LAW, 0)
        for line in self.settled:
            fund = MedicalScheme(line.scheme).fund if line.scheme else None
            if fund is not None:
                found[fund] += line.paid_sen
        return found

    def decided_hash(self) -> str:
        """Of the records behind what is owed."""
        return revision_hash([each.asked for each in self.settled if each.asked is not None])

    def standing(self, settled: Sequence[SettledLine]) -> "MedicalBill":
        """With how its lines stand, and so it."""
        ended = BillState.SETTLED if self.newest.lines else BillState.WITHDRAWN
        for waits, state in ((LineState.OFFICER, BillState.OFFICER), (LineState.WAITING, BillState.WAITING)):
            reason = next((each.reason for each in settled if each.state is waits), None)
            if reason is not None:
                return replace(self, settled=tuple(settled), state=state, reason=reason)
        return replace(self, settled=tuple(settled), state=ended, reason=None)


def bill_id(sender: str, number: str) -> UUID:
    """The id of a bill: the same number sent again is the same bill, also after a restore (rules M8)."""
    return derived_id("medical_bill", sender, number)


def payable_id(bill: UUID, fund: Fund) -> UUID:
    """The payable of what a fund owes of a bill: a payable is borne by one fund for ever."""
    return derived_id("medical_bill", bill, fund.value)
