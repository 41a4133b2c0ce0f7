"""Opening data: officers send what an earlier system knew, in files of one kind of row, and read what came of it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer
from services.registration.api.employers import EmployerCode, Mycoid
from services.registration.api.fields import MONTH_PATTERN, Name, NationalIdIn
from services.registration.commands.take_opening_file import TakeOpeningFile, take_opening_file
from services.registration.domain.employer_fact import MalaysianState
from services.registration.domain.opening import OpeningCounts, OpeningFile, OpeningKind, OpeningState
from services.registration.files.opening_file import HEADERS, OPTIONAL, kind_of, read, render
from services.registration.files.spreadsheet import as_csv
from services.registration.queries import opening_files
from shared.contracts.registration import Residence
from shared.kernel.money import ringgit
from shared.kernel.reading import DataKind
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import DOCUMENT_PATTERN, ONE_LINE, Day
from shared.web.money import In, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

PATH, STATEMENTS = "/v1/opening-files", "/v1/opening-statements"
LARGEST_BYTES, LARGEST_STATEMENT_BYTES = 32 << 20, 2 << 20
_MOST_ROWS = 1_000
_KIND = Query(description="What the rows are; left out, what the header says.", examples=["employers"])
_EXAMPLE = render(OpeningKind.EMPLOYERS, [("F9702103813F", "KILANG MAJU SDN BHD", "202001012345")])
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "CSV in UTF-8 with the header of its kind.",
        "content": {
            "text/csv": {"schema": {"type": "string", "maxLength": LARGEST_BYTES}, "example": _EXAMPLE},
            # The same bytes: clients that are generated from this document send no other text.
            "application/octet-stream": {"schema": {"type": "string", "format": "binary", "maxLength": LARGEST_BYTES}},
        },
    }
}
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string", "maxLength": 1 << 30}}}}
}

router = APIRouter(route_class=CommittingRoute, tags=["opening data"])

OpeningFileInPath = Annotated[UUID, Path(description="The opening file.")]
_Count = Annotated[int, Field(ge=0, le=1_000_000, examples=[1])]
EmployerSector = Annotated[
    str, Field(pattern="^[A-U]$", max_length=1, examples=["C"], description="A section of MSIC 2008.")
]
OldIc = Annotated[
    str,
    Field(
        min_length=6,
        max_length=20,
        pattern=DOCUMENT_PATTERN,
        examples=["A1234567"],
        description="The number of an identity card of before the MyKad, which the person bears too.",
    ),
]
_MonthIn = Annotated[str, Field(min_length=7, max_length=7, pattern=MONTH_PATTERN, examples=["2024-06"])]


class OpeningEmployerIn(In):
    """An employer that an earlier system knew."""

    employer_code: EmployerCode
    name: Annotated[Name, ONE_LINE]
    mycoid: Mycoid | None = None
    state: MalaysianState | None = Field(default=None, description="Of its seat.")
    sector: EmployerSector | None = None

    def cells(self) -> Sequence[str]:
        """As a row of a file."""
        return (self.employer_code, self.name, self.mycoid or "", self.state or "", self.sector or "")


class OpeningPersonIn(In):
    """A person whom an earlier system knew; national id and name are stored encrypted."""

    national_id: NationalIdIn
    name: Annotated[Name, ONE_LINE]
    born_on: Day
    residence: Residence
    old_ic: OldIc | None = None

    def cells(self) -> Sequence[str]:
        """As a row of a file; raises NationalIdInvalid."""
        born_on, old_ic = self.born_on.isoformat(), self.old_ic or ""
        return (*_id_cells(self.national_id), self.name, born_on, self.residence.value, old_ic)


class OpeningSpellIn(In):
    """A spell of employment that an earlier system knew."""

    national_id: NationalIdIn
    employer_code: EmployerCode
    first_day: Day
    last_day: Day | None = None

    def cells(self) -> Sequence[str]:
        """As a row of a file; raises NationalIdInvalid."""
        last = "" if self.last_day is None else self.last_day.isoformat()
        return (*_id_cells(self.national_id), self.employer_code, self.first_day.isoformat(), last)


class OpeningMonthsIn(In):
    """Months of one wage with an employer, and what was contributed in each of them."""

    national_id: NationalIdIn
    employer_code: EmployerCode
    first_month: _MonthIn
    last_month: _MonthIn
    wage: StatedMoney
    act4_employer: StatedMoney
    act4_employee: StatedMoney
    act800_employer: StatedMoney
    act800_employee: StatedMoney
    skbbk_employee: StatedMoney

    def cells(self) -> Sequence[str]:
        """As a row of a file; raises NationalIdInvalid."""
        act4, act800 = (self.act4_employer, self.act4_employee), (self.act800_employer, self.act800_employee)
        amounts = [ringgit(each.sen) for each in (self.wage, *act4, *act800, self.skbbk_employee)]
        return (*_id_cells(self.national_id), self.employer_code, self.first_month, self.last_month, *amounts)


class OpeningStatementIn(In):
    """Some rows of the register of an earlier system, as JSON: each list is a file of its kind."""

    model_config = examples(
        {
            "employers": [
                {
                    "employer_code": "F9702103813F",
                    "name": "KILANG MAJU SDN BHD",
                    "mycoid": "202001012345",
                    "state": "selangor",
                    "sector": "C",
                }
            ]
        },
        {
            "persons": [
                {
                    "national_id": {"kind": "mykad", "number": "900101-14-5678"},
                    "name": "AHMAD BIN ALI",
                    "born_on": "1990-01-01",
                    "residence": "citizen",
                    "old_ic": "A1234567",
                }
            ],
            "spells": [
                {
                    "national_id": {"kind": "mykad", "number": "900101-14-5678"},
                    "employer_code": "F9702103813F",
                    "first_day": "2015-03-01",
                    "last_day": "2024-12-31",
                }
            ],
            "months": [
                {
                    "national_id": {"kind": "mykad", "number": "900101-14-5678"},
                    "employer_code": "F9702103813F",
                    "first_month": "2024-01",
                    "last_month": "2024-12",
                    "wage": {"amount": "2480.00", "currency": "MYR"},
                    "act4_employer": {"amount": "42.85", "currency": "MYR"},
                    "act4_employee": {"amount": "12.25", "currency": "MYR"},
                    "act800_employer": {"amount": "4.90", "currency": "MYR"},
                    "act800_employee": {"amount": "4.90", "currency": "MYR"},
                    "skbbk_employee": {"amount": "0.00", "currency": "MYR"},
                }
            ],
        },
    )

    employers: list[OpeningEmployerIn] = Field(default=[], max_length=_MOST_ROWS)
    persons: list[OpeningPersonIn] = Field(default=[], max_length=_MOST_ROWS)
    spells: list[OpeningSpellIn] = Field(default=[], max_length=_MOST_ROWS)
    months: list[OpeningMonthsIn] = Field(default=[], max_length=_MOST_ROWS)

    def files(self) -> Iterator[tuple[OpeningKind, int, list[str]]]:
        """A file of each kind that has rows, without its header: how many columns, and the lines; raises
        NationalIdInvalid."""
        for kind in OpeningKind:
            rows: Sequence[Any] = getattr(self, kind.value)
            if rows:
                lines, columns = read(render(kind, [row.cells() for row in rows]).encode(), kind)
                yield kind, columns, lines


class OpeningCountsOut(Out):
    """Of the lines that were looked at by now."""

    new: _Count = Field(description="Rows that nobody knew.")
    known: _Count = Field(description="Rows that are known as they stand: they change nothing.")
    rejected: _Count = Field(description="Lines that are set aside.")

    @classmethod
    def of(cls, counts: OpeningCounts) -> Self:
        """From what is stored."""
        return cls(new=counts.new, known=counts.known, rejected=counts.rejected)


class OpeningFileOut(Out):
    """A file, and how far it has come."""

    opening_file: UUID
    kind: OpeningKind
    state: OpeningState
    lines: _Count
    received_at: datetime
    ended_at: datetime | None
    checked: OpeningCountsOut = Field(description="What the dry run found.")
    loaded: OpeningCountsOut = Field(description="What the load made of it.")

    @classmethod
    def of(cls, file: OpeningFile) -> Self:
        """From what is stored."""
        return cls(
            opening_file=file.id,
            kind=file.kind,
            state=file.state,
            lines=file.lines,
            received_at=file.received_at,
            ended_at=file.ended_at,
            checked=OpeningCountsOut.of(file.checked),
            loaded=OpeningCountsOut.of(file.loaded),
        )


class OpeningFilesOut(Out):
    """The files that the rows are in, in the order in which they are to be released."""

    files: list[OpeningFileOut] = Field(max_length=len(OpeningKind))


@dataclass(frozen=True, slots=True)
class _SentRows:
    kind: OpeningKind
    lines: list[str]
    columns: int


async def _sent_rows(request: Request, kind: Annotated[OpeningKind | None, _KIND] = None) -> _SentRows:
    data = await request.body()
    meant = kind or kind_of(data)
    # In a thread, and before the unit of work: nobody holds a connection to the database while a file is read.
    return _SentRows(meant, *await asyncio.to_thread(read, data, meant))


def _id_cells(national_id: NationalIdIn) -> tuple[str, str]:
    stated = national_id.stated()
    return stated.kind.value, stated.number


@router.post(
    PATH,
    status_code=202,
    summary="Send a file of an earlier system's register",
    description="Officers send employers, persons, spells and months of an earlier system, in this order, each kind in "
    "files of its own with the header "
    + "; ".join(f"`{','.join(header)}` ({kind.value})" for kind, header in HEADERS.items())
    + ", and of "
    + ", of ".join(f"{kind.value} with or without `,{','.join(more)}`" for kind, more in OPTIONAL.items() if more)
    + ". The worker makes a dry run, two officers release the file, and then its new rows are loaded.",
    dependencies=[requires("registration:opening_file:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 409, 413, 422),
    openapi_extra=_FILE,
)
async def send_opening_file(
    sent: Annotated[_SentRows, Depends(_sent_rows)], uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> OpeningFileOut:
    """The file, or the one that the same lines made before."""
    rows = (sent.kind, sent.columns, sent.lines)
    file = await take_opening_file(TakeOpeningFile(*rows, caller.party, caller.subject), uow)
    response.headers["location"] = f"{PATH}/{file.id}"
    return OpeningFileOut.of(file)


@router.post(
    STATEMENTS,
    status_code=202,
    summary="State rows of an earlier system's register",
    dependencies=[requires("registration:opening_file:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 409, 413, 422),
)
async def state_opening_rows(body: OpeningStatementIn, uow: CommittedBeforeAnswer, caller: Party) -> OpeningFilesOut:
    """The same as files, for a few rows: each list becomes a file of its kind, which takes the same way."""
    files = [
        await take_opening_file(TakeOpeningFile(kind, columns, lines, caller.party, caller.subject), uow)
        for kind, columns, lines in body.files()
    ]
    return OpeningFilesOut(files=[OpeningFileOut.of(file) for file in files])


@router.get(
    PATH,
    summary="List opening files",
    dependencies=[requires("registration:opening_file:read"), Depends(officers_only)],
    responses=problems(400, 403, 422),
)
async def list_opening_files(listing: Listing, uow: CommittedBeforeAnswer) -> Page[OpeningFileOut]:
    """All of them, in the order in which they were sent."""
    found = await opening_files.list_opening_files(listing.after_id, listing.limit, uow)
    return listing.page(found, item=OpeningFileOut.of)


@router.get(
    f"{PATH}/{{opening_file}}",
    summary="Read an opening file",
    dependencies=[requires("registration:opening_file:read"), Depends(officers_only)],
    responses=problems(403, 404),
)
async def read_opening_file(opening_file: OpeningFileInPath, uow: CommittedBeforeAnswer) -> OpeningFileOut:
    """Where it stands, with the counts of the dry run and of the load."""
    return OpeningFileOut.of(await opening_files.find_opening_file(opening_file, uow))


@router.get(
    f"{PATH}/{{opening_file}}/errors",
    summary="Read what is wrong with the lines of an opening file",
    dependencies=[
        requires("registration:opening_file:read"),
        Depends(officers_only),
        reads(DataKind.WAGE, of="opening_file"),
    ],
    responses={**problems(403, 404), **_TABLE},
    response_class=Response,
)
async def read_opening_errors(opening_file: OpeningFileInPath, uow: CommittedBeforeAnswer) -> Response:
    """A row for each line that is set aside as CSV: line behind the header, field, code; never the value sent."""
    faults = await opening_files.list_opening_faults(opening_file, uow)
    rows = [(fault.line, fault.field, fault.code) for fault in faults]
    table = await asyncio.to_thread(as_csv, ("line", "field", "code"), rows)
    return Response(table, media_type="text/csv; charset=utf-8")


@router.get(
    f"{PATH}/{{opening_file}}/rejected-lines",
    summary="Fetch the rejected lines of an opening file unchanged",
    dependencies=[
        requires("registration:opening_file:read"),
        Depends(officers_only),
        reads(DataKind.WAGE, of="opening_file"),
    ],
    responses={**problems(403, 404), **_TABLE},
    response_class=Response,
)
async def read_rejected_opening_lines(opening_file: OpeningFileInPath, uow: CommittedBeforeAnswer) -> Response:
    """The header and the lines that are set aside, as they were sent: to be corrected and sent again."""
    content = await opening_files.find_rejected_rows(opening_file, uow)
    return Response(content, media_type="text/csv; charset=utf-8")
