"""Documents of claims: sent, withdrawn, and read by officers, by who sent them, and by the person."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from services.claims.api.dependencies import Cipher, CommittedBeforeAnswer
from services.claims.commands.send_document import SendDocument
from services.claims.commands.send_document import send_document as handle_send_document
from services.claims.commands.withdraw_document import WithdrawDocument
from services.claims.commands.withdraw_document import withdraw_document as handle_withdraw_document
from services.claims.domain.document import MEDIA_TYPES, Document, DocumentKind, DocumentState, media_type_of
from services.claims.domain.errors import DocumentPlaceNotOne
from services.claims.queries.documents import find_content, find_document, list_documents
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.web.money import Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["documents"])

PATH = "/v1/documents"
# Some pages that were scanned.
LARGEST_BYTES = 8 << 20
# The same bytes: clients that are generated from the document send no other type.
_ANY_BYTES = "application/octet-stream"
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary", "maxLength": LARGEST_BYTES}}
_SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes of the document: PDF, JPEG, PNG or TIFF.",
        "content": {
            MEDIA_TYPES[0]: {**_BYTES, "example": "%PDF-1.7 a report"},
            **dict.fromkeys((*MEDIA_TYPES[1:], _ANY_BYTES), _BYTES),
        },
    }
}
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bytes as they were sent.", "content": dict.fromkeys(MEDIA_TYPES, _BYTES)}
}

DocumentInPath = Annotated[UUID, Path(description="The document.")]
_SHA256 = Query(
    min_length=64,
    max_length=64,
    pattern=r"^[0-9a-f]{64}$",
    description="SHA-256 of the bytes, in hex: what has come is compared with it.",
    examples=["ab" * 32],
)


class DocumentOut(Out):
    """What is kept of a document beside its bytes."""

    document: UUID
    claim: UUID
    kind: DocumentKind
    sent_by: str = Field(max_length=60, description="The party", examples=["employer:3"])
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", max_length=64, examples=["ab" * 32])
    size: int = Field(ge=1, le=LARGEST_BYTES, description="Bytes")
    media_type: str = Field(max_length=40, examples=["application/pdf"])
    received_at: datetime
    request: UUID | None = Field(description="The request for evidence that it answers")
    supersedes: UUID | None = Field(description="The document in whose place it stands")
    state: DocumentState
    is_erased: bool = Field(description="Whether its bytes are let go of, as nothing is kept of the person any more")

    @classmethod
    def of(cls, document: Document) -> Self:
        """As it is kept."""
        return cls(
            document=document.id,
            claim=document.claim,
            kind=document.kind,
            sent_by=document.tenant,
            sha256=document.sha256,
            size=document.size,
            media_type=document.media_type,
            received_at=document.received_at,
            request=document.request,
            supersedes=document.about,
            state=document.state,
            is_erased=document.is_erased,
        )


@router.post(
    PATH,
    status_code=201,
    summary="Send a document",
    dependencies=[requires("claims:notice:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 413, 415),
    openapi_extra=_SENT,
)
async def send_document(
    request: Request,
    uow: CommittedBeforeAnswer,
    caller: Party,
    cipher: Cipher,
    kind: Annotated[DocumentKind, Query(description="What it is.", examples=["medical_report"])],
    sha256: Annotated[str, _SHA256],
    claim: Annotated[UUID | None, Query(description="The claim that it is about, which the caller sees.")] = None,
    answers: Annotated[UUID | None, Query(description="Or the request for evidence that it answers.")] = None,
    supersedes: Annotated[UUID | None, Query(description="One's own document in whose place it stands.")] = None,
) -> DocumentOut:
    """Send the bytes of a document, at most 8 MiB: with its hash, of a claim or in answer to a request.

    Who decides about the claim sees that it has come; by itself it changes nothing that is owed. A request is answered
    by a document of the kinds that it lists; at others, and at what comes when it is over, officers look.
    """
    if (claim is None) == (answers is None):
        raise DocumentPlaceNotOne()
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    content = await request.body()
    where = (claim, answers, supersedes)
    sent = SendDocument(caller.party, caller.subject, *where, kind, _known_type(media_type, content), sha256, content)
    return DocumentOut.of(await handle_send_document(sent, cipher, uow))


@router.get(
    "/v1/claims/{claim}/documents",
    summary="List the documents of a claim",
    dependencies=[requires("claims:notice:read"), reads(DataKind.CLAIM, DataKind.HEALTH, of="claim")],
    responses=problems(400),
)
async def list_claim_documents(claim: UUID, listing: Listing, uow: CommittedBeforeAnswer) -> Page[DocumentOut]:
    """Those that the caller sent, and for the person and for officers all of them."""
    found = await list_documents(claim, listing.after_id, listing.limit, uow)
    return listing.page(found, item=DocumentOut.of)


@router.get(
    f"{PATH}/{{document}}",
    summary="Read what is kept of a document",
    dependencies=[requires("claims:notice:read"), reads(DataKind.CLAIM, DataKind.HEALTH, of="document")],
    responses=problems(404),
)
async def read_document(document: DocumentInPath, uow: CommittedBeforeAnswer) -> DocumentOut:
    """Its kind, size and hash, and how it stands."""
    return DocumentOut.of(await find_document(document, uow))


@router.get(
    f"{PATH}/{{document}}/content",
    summary="Read the content of a document",
    dependencies=[requires("claims:notice:read"), reads(DataKind.CLAIM, DataKind.HEALTH, DataKind.WAGE, of="document")],
    responses={**_CONTENT, **problems(404)},
    response_class=Response,
)
async def read_document_content(document: DocumentInPath, uow: CommittedBeforeAnswer, cipher: Cipher) -> Response:
    """The bytes as they were sent; its ETag is their SHA-256. A browser keeps them, and shows nothing of them."""
    found, content = await find_content(document, cipher, uow)
    headers = {"ETag": f'"{found.sha256}"', "Content-Disposition": "attachment"}
    return Response(content, media_type=found.media_type, headers=headers)


@router.post(
    f"{PATH}/{{document}}/withdrawal",
    summary="Withdraw a document",
    dependencies=[requires("claims:notice:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409),
)
async def withdraw_document(document: DocumentInPath, uow: CommittedBeforeAnswer, caller: Party) -> DocumentOut:
    """By the party that sent it: it proves nothing any more, and stays in the file as withdrawn."""
    command = WithdrawDocument(caller.party, caller.subject, document)
    return DocumentOut.of(await handle_withdraw_document(command, uow))


def _known_type(stated: str, content: bytes) -> str:
    """Of bytes without a type of their own, by what they begin with."""
    return media_type_of(content) or stated if stated == _ANY_BYTES else stated
