"""Erase what names a person beside its own rows: bytes of the files of its employers, and what was pushed and waits."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.files.naming import Named, Rest, rest_of
from services.registration.storage.traces import KeptFile
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.inbound.handling import ResumeInbound
from shared.kernel.clock import now
from shared.kernel.loop import beside_loop


@dataclass(frozen=True)
class EraseTraces:
    """All numbers of one person whose erasure was granted, and whether nothing is kept of it."""

    numbers: Sequence[int]
    is_whole: bool


async def erase_traces(command: EraseTraces, uow: RegistrationUnitOfWork) -> dict[str, int]:
    """How many rows, by record class. Before the person's own rows: these say by what it is named."""
    named = Named.by(await uow.traces.ids(command.numbers), await uow.traces.names(command.numbers))
    gone: list[UUID] = []
    for sent in await uow.traces.files(command.numbers):
        rest = await _rest(sent, named, uow) if sent.is_to_be_read else Rest()
        if rest.is_named or sent.is_named:
            await uow.traces.leave(sent.job, rest.content)
            gone.append(sent.job.id)
    found = {"uploads": await uow.traces.erase_files(command.numbers, gone)}
    if command.is_whole:
        found["pushed_events"] = await _end_waits(command, uow)
    return found


async def note_unfinished(command: EraseTraces, uow: RegistrationUnitOfWork) -> None:
    """Of which files of a database that was put back it is to be known, once they are worked off, that they name the
    person: nobody waits for them then."""
    named = Named.by(await uow.traces.ids(command.numbers), await uow.traces.names(command.numbers))
    for sent in await uow.traces.unfinished(command.numbers):
        if (await _rest(sent, named, uow)).is_named:
            await uow.traces.note(sent.job, command.numbers)


async def _end_waits(command: EraseTraces, uow: RegistrationUnitOfWork) -> int:
    """Nobody whom they are about is registered any more: each is refused, as at the end of its time."""
    over = await uow.traces.end_waits(await uow.traces.ids(command.numbers), now())
    for event in over:
        await uow.due.at(ResumeInbound(str(event)), now())
    return len(over)


async def _rest(sent: KeptFile, named: Named, uow: RegistrationUnitOfWork) -> Rest:
    """The lines of others that were set aside: their sender may fetch them still. One part at a time is in memory."""
    found, reading = Rest(), sent.job.reading
    async for content, set_aside in _parts(sent, uow):
        part = await beside_loop(len(content), rest_of, content, set_aside, named, reading)
        found = found.and_of(part, reading.format)
    return found


async def _parts(sent: KeptFile, uow: RegistrationUnitOfWork) -> AsyncIterator[tuple[bytes, list[int] | None]]:
    """With the lines of each that were set aside: of a rest, all."""
    job = sent.job
    if sent.is_rest:
        yield await uow.traces.rest(job.id), None
        return
    set_aside = sorted(await uow.contribution_files.lines_with_faults(job.id))
    if not job.pieces:
        yield await uow.contribution_files.content(job.id), set_aside
    # Where it is known whom its lines name, what was set aside is all that is looked for.
    held = uow.contribution_pieces
    for number in await (held.list_holding(job.id, set_aside) if sent.is_known else held.list_kept(job.id)):
        piece = await uow.contribution_pieces.get(job.id, number)
        yield piece.content, [line - piece.lines_before for line in set_aside if piece.holds(line)]
