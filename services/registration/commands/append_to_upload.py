"""Add the next part to an upload; with the last one it becomes a contribution file, as if it had been posted."""

import asyncio
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.registration.commands.submit_contribution_file import SubmitContributionFile, submit_contribution_file
from services.registration.domain.contribution import KeptUpload
from services.registration.domain.errors import FileFault
from services.registration.domain.upload import Fault, Upload, UploadState
from services.registration.files.formats import FORMATS, CodedUpload, check_amounts_stated, check_lines_stated
from services.registration.files.formats import check_totals as check_totals_of
from services.registration.files.parts import cut, grown, is_one_piece, is_ready
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class AppendToUpload:
    """The upload of a party, where the part begins, and its bytes."""

    upload: UUID
    tenant: str
    offset: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Appended:
    """The upload as it stands now, and what refuses the whole: that is kept as well."""

    upload: Upload
    fault: FileFault | None = None


async def append_to_upload(command: AppendToUpload, uow: RegistrationUnitOfWork) -> Appended:
    """Keep the part; raises UploadUnknown, UploadOver, UploadOffsetDiffers or UploadLonger, and keeps nothing."""
    upload = await uow.uploads.lock(command.upload, command.tenant)
    upload.check_takes(command.offset, len(command.data))
    try:
        kept = await _keep(upload, command.data, uow)
    except FileFault as fault:
        return Appended(await _refuse(upload, command, fault, uow), fault)
    await uow.uploads.keep(kept)
    return Appended(kept)


async def _keep(upload: Upload, data: bytes, uow: RegistrationUnitOfWork) -> Upload:
    tail = await asyncio.to_thread(grown, upload, data)
    received = upload.received + len(data)
    is_end = received == upload.length
    if not is_end and not is_ready(upload, tail):
        await uow.uploads.add_chunk(upload, upload.received, data)
        return replace(upload, received=received, tail=tail)
    uncut = await uow.uploads.uncut(upload.id) + data
    await uow.uploads.drop_chunks(upload.id)
    if is_end and not upload.cut.pieces and is_one_piece(upload, tail):
        return await _receive_whole(replace(upload, received=received), uncut, uow)
    found = await asyncio.to_thread(lambda: cut(upload, uncut, is_end=is_end))
    await uow.contribution_pieces.add(upload.id, upload.tenant, found.pieces)
    upload = found.of(replace(upload, received=received))
    if is_end:
        return await _receive_pieces(upload, uow)
    await uow.uploads.add_chunk(upload, found.tail.first_byte, found.rest)
    return upload


async def _receive_whole(upload: Upload, content: bytes, uow: RegistrationUnitOfWork) -> Upload:
    """One that is not larger than a piece is kept as it is."""
    read = await asyncio.to_thread(_read, upload, content)
    return await _receive(upload, read, uow)


def _read(upload: Upload, content: bytes) -> CodedUpload:
    read, reading = FORMATS[upload.reading.format].read, upload.reading
    if read is None:
        raise ValueError(f"{reading.format} has a route of its own")
    found = read(content, reading)
    check_totals_of(found, reading, upload.totals.lines, upload.totals.amounts_sen)
    return found


async def _receive_pieces(upload: Upload, uow: RegistrationUnitOfWork) -> Upload:
    lines, totals = upload.cut.lines, upload.totals
    check_lines_stated(lines, totals.lines)
    if totals.amounts_sen is not None:
        check_amounts_stated(upload.wages_sen, lines, totals.amounts_sen)
    return await _receive(upload, KeptUpload(upload.id, upload.employer_code, lines, upload.cut.pieces), uow)


async def _receive(upload: Upload, found: CodedUpload | KeptUpload, uow: RegistrationUnitOfWork) -> Upload:
    sent = SubmitContributionFile(found, upload.tenant, upload.is_of_officer, upload.reading)
    job = await submit_contribution_file(sent, uow)
    if upload.is_of_officer:
        await uow.contribution_files.hand_senders_on(upload.id, [job.id])
    return replace(upload, state=UploadState.COMPLETE, file=job.id)


async def _refuse(upload: Upload, command: AppendToUpload, fault: FileFault, uow: RegistrationUnitOfWork) -> Upload:
    await uow.uploads.drop_chunks(upload.id)
    await uow.contribution_pieces.drop(upload.id)
    line = fault.facts.get("line")
    why = Fault(fault.code, fault.detail or fault.title, None if line is None else int(line))
    received = command.offset + len(command.data)
    refused = replace(upload, state=UploadState.REFUSED, received=received, fault=why)
    await uow.uploads.keep(refused)
    return refused
