"""Work off what partners pushed: a sender's events in the order of their arrival, each with an outcome of its own.

One transaction takes a page of one sender's events. What one of them comes to is taken back by itself where it is
refused, so that a bad event harms no other; a sender that sends much keeps no other waiting but for a page.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog

from shared.contracts.inbound import BY_NAME
from shared.inbound.answers import tell
from shared.inbound.event import (
    CORRECTED,
    DEFECT,
    NOT_IN_TIME,
    Handler,
    InboundState,
    Outcome,
    Taken,
    parked,
    refused,
)
from shared.inbound.keys import Sealing
from shared.inbound.repository import CORRECTED_MESSAGE, InboundRepository
from shared.kernel.clock import now
from shared.kernel.errors import JaringError
from shared.persistence.due_work import command_of
from shared.persistence.transient import is_transient
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)

PAGE = 200
# Somebody else works on what this party sent.
BUSY = timedelta(milliseconds=200)
# A defect may be mended meanwhile.
DEFECT_AGAIN = timedelta(hours=1)
_WOKEN = "woken"
_TRIED_IN_VAIN = "A defect of ours, which was not mended in time: send it under another id."
_WAITED_IN_VAIN = "What it needs before it did not come in time: "

# An event, what came of it, and until when it is parked.
Settled = tuple[Taken, Outcome, datetime | None]

log = structlog.get_logger()


@dataclass(frozen=True)
class HandleInbound:
    """A party, and the request that brought something: each leaves work of its own, and none waits for another's."""

    tenant: str
    request: str


@dataclass(frozen=True)
class ResumeInbound:
    """A parked event whose time has come, or what it needs."""

    event: str


@dataclass(frozen=True)
class InboundCommand(Generic[U]):
    """A type, the command that an event of it becomes, and what takes many of them."""

    name: str
    command: type[Any]
    handler: Handler[U]


OneByOne = Callable[[Any, date, U], Awaitable[Outcome]]
"""Takes a command that was received on a business day."""


def one_by_one(handle: OneByOne[U]) -> Handler[U]:
    """The handler of a type whose events are taken one at a time; what is refused of one is taken back."""

    async def handler(events: Sequence[tuple[Taken, Any]], uow: U) -> list[Outcome]:
        return [await _apart(taken, command, handle, uow) for taken, command in events]

    return handler


def handling(table: Sequence[InboundCommand[U]], sealing: Sealing) -> Callable[[HandleInbound, U], Awaitable[None]]:
    """What runs `HandleInbound` in a service with this table."""
    commands = {each.name: each for each in table}

    async def handle_inbound(command: HandleInbound, uow: U) -> None:
        inbox = InboundRepository(uow.connection)
        if not await inbox.lock(command.tenant):
            await uow.due.at(command, now() + BUSY)
            return
        taken = await inbox.take(command.tenant, PAGE)
        if taken:
            came = await _handled(taken, commands, sealing, uow)
            settled = await inbox.settle(came)
            # What was refused says nothing: whatever came before it stands.
            counts = [each for each, outcome, _ in came if outcome.state is not InboundState.REFUSED]
            corrected = await inbox.supersede(command.tenant, counts)
            await tell(command.tenant, [*settled, *corrected], uow)
        if len(taken) == PAGE:
            await uow.due.at(command, now())

    return handle_inbound


async def resume_inbound(command: ResumeInbound, uow: UnitOfWork) -> None:
    """Let a parked event be worked on again, in its place among those of its sender."""
    tenant = await InboundRepository(uow.connection).resume(UUID(command.event))
    if tenant is not None:
        # What it needs may not be there yet, and then it is no news that it waits for.
        await uow.due.goes_on(command)
        await uow.due.at(HandleInbound(tenant, _WOKEN), now())


async def _handled(
    taken: Sequence[Taken], commands: Mapping[str, InboundCommand[U]], sealing: Sealing, uow: U
) -> list[Settled]:
    """What came of each. What is parked waits from its own round on: an event of a later one may be what it needs."""
    settled = {each.event: _in_time(each, _corrected(each.corrected_by)) for each in taken if each.corrected_by}
    for overtaken in settled.values():
        await _leave(overtaken, uow)
    for type_, events in rounds([each for each in taken if each.event not in settled]):
        table = commands[type_]
        opened, unread = _opened(events, table.command, sealing)
        found = await _all_or_each(opened, table.handler, uow) if opened else []
        outcomes = unread | {each.event: outcome for (each, _), outcome in zip(opened, found, strict=True)}
        for each in events:
            settled[each.event] = _in_time(each, outcomes[each.event])
            await _leave(settled[each.event], uow)
    return [settled[each.event] for each in taken]


def _opened(
    events: Sequence[Taken], command: type[Any], sealing: Sealing
) -> tuple[list[tuple[Taken, Any]], dict[UUID, Outcome]]:
    """The commands, and what came of events that cannot be read: of another key, or of another release."""
    opened: list[tuple[Taken, Any]] = []
    unread: dict[UUID, Outcome] = {}
    for each in events:
        try:
            opened.append((each, command_of(command, sealing.open(each.event, each.sealed))))
        except Exception:
            unread[each.event] = _defect(each)
    return opened, unread


def _corrected(later: UUID) -> Outcome:
    return refused(CORRECTED, CORRECTED_MESSAGE, corrected_by=str(later))


def _defect(taken: Taken) -> Outcome:
    log.exception("inbound_event_failed", pushed=str(taken.event), type=taken.type)
    return parked(DEFECT, "A defect of ours; it is tried again.", wake_at=now() + DEFECT_AGAIN)


def rounds(taken: Sequence[Taken]) -> list[tuple[str, list[Taken]]]:
    """The events in groups of one type, in an order that keeps that of each person's.

    An event stands in the round after that of the one before it that is about the same person.
    """
    latest: dict[bytes, int] = defaultdict(int)
    groups: dict[tuple[int, str], list[Taken]] = defaultdict(list)
    for each in taken:
        latest[each.about] += 1
        groups[latest[each.about], each.type].append(each)
    return [(type_, groups[number, type_]) for number, type_ in sorted(groups)]


async def _all_or_each(events: Sequence[tuple[Taken, Any]], handler: Handler[U], uow: U) -> list[Outcome]:
    """What came of many at once, or of each by itself where a defect keeps them from it together."""
    try:
        async with uow.apart():
            return await handler(events, uow)
    except Exception as reason:
        if is_transient(reason):
            raise
        if len(events) == 1 and isinstance(reason, JaringError):
            return [refused(reason.code, reason.detail or reason.title)]
        if len(events) == 1:
            return [_defect(events[0][0])]
    return [outcome for each in events for outcome in await _all_or_each([each], handler, uow)]


async def _apart(taken: Taken, command: Any, handle: OneByOne[U], uow: U) -> Outcome:
    try:
        async with uow.apart():
            return await handle(command, taken.received_on, uow)
    except JaringError as reason:
        return refused(reason.code, reason.detail or reason.title)


async def _leave(settled: Settled, uow: UnitOfWork) -> None:
    """What is parked leaves itself for later, and what was parked ends."""
    taken, outcome, until = settled
    uow.decided(
        "inbound_event", pushed=str(taken.event), type=taken.type, state=outcome.state.value, party=taken.tenant
    )
    if until is not None:
        deadline = until if outcome.wake_at is None else min(until, outcome.wake_at)
        await uow.due.when(ResumeInbound(str(taken.event)), outcome.waits_for, deadline)
    elif taken.parked_until is not None:
        await uow.due.at(ResumeInbound(str(taken.event)), now())


def _in_time(taken: Taken, outcome: Outcome) -> Settled:
    """What is parked has a deadline, which is that of the first time; after it the event is refused."""
    if outcome.state is not InboundState.PARKED:
        return taken, outcome, None
    until = taken.parked_until or now() + timedelta(days=BY_NAME[taken.type].waits_days)
    if now() < until:
        return taken, outcome, until
    because = outcome.answer
    if because.reason == DEFECT:
        return taken, refused(DEFECT, _TRIED_IN_VAIN), None
    told = _WAITED_IN_VAIN + (because.message or "")
    return taken, refused(NOT_IN_TIME, told, waited_for=because.reason), None
