"""Make files of the next members of an archive: each has an answer of its own, and harms no other."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from services.registration.commands.submit_contribution_files import (
    SubmitContributionFiles,
    Submitted,
    submit_contribution_files,
)
from services.registration.domain.archive import Archive, ArchiveState, Member, MemberState
from services.registration.domain.errors import ArchiveMemberFailed
from services.registration.files.archive import Entries, read_archive
from services.registration.files.formats import FORMATS, CodedUpload
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import JaringError
from shared.persistence.transient import is_transient

log = structlog.get_logger()

# In one transaction: so many members, or so many bytes of them.
_AT_ONCE, _BYTES_AT_ONCE = 1_000, 8 << 20


@dataclass(frozen=True)
class ProcessContributionArchive:
    """The archive's id."""

    archive: str


class _Opened:
    """The archive that this process is at: to look through a hundred thousand members takes as long as to make files of
    a thousand. What was sent never changes."""

    def __init__(self) -> None:
        self._archive: UUID | None = None
        self._entries: Entries | None = None

    async def entries(self, archive: UUID, uow: RegistrationUnitOfWork) -> Entries:
        if self._archive != archive or self._entries is None:
            self._entries = await asyncio.to_thread(read_archive, await uow.archives.content(archive))
            self._archive = archive
        return self._entries

    def close(self) -> None:
        self._archive, self._entries = None, None


_opened = _Opened()


async def process_contribution_archive(command: ProcessContributionArchive, uow: RegistrationUnitOfWork) -> None:
    """Go on behind the last member with an answer; what was sent goes with the last."""
    archive = await uow.archives.lock(UUID(command.archive))
    if archive.state is ArchiveState.FINISHED:
        return
    entries = await _opened.entries(archive.id, uow)
    numbers = _next(entries, archive.answered)
    await uow.archives.answer(archive, await _answers(numbers, entries, archive, uow))
    if numbers[-1] == archive.members:
        await uow.archives.finish(archive.id)
        _opened.close()
    else:
        await uow.due.at(command, now())


def _next(entries: Entries, answered: int) -> list[int]:
    numbers, size = [answered + 1], entries.sizes[answered]
    for number in range(answered + 2, min(len(entries), answered + _AT_ONCE) + 1):
        size += entries.sizes[number - 1]
        if size > _BYTES_AT_ONCE:
            break
        numbers.append(number)
    return numbers


async def _answers(
    numbers: Sequence[int], entries: Entries, archive: Archive, uow: RegistrationUnitOfWork
) -> list[Member]:
    read = await asyncio.to_thread(lambda: [_read(number, entries, archive) for number in numbers])
    uploads = [each for each in read if not isinstance(each, JaringError)]
    sent = SubmitContributionFiles(uploads, archive.tenant, archive.is_of_officer, archive.reading)
    answers = await _all_or_each(sent, archive, uow)
    if archive.is_of_officer:
        files = [each.id for each in answers if not isinstance(each, JaringError)]
        await uow.contribution_files.hand_senders_on(archive.id, files)
    submitted = iter(answers)
    came = [each if isinstance(each, JaringError) else next(submitted) for each in read]
    return [_member(number, entries.names[number - 1], each) for number, each in zip(numbers, came, strict=True)]


async def _all_or_each(
    command: SubmitContributionFiles, archive: Archive, uow: RegistrationUnitOfWork
) -> list[Submitted]:
    """What came of all at once, or of each half by itself where a defect keeps them from it together."""
    uploads = command.uploads
    try:
        async with uow.apart():
            return await submit_contribution_files(command, uow)
    except Exception as reason:
        if is_transient(reason):
            raise
        if len(uploads) == 1:
            return [_defect(archive)]
    half = len(uploads) // 2
    halves = [replace(command, uploads=each) for each in (uploads[:half], uploads[half:])]
    return [came for each in halves for came in await _all_or_each(each, archive, uow)]


def _defect(archive: Archive) -> ArchiveMemberFailed:
    log.exception("archive_member_failed", archive=str(archive.id))
    return ArchiveMemberFailed()


def _member(number: int, name: str, came: Submitted) -> Member:
    if not isinstance(came, JaringError):
        return Member(number, name, MemberState.RECEIVED, came.id)
    line = came.facts.get("line")
    told = (came.code, came.detail or came.title, None if line is None else int(line))
    return Member(number, name, MemberState.REFUSED, None, *told)


def _read(number: int, entries: Entries, archive: Archive) -> CodedUpload | JaringError:
    read = FORMATS[archive.reading.format].read
    if read is None:
        raise ValueError(f"{archive.reading.format} has a route of its own")
    try:
        return read(entries.content(number), archive.reading)
    except JaringError as fault:
        return fault
    except Exception:
        return _defect(archive)
