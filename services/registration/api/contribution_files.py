"""Contribution files: sending one, and what became of it."""

import asyncio
import csv
import io
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.commands.submit_contribution_file import SubmitContributionFile, submit_contribution_file
from services.registration.domain.contribution import FileJob, FileState, LineFault, MonthSums, month_of
from services.registration.files.contribution_file import FileLine, Upload, read, render
from services.registration.queries.contribution_files import find_file, find_rejected_lines, list_file_faults
from services.registration.storage.contribution_files import ENCODING
from shared.kernel.identifiers import employer_id
from shared.kernel.periods import Month
from shared.security.scopes import Party, requires
from shared.web.ids import EmployerId
from shared.web.money import Money, Out
from shared.web.problems import problems
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
        "description": "Lines of 278 characters, one byte each, ending with CRLF or LF.",
        "content": {
            "text/plain": {"schema": {"type": "string", "maxLength": _LARGEST}, "example": _EXAMPLE},
            # The same bytes: clients that are generated from this document send no other text.
            "application/octet-stream": {"schema": {"type": "string", "format": "binary", "maxLength": _LARGEST}},
        },
    }
}

router = APIRouter(route_class=CommittingRoute, tags=["contribution files"])

FileInPath = Annotated[UUID, Path(description="The file's job.")]
Count = Annotated[int, Field(ge=0, le=_MOST_LINES)]


class FileReceived(Out):
    """The job that works on a file."""

    file: UUID
    state: FileState


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
    state: FileState
    received_at: datetime
    finished_at: datetime | None
    lines: Count
    accepted_lines: Count | None
    rejected_lines: Count | None
    months: list[MonthTotals] = Field(max_length=1200)

    @classmethod
    def of(cls, job: FileJob, sums: list[MonthSums]) -> Self:
        """From what is stored."""
        return cls(
            file=job.id,
            employer=employer_id(job.employer),
            state=job.state,
            received_at=job.received_at,
            finished_at=job.finished_at,
            lines=job.lines,
            accepted_lines=job.accepted_lines,
            rejected_lines=job.rejected_lines,
            months=[MonthTotals.of(each) for each in sums],
        )


async def _upload(request: Request) -> Upload:
    # In a thread: a large file takes a second, and this loop answers others meanwhile. Asked for before the unit of
    # work: nobody holds a connection to the database while a file is read.
    return await asyncio.to_thread(read, await request.body())


@router.post(
    PATH,
    status_code=202,
    summary="Send a contribution file",
    dependencies=[requires("registration:contribution_file:write"), Depends(idempotent)],
    responses=problems(400, 409, 413, 415, 422),
    openapi_extra=_UPLOAD,
)
async def send_contribution_file(
    upload: Annotated[Upload, Depends(_upload)], uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> FileReceived:
    """Send a month's contributions. A fault of the whole file is refused at once; faults of lines stand in the job."""
    command = SubmitContributionFile(upload, caller.party, caller.is_officer)
    job = await submit_contribution_file(command, uow)
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
    dependencies=[requires("registration:contribution_file:read")],
    responses={**problems(404), 200: {"content": {"text/csv": {"schema": {"type": "string", "maxLength": 1 << 30}}}}},
    response_class=Response,
)
async def read_file_errors(file: FileInPath, uow: CommittedBeforeAnswer, looker: Looker) -> Response:
    """One row per fault as CSV: line, field, code, message, and the amount that is expected; never the value sent."""
    table = await asyncio.to_thread(_as_csv, await list_file_faults(file, looker, uow))
    return Response(table, media_type="text/csv; charset=utf-8")


def _as_csv(faults: list[LineFault]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("line", "field", "code", "message", "expected"))
    writer.writerows((fault.line, fault.field, fault.code, fault.message, fault.expected) for fault in faults)
    return out.getvalue()


@router.get(
    f"{PATH}/{{file}}/rejected-lines",
    summary="Fetch the rejected lines of a file unchanged",
    dependencies=[requires("registration:contribution_file:read")],
    responses={**problems(404), 200: {"content": {"text/plain": {"schema": {"type": "string", "maxLength": 1 << 30}}}}},
    response_class=Response,
)
async def read_rejected_lines(file: FileInPath, uow: CommittedBeforeAnswer, looker: Looker) -> Response:
    """The sender's own lines that were set aside, as they were sent; to the sender only."""
    content = await find_rejected_lines(file, looker, uow)
    return Response(content, headers={"content-type": f"text/plain; charset={ENCODING}"})
