"""Providers' bills for the treatment of an accident: sent, corrected, taken back, and settled line by line."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, JsonValue

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.commands.correct_medical_bill import CorrectMedicalBill
from services.claims.commands.correct_medical_bill import correct_medical_bill as handle_correct_medical_bill
from services.claims.commands.dispute_medical_line import DisputeMedicalLine, dispute_medical_line
from services.claims.commands.review_medical_line import ReviewMedicalLine, review_medical_line
from services.claims.commands.send_medical_bill import SendMedicalBill
from services.claims.commands.send_medical_bill import send_medical_bill as handle_send_medical_bill
from services.claims.domain.medical_bill import BillState, DisputeGround, Line, LineState, MedicalBill, SettledLine
from services.claims.domain.medical_cover import MedicalScheme
from services.claims.domain.medical_settling import law_of_reason
from services.claims.queries import medical_bills as queries
from shared.kernel.identifiers import person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import LARGEST_INTEGER, Day, DocumentNumber, Flag, Whole
from shared.web.ids import PersonFilter, PersonId
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["medical bills"])

PATH = "/v1/medical-bills"
MOST_LINES = 200
_TOLD = reads(DataKind.HEALTH, DataKind.PAYMENT, of="bill")
_READ = [requires("claims:medical_bill:read"), _TOLD]
_WRITE = [requires("claims:medical_bill:write"), Depends(idempotent), _TOLD]
BillInPath = Annotated[UUID, Path(description="The bill")]
StateOfBills = Annotated[BillState | None, Query(description="Only bills in this state")]
Item = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=60, examples=["physiotherapy"])]
_LINES: list[JsonValue] = [
    {
        "treated_on": "2026-08-04",
        "item": "physiotherapy",
        "quantity": 1,
        "amount": {"amount": "90.00", "currency": "MYR"},
        "of_the_injury": True,
    },
    {
        "treated_on": "2026-08-04",
        "item": "ward_day",
        "ward_class": 1,
        "quantity": 1,
        "amount": {"amount": "220.00", "currency": "MYR"},
        "of_the_injury": True,
    },
]


class MedicalLineIn(In):
    """One line: so many of an item on a day, and for how much in all."""

    treated_on: Day = Field(description="The day of the treatment, today at the latest", examples=["2026-08-04"])
    item: Item = Field(description="What was done, by its code in the schedule of prices")
    ward_class: Whole | None = Field(
        default=None, ge=1, le=3, description="Of a day in a ward its class, 1 the best", examples=[1]
    )
    quantity: Whole = Field(ge=1, le=1000, examples=[1])
    amount: StatedMoney = Field(description="What is asked for the line, above zero")
    of_the_injury: Flag = Field(default=True, description="Whether it treats the injury of the accident")

    def stated(self) -> Line:
        """For a command."""
        said = (self.treated_on, self.item, self.quantity, self.amount.sen)
        return Line(*said, self.ward_class or 0, self.of_the_injury)


class MedicalLinesIn(In):
    """What the bill says in the place of what it said."""

    model_config = examples({"lines": _LINES})

    lines: list[MedicalLineIn] = Field(min_length=1, max_length=MOST_LINES)


class MedicalBillIn(In):
    """A hospital's bill of what was authorised, or what a person paid elsewhere, of its own claim."""

    model_config = examples(
        {
            "bill_number": "INV-2026-0042",
            "authorisation": "018f0000-0000-7000-8000-000000000001",
            "lines": _LINES,
        },
        {"bill_number": "R-2026-0042", "claim": "018f0000-0000-7000-8000-000000000001", "lines": _LINES},
    )

    bill_number: DocumentNumber = Field(
        description="The sender's own number of it, of a person that of the receipt, which names nobody: sent again it "
        "is the same bill",
        examples=["INV-2026-0042"],
    )
    authorisation: UUID | None = Field(
        default=None,
        description="Of a hospital: under which the treatment was authorised",
        examples=["018f0000-0000-7000-8000-000000000001"],
    )
    claim: UUID | None = Field(
        default=None,
        description="Of a person: its claim about the accident",
        examples=["018f0000-0000-7000-8000-000000000001"],
    )
    lines: list[MedicalLineIn] = Field(min_length=1, max_length=MOST_LINES)


class LineReviewIn(In):
    """A line that others are to look at."""

    model_config = examples({"line": 1})

    line: Whole = Field(ge=1, le=MOST_LINES, examples=[1])


class LineDisputeIn(In):
    """A line of which something is refused, why that is disputed, and the document that says more."""

    model_config = examples({"line": 1, "ground": "of_the_injury", "document": "INV-2026-0042-R"})

    line: Whole = Field(ge=1, le=MOST_LINES, examples=[1])
    ground: DisputeGround
    document: DocumentNumber | None = Field(
        default=None, description="The sender's number of what says more: it names nobody", examples=["INV-2026-0042-R"]
    )


class RefusedPartOut(Out):
    """A part of a line that is not paid, why, and by which Act and section."""

    reason: str = Field(max_length=100, description="A stable code", examples=["above_schedule"])
    amount: Money
    law: str = Field(max_length=200, examples=["Act 4, s.15"])


class MedicalLineOut(Out):
    """A line, and what becomes of each sen of it: billed is paid, refused and waiting."""

    line: int = Field(ge=1, le=MOST_LINES)
    treated_on: date
    item: str = Field(max_length=60)
    ward_class: int | None = Field(ge=1, le=3)
    quantity: int = Field(ge=1, le=1000)
    billed: Money
    paid: Money
    waiting: Money
    refused: list[RefusedPartOut] = Field(max_length=10)
    state: LineState
    scheme: MedicalScheme | None
    reason: str | None = Field(max_length=100, description="Why it, or a part of it, is not paid, or not yet")
    waits_for: str | None = Field(max_length=100, examples=["officer:medical_bill"])

    @classmethod
    def of(cls, said: Line, stands: SettledLine) -> Self:
        """A line as it was said last, and as it stands."""
        parts = [
            RefusedPartOut(reason=reason, amount=Money.of(sen), law=law_of_reason(reason))
            for reason, sen in stands.refused.items()
        ]
        return cls(
            line=stands.number,
            treated_on=said.treated_on,
            item=said.item,
            ward_class=said.ward_class or None,
            quantity=said.quantity,
            billed=Money.of(said.billed_sen),
            paid=Money.of(stands.paid_sen),
            waiting=Money.of(stands.waiting_sen),
            refused=parts,
            state=stands.state,
            scheme=None if stands.scheme is None else MedicalScheme(stands.scheme),
            reason=stands.reason or None,
            waits_for=stands.waits_for or None,
        )


class MedicalBillOut(Out):
    """A bill, what its sender said last, and how each line stands."""

    bill: UUID
    sender: str = Field(max_length=100, description="Kind and number", examples=["hospital:1"])
    bill_number: str = Field(max_length=60)
    person: PersonId | None = Field(description="For officers and the person alone")
    authorisation: UUID | None
    claim: UUID | None
    sent_at: datetime
    statement: int = Field(ge=1, le=LARGEST_INTEGER, description="How often its sender has said something of it")
    state: BillState
    reason: str | None = Field(max_length=100)
    billed: Money
    paid: Money
    refused: Money
    waiting: Money
    lines: list[MedicalLineOut] = Field(max_length=MOST_LINES)

    @classmethod
    def shown_to(cls, is_hospital: bool, bill: MedicalBill) -> Self:
        """As it stands, for a hospital without the person's number."""
        lines = bill.lines
        refused = sum(sum(each.refused.values()) for each in lines)
        return cls(
            bill=bill.id,
            sender=bill.tenant,
            bill_number=bill.number,
            person=None if is_hospital or bill.person is None else person_id(bill.person),
            authorisation=bill.authorisation,
            claim=bill.claim,
            sent_at=bill.sent_at,
            statement=bill.newest.revision,
            state=bill.state,
            reason=bill.reason,
            billed=Money.of(sum(each.billed_sen for each in lines)),
            paid=Money.of(sum(each.paid_sen for each in lines)),
            refused=Money.of(refused),
            waiting=Money.of(sum(each.waiting_sen for each in lines)),
            lines=[MedicalLineOut.of(*each) for each in zip(bill.newest.lines, lines, strict=True)],
        )


@router.post(
    PATH,
    status_code=201,
    summary="Send a medical bill",
    dependencies=_WRITE,
    responses=problems(400, 403, 404, 409, 422),
)
async def send_medical_bill(body: MedicalBillIn, uow: CommittedBeforeAnswer, caller: Party) -> MedicalBillOut:
    """Ask, as a hospital of what was authorised or as a person of what it paid elsewhere, for each line.

    It is settled line by line as soon as the scheme is known that bears it; read it to see how it stands.
    """
    lines = [each.stated() for each in body.lines]
    sent = SendMedicalBill(caller.party, caller.subject, body.bill_number, lines, body.authorisation, body.claim)
    bill = await queries.find_bill(await handle_send_medical_bill(sent, uow), uow)
    return MedicalBillOut.shown_to(caller.party_kind == "hospital", bill)


@router.get(PATH, summary="List medical bills", dependencies=_READ, responses=problems(400, 422))
async def list_medical_bills(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    caller: Party,
    state: StateOfBills = None,
    person: PersonFilter = None,
) -> Page[MedicalBillOut]:
    """One's own, a person also those for its treatment; all of them for the organisation's officers."""
    found = await queries.list_bills(state, person, listing.after_id, listing.limit, uow)
    is_hospital = caller.party_kind == "hospital"
    return listing.page(found, item=lambda each: MedicalBillOut.shown_to(is_hospital, each))


@router.get(f"{PATH}/{{bill}}", summary="Read a medical bill", dependencies=_READ, responses=problems(404))
async def read_medical_bill(bill: BillInPath, uow: CommittedBeforeAnswer, caller: Party) -> MedicalBillOut:
    """How each line stands: what is paid, what is refused with Act and section, and what waits, with whom."""
    return MedicalBillOut.shown_to(caller.party_kind == "hospital", await queries.find_bill(bill, uow))


@router.post(
    f"{PATH}/{{bill}}/corrections",
    status_code=201,
    summary="Correct a medical bill",
    dependencies=_WRITE,
    responses=problems(400, 403, 404, 409, 422),
)
async def correct_medical_bill(
    bill: BillInPath, body: MedicalLinesIn, uow: CommittedBeforeAnswer, caller: Party
) -> MedicalBillOut:
    """Say something else in the place of what was billed: the difference is owed, or comes back."""
    lines = [each.stated() for each in body.lines]
    await handle_correct_medical_bill(CorrectMedicalBill(caller.party, caller.subject, bill, lines), uow)
    return MedicalBillOut.shown_to(caller.party_kind == "hospital", await queries.find_bill(bill, uow))


@router.post(
    f"{PATH}/{{bill}}/withdrawals",
    status_code=201,
    summary="Withdraw a medical bill",
    dependencies=_WRITE,
    responses=problems(400, 403, 404, 409),
)
async def withdraw_medical_bill(bill: BillInPath, uow: CommittedBeforeAnswer, caller: Party) -> MedicalBillOut:
    """Take it back: nothing of it is owed any more, and what was paid comes back."""
    await handle_correct_medical_bill(CorrectMedicalBill(caller.party, caller.subject, bill), uow)
    return MedicalBillOut.shown_to(caller.party_kind == "hospital", await queries.find_bill(bill, uow))


@router.post(
    f"{PATH}/{{bill}}/reviews",
    status_code=201,
    summary="Have a line of a medical bill looked at",
    dependencies=[requires("claims:medical_bill:review"), Depends(officers_only), Depends(idempotent), _TOLD],
    responses=problems(400, 403, 404, 422),
)
async def start_medical_review(
    bill: BillInPath, body: LineReviewIn, uow: CommittedBeforeAnswer, caller: Party
) -> MedicalBillOut:
    """Ask two others, as an officer, whether a line is owed that no rule puts in doubt; until they decide, nothing
    changes."""
    await review_medical_line(ReviewMedicalLine(bill, body.line, caller.subject), uow)
    return MedicalBillOut.shown_to(False, await queries.find_bill(bill, uow))


@router.post(
    f"{PATH}/{{bill}}/disputes",
    status_code=201,
    summary="Dispute a line of a medical bill",
    dependencies=_WRITE,
    responses=problems(400, 403, 404, 409, 422),
)
async def start_medical_dispute(
    bill: BillInPath, body: LineDisputeIn, uow: CommittedBeforeAnswer, caller: Party
) -> MedicalBillOut:
    """Have what is refused of a line looked at, as the provider that sent it: two officers who did not decide before
    find of it, and a letter says what. Until then what was decided stands."""
    asked = DisputeMedicalLine(caller.party, caller.subject, bill, body.line, body.ground, body.document)
    await dispute_medical_line(asked, uow)
    return MedicalBillOut.shown_to(caller.party_kind == "hospital", await queries.find_bill(bill, uow))
