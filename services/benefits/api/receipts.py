"""What somebody receives in a month, told to a welfare office with the person's consent."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import BenefitName, SchemeName
from services.benefits.commands.end_receipt_consent import EndReceiptConsent, end_receipt_consent
from services.benefits.commands.give_receipt_consent import GiveReceiptConsent, give_receipt_consent
from services.benefits.domain.errors import ConsentOfOneselfOnly
from services.benefits.domain.receipts import ReceiptConsent, ReceiptPurpose, Received
from services.benefits.queries.receipts import find_receipts, list_consents
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id, person_number
from shared.kernel.periods import Month
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day
from shared.web.ids import PersonInPath
from shared.web.money import In, Money, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["receipts"])

PATH = "/v1/me/receipt-consents"
_MOST_BENEFITS = 1_000
_WRITE = [requires("benefits:receipt_consent:write"), Depends(idempotent)]
ConsentInPath = Annotated[UUID, Path(description="The consent.")]
PurposeOfReceipts = Annotated[ReceiptPurpose, Query(description="For what it is asked: it says how much is told.")]
MonthOfReceipts = Annotated[
    str,
    Query(
        min_length=7,
        max_length=7,
        pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$",
        description="The month in which it was received.",
        examples=["2026-08"],
    ),
]


class ReceiptConsentIn(In):
    """Who may ask what the caller receives, for what, and until when."""

    model_config = examples({"receiver": "welfare:1", "purpose": "means_test", "until_on": "2026-12-31"})

    receiver: str = Field(
        pattern=r"^welfare:[1-9][0-9]{0,17}$", max_length=60, description="A welfare office", examples=["welfare:1"]
    )
    purpose: ReceiptPurpose
    until_on: Day = Field(description="The last day on which it may ask, a year ahead at most", examples=["2026-12-31"])

    def command(self, caller: Caller) -> GiveReceiptConsent:
        """As a command; raises ConsentOfOneselfOnly."""
        kind, _, number = caller.party.partition(":")
        if kind != "person":
            raise ConsentOfOneselfOnly()
        given = (new_id(), caller.party, int(number), self.receiver, self.purpose, self.until_on)
        return GiveReceiptConsent(ReceiptConsent(*given, now(), caller.subject))


class ReceiptConsentOut(Out):
    """A consent, and whether it was taken back."""

    consent: UUID
    receiver: str = Field(max_length=60, examples=["welfare:1"])
    purpose: ReceiptPurpose
    until_on: date
    given_at: datetime
    ended_at: datetime | None = Field(description="Since when it was taken back")

    @classmethod
    def of(cls, consent: ReceiptConsent) -> Self:
        """As it stands."""
        return cls(
            consent=consent.id,
            receiver=consent.receiver,
            purpose=consent.purpose,
            until_on=consent.until_on,
            given_at=consent.given_at,
            ended_at=consent.ended_at,
        )


class ReceivedOut(Out):
    """What was paid of one benefit."""

    scheme: SchemeName
    benefit: BenefitName
    amount: Money

    @classmethod
    def of(cls, received: Received) -> Self:
        """As it was paid."""
        return cls(scheme=received.scheme, benefit=received.benefit, amount=Money.of(received.amount_sen))


class ReceiptsOut(Out):
    """What a person was paid of benefits in a month, as the bank says."""

    month: str = Field(max_length=7, examples=["2026-08"])
    purpose: ReceiptPurpose
    receives: bool
    benefits: list[ReceivedOut] | None = Field(
        max_length=_MOST_BENEFITS, description="For a means test; null where only yes or no is told"
    )


@router.get(
    "/v1/persons/{person}/receipts",
    summary="Read what a person receives in a month",
    dependencies=[requires("benefits:receipt:read"), reads(DataKind.PAYMENT, of="person")],
    responses=problems(400, 404, 422),
)
async def read_receipts(
    person: PersonInPath, month: MonthOfReceipts, purpose: PurposeOfReceipts, uow: CommittedBeforeAnswer
) -> ReceiptsOut:
    """For a welfare office, with the person's consent to this office and purpose: whether anything was paid with a
    value day of the month, and for a means test how much, by benefit. Without it the answer is that of an unknown
    person."""
    found = await find_receipts(person_number(person), Month.of(month), purpose, uow)
    told = [ReceivedOut.of(each) for each in found.benefits] if purpose is ReceiptPurpose.MEANS_TEST else None
    return ReceiptsOut(month=month, purpose=purpose, receives=found.receives, benefits=told)


@router.post(
    PATH,
    status_code=201,
    summary="Consent to be asked about",
    dependencies=_WRITE,
    responses=problems(400, 403, 409, 422),
)
async def state_receipt_consent(body: ReceiptConsentIn, uow: CommittedBeforeAnswer, caller: Party) -> ReceiptConsentOut:
    """Let a welfare office ask what the caller receives. Each answer is in the read log, and it is taken back at any
    time."""
    return ReceiptConsentOut.of(await give_receipt_consent(body.command(caller), uow))


@router.get(PATH, summary="List one's consents", dependencies=[requires("benefits:me:read")], responses=problems(400))
async def list_receipt_consents(listing: Listing, uow: CommittedBeforeAnswer) -> Page[ReceiptConsentOut]:
    """To what the caller consented, and what of it it took back."""
    return listing.page(await list_consents(listing.after_id, listing.limit, uow), item=ReceiptConsentOut.of)


@router.post(
    f"{PATH}/{{consent}}/withdrawals",
    status_code=201,
    summary="Take consent back",
    dependencies=_WRITE,
    responses=problems(400, 404, 409),
)
async def withdraw_receipt_consent(
    consent: ConsentInPath, uow: CommittedBeforeAnswer, caller: Party
) -> ReceiptConsentOut:
    """From now on nobody is told by it."""
    return ReceiptConsentOut.of(
        await end_receipt_consent(EndReceiptConsent(consent, caller.party, caller.subject), uow)
    )
