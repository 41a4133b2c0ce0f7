"""Take in contributions of an employer, of whatever format: keep what was sent, and leave its lines to the worker."""

import asyncio
from collections.abc import Sequence
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
    check_accepted(command.reading)
    upload, reading = command.upload, command.reading
    if not isinstance(upload, KeptUpload):
        if is_small(upload, reading):
            (job,) = await receive_small(command.tenant, [sent_file(upload, command.employer, reading)], uow)
            return job
        upload = await _kept_in_pieces(upload, command, uow)
    job = await _receive_pieces(upload, command, uow)
    if job.id == upload.file:
        await uow.due.at(ProcessContributionFile(str(job.id)), now())
    return job


async def receive_contribution_statement(command: SubmitContributionStatement, uow: RegistrationUnitOfWork) -> FileJob:
    """The job of what was pushed: for who works it off in this very transaction, and leaves nothing for later.

    Raises ValueError for what has no receipt yet.
    """
    check_accepted(command.reading)
    if command.receipt is None or isinstance(command.upload, KeptUpload):
        raise ValueError("only what was pushed has its receipt before it is kept")
    sent = sent_file(command.upload, command.employer, command.reading)
    return await uow.contribution_files.receive_pushed(
        command.tenant, sent.employer, sent.lines, sent.content, sent.reading, command.receipt
    )


async def receive_small(tenant: str, sent: Sequence[SentFile], uow: RegistrationUnitOfWork) -> list[FileJob]:
    """The jobs of small ones of one sender, in order; each new one is left to the worker with its bytes."""
    due_at = now()
    return await uow.contribution_files.receive(
        tenant, sent, lambda files: uow.due.beside([ProcessContributionFile(str(each)) for each in files], due_at)
    )


def check_accepted(reading: Reading) -> None:
    """Raises ContributionFormatNotAccepted."""
    day = today()
    if reading.format.value not in formats_accepted(book().on(day, day)):
        raise ContributionFormatNotAccepted(facts={"format": reading.format.value})


async def _kept_in_pieces(
    upload: Upload, command: SubmitContributionStatement, uow: RegistrationUnitOfWork
) -> KeptUpload:
    pieces: list[Piece] = await asyncio.to_thread(lambda: list(pieces_of(upload.content, command.reading.format)))
    kept = KeptUpload(new_id(), "", len(upload), len(pieces))
    await uow.contribution_pieces.add(kept.file, command.tenant, pieces)
    return kept


def is_small(upload: Upload, reading: Reading) -> bool:
    """Whether it is kept whole, and worked off at once."""
    return len(upload) <= LINES_IN_A_PIECE or not has_pieces(reading.format)


def sent_file(upload: Upload, employer: int, reading: Reading) -> SentFile:
    """A small one, to be kept."""
    return SentFile(employer, len(upload), upload.content, reading)


async def _receive_pieces(
    kept: KeptUpload, command: SubmitContributionStatement, uow: RegistrationUnitOfWork
) -> FileJob:
    digest = await uow.contribution_pieces.digest(kept.file, command.reading.key)
    job = await uow.contribution_files.receive_pieces(kept, command.tenant, command.employer, digest, command.reading)
    if job.id != kept.file:
        await uow.contribution_pieces.drop(kept.file)
    return job
