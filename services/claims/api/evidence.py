"""Evidence: what was stated of a claim, its withdrawal, its correction, and an officer's approval."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.api.fields import CertificateIn
from services.claims.commands.change_evidence import ChangeEvidence, change_evidence
from services.claims.domain.evidence import Evidence, EvidenceKind, EvidenceStanding, Piece, WaitsBecause
from services.claims.queries.evidence import list_of_claim
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import Day
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["evidence"])

WRITE = [requires("claims:notice:write"), Depends(idempotent)]


class CorrectionIn(In):
    """What a statement should have said: a certificate, or days that were worked with wages."""

    model_config = examples(
        {"certificate": {"first": "2026-07-15", "last": "2026-08-09", "issued_on": "2026-07-15"}},
        {"wages_paid_for": ["2026-07-15", "2026-07-16"]},
    )

    certificate: CertificateIn | None = None
    wages_paid_for: list[Day] = Field(default=[], max_length=366, description="In place of all days stated before")


class EvidenceOut(Out):
    """A statement; one that is about another one corrects, withdraws or approves it."""

    evidence: UUID
    claim: UUID
    kind: EvidenceKind
    stated_by: str = Field(max_length=60, description="The party")
    stated_at: datetime
    issued_on: date | None
    first: date | None
    last: date | None
    fit_from: date | None
    wages_paid_for: list[date] = Field(max_length=366)
    about: UUID | None
    standing: EvidenceStanding | None = Field(
        description="For the organisation's officers: how it stands; null while its notice counts nowhere, and in the "
        "answer to a change, which is assessed first",
    )
    waits_because: WaitsBecause | None = Field(description="For the organisation's officers: why it waits for one")

    @classmethod
    def of(cls, stated: Evidence, piece: Piece | None = None) -> Self:
        """The statement as it was made, and as it stands where that is shown."""
        return cls(
            evidence=stated.id,
            claim=stated.claim,
            kind=stated.kind,
            stated_by=stated.tenant,
            stated_at=stated.stated_at,
            issued_on=stated.issued_on,
            first=stated.days.first if stated.days else None,
            last=stated.days.last if stated.days else None,
            fit_from=stated.fit_from,
            wages_paid_for=list(stated.wage_days),
            about=stated.about,
            standing=None if piece is None else piece.standing,
            waits_because=None if piece is None else piece.because,
        )


Statements = Annotated[list[EvidenceOut], Field(max_length=10_000)]


@router.get(
    "/v1/claims/{claim}/evidence",
    summary="List the evidence of a claim",
    dependencies=[requires("claims:notice:read")],
    responses=problems(404),
)
async def list_evidence(claim: UUID, uow: CommittedBeforeAnswer, caller: Party) -> Statements:
    """What the caller stated of a claim, oldest first.

    The organisation's officers see all that was stated of it, also by notices that joined it, and how each statement
    stands; others see in the claim's reason that something waits.
    """
    found = await list_of_claim(claim, caller.is_officer, uow)
    return [EvidenceOut.of(each.stated, each.piece) for each in found]


@router.post(
    "/v1/evidence/{evidence}/withdrawal",
    status_code=202,
    summary="Withdraw evidence",
    dependencies=WRITE,
    responses=problems(400, 404, 409),
)
async def withdraw_evidence(evidence: UUID, uow: CommittedBeforeAnswer, caller: Party) -> EvidenceOut:
    """Withdraw what the caller stated. It counts while nobody disputes it; else an officer looks."""
    command = ChangeEvidence(caller.party, evidence, EvidenceKind.WITHDRAWAL)
    return EvidenceOut.of(await change_evidence(command, uow))


@router.post(
    "/v1/evidence/{evidence}/correction",
    status_code=202,
    summary="Correct evidence",
    dependencies=WRITE,
    responses=problems(400, 404, 409),
)
async def correct_evidence(
    evidence: UUID, body: CorrectionIn, uow: CommittedBeforeAnswer, caller: Party
) -> EvidenceOut:
    """Say what should have been stated. It counts while nobody disputes it; else an officer looks."""
    certificate = None if body.certificate is None else body.certificate.stated()
    kind = EvidenceKind.WAGES_PAID if certificate is None else EvidenceKind.CERTIFICATE
    worked = tuple(sorted(set(body.wages_paid_for))) if certificate is None else ()
    command = ChangeEvidence(caller.party, evidence, kind, certificate, worked)
    return EvidenceOut.of(await change_evidence(command, uow))


@router.post(
    "/v1/evidence/{evidence}/approval",
    status_code=202,
    summary="Approve evidence that waits for a person",
    dependencies=[*WRITE, Depends(officers_only)],
    responses=problems(400, 404, 409),
)
async def approve_evidence(evidence: UUID, uow: CommittedBeforeAnswer, caller: Party) -> EvidenceOut:
    """Let evidence of another party count that contradicts, lowers or extends what stands. Officers only."""
    command = ChangeEvidence(caller.party, evidence, EvidenceKind.APPROVAL)
    return EvidenceOut.of(await change_evidence(command, uow))
