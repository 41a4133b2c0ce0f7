"""A party answers what it is asked for: by a statement about the claim, or by saying that it holds nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.follow_evidence_request import FollowEvidenceRequest
from services.claims.commands.submit_notice import CertifiedDays
from services.claims.domain.bounds import check_statements, check_wage_days
from services.claims.domain.claim import OFFICERS
from services.claims.domain.errors import (
    ClaimForgotten,
    EvidenceRequestOfAnother,
    EvidenceRequestOtherAnswer,
    EvidenceRequestOver,
)
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.evidence_request import EVIDENCE, NOTHING_HELD, STATED_BY, EvidenceRequest, RequestState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.law.book import book


@dataclass(frozen=True)
class AnswerEvidenceRequest:
    """What a party, and who of it, answers; ``kind`` is None where it holds nothing of what it is asked for."""

    tenant: str
    by: str
    request: UUID
    kind: EvidenceKind | None
    certificate: CertifiedDays | None = None
    wages_paid_for: tuple[date, ...] = ()
    circumstances: Mapping[str, Any] = field(default_factory=dict)


async def answer_evidence_request(command: AnswerEvidenceRequest, uow: ClaimsUnitOfWork) -> EvidenceRequest:
    """Keep what is stated as evidence, end the request with it, and have the claim assessed again.

    Of one that is over it is kept too: lowering or extending what stands it waits for a person. Raises
    EvidenceRequestUnknown, EvidenceRequestOfAnother, EvidenceRequestOtherAnswer, ClaimForgotten, StatementsTooMany,
    EvidenceRequestOver for one that is over where nothing is held, or what is wrong with its days.
    """
    _check(command, await uow.evidence_requests.get(command.request))
    request = await take_request(command.request, command.tenant, uow)
    if command.kind is None and not request.is_waiting:
        raise EvidenceRequestOver()
    answer = None if command.kind is None else _stated(command, command.kind, request)
    if answer is not None:
        await uow.evidence.add(answer)
    why, by = (NOTHING_HELD, None) if answer is None else (EVIDENCE, answer.id)
    await uow.evidence_requests.close([(request.id, RequestState.ANSWERED, why, by)], now())
    uow.decided("evidence_request_answered", claim=str(request.claim), request=str(request.id), why=why)
    return await uow.evidence_requests.get(request.id)


async def take_request(id_: UUID, party: str, uow: ClaimsUnitOfWork) -> EvidenceRequest:
    """A request that was made of this party, also one that is over, locked; what is due of the answer is left.

    A person is asked by any of its numbers. What is due comes before the request: so the runner holds both. Raises
    EvidenceRequestUnknown, EvidenceRequestOfAnother, ClaimForgotten, StatementsTooMany.
    """
    request = await uow.evidence_requests.get(id_)
    if party.startswith(OFFICERS) and request.tenant != party:
        raise EvidenceRequestOfAnother()
    if await uow.claims.is_forgotten(request.claim):
        raise ClaimForgotten()
    check_statements(await uow.evidence.count_by(request.claim, party))
    await uow.due.at(AssessClaim(request.claim), now())
    await uow.due.at(FollowEvidenceRequest(request.id), now())
    return await uow.evidence_requests.lock(id_)


def _check(command: AnswerEvidenceRequest, request: EvidenceRequest) -> None:
    if command.kind is not None and command.kind not in STATED_BY.get(request.item, ()):
        raise EvidenceRequestOtherAnswer(facts={"item": request.item.value})
    day, stated = today(), command.certificate
    if stated is not None:
        stated.check(request.happened_on, day, book().on(in_force=day, known=day))
    check_wage_days(command.wages_paid_for, request.happened_on, day)


def _stated(command: AnswerEvidenceRequest, kind: EvidenceKind, request: EvidenceRequest) -> Evidence:
    """What it says was not known when anything was decided: lowering or extending that, it waits for a person."""
    stated = Evidence(
        new_id(),
        request.claim,
        command.tenant,
        kind,
        now(),
        wage_days=command.wages_paid_for,
        stated=command.circumstances,
        stated_by=command.by,
        late=True,
    )
    return stated if command.certificate is None else replace(stated, **command.certificate.as_evidence)
