"""Whoever sent a document withdraws it: it proves nothing any more, and what was sent stays in the file."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.follow_evidence_request import FollowEvidenceRequest
from services.claims.domain.document import Document, DocumentState
from services.claims.domain.errors import DocumentOfAnother, DocumentOver
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class WithdrawDocument:
    """A document, and which party, and who of it, withdraws it."""

    tenant: str
    by: str
    document: UUID


async def withdraw_document(command: WithdrawDocument, uow: ClaimsUnitOfWork) -> Document:
    """Say so, and have the claim assessed again; raises DocumentUnknown, DocumentOfAnother, DocumentOver."""
    document = await uow.documents.get(command.document)
    if document.tenant not in await uow.known_persons.parties_of(command.tenant):
        raise DocumentOfAnother()
    await uow.due.at(AssessClaim(document.claim), now())
    if document.request is not None:
        await uow.due.at(FollowEvidenceRequest(document.request), now())
        await uow.evidence_requests.look_no_more(document.request, document.id)
    document = await uow.documents.lock(document.id)
    if document.state is not DocumentState.KEPT:
        raise DocumentOver()
    await uow.documents.turn(document.id, DocumentState.WITHDRAWN, now())
    withdrawn = Evidence(new_id(), document.claim, document.tenant, EvidenceKind.WITHDRAWAL, now(), about=document.id)
    await uow.evidence.add(replace(withdrawn, stated_by=command.by))
    return replace(document, state=DocumentState.WITHDRAWN)
