"""Take in contributions of an employer, of whatever format: keep what was sent, and leave its lines to the worker."""

import asyncio
from dataclasses import dataclass

from services.registration.commands.process_contribution_file import ProcessContributionFile
from services.registration.domain.contribution import FileJob, KeptUpload, Piece, Reading
from services.registration.domain.errors import ContributionFormatNotAccepted
from services.registration.files.formats import Upload
from services.registration.files.pieces import LINES_IN_A_PIECE, has_pieces, pieces_of
from services.registration.storage.contribution_files import SentFile
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.law.act4.contribution_file.rules import formats_accepted
from shared.law.book import book


@dataclass(frozen=True, repr=False)
class SubmitContributionStatement:
    """What was sent and how it is to be read, whose employees it is about, and by whom: one who may send it.

    `receipt` orders it among the employer's where it was received before now.
    """

    upload: Upload | KeptUpload
    employer: int
    tenant: str
    reading: Reading
    receipt: int | None = None


async def submit_contribution_statement(command: SubmitContributionStatement, uow: RegistrationUnitOfWork) -> FileJob:
    """The job, or the one that the same statement made before and that is not through."""
    job, is_new = await receive_contribution_statement(command, uow)
    if is_new:
        await uow.due.at(ProcessContributionFile(str(job.id)), now())
    return job


async def receive_contribution_statement(
    command: SubmitContributionStatement, uow: RegistrationUnitOfWork
) -> tuple[FileJob, bool]:
    """The same, and whether it is new: for who works it off in this very transaction, and leaves nothing for later."""
    check_accepted(command.reading)
    return await _receive(command, uow)


def check_accepted(reading: Reading) -> None:
    """Raises ContributionFormatNotAccepted."""
    day = today()
    if reading.format.value not in formats_accepted(book().on(day, day)):
        raise ContributionFormatNotAccepted(facts={"format": reading.format.value})


async def _receive(command: SubmitContributionStatement, uow: RegistrationUnitOfWork) -> tuple[FileJob, bool]:
    upload, reading = command.upload, command.reading
    if isinstance(upload, KeptUpload):
        return await _receive_pieces(upload, command, uow)
    if not is_small(upload, reading):
        pieces: list[Piece] = await asyncio.to_thread(lambda: list(pieces_of(upload.content, reading.format)))
        kept = KeptUpload(new_id(), "", len(upload), len(pieces))
        await uow.contribution_pieces.add(kept.file, command.tenant, pieces)
        return await _receive_pieces(kept, command, uow)
    if command.receipt is not None:
        sent = (command.tenant, command.employer, len(upload), upload.content, reading)
        return await uow.contribution_files.receive_pushed(*sent, command.receipt), True
    (received,) = await uow.contribution_files.receive(command.tenant, [sent_file(upload, command.employer, reading)])
    return received


def is_small(upload: Upload, reading: Reading) -> bool:
    """Whether it is kept whole, and worked off at once."""
    return len(upload) <= LINES_IN_A_PIECE or not has_pieces(reading.format)


def sent_file(upload: Upload, employer: int, reading: Reading) -> SentFile:
    """A small one, to be kept."""
    return SentFile(employer, len(upload), upload.content, reading)


async def _receive_pieces(
    kept: KeptUpload, command: SubmitContributionStatement, uow: RegistrationUnitOfWork
) -> tuple[FileJob, bool]:
    digest = await uow.contribution_pieces.digest(kept.file, command.reading.key)
    job = await uow.contribution_files.receive_pieces(kept, command.tenant, command.employer, digest, command.reading)
    if job.id != kept.file:
        await uow.contribution_pieces.drop(kept.file)
    return job, job.id == kept.file
