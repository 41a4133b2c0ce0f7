"""Notices: what partners report."""

from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer, Tokens
from services.claims.commands.submit_notice import SubmitNotice, submit_notice
from services.claims.domain.claim import Claim, ClaimState
from services.claims.domain.errors import NotForThisParty, PersonNotNamed
from services.claims.queries.claims import find_notice
from shared.contracts.accident_reported import AccidentPlace
from shared.kernel.identifiers import employer_number, person_number
from shared.security.blind_index import IdTokens
from shared.security.national_id import IdKind, NationalId
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import DOCUMENT_PATTERN, Day
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, Out
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["notices"])


class NationalIdIn(In):
    """A national id as a partner holds it; it is hashed, matched and dropped."""

    kind: IdKind = Field(description="What kind of number it is", examples=["mykad"])
    number: str = Field(
        min_length=5, max_length=20, pattern=DOCUMENT_PATTERN, description="Without dashes", examples=["900101145678"]
    )


class CertificateIn(In):
    """A doctor's certificate of unfitness for work: first and last day."""

    first: Day = Field(examples=["2026-07-15"])
    last: Day = Field(examples=["2026-08-11"])
    issued_on: Day = Field(examples=["2026-07-15"])


class NoticeIn(In):
    """An accident: who, when, where, and for which days a doctor certified unfitness."""

    person: PersonId | None = Field(default=None, description="The person's number, if the sender knows it")
    national_id: NationalIdIn | None = Field(default=None, description="Or the person's national id")
    employer: EmployerId | None = Field(default=None, description="The employer, if the sender knows it")
    happened_on: Day = Field(description="The day of the accident", examples=["2026-07-15"])
    place: AccidentPlace = Field(description="In which circumstances it happened (Act 4 ss.2(6), 24, 25)")
    certificate: CertificateIn
    wages_paid_for: list[Day] = Field(
        default=[],
        max_length=366,
        description="Days in this time that were worked with wages",
        examples=[["2026-07-15"]],
    )

    def command(self, sender: Caller, tokens: IdTokens) -> SubmitNotice:
        """The notice as a command; raises PersonNotNamed, NotForThisParty, or what is wrong with an id."""
        if (self.person is None) == (self.national_id is None):
            raise PersonNotNamed()
        named = self.national_id
        return SubmitNotice(
            tenant=sender.party,
            person=None if self.person is None else person_number(self.person),
            id_token=None if named is None else tokens.of(NationalId.of(named.kind, named.number)),
            employer=_employer(None if self.employer is None else employer_number(self.employer), sender),
            happened_on=self.happened_on,
            place=self.place,
            certified_first=self.certificate.first,
            certified_last=self.certificate.last,
            certificate_issued_on=self.certificate.issued_on,
            wages_paid_for=tuple(sorted(set(self.wages_paid_for))),
        )


class NoticeOut(Out):
    """A notice that was kept, and how far its claim has come."""

    notice: UUID
    claim: UUID
    state: ClaimState
    received_at: datetime

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """The notice behind a claim."""
        return cls(notice=claim.notice, claim=claim.id, state=claim.state, received_at=claim.received_at)


@router.post(
    "/v1/notices",
    status_code=202,
    summary="Report an accident",
    dependencies=[requires("claims:notice:write"), Depends(idempotent)],
    responses=problems(400, 409),
)
async def add_notice(body: NoticeIn, uow: CommittedBeforeAnswer, sender: Party, tokens: Tokens) -> NoticeOut:
    """Report an accident of an insured person. It is kept even if the person is not registered yet."""
    return NoticeOut.of(await submit_notice(body.command(sender, tokens), uow))


@router.get(
    "/v1/notices/{notice}",
    summary="Read a notice",
    dependencies=[requires("claims:notice:read")],
    responses=problems(404),
)
async def read_notice(notice: UUID, uow: CommittedBeforeAnswer) -> NoticeOut:
    """A notice that the caller sent, or any for the organisation's officers."""
    return NoticeOut.of(await find_notice(notice, uow))


def _employer(named: int | None, sender: Caller) -> int | None:
    if sender.party_kind != "employer":
        return named
    if named not in (None, sender.party_number):
        raise NotForThisParty()
    return sender.party_number
