"""Evidence is withdrawn or corrected: by a statement about it, which counts or waits when it is assessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.claims.commands.keep_statement import KeepStatement, keep_statement
from services.claims.commands.submit_notice import CertifiedDays
from services.claims.domain.bounds import check_wage_days
from services.claims.domain.claim import Claim
from services.claims.domain.errors import (
    ClaimUnknown,
    EvidenceNotChangeable,
    EvidenceUnknown,
)
from services.claims.domain.evidence import BY_TWO_OFFICERS, Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.law.book import book

STATES = (
    EvidenceKind.CERTIFICATE,
    EvidenceKind.FINAL_CERTIFICATE,
    EvidenceKind.WAGES_PAID,
    EvidenceKind.CIRCUMSTANCES,
    *BY_TWO_OFFICERS,
)


@dataclass(frozen=True)
class ChangeEvidence:
    """A party's statement about evidence: a withdrawal, or a correction with its days or circumstances."""

    tenant: str
    by: str
    about: UUID
    kind: EvidenceKind
    certificate: CertifiedDays | None = None
    wages_paid_for: tuple[date, ...] = ()
    circumstances: Mapping[str, Any] = field(default_factory=dict)


async def change_evidence(command: ChangeEvidence, uow: ClaimsUnitOfWork) -> Evidence:
    """Append the statement and have the claim assessed again.

    Raises EvidenceUnknown, EvidenceNotChangeable, StatementsTooMany, or what is wrong with its days.
    """
    target = await uow.evidence.find(command.about)
    if target is None:
        raise EvidenceUnknown()
    if not _fits(command.kind, target.kind):
        raise EvidenceNotChangeable()
    claim = await uow.claims.find(target.claim)
    if claim is None:
        raise ClaimUnknown()
    _check_days(command, claim)
    return await keep_statement(KeepStatement(claim, _change(command, target), target.kind), uow)


def _fits(kind: EvidenceKind, about: EvidenceKind) -> bool:
    """What states something is withdrawn, or corrected by its like.

    Of what happened something must be stated: circumstances are corrected, and not withdrawn.
    """
    if kind is EvidenceKind.WITHDRAWAL and about is EvidenceKind.CIRCUMSTANCES:
        return False
    return about in STATES and (kind not in STATES or kind == about)


def _change(command: ChangeEvidence, target: Evidence) -> Evidence:
    stated = Evidence(
        new_id(),
        target.claim,
        command.tenant,
        command.kind,
        now(),
        wage_days=command.wages_paid_for,
        about=target.id,
        stated=command.circumstances,
        stated_by=command.by,
    )
    certificate = command.certificate
    if certificate is None:
        return stated
    return replace(stated, **certificate.as_evidence)


def _check_days(command: ChangeEvidence, claim: Claim) -> None:
    day = today()
    certificate = command.certificate
    if certificate is not None:
        certificate.check(claim.happened_on, day, book().on(in_force=day, known=day))
    check_wage_days(command.wages_paid_for, claim.happened_on, day)
