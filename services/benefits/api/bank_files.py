"""Bank files: the bank fetches them here and answers them here."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.benefits.api.dependencies import Cipher, CommittedBeforeAnswer
from services.benefits.api.fields import EndToEndId
from services.benefits.commands.fetch_bank_file import FetchBankFile, fetch_bank_file
from services.benefits.commands.release_bank_file import ReleaseBankFile, release_bank_file
from services.benefits.commands.take_status_report import Taken, TakeStatusReport, take_status_report
from services.benefits.domain.answers import HeldReason, StatusReport
from services.benefits.domain.errors import StatusReportNotXml
from services.benefits.domain.payments import BankFileState
from services.benefits.files.pain_002 import read_status_report
from services.benefits.queries import bank_files
from services.benefits.queries.bank_files import BankFileRead, HeldStatusRead
from services.benefits.storage.bank_files import BankFileReason
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.web.money import Money, Out
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["bank files"])

XML = "application/xml"
# The same bytes: clients that are generated from the document send no XML of their own.
_BYTES = "application/octet-stream"
_XML_TYPES = (XML, "text/xml", _BYTES)
_LARGEST = 8 << 20
_ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-08-12T09:00:00+08:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>0197b6a06c007000800000000000000a</OrgnlMsgId>
<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>0197b6a06c007000800000000000000a</OrgnlPmtInfId>
<TxInfAndSts><OrgnlEndToEndId>0197b6a06c007000800000000000000b</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>0197b6a06c007000800000000000000c</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"""
_CONTENT: dict[str, Any] = {"schema": {"type": "string", "maxLength": _LARGEST}}
_REPORT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A pain.002.001.09 or .10 document.",
        "content": {
            XML: {**_CONTENT, "example": _ANSWER},
            _BYTES: {"schema": {"type": "string", "format": "binary", "maxLength": _LARGEST}},
        },
    }
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A pain.001.001.09 document, the same bytes each time.", "content": {XML: _CONTENT}}
}
StateFilter = Annotated[BankFileState, Query(description="Files in this state.")]
Count = Annotated[int, Field(ge=0, le=1_000_000, examples=[1])]


class BankFileOut(Out):
    """A file of credit transfers, rendered once."""

    bank_file: UUID
    state: BankFileState
    message_id: str = Field(max_length=35, description="MsgId of the document.", examples=["0f" * 16])
    transactions: Count
    control_sum: Money
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", max_length=64, description="Of the content.", examples=["ab" * 32])
    created_at: datetime
    fetched_at: datetime | None
    answered_at: datetime | None
    reason: BankFileReason | None = Field(
        description="Why a person is to look at it: silence for some banking days, or statuses that are held."
    )

    @classmethod
    def of(cls, read: BankFileRead) -> "BankFileOut":
        """From what is read of it."""
        return cls(
            bank_file=read.id,
            state=read.state,
            message_id=read.message_id,
            transactions=read.transactions,
            control_sum=Money.of(read.control_sum_sen),
            sha256=read.sha256,
            created_at=read.created_at,
            fetched_at=read.fetched_at,
            answered_at=read.answered_at,
            reason=None if read.reason is None else BankFileReason(read.reason),
        )


class StatusReportOut(Out):
    """What a status report changed."""

    settled: Count = Field(description="Payments that it settled.")
    returned: Count = Field(description="Payments that it returned.")
    pending: Count = Field(description="Payments that the bank still works on.")
    repeated: Count = Field(description="Payments whose answer was known, or is newer than this report.")
    held: Count = Field(description="Statuses that are held for a person: unknown ids and codes, contradictions.")

    @classmethod
    def of(cls, taken: Taken) -> "StatusReportOut":
        """From what the command did."""
        return cls(**asdict(taken))


@router.get(
    "/v1/bank-files",
    summary="List bank files",
    dependencies=[requires("benefits:bank_file:read")],
    responses=problems(400),
)
async def list_bank_files(
    listing: Listing, uow: CommittedBeforeAnswer, state: StateFilter = BankFileState.READY
) -> Page[BankFileOut]:
    """The files in a state: a bank sees its own. One that it fetched and did not answer stands under fetched."""
    found = await bank_files.list_bank_files(state, listing.after_id, listing.limit, uow)
    return listing.page(found, item=BankFileOut.of)


@router.get(
    "/v1/bank-files/{bank_file}/content",
    summary="Fetch a bank file",
    dependencies=[requires("benefits:bank_file:read"), reads(DataKind.PAYMENT, of="bank_file")],
    responses={**_FILE, **problems(404)},
    response_class=Response,
)
async def read_bank_file_content(
    bank_file: UUID, uow: CommittedBeforeAnswer, caller: Party, cipher: Cipher
) -> Response:
    """The document; its ETag is the SHA-256 of its bytes, which never change."""
    content, sha256 = await fetch_bank_file(FetchBankFile(bank_file, not caller.is_officer), cipher, uow)
    return Response(content, media_type=XML, headers={"ETag": f'"{sha256}"'})


async def _report(request: Request) -> StatusReport:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _XML_TYPES:
        raise StatusReportNotXml()
    # In a thread, and before the unit of work: a large report takes seconds, and nobody is to wait for it.
    return await asyncio.to_thread(read_status_report, await request.body())


@router.post(
    "/v1/bank-files/{bank_file}/status-reports",
    summary="Answer a bank file",
    dependencies=[requires("benefits:status_report:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=_REPORT,
)
async def answer_bank_file(
    bank_file: UUID, report: Annotated[StatusReport, Depends(_report)], uow: CommittedBeforeAnswer
) -> StatusReportOut:
    """Take a pain.002 status report of transactions, a batch or the whole file: ACSC and ACCC settle a payment, RJCT
    returns it, also later; others leave it. What is not known or contradicts is held, the rest is taken. Repeats do no
    harm, and reports count by their CreDtTm."""
    return StatusReportOut.of(await take_status_report(TakeStatusReport(bank_file, report), uow))


class HeldStatusOut(Out):
    """A status of a report that was not taken, and why."""

    held_status: UUID
    reason: HeldReason
    end_to_end_id: EndToEndId | None = Field(
        description="Null where the report names no id, or none that could be ours."
    )
    status: str = Field(max_length=4, description="The bank's code.", examples=["RJCT"])
    report: str = Field(max_length=35, description="MsgId of the report.", examples=["S-1"])
    reported_at: datetime
    received_at: datetime

    @classmethod
    def of(cls, read: HeldStatusRead) -> "HeldStatusOut":
        """From what is read of it."""
        return cls(
            held_status=read.id,
            reason=HeldReason(read.reason),
            end_to_end_id=read.end_to_end_id,
            status=read.code,
            report=read.report,
            reported_at=read.reported_at,
            received_at=read.received_at,
        )


@router.get(
    "/v1/bank-files/{bank_file}/held-statuses",
    summary="List statuses that are held",
    dependencies=[requires("benefits:bank_file:read")],
    responses=problems(400),
)
async def list_held_statuses(bank_file: UUID, listing: Listing, uow: CommittedBeforeAnswer) -> Page[HeldStatusOut]:
    """What the bank said of a file that was not taken: a person is to ask it."""
    found = await bank_files.list_held_statuses(bank_file, listing.after_id, listing.limit, uow)
    return listing.page(found, item=HeldStatusOut.of)


class ReleasedOut(Out):
    """What may be paid again."""

    entitlements: Count = Field(description="Entitlements that are settled again.")


@router.post(
    "/v1/bank-files/{bank_file}/releases",
    status_code=201,
    summary="Let a refused file be paid again",
    dependencies=[requires("benefits:bank_file:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 404, 409),
)
async def release_refused_file(bank_file: UUID, uow: CommittedBeforeAnswer) -> ReleasedOut:
    """The cause for which the bank refused the whole file is mended: its payments are made again, under new ids. Of a
    file that is answered, what is held counts as looked at: it shows no reason any more."""
    return ReleasedOut(entitlements=await release_bank_file(ReleaseBankFile(bank_file), uow))
