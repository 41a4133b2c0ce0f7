"""Resumable uploads of contribution files: tus 1.0 with creation, creation-with-upload, checksum, termination and
expiration. With its last byte an upload becomes a contribution file."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.registration.api.dependencies import CommittedBeforeAnswer
from services.registration.api.fields import MONTH_PATTERN
from services.registration.commands.append_to_upload import Appended, AppendToUpload, append_to_upload
from services.registration.commands.create_upload import CreateUpload, create_upload
from services.registration.commands.drop_upload import DropUpload
from services.registration.commands.drop_upload import drop_upload as handle_drop
from services.registration.commands.note_sender import NoteSender, note_sender
from services.registration.domain.contribution import FileFormat, Part, Reading, number_of
from services.registration.domain.errors import (
    LegacyPartNeeded,
    UploadChecksumDiffers,
    UploadPartType,
    UploadVersionUnsupported,
)
from services.registration.domain.upload import Totals, Upload, UploadState
from services.registration.queries.uploads import find_upload
from services.registration.settings import RegistrationSettings
from shared.kernel.errors import FieldError
from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from shared.security.scopes import Party, requires
from shared.web.errors import RequestInvalid, RequestMalformed
from shared.web.money import Out
from shared.web.problems import problem_response, problems
from shared.web.routing import ResumableRoute, idempotent

PATH = "/v1/uploads"
FILES = "/v1/contribution-files"
# Of one part: it is in memory until it is kept.
LARGEST_PART_BYTES = 16 << 20
LARGEST_LENGTH = 1 << 50
PART_TYPE = "application/offset+octet-stream"
# The same bytes: clients that are generated from the document send no type of a protocol of its own.
ANY_BYTES = "application/octet-stream"
VERSION = "1.0.0"
_ALGORITHMS = ("sha1", "sha256", "sha512")
_EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
_BYTES_OF_PART = {"schema": {"type": "string", "format": "binary", "maxLength": LARGEST_PART_BYTES}}
_PART: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The next bytes of the file, from the offset on.",
        "content": {PART_TYPE: _BYTES_OF_PART, ANY_BYTES: _BYTES_OF_PART},
    }
}
_FIRST_PART = {"requestBody": {**_PART["requestBody"], "required": False}}

router = APIRouter(route_class=ResumableRoute, tags=["uploads"])

UploadInPath = Annotated[UUID, Path(description="The upload.")]
_Bytes = Annotated[int, Field(ge=0, le=LARGEST_LENGTH)]


class UploadFaultOut(Out):
    """Why nothing of the file is taken."""

    code: str = Field(max_length=64, examples=["contribution_file_line_length"])
    detail: str = Field(max_length=500)
    line: Annotated[int, Field(ge=1, le=LARGEST_LENGTH)] | None


class UploadOut(Out):
    """An upload: how far it has come, and what became of it."""

    upload: UUID
    state: UploadState
    length: _Bytes
    offset: _Bytes
    created_at: datetime
    expires_at: datetime
    file: UUID | None = Field(description="The job of the contribution file that it became.")
    fault: UploadFaultOut | None

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """From what is stored."""
        fault = upload.fault
        told = None if fault is None else UploadFaultOut(code=fault.code, detail=fault.detail, line=fault.line)
        return cls(
            upload=upload.id,
            state=upload.state,
            length=upload.length,
            offset=upload.received,
            created_at=upload.created_at,
            expires_at=upload.expires_at,
            file=upload.file,
            fault=told,
        )


class _Metadata(BaseModel):
    """What stands in Upload-Metadata beside what a client adds of its own, such as the name of its file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    format: Literal["combined_278", "legacy_223", "csv"] = "combined_278"
    separator: Literal["comma", "semicolon"] = "comma"
    part: Part | None = None
    month: tuple[Annotated[str, Field(pattern=MONTH_PATTERN)], ...] = Field((), max_length=24)
    lines: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    amounts: Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,14})\.[0-9]{2}$")] | None = None

    @property
    def reading(self) -> Reading:
        """As the query of a file that is posted says it."""
        if self.format == "legacy_223" and self.part is None:
            raise LegacyPartNeeded()
        months = tuple(sorted({number_of(Month.of(each)) for each in self.month}))
        is_legacy = self.format == "legacy_223"
        return Reading(
            FileFormat(self.format),
            self.separator if self.format == "csv" else "comma",
            self.part if self.part is not None and is_legacy else Part.BOTH,
            months=months,
        )

    @property
    def totals(self) -> Totals:
        """The control totals."""
        return Totals(self.lines, None if self.amounts is None else sen_from_ringgit(self.amounts))


_METADATA: TypeAdapter[_Metadata] = TypeAdapter(_Metadata)
_EXAMPLE = "format Y29tYmluZWRfMjc4,month MjAyNi0wNg=="


async def _version(
    tus_resumable: Annotated[str, Header(max_length=20, description="Of the protocol.", examples=[VERSION])],
) -> None:
    if tus_resumable != VERSION:
        raise UploadVersionUnsupported()


async def _metadata(
    upload_metadata: Annotated[
        str,
        Header(
            max_length=4096,
            description="Pairs of a key and a value in base64: format, separator, part, month (several with commas), "
            "lines, amounts, as in the query of a contribution file. Other keys are not kept.",
            examples=[_EXAMPLE],
        ),
    ] = "",
) -> _Metadata:
    try:
        pairs = dict(_pair(each) for each in upload_metadata.split(",") if each.strip())
        stated = {**pairs, "month": tuple(each for each in pairs.get("month", "").split(",") if each)}
        return _METADATA.validate_python(stated)
    except ValueError:
        wrong = FieldError("/upload-metadata", "malformed", "Keys with values in base64, as documented.", "header")
        raise RequestInvalid(errors=[wrong]) from None


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.strip().partition(" ")
    return key, base64.b64decode(value, validate=True).decode()


async def _part(request: Request, upload_checksum: Annotated[str | None, Header(max_length=200)] = None) -> bytes:
    """The body, which is what its checksum says; asked for before the unit of work."""
    data = await request.body()
    if data and request.headers.get("content-type", "").partition(";")[0].strip().lower() not in (PART_TYPE, ANY_BYTES):
        raise UploadPartType()
    if upload_checksum is not None and not await asyncio.to_thread(_agrees, data, upload_checksum):
        raise UploadChecksumDiffers()
    return data


def _agrees(data: bytes, checksum: str) -> bool:
    algorithm, _, stated = checksum.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise RequestMalformed(f"The checksum is one of {', '.join(_ALGORITHMS)}.")
    try:
        expected = base64.b64decode(stated, validate=True)
    except ValueError:
        # Beside binascii.Error, which is one, this is what characters outside ASCII raise.
        raise RequestMalformed("The checksum is in base64.") from None
    # Against what is damaged on its way, not against anybody.
    return hmac.compare_digest(hashlib.new(algorithm, data, usedforsecurity=False).digest(), expected)


async def _settings(request: Request) -> RegistrationSettings:
    settings: RegistrationSettings = request.app.state.settings
    return settings


_Protocol = Depends(_version)
Metadata = Annotated[_Metadata, Depends(_metadata)]
PartOf = Annotated[bytes, Depends(_part)]
Settings = Annotated[RegistrationSettings, Depends(_settings)]


@router.post(
    PATH,
    status_code=201,
    summary="Begin a resumable upload of a contribution file",
    dependencies=[requires("registration:contribution_file:write"), _Protocol, Depends(idempotent)],
    responses=problems(400, 409, 412, 413, 415, 422, 460),
    response_class=Response,
    openapi_extra=_FIRST_PART,
)
async def start_upload(
    request: Request,
    metadata: Metadata,
    part: PartOf,
    settings: Settings,
    uow: CommittedBeforeAnswer,
    caller: Party,
    upload_length: Annotated[int, Header(ge=1, le=LARGEST_LENGTH, description="Bytes of the whole.", examples=[4480])],
) -> Response:
    """Say how long the file is and how it is read; the body may bring its first bytes. The answer's Location is the
    upload, to which the rest is sent with PATCH."""
    lasts = timedelta(hours=settings.upload_hours)
    longest, most = settings.largest_upload_bytes, settings.most_open_uploads
    whose = (caller.party, caller.is_officer)
    begun = CreateUpload(*whose, upload_length, metadata.reading, metadata.totals, longest, lasts, most)
    upload = await create_upload(begun, uow)
    await note_sender(NoteSender(upload.id, caller.subject if caller.is_officer else None), uow)
    appended = Appended(upload)
    if part:
        appended = await append_to_upload(AppendToUpload(upload.id, caller.party, 0, part), uow)
    return _answer(request, appended, 201, {"location": f"{PATH}/{upload.id}"})


@router.patch(
    f"{PATH}/{{upload}}",
    status_code=204,
    summary="Add the next part to an upload",
    dependencies=[requires("registration:contribution_file:write"), _Protocol],
    responses=problems(400, 404, 409, 412, 413, 415, 422, 460),
    response_class=Response,
    openapi_extra=_PART,
)
async def append_part(
    request: Request,
    upload: UploadInPath,
    part: PartOf,
    uow: CommittedBeforeAnswer,
    caller: Party,
    upload_offset: Annotated[int, Header(ge=0, le=LARGEST_LENGTH, description="Where the part begins.", examples=[0])],
) -> Response:
    """With the last byte the file is received: Content-Location is its job. A fault of the whole is refused as where
    a file is posted, as soon as it is seen, and ends the upload."""
    await note_sender(NoteSender(upload, caller.subject if caller.is_officer else None), uow)
    return _answer(request, await append_to_upload(AppendToUpload(upload, caller.party, upload_offset, part), uow), 204)


@router.head(
    f"{PATH}/{{upload}}",
    status_code=200,
    summary="Ask how far an upload has come",
    dependencies=[requires("registration:contribution_file:write"), _Protocol],
    responses=problems(404, 412),
    response_class=Response,
)
async def read_upload_offset(upload: UploadInPath, uow: CommittedBeforeAnswer, caller: Party) -> Response:
    """The offset, from which to go on after a cut."""
    found = await find_upload(upload, caller.party, uow)
    return Response(status_code=200, headers={**_headers(found), "upload-length": str(found.length)})


@router.get(
    f"{PATH}/{{upload}}",
    summary="Read an upload",
    dependencies=[requires("registration:contribution_file:read")],
    responses=problems(404),
)
async def read_upload(upload: UploadInPath, uow: CommittedBeforeAnswer, caller: Party) -> UploadOut:
    """How far it has come, the file that it became, or why it was refused; its sender's own only."""
    return UploadOut.of(await find_upload(upload, caller.party, uow))


@router.delete(
    f"{PATH}/{{upload}}",
    status_code=204,
    summary="Take back an upload",
    dependencies=[requires("registration:contribution_file:write"), _Protocol],
    responses=problems(404, 409, 412),
    response_class=Response,
)
async def drop_upload(upload: UploadInPath, uow: CommittedBeforeAnswer, caller: Party) -> Response:
    """Nothing of it is left. A file that is received is not taken back: its months are corrected by sending them."""
    await handle_drop(DropUpload(upload, caller.party), uow)
    return Response(status_code=204, headers={"tus-resumable": VERSION})


def _answer(request: Request, appended: Appended, status: int, more: Mapping[str, str] | None = None) -> Response:
    """Of a fault the refusal is an answer like another: the transaction that keeps it is committed."""
    headers = {**_headers(appended.upload), **(more or {})}
    if appended.fault is not None:
        return problem_response(request, appended.fault, headers)
    if appended.upload.file is not None:
        headers["content-location"] = f"{FILES}/{appended.upload.file}"
    return Response(status_code=status, headers=headers)


def _headers(upload: Upload) -> dict[str, str]:
    return {
        "tus-resumable": VERSION,
        "tus-version": VERSION,
        "tus-extension": _EXTENSIONS,
        "upload-offset": str(upload.received),
        "upload-expires": format_datetime(upload.expires_at.astimezone(UTC), usegmt=True),
    }
