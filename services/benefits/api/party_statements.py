"""What is stated of payees, as it is listed, and what all that states it shares. Two officers let it count, or a
rule what no officer has to look at."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import BenefitName, OfficerOrBank, PartyInPath, PartyName
from services.benefits.commands.state_of_party import StateOfParty
from services.benefits.domain.statements import PartyStatement, StatementKind
from services.benefits.queries import party_statements
from services.benefits.storage.statements import StatementRead
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["statements about payees"])


class PartyStatementOut(Out):
    """What is stated of a payee."""

    statement: UUID
    kind: StatementKind
    party: PartyName
    claim: UUID | None = Field(description="Of a suspension.")
    benefit: BenefitName | None = Field(description="Of a suspension.")
    says: str = Field(max_length=64, description="The ground, the certificate, or the capacity.", examples=["life"])
    first_on: date
    last_on: date | None
    holder: str | None = Field(max_length=100, description="Who acts, or gives the certificate.", examples=["payee"])
    evidence: str = Field(max_length=40, description="The document.", examples=["R117-2026-0118"])
    replaces: UUID | None
    withdrawn: bool
    stated_at: datetime
    counts: bool | None = Field(description="Null while it waits for two officers.")
    earned: Money | None = Field(description="Of a suspension for insurable work: the wages of a month.")
    former_average: Money | None = Field(description="Of a suspension for insurable work: the average before.")

    @classmethod
    def of(cls, said: PartyStatement) -> "PartyStatementOut":
        """From what is kept of it."""
        return cls(**_stated(said))


class ListedPartyStatementOut(PartyStatementOut):
    """What is stated of a payee, and by whom it counts."""

    stated_by: OfficerOrBank
    proposed_by: OfficerOrBank | None
    approved_by: OfficerOrBank | None
    answered_at: datetime | None

    @classmethod
    def listed(cls, read: StatementRead) -> "ListedPartyStatementOut":
        """From what is read of it."""
        by = {"proposed_by": read.proposed_by, "approved_by": read.approved_by, "answered_at": read.answered_at}
        return cls(**_stated(read.statement), stated_by=read.statement.stated_by, **by)


def stated_as(
    body: Any, caller: Caller, kind: StatementKind, says: str, days: tuple[date, date | None], **about: Any
) -> StateOfParty:
    """What a body states of its payee, as a command of whoever sent it; a day or two, and what else it is about."""
    return StateOfParty(
        kind=kind,
        party=body.payee,
        says=str(says),
        first_on=days[0],
        last_on=days[1],
        holder=about.pop("holder", None),
        evidence=body.evidence,
        tenant=caller.party,
        stated_by=caller.subject,
        is_officer=caller.is_officer,
        replaces=body.replaces,
        withdrawn=body.withdrawn,
        **about,
    )


def _stated(said: PartyStatement) -> dict[str, Any]:
    same = ("kind", "party", "says", "first_on", "last_on", "holder", "evidence", "replaces", "withdrawn", "stated_at",
            "counts")  # fmt: skip
    of_benefit = {"claim": said.key and said.key.claim, "benefit": said.key and said.key.benefit}
    wages = {"earned": said.earned_sen, "former_average": said.average_sen}
    money = {name: None if sen is None else Money.of(sen) for name, sen in wages.items()}
    return {"statement": said.id, **of_benefit, **money, **{name: getattr(said, name) for name in same}}


@router.get(
    "/v1/parties/{party}/statements",
    summary="List what is stated of a payee",
    dependencies=[
        requires("benefits:party_statement:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, DataKind.CLAIM, of="party"),
    ],
    responses=problems(400),
)
async def list_party_statements(
    party: PartyInPath, listing: Listing, uow: CommittedBeforeAnswer
) -> Page[ListedPartyStatementOut]:
    """All that was stated of a party, by whom, and whether it counts, in the order in which it was stated."""
    found = await party_statements.list_statements(party, listing.after_id, listing.limit, uow)
    return listing.page(found, item=ListedPartyStatementOut.listed)


@router.get(
    "/v1/me/statements",
    summary="List what is stated of oneself",
    dependencies=[requires("benefits:me:read"), reads(DataKind.PAYMENT, DataKind.CLAIM, of="party")],
    responses=problems(400),
)
async def list_own_statements(listing: Listing, uow: CommittedBeforeAnswer, caller: Party) -> Page[PartyStatementOut]:
    """What is stated of the caller as a payee, and of those for whom the caller acts."""
    found = await party_statements.list_own_statements(caller.party, listing.after_id, listing.limit, uow)
    return listing.page(found, item=lambda read: PartyStatementOut.of(read.statement))
