"""Evidence: what was stated of a claim, its withdrawal, and its correction."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.api.fields import CertificateIn
from services.claims.api.fields import EvidenceKind as ShownKind
from services.claims.commands.change_evidence import ChangeEvidence, change_evidence
from services.claims.commands.submit_notice import circumstances_stated
from services.claims.domain.errors import StatementNotOne
from services.claims.domain.evidence import Evidence, EvidenceKind, EvidenceStanding
from services.claims.domain.standing import Piece, WaitsBecause
from services.claims.queries.evidence import list_of_claim
from shared.contracts.accident_reported import AccidentPlace
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, Flag
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["evidence"])

WRITE = [requires("claims:notice:write"), Depends(idempotent)]


class CircumstancesIn(In):
    """In which circumstances an accident happened (Act 4 ss.2(6), 24, 25, 44A)."""

    place: AccidentPlace
    interrupted: Flag = Field(default=False, description="Whether a journey was interrupted or deviated from")
    outside_malaysia: Flag = Field(default=False, description="Whether it happened outside Malaysia")

    def stated(self) -> dict[str, Any]:
        """The circumstances for a command."""
        return circumstances_stated(self.place, self.interrupted, self.outside_malaysia)


class CorrectionIn(In):
    """What a statement should have said: a certificate, circumstances, or days that were worked with wages."""

    model_config = examples(
        {
            "certificate": {
                "first": "2026-07-15",
                "last": "2026-08-09",
                "issued_on": "2026-07-15",
                "light_duty_from": "2026-08-05",
            }
        },
        {"wages_paid_for": ["2026-07-15", "2026-07-16"]},
        {"circumstances": {"place": "commuting", "interrupted": True, "outside_malaysia": False}},
    )

    certificate: CertificateIn | None = None
    circumstances: CircumstancesIn | None = None
    wages_paid_for: list[Day] = Field(default=[], max_length=366, description="In place of all days stated before")

    def command(self, caller: Caller, evidence: UUID) -> ChangeEvidence:
        """The correction as a command; raises StatementNotOne. No days with wages is a statement where it is alone."""
        others = [each for each in (self.certificate, self.circumstances) if each is not None]
        of_wages = bool(self.wages_paid_for) or (not others and "wages_paid_for" in self.model_fields_set)
        if len(others) + of_wages != 1:
            raise StatementNotOne()
        if self.certificate is not None:
            return ChangeEvidence(
                caller.party, caller.subject, evidence, EvidenceKind.CERTIFICATE, self.certificate.stated()
            )
        if self.circumstances is not None:
            found, kind = self.circumstances.stated(), EvidenceKind.CIRCUMSTANCES
            return ChangeEvidence(caller.party, caller.subject, evidence, kind, circumstances=found)
        worked = tuple(sorted(set(self.wages_paid_for)))
        return ChangeEvidence(caller.party, caller.subject, evidence, EvidenceKind.WAGES_PAID, wages_paid_for=worked)


class EvidenceOut(Out):
    """A statement; one that is about another one corrects, withdraws or approves it."""

    evidence: UUID
    claim: UUID
    kind: ShownKind
    stated_by: str = Field(max_length=60, description="The party")
    stated_at: datetime
    issued_on: date | None
    first: date | None
    last: date | None
    fit_from: date | None
    wages_paid_for: list[date] = Field(max_length=366)
    circumstances: CircumstancesIn | None
    stated: dict[str, Any] = Field(description="What else it states, by its members")
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
            kind=ShownKind(stated.kind.value),
            stated_by=stated.tenant,
            stated_at=stated.stated_at,
            issued_on=stated.issued_on,
            first=stated.days.first if stated.days else None,
            last=stated.days.last if stated.days else None,
            fit_from=stated.fit_from,
            wages_paid_for=list(stated.wage_days),
            circumstances=CircumstancesIn(**stated.stated) if stated.kind is EvidenceKind.CIRCUMSTANCES else None,
            stated={} if stated.kind is EvidenceKind.CIRCUMSTANCES else dict(stated.stated),
            about=stated.about,
            standing=None if piece is None else piece.standing,
            waits_because=None if piece is None else piece.because,
        )


MOST_SHOWN = 10_000
Statements = Annotated[list[EvidenceOut], Field(max_length=MOST_SHOWN)]


@router.get(
    "/v1/claims/{claim}/evidence",
    summary="List the evidence of a claim",
    dependencies=[requires("claims:notice:read"), reads(DataKind.CLAIM, DataKind.HEALTH, DataKind.WAGE, of="claim")],
    responses=problems(404),
)
async def list_evidence(claim: UUID, uow: CommittedBeforeAnswer, caller: Party) -> Statements:
    """What the caller stated of a claim, oldest first; of more than 10,000 statements the newest.

    The organisation's officers see all that was stated of it, also by notices that joined it, and how each statement
    stands; others see in the claim's reason that something waits. Documents have a list of their own.
    """
    found = await list_of_claim(claim, caller.is_officer, uow)
    return [EvidenceOut.of(each.stated, each.piece) for each in found[-MOST_SHOWN:]]


@router.post(
    "/v1/evidence/{evidence}/withdrawal",
    status_code=202,
    summary="Withdraw evidence",
    dependencies=WRITE,
    responses=problems(400, 404, 409),
)
async def withdraw_evidence(evidence: UUID, uow: CommittedBeforeAnswer, caller: Party) -> EvidenceOut:
    """Withdraw what the caller stated: it counts while nobody disputes it, else officers look.

    What an officer withdraws waits until another officer lets it count.
    """
    command = ChangeEvidence(caller.party, caller.subject, evidence, EvidenceKind.WITHDRAWAL)
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
    """Say what should have been stated: it counts while nobody disputes it, else officers look.

    What an officer corrects waits until another officer lets it count.
    """
    return EvidenceOut.of(await change_evidence(body.command(caller, evidence), uow))
