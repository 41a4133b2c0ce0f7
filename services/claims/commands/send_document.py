"""A document of a claim is sent: its bytes are kept sealed, what is said of it is evidence, it answers a request."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from services.claims.commands.answer_evidence_request import take_request
from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.bounds import check_statements
from services.claims.domain.claim import Claim
from services.claims.domain.document import Document, DocumentKind, DocumentState, check_content
from services.claims.domain.errors import (
    ClaimForgotten,
    ClaimUnknown,
    DocumentKnown,
    DocumentOver,
    DocumentUnknown,
)
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.evidence_request import DOCUMENT, DOCUMENTS_OF, EvidenceRequest, RequestState
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.security.fields import FieldCipher


@dataclass(frozen=True, repr=False)
class SendDocument:
    """What a party, and who of it, sends: for a claim that it sees, or to answer a request that it was made.

    ``about`` is the document in whose place it stands.
    """

    tenant: str
    by: str
    claim: UUID | None
    request: UUID | None
    about: UUID | None
    kind: DocumentKind
    media_type: str
    sha256: str
    content: bytes


async def send_document(command: SendDocument, cipher: FieldCipher, uow: ClaimsUnitOfWork) -> Document:
    """Keep it, and have the claim assessed again: who decides about it sees that something has come.

    Raises ClaimUnknown, EvidenceRequestUnknown and its like, ClaimForgotten, what is wrong with the bytes,
    DocumentKnown for the same bytes, DocumentUnknown and DocumentOver for what it stands in the place of, and
    StatementsTooMany.
    """
    content = command.content
    sha256 = await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())
    check_content(content, sha256, command.sha256, command.media_type)
    request = None if command.request is None else await take_request(command.request, command.tenant, uow)
    document = _document(command, await _claim_of(command, uow) if request is None else request.claim, sha256)
    if await uow.documents.is_known(document.claim, document.tenant, sha256):
        raise DocumentKnown()
    await _supersede(document, uow)
    await _as_evidence(document, uow)
    await uow.documents.add(document, content, cipher)
    if request is not None:
        await _answer(request, document, uow)
    uow.decided("document_kept", claim=str(document.claim), document=str(document.id), kind=document.kind.value)
    return document


async def _claim_of(command: SendDocument, uow: ClaimsUnitOfWork) -> UUID:
    """The claim that it is of; what is due of it is left before anything else is written."""
    claim: Claim | None = None if command.claim is None else await uow.claims.find(command.claim)
    if claim is None:
        raise ClaimUnknown()
    if await uow.claims.is_forgotten(claim.id):
        raise ClaimForgotten()
    check_statements(await uow.evidence.count_of_party(claim, command.tenant, command.by))
    await uow.due.at(AssessClaim(claim.joined_to or claim.id), now())
    return claim.id


async def _answer(request: EvidenceRequest, document: Document, uow: ClaimsUnitOfWork) -> None:
    """One of the kinds that were asked for answers what waits; officers look at others, and at what comes too late."""
    if request.is_waiting and document.kind in DOCUMENTS_OF[request.item]:
        await uow.evidence_requests.close([(request.id, RequestState.ANSWERED, DOCUMENT, document.id)], now())
    else:
        await uow.evidence_requests.look_at(request.id, document.id)


async def _supersede(document: Document, uow: ClaimsUnitOfWork) -> None:
    if document.about is None:
        return
    before = await uow.documents.get(document.about)
    if before.tenant != document.tenant or before.claim != document.claim:
        raise DocumentUnknown()
    before = await uow.documents.lock(before.id)
    if before.state is not DocumentState.KEPT:
        raise DocumentOver()
    await uow.documents.turn(before.id, DocumentState.SUPERSEDED, now())


async def _as_evidence(document: Document, uow: ClaimsUnitOfWork) -> None:
    whose = (document.id, document.claim, document.tenant)
    stated, by = document.stated, document.sent_by
    sent = Evidence(*whose, EvidenceKind.DOCUMENT, document.received_at, about=document.about)
    await uow.evidence.add(replace(sent, stated=stated, stated_by=by))


def _document(command: SendDocument, claim: UUID, sha256: str) -> Document:
    return Document(
        id=new_id(),
        claim=claim,
        tenant=command.tenant,
        sent_by=command.by,
        kind=command.kind,
        sha256=sha256,
        size=len(command.content),
        media_type=command.media_type,
        received_at=now(),
        request=command.request,
        about=command.about,
    )
