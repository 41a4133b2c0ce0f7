"""Certificates of Regulation 117: sent by payees and officers, counted by two officers or a rule, and asked for."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer
from services.benefits.api.fields import (
    STATEMENT,
    BenefitName,
    PartyInPath,
    PartyName,
    PayeeParty,
    Replaces,
    SchemeName,
    Withdrawn,
)
from services.benefits.api.party_statements import PartyStatementOut, stated_as
from services.benefits.commands.state_of_party import StateOfParty, state_of_party
from services.benefits.domain.statements import CertificateKind, GivenBy, StatementKind
from services.benefits.queries import party_statements
from services.benefits.queries.party_statements import RequestRead
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["statements about payees"])


class CertificateIn(In):
    """A certificate of Regulation 117."""

    model_config = examples(
        {
            "payee": "person:12",
            "certificate": "life",
            "held_on": "2026-10-14",
            "given_by": "payee",
            "evidence": "R117-2026-0118",
        },
        {
            "payee": "person:12",
            "certificate": "study",
            "held_on": "2026-10-14",
            "given_by": "institution",
            "evidence": "R117A-2026-0118",
            "replaces": STATEMENT,
            "withdrawn": False,
        },
    )

    payee: PayeeParty
    certificate: CertificateKind
    held_on: Day = Field(description="The day on which it was so, as the certificate has it.")
    given_by: GivenBy = Field(description="Who gives it.")
    evidence: DocumentNumber
    replaces: Replaces = None
    withdrawn: Withdrawn = False

    def command(self, caller: Caller) -> StateOfParty:
        """As a command of whoever sent it."""
        days = (self.held_on, None)
        return stated_as(self, caller, StatementKind.CERTIFICATE, self.certificate, days, holder=self.given_by.value)


class CertificateRequestOut(Out):
    """A certificate that a payee was asked for."""

    party: PartyName
    claim: UUID
    scheme: SchemeName
    benefit: BenefitName
    certificate: CertificateKind
    form: str = Field(max_length=200, description="The form on which it comes.", examples=["life certificate"])
    asked_on: date
    due_on: date = Field(description="The last day on which it comes in time.")
    reminded_on: date | None
    told_on: date | None = Field(description="The day on which the first letter about it arrived; null: none did yet.")
    came_on: date | None = Field(description="The day of the first one since it was asked for; null: none counts yet.")

    @classmethod
    def of(cls, read: RequestRead) -> "CertificateRequestOut":
        """From what is read of it."""
        return cls(**{name: getattr(read, name) for name in cls.model_fields})


@router.post(
    "/v1/certificates",
    summary="Send a certificate",
    status_code=201,
    dependencies=[requires("benefits:certificate:write"), Depends(idempotent)],
    responses=problems(400, 404, 409),
)
async def send_certificate(body: CertificateIn, uow: CommittedBeforeAnswer, caller: Party) -> PartyStatementOut:
    """Send a certificate of life, standing or study: a payee its own, who acts for somebody that one's, an officer
    anybody's, also one that another country's authority gave. What a payee that is known to live here says of itself,
    and nothing contradicts, and for which no payment waits, counts by rule; another one when two officers have let it.
    What was held back for want of it is paid then."""
    return PartyStatementOut.of(await state_of_party(body.command(caller), uow))


@router.get(
    "/v1/parties/{party}/certificate-requests",
    summary="List the certificates that a payee was asked for",
    dependencies=[
        requires("benefits:party_statement:read"),
        Depends(officers_only),
        reads(DataKind.PAYMENT, DataKind.CLAIM, of="party"),
    ],
    responses=problems(400),
)
async def list_certificate_requests(
    party: PartyInPath, listing: Listing, uow: CommittedBeforeAnswer
) -> Page[CertificateRequestOut]:
    """Every certificate that a party was asked for, by the day on which it is due, and whether it has come."""
    found = await party_statements.list_requests(party, listing.after, listing.limit, uow)
    return listing.page(found, item=CertificateRequestOut.of, position=lambda read: read.position)


@router.get(
    "/v1/me/certificate-requests",
    summary="List the certificates that one is asked for",
    dependencies=[requires("benefits:me:read"), reads(DataKind.PAYMENT, DataKind.CLAIM, of="party")],
    responses=problems(400),
)
async def list_own_certificate_requests(
    listing: Listing, uow: CommittedBeforeAnswer, caller: Party
) -> Page[CertificateRequestOut]:
    """What the caller is asked for as a payee, and those for whom it acts, by the day on which it is due, and whether
    it has come."""
    found = await party_statements.list_own_requests(caller.party, listing.after, listing.limit, uow)
    return listing.page(found, item=CertificateRequestOut.of, position=lambda read: read.position)
