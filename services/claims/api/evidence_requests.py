"""Requests for evidence: what a party is asked for, why, until when, and its answer."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.api.evidence import CircumstancesIn
from services.claims.api.fields import CertificateIn
from services.claims.api.fields import EvidenceKind as ShownKind
from services.claims.commands.answer_evidence_request import AnswerEvidenceRequest, answer_evidence_request
from services.claims.domain.document import DocumentKind
from services.claims.domain.errors import StatementNotOne
from services.claims.domain.evidence import EvidenceKind
from services.claims.domain.evidence_request import DOCUMENTS_OF, STATED_BY, EvidenceRequest, Item, RequestState
from services.claims.queries.evidence_requests import find_request, find_seen, list_requests
from shared.kernel.identifiers import person_id
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, Flag
from shared.web.ids import PersonId
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["evidence requests"])

# A party that never spoke of the claim learns of no benefit that the person applied for.
_OF_CLAIM = "claim"
RequestInPath = Annotated[UUID, Path(description="The request.")]
ClaimOfRequests = Annotated[UUID | None, Query(description="Only requests of this claim")]
StateOfRequests = Annotated[RequestState | None, Query(description="Only requests in this state")]


class EvidenceRequestOut(Out):
    """What a party is asked for. `outcomes` is for the organisation's officers: what the law would answer."""

    request: UUID
    claim: UUID
    party: str = Field(max_length=60, description="Who is asked", examples=["employer:3"])
    person: PersonId = Field(description="Whom the claim is about")
    happened_on: date
    question: str = Field(
        max_length=100,
        description="Which question it can change; `claim` for a party that does not see the claim",
        examples=["temporary_disablement"],
    )
    item: Item
    why: str = Field(
        max_length=100, description="Why it is asked for, as a stable code", examples=["application_awaited"]
    )
    law: str = Field(max_length=200, description="By which citation", examples=["Act 4, s.22; Fourth Schedule"])
    statements: list[ShownKind] = Field(max_length=10, description="What may be stated in answer to it")
    documents: list[DocumentKind] = Field(max_length=20, description="What shows it, where it is shown by a document")
    outcomes: list[Annotated[str, Field(max_length=20)]] | None = Field(
        max_length=20, description="What the question is answered with each value that could come; null for partners"
    )
    state: RequestState
    asked_at: datetime
    due_on: date = Field(description="The last day on which it is answered in time")
    reminded_at: datetime | None
    closed_at: datetime | None
    closed_for: str | None = Field(max_length=100, description="Why it is over", examples=["evidence"])
    answered_by: UUID | None = Field(description="The statement or the document that answered it")

    @classmethod
    def shown_to(cls, caller: Caller, request: EvidenceRequest, seen: Collection[UUID]) -> Self:
        """The request as this caller may see it, who sees these claims."""
        return cls(
            request=request.id,
            claim=request.claim,
            party=request.tenant,
            person=person_id(request.person),
            happened_on=request.happened_on,
            question=request.question if request.claim in seen else _OF_CLAIM,
            item=request.item,
            why=request.why,
            law=request.law,
            statements=[ShownKind(each.value) for each in sorted(STATED_BY.get(request.item, ()))],
            documents=list(DOCUMENTS_OF[request.item]),
            outcomes=list(request.outcomes) if caller.is_officer else None,
            state=request.state,
            asked_at=request.asked_at,
            due_on=request.due_on,
            reminded_at=request.reminded_at,
            closed_at=request.closed_at,
            closed_for=request.closed_for,
            answered_by=request.answered_by,
        )


class RequestAnswerIn(In):
    """One answer: a certificate, circumstances, the days with wages (none is an answer), or that nothing is held."""

    model_config = examples(
        {"wages_paid_for": ["2026-07-15", "2026-07-16"]},
        {
            "certificate": {
                "first": "2026-07-15",
                "last": "2026-08-09",
                "issued_on": "2026-07-15",
                "light_duty_from": "2026-08-05",
            }
        },
        {"circumstances": {"place": "commuting", "interrupted": True, "outside_malaysia": False}},
        {"nothing_held": True},
    )

    certificate: CertificateIn | None = None
    circumstances: CircumstancesIn | None = None
    wages_paid_for: list[Day] | None = Field(default=None, max_length=366)
    nothing_held: Flag = Field(default=False, description="That the party holds nothing of what is asked for")

    def command(self, caller: Caller, request: UUID) -> AnswerEvidenceRequest:
        """The answer as a command; raises StatementNotOne."""
        said = [each is not None for each in (self.certificate, self.circumstances, self.wages_paid_for)]
        if sum(said) + self.nothing_held != 1:
            raise StatementNotOne()
        whose = (caller.party, caller.subject, request)
        if self.certificate is not None:
            return AnswerEvidenceRequest(*whose, EvidenceKind.CERTIFICATE, self.certificate.stated())
        if self.circumstances is not None:
            stated = self.circumstances.stated()
            return AnswerEvidenceRequest(*whose, EvidenceKind.CIRCUMSTANCES, circumstances=stated)
        if self.wages_paid_for is not None:
            worked = tuple(sorted(set(self.wages_paid_for)))
            return AnswerEvidenceRequest(*whose, EvidenceKind.WAGES_PAID, wages_paid_for=worked)
        return AnswerEvidenceRequest(*whose, None)


@router.get(
    "/v1/evidence-requests",
    summary="List requests for evidence",
    dependencies=[requires("claims:notice:read"), reads(DataKind.CLAIM, of=("person", "claim"))],
    responses=problems(400),
)
async def list_evidence_requests(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    caller: Party,
    claim: ClaimOfRequests = None,
    state: StateOfRequests = None,
) -> Page[EvidenceRequestOut]:
    """What the caller is asked for, and nobody else; for the organisation's officers what everybody is."""
    found = await list_requests(claim, state, listing.after_id, listing.limit, uow)
    seen = await find_seen(found, uow)
    return listing.page(found, item=lambda each: EvidenceRequestOut.shown_to(caller, each, seen))


@router.get(
    "/v1/evidence-requests/{request}",
    summary="Read a request for evidence",
    dependencies=[requires("claims:notice:read"), reads(DataKind.CLAIM, of=("person", "claim"))],
    responses=problems(404),
)
async def read_evidence_request(
    request: RequestInPath, uow: CommittedBeforeAnswer, caller: Party
) -> EvidenceRequestOut:
    """What is asked for, why, and until when."""
    found = await find_request(request, uow)
    return EvidenceRequestOut.shown_to(caller, found, await find_seen([found], uow))


@router.post(
    "/v1/evidence-requests/{request}/answers",
    status_code=202,
    summary="Answer a request for evidence",
    dependencies=[requires("claims:notice:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409),
)
async def answer_request(
    request: RequestInPath, body: RequestAnswerIn, uow: CommittedBeforeAnswer, caller: Party
) -> EvidenceRequestOut:
    """State what is asked for, or that nothing of it is held; a document is sent to `/v1/documents`.

    It is evidence of the claim as any statement: where it lowers or extends what was decided, officers look first. What
    comes when the request is over is kept too.
    """
    answered = await answer_evidence_request(body.command(caller, request), uow)
    return EvidenceRequestOut.shown_to(caller, answered, await find_seen([answered], uow))
