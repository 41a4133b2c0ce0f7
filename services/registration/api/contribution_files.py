"""Contribution files: sending one, and what became of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import FileReceived, MonthsMeant
from services.registration.commands.note_sender import NoteSender, note_sender
from services.registration.commands.submit_contribution_file import SubmitContributionFile, submit_contribution_file
from services.registration.domain.contribution import (
    FileFormat,
    FileJob,
    FileState,
    LineFault,
    MonthSums,
    Part,
    Reading,
    StatedAmount,
    month_of,
)
from services.registration.domain.errors import LegacyPartNeeded
from services.registration.files.contribution_file import FileLine, render
from services.registration.files.formats import FORMATS, CodedUpload, check_totals
from services.registration.files.spreadsheet import as_csv
from services.registration.queries.contribution_files import find_file, find_rejected_lines, list_file_faults
from shared.kernel.identifiers import employer_id
from shared.kernel.loop import beside_loop
from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, requires
from shared.web.ids import EmployerId
from shared.web.money import Money, Out
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

PATH = "/v1/contribution-files"
_MOST_LINES = 1_000_000
_LARGEST = 32 << 20
_EXAMPLE = render(
    [FileLine("F9702103813F", "900101145678", "AHMAD BIN ALI", Month.of("2026-05"), 248_000, 4_285, 1_225, 490, 490)]
).decode()
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Lines of 278 or 223 characters, one byte each, or CSV with its header; ending with CRLF or LF.",
        "content": {
            "text/plain": {"schema": {"type": "string", "maxLength": _LARGEST}, "example": _EXAMPLE},
            "text/csv": {"schema": {"type": "string", "maxLength": _LARGEST}},
            # The same bytes: clients that are generated from this document send no other text.
            "application/octet-stream": {"schema": {"type": "string", "format": "binary", "maxLength": _LARGEST}},
        },
    }
}

_TEXT = {"schema": {"type": "string", "maxLength": 1 << 30}}
_REJECTED: dict[str, Any] = {"text/plain": _TEXT, "text/csv": _TEXT, "application/json": {"schema": {"type": "object"}}}

router = APIRouter(route_class=CommittingRoute, tags=["contribution files"])

FileInPath = Annotated[UUID, Path(description="The file's job.")]
Count = Annotated[int, Field(ge=0, le=_MOST_LINES)]


class MonthTotals(Out):
    """Control totals of the accepted lines of one month."""

    month: str = Field(min_length=7, max_length=7, examples=["2026-06"])
    lines: Count
    wages: Money
    act4_employer: Money
    act4_employee: Money
    act800_employer: Money
    act800_employee: Money
    skbbk_employee: Money

    @classmethod
    def of(cls, sums: MonthSums) -> Self:
        """From what is stored."""
        amounts = sums.amounts
        return cls(
            month=str(month_of(sums.month)),
            lines=sums.lines,
            wages=Money.of(sums.wages_sen),
            act4_employer=Money.of(amounts.act4_employer_sen),
            act4_employee=Money.of(amounts.act4_employee_sen),
            act800_employer=Money.of(amounts.act800_employer_sen),
            act800_employee=Money.of(amounts.act800_employee_sen),
            skbbk_employee=Money.of(amounts.skbbk_employee_sen),
        )


class FileOut(Out):
    """A file and how far it has come; the counts and totals stand when it is through."""

    file: UUID
    employer: EmployerId
    format: FileFormat
    part: Part | None = Field(description="Of which Act a legacy file is.")
    amount: StatedAmount | None = Field(description="What the amount of a legacy file meant when it was received.")
    state: FileState
    received_at: datetime
    finished_at: datetime | None
    lines: Count
    accepted_lines: Count | None
    rejected_lines: Count | None
    closed_for: str | None = Field(
        max_length=100,
        description="Why two officers closed it, of which nothing counts: `not_worked_off`. It is sent again.",
        examples=["not_worked_off"],
    )
    months: list[MonthTotals] = Field(max_length=1200)

    @classmethod
    def of(cls, job: FileJob, sums: list[MonthSums]) -> Self:
        """From what is stored."""
        return cls(
            file=job.id,
            employer=employer_id(job.employer),
            format=job.reading.format,
            part=None if job.reading.amount is None else job.reading.part,
            amount=job.reading.amount,
            state=job.state,
            received_at=job.received_at,
            finished_at=job.finished_at,
            lines=job.lines,
            accepted_lines=job.accepted_lines,
            rejected_lines=job.rejected_lines,
            closed_for=job.closed_for,
            months=[MonthTotals.of(each) for each in sums],
        )


_FORMAT = Query(description="In what form the file is.", examples=["combined_278"])
_SEPARATOR = Query(description="What parts the fields of a CSV file.", examples=["comma"])
_PART = Query(description="Of which Act a legacy file is; needed for one.", examples=["act4"])
_LINES = Query(ge=1, le=_MOST_LINES, description="Control total: how many lines the file has.", examples=[16])
_AMOUNTS = Query(
    pattern=r"^(0|[1-9][0-9]{0,14})\.[0-9]{2}$",
    max_length=18,
    description="Control total: the sum of the wages of all lines (of a legacy file, of its amounts), in ringgit.",
    examples=["39680.00"],
)


async def _reading(
    months: MonthsMeant,
    format: Annotated[Literal["combined_278", "legacy_223", "csv"], _FORMAT] = "combined_278",  # noqa: A002
    separator: Annotated[Literal["comma", "semicolon"], _SEPARATOR] = "comma",
    part: Annotated[Part | None, _PART] = None,
) -> Reading:
    if format == "legacy_223" and part is None:
        raise LegacyPartNeeded()
    # What means nothing for the format tells no two uploads apart.
    is_csv, is_legacy = format == "csv", format == "legacy_223"
    return Reading(
        FileFormat(format),
        separator if is_csv else "comma",
        part if part is not None and is_legacy else Part.BOTH,
        months=months,
    )


FileReading = Annotated[Reading, Depends(_reading)]


@dataclass(frozen=True)
class Sent:
    """A file without a fault of the whole, and how it is read."""

    upload: CodedUpload
    reading: Reading


async def _sent(
    request: Request,
    reading: FileReading,
    lines: Annotated[int | None, _LINES] = None,
    amounts: Annotated[str | None, _AMOUNTS] = None,
) -> Sent:
    # Beside the loop: a large file takes a second, and the loop answers others meanwhile. Asked for before the unit of
    # work: nobody holds a connection to the database while a file is read.
    expected_sen = None if amounts is None else sen_from_ringgit(amounts)
    data = await request.body()
    return Sent(await beside_loop(len(data), _read, data, reading, lines, expected_sen), reading)


def _read(data: bytes, reading: Reading, lines: int | None, amounts_sen: int | None) -> CodedUpload:
    read = FORMATS[reading.format].read
    if read is None:
        raise ValueError(f"{reading.format} has a route of its own")
    upload = read(data, reading)
    check_totals(upload, reading, lines, amounts_sen)
    return upload


@router.post(
    PATH,
    status_code=202,
    summary="Send a contribution file",
    dependencies=[requires("registration:contribution_file:write"), Depends(idempotent)],
    responses=problems(400, 409, 413, 415, 422),
    openapi_extra=_UPLOAD,
)
async def send_contribution_file(
    sent: Annotated[Sent, Depends(_sent)], uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> FileReceived:
    """Send a month's contributions. A fault of the whole file is refused at once; faults of lines stand in the job."""
    command = SubmitContributionFile(sent.upload, caller.party, caller.is_officer, sent.reading)
    job = await submit_contribution_file(command, uow)
    await note_sender(NoteSender(job.id, caller.subject if caller.is_officer else None), uow)
    response.headers["location"] = f"{PATH}/{job.id}"
    return FileReceived(file=job.id, state=job.state)


@router.get(
    f"{PATH}/{{file}}",
    summary="Read the job of a contribution file",
    dependencies=[requires("registration:contribution_file:read")],
    responses=problems(404),
)
async def read_contribution_file(file: FileInPath, uow: CommittedBeforeAnswer, looker: Looker) -> FileOut:
    """State and control totals of a file that the caller sent; of any for the organisation's officers."""
    return FileOut.of(*await find_file(file, looker, uow))


@router.get(
    f"{PATH}/{{file}}/errors",
    summary="Read what is wrong with the lines of a file",
    dependencies=[requires("registration:contribution_file:read"), reads(DataKind.WAGE, of="file")],
    responses={**problems(404), 200: {"content": {"text/csv": {"schema": {"type": "string", "maxLength": 1 << 30}}}}},
    response_class=Response,
)
async def read_file_errors(file: FileInPath, uow: CommittedBeforeAnswer, looker: Looker) -> Response:
    """One row per fault as CSV: line, field, code, message, and the amount that is expected; never the value sent."""
    table = await asyncio.to_thread(_as_csv, await list_file_faults(file, looker, uow))
    return Response(table, media_type="text/csv; charset=utf-8")


def _as_csv(faults: list[LineFault]) -> str:
    rows = ((fault.line, fault.field, fault.code, fault.message, fault.expected) for fault in faults)
    return as_csv(("line", "field", "code", "message", "expected"), rows, amounts=frozenset({"expected"}))


@router.get(
    f"{PATH}/{{file}}/rejected-lines",
    summary="Fetch the rejected lines of a file unchanged",
    dependencies=[requires("registration:contribution_file:read"), reads(DataKind.WAGE, of="file")],
    responses={**problems(404), 200: {"content": _REJECTED}},
    response_class=Response,
)
async def read_rejected_lines(file: FileInPath, uow: CommittedBeforeAnswer, looker: Looker) -> Response:
    """The sender's own lines that were set aside, as they were sent and in their own format; to the sender only."""
    content, media_type = await find_rejected_lines(file, looker, uow)
    return Response(content, headers={"content-type": media_type})
