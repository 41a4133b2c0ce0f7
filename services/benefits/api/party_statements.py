"""What is stated of payees: suspensions, certificates, students, and who acts for whom. Two officers let it count, or a
rule what no officer has to look at."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import CommittedBeforeAnswer, by_one_officer
from services.benefits.api.fields import MONTHLY_BENEFIT, BenefitName, OfficerOrBank, PartyInPath, PartyName, SchemeName
from services.benefits.commands.state_of_party import StateOfParty, state_of_party
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.statements import (
    ActsAs,
    CertificateKind,
    GivenBy,
    Ground,
    PartyStatement,
    StatementKind,
)
from services.benefits.queries import party_statements
from services.benefits.queries.party_statements import RequestRead
from services.benefits.storage.statements import StatementRead
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, DocumentNumber, Flag
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["statements about payees"])

PayeeParty = Annotated[
    str, Field(pattern="^person:[1-9][0-9]{0,8}$", max_length=16, description="The payee.", examples=["person:12"])
]
_ID = "0197b6a0-6c00-7000-8000-000000000001"
_Replaces = Annotated[
    UUID | None, Field(description="The statement in whose place it stands; null: it is the first.", examples=[_ID])
]
_Withdrawn = Annotated[Flag, Field(description="Whether what it replaces was wrong from the beginning.")]


class SuspensionIn(In):
    """That a benefit by the month is suspended (Act 4 s.49), or, in place of that, until when."""

    model_config = examples(
        {
            "payee": "person:12",
            "claim": _ID,
            "scheme": "act4",
            "benefit": MONTHLY_BENEFIT,
            "ground": "insurable_work",
            "first_on": "2026-07-01",
            "last_on": "2026-07-31",
            "earned": {"amount": "1400.00", "currency": "MYR"},
            "former_average": {"amount": "2950.00", "currency": "MYR"},
            "evidence": "S49-2026-0118",
        },
        {
            "payee": "person:12",
            "claim": _ID,
            "scheme": "act4",
            "benefit": MONTHLY_BENEFIT,
            "ground": "fraud",
            "first_on": "2026-07-01",
            "last_on": "2026-09-30",
            "evidence": "S49-2026-0119",
            "replaces": _ID,
            "withdrawn": False,
        },
    )

    payee: PayeeParty
    claim: UUID = Field(description="The claim under which it is owed.", examples=[_ID])
    scheme: str = Field(pattern="^act[0-9]{1,4}$", max_length=7, description="The Act.", examples=["act4"])
    benefit: str = Field(pattern="^[a-z][a-z_]{0,99}$", max_length=100, examples=[MONTHLY_BENEFIT])
    ground: Ground
    first_on: Day = Field(description="The first day of its first month.")
    last_on: Day | None = Field(default=None, description="The last day of its last month; null while it goes on.")
    earned: StatedMoney | None = Field(default=None, description="Of insurable work: the wages of a month.")
    former_average: StatedMoney | None = Field(
        default=None, description="Of insurable work: the average before; null: the one by which the claim is rated."
    )
    evidence: DocumentNumber
    replaces: _Replaces = None
    withdrawn: _Withdrawn = False

    def command(self, caller: Caller) -> StateOfParty:
        """As a command of the officer who sent it."""
        key = EntitlementKey(self.claim, self.scheme, self.benefit, self.payee)
        earned, average = (0 if each is None else each.sen for each in (self.earned, self.former_average))
        about = {"key": key, "earned_sen": earned, "average_sen": average}
        return _command(self, caller, StatementKind.SUSPENSION, self.ground, (self.first_on, self.last_on), **about)


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
            "replaces": _ID,
            "withdrawn": False,
        },
    )

    payee: PayeeParty
    certificate: CertificateKind
    held_on: Day = Field(description="The day on which it was so, as the certificate has it.")
    given_by: GivenBy = Field(description="Who gives it.")
    evidence: DocumentNumber
    replaces: _Replaces = None
    withdrawn: _Withdrawn = False

    def command(self, caller: Caller) -> StateOfParty:
        """As a command of whoever sent it."""
        days = (self.held_on, None)
        return _command(self, caller, StatementKind.CERTIFICATE, self.certificate, days, holder=self.given_by.value)


class StudentIn(In):
    """That a payee is paid as a child in higher education."""

    model_config = examples(
        {"payee": "person:12", "first_on": "2026-09-01", "last_on": "2029-08-31", "evidence": "R117A-2026-0118"},
        {
            "payee": "person:12",
            "first_on": "2026-09-01",
            "last_on": "2028-08-31",
            "evidence": "R117A-2026-0119",
            "replaces": _ID,
            "withdrawn": False,
        },
    )

    payee: PayeeParty
    first_on: Day
    last_on: Day | None = Field(default=None, description="The last day of the course, where it is known.")
    evidence: DocumentNumber
    replaces: _Replaces = None
    withdrawn: _Withdrawn = False

    def command(self, caller: Caller) -> StateOfParty:
        """As a command of the officer who sent it."""
        return _command(self, caller, StatementKind.STUDENT, "student", (self.first_on, self.last_on))


class ActingPartyIn(In):
    """Who acts for a payee, since when, and by which document."""

    model_config = examples(
        {
            "payee": "person:12",
            "holder": "person:21",
            "capacity": "guardian",
            "first_on": "2026-09-01",
            "last_on": "2031-05-01",
            "evidence": "PKSF17-2026-0118",
        },
        {
            "payee": "person:12",
            "holder": "person:34",
            "capacity": "representative",
            "first_on": "2027-01-01",
            "evidence": "PKSF17-2027-0118",
            "replaces": _ID,
            "withdrawn": False,
        },
    )

    payee: PayeeParty
    holder: str = Field(
        pattern="^[a-z_]+:[1-9][0-9]{0,8}$", max_length=60, description="Who acts.", examples=["person:21"]
    )
    capacity: ActsAs
    first_on: Day
    last_on: Day | None = Field(default=None, description="The last day; of a guardian that of the payee's minority.")
    evidence: DocumentNumber
    replaces: _Replaces = None
    withdrawn: _Withdrawn = False

    def command(self, caller: Caller) -> StateOfParty:
        """As a command of the officer who sent it."""
        days = (self.first_on, self.last_on)
        return _command(self, caller, StatementKind.ACTING, self.capacity, days, holder=self.holder)


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


def _command(
    body: Any, caller: Caller, kind: StatementKind, says: str, days: tuple[date, date | None], **about: Any
) -> StateOfParty:
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


@router.post("/v1/suspensions", summary="State that a benefit is suspended", **by_one_officer("suspension", 404, 409))
async def state_suspension(body: SuspensionIn, uow: CommittedBeforeAnswer, caller: Party) -> PartyStatementOut:
    """State that a benefit by the month is suspended, why and for which months; in the place of an earlier statement,
    until when, or that it never was. It counts when two officers have let it."""
    return PartyStatementOut.of(await state_of_party(body.command(caller), uow))


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


@router.post("/v1/students", summary="State that a payee studies", **by_one_officer("certificate", 404, 409))
async def state_student(body: StudentIn, uow: CommittedBeforeAnswer, caller: Party) -> PartyStatementOut:
    """State that a payee is paid as a child in higher education, and so proves each year that it studies."""
    return PartyStatementOut.of(await state_of_party(body.command(caller), uow))


@router.post("/v1/acting-parties", summary="State who acts for a payee", **by_one_officer("acting_party", 404, 409))
async def state_acting_party(body: ActingPartyIn, uow: CommittedBeforeAnswer, caller: Party) -> PartyStatementOut:
    """State who acts for a payee that is minor or incapable, by which order, since and until when. A new order replaces
    the one of before: an account that its guardian or representative held is paid to no longer."""
    return PartyStatementOut.of(await state_of_party(body.command(caller), uow))


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
    "/v1/me/statements",
    summary="List what is stated of oneself",
    dependencies=[requires("benefits:me:read"), reads(DataKind.PAYMENT, DataKind.CLAIM, of="party")],
    responses=problems(400),
)
async def list_own_statements(listing: Listing, uow: CommittedBeforeAnswer, caller: Party) -> Page[PartyStatementOut]:
    """What is stated of the caller as a payee, and of those for whom the caller acts."""
    found = await party_statements.list_own_statements(caller.party, listing.after_id, listing.limit, uow)
    return listing.page(found, item=lambda read: PartyStatementOut.of(read.statement))


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
