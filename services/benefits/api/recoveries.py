"""Recoveries: benefit received without entitlement, which is repaid or set off (Act 4 s.50)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import (
    BenefitName,
    ClaimOrPayable,
    LawText,
    PartyInPath,
    PartyName,
    Revision,
    SchemeName,
    TraceId,
    trace_id,
)
from services.benefits.domain.setting_off import Kept
from services.benefits.queries import recoveries
from services.benefits.queries.recoveries import RecoveryRead
from shared.kernel.funds import Fund
from shared.kernel.reading import DataKind
from shared.law.figures import percentage
from shared.security.scopes import officers_only, requires
from shared.web.ids import OnePerson
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["recoveries"])


class RecoveryState(StrEnum):
    """Whether anything of it is still to come back."""

    OPEN = "open"
    CLOSED = "closed"


class KeptOut(Out):
    """What the law of today lets be kept, against a recovery, of benefit that falls due under its Act."""

    percent: str = Field(max_length=20, description="Of what falls due.", examples=["50"])
    law: LawText

    @classmethod
    def of(cls, kept: Kept) -> "KeptOut | None":
        """From what the book says; none where nothing is kept."""
        return None if kept.law is None else cls(percent=percentage(kept.share), law=kept.law)


KeptByLaw = Annotated[
    KeptOut | None,
    Field(description="Of benefit that falls due under its Act; null where only an agreement lets something be kept."),
]


class RecoveryOut(Out):
    """What was paid beyond one entitlement."""

    recovery: UUID
    claim: ClaimOrPayable
    scheme: SchemeName
    benefit: BenefitName
    party: PartyName
    fund: Fund = Field(description="The fund that bears it.")
    law: LawText
    kept: KeptByLaw
    revision: Revision = Field(description="The revision that opened it.")
    reference: str = Field(
        max_length=20, description="What a payer writes when it is paid back.", examples=["R0F3A9C41D2E7B655"]
    )
    state: RecoveryState
    opened: Money = Field(description="All that was to come back.")
    set_off: Money = Field(description="What was set off against later benefit.")
    repaid: Money = Field(description="What was paid back.")
    open: Money = Field(description="What is still to come back.")
    opened_at: datetime
    trace_id: TraceId

    @classmethod
    def of(cls, read: RecoveryRead) -> "RecoveryOut":
        """From what is read of it."""
        return cls(
            recovery=read.id,
            claim=read.claim,
            scheme=read.scheme,
            benefit=read.benefit,
            party=read.party,
            fund=read.fund,
            law=read.law,
            kept=KeptOut.of(read.kept),
            revision=read.revision,
            reference=read.reference,
            state=RecoveryState.OPEN if read.open_sen else RecoveryState.CLOSED,
            opened=Money.of(read.opened_sen),
            set_off=Money.of(read.set_off_sen),
            repaid=Money.of(read.repaid_sen),
            open=Money.of(read.open_sen),
            opened_at=read.opened_at,
            trace_id=trace_id(read.traceparent),
        )


@router.get(
    "/v1/recoveries",
    summary="List a person's recoveries",
    dependencies=[
        requires("benefits:recovery:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, of=("person", "party")),
    ],
    responses=problems(400),
)
async def list_recoveries(person: OnePerson, listing: Listing, uow: CommittedBeforeAnswer) -> Page[RecoveryOut]:
    """Every recovery under a claim of the person or from the person, oldest first."""
    found = await recoveries.list_recoveries(person, listing.after_id, listing.limit, uow)
    return listing.page(found, item=RecoveryOut.of)


@router.get(
    "/v1/parties/{party}/recoveries",
    summary="List what is to come back from a party",
    dependencies=[
        requires("benefits:recovery:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, of=("party", "claim")),
    ],
    responses=problems(400),
)
async def list_recoveries_from_party(
    party: PartyInPath, listing: Listing, uow: CommittedBeforeAnswer
) -> Page[RecoveryOut]:
    """Every recovery from a party of any kind, oldest first: its id and its reference, by which it is repaid."""
    found = await recoveries.list_recoveries_from_party(party, listing.after_id, listing.limit, uow)
    return listing.page(found, item=RecoveryOut.of)
