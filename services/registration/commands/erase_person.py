"""Erase what is kept of a person: what no law keeps at once, the rest with it where none asks for it any more.

Whatever is open about the person postpones all of it: a claim, an assessment, a merge, a correction, a file that is not
worked off. So does it that not all has arrived that claims decided, and that the database refused it, of which officers
are asked at once.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

import structlog

from services.registration.commands.ask_of_erasure import AskOfErasure
from services.registration.commands.ask_whether_closed import ask_of_failed_files
from services.registration.commands.drop_erasure import DropErasure, drop_erasure
from services.registration.commands.erase_late_files import EraseLateFiles
from services.registration.commands.erase_traces import EraseTraces, erase_traces, note_unfinished
from services.registration.commands.leave_others_alone import LeaveOthersAlone, leave_others_alone
from services.registration.domain import queues, subjects
from services.registration.domain.erasure import (
    FAILED,
    HELD,
    HOLD_OVER,
    OF_OUR_OWN,
    Erasure,
    ErasureReason,
    ErasureState,
    Hold,
    HoldReason,
    Kept,
    kept_of,
)
from services.registration.domain.errors import PersonErased
from services.registration.events.person_erased import person_erased
from services.registration.storage.erasures import added
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.topics import CLAIM_ASSESSED
from shared.kernel.clock import BUSINESS_ZONE, now, today
from shared.messaging.consumer_store import freshness
from shared.persistence.transient import is_transient
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task

_DAY, _SOON = timedelta(days=1), timedelta(minutes=10)

log = structlog.get_logger()


@dataclass(frozen=True)
class ErasePerson:
    """The erasure's id."""

    erasure: str


async def erase_person(command: ErasePerson, uow: RegistrationUnitOfWork) -> None:
    """Once, and of the numbers of which it was granted; while something postpones it, it looks again each day, and asks
    officers when that lasts."""
    said = await uow.erasures.lock(UUID(command.erasure))
    if not said.is_granted:
        return
    numbers = await uow.person_merges.numbers_of(said.person)
    with suppress(PersonErased):
        await uow.persons.lock(*numbers)
    # Somebody let a merge or a split count meanwhile, or after two officers had decided.
    is_otherwise = await uow.person_merges.numbers_of(said.person) != numbers
    if is_otherwise or not said.is_of(numbers):
        await uow.due.at(command if is_otherwise else AskOfErasure(command.erasure), now())
        return
    if await uow.erasures.is_done_by_another(said, numbers):
        await drop_erasure(DropErasure(said, "erased"), uow)
        return
    holds = await _holds(said, numbers, uow)
    if holds:
        await _postpone(replace(said, holds=holds), uow)
        return
    kept = kept_of(await uow.erasures.basis(numbers), today())
    if said.reason is ErasureReason.TIME_OVER and kept is not None:
        # Something was entered between the timer and now: nobody asked for a part of it.
        await drop_erasure(DropErasure(said, "kept"), uow)
        return
    await _try(said, numbers, kept, uow)


async def _holds(said: Erasure, numbers: Sequence[int], uow: RegistrationUnitOfWork) -> list[Hold]:
    """What was received before now comes first: what it says may be an entry that the law keeps."""
    pushed = [Hold(HoldReason.PUSHED_EVENT_WAITS, str(event)) for event in await uow.traces.pushed(numbers)]
    unknown, holds = await uow.erasures.unknown(said.id, numbers), await uow.erasures.holds(numbers, _granted_at(said))
    await ask_of_failed_files(holds, uow)
    return [*unknown, *holds, *pushed]


def _granted_at(said: Erasure) -> datetime:
    """What comes later names nobody by then: no file after another postpones it for good."""
    return said.decided_at or said.stated_at


async def _try(said: Erasure, numbers: Sequence[int], kept: Kept | None, uow: RegistrationUnitOfWork) -> None:
    """Nothing of it by half: what cannot be erased stands as before, and officers are asked."""
    try:
        async with uow.apart():
            await _erase(said, numbers, kept, uow)
    except Exception as reason:
        if is_transient(reason):
            raise
        log.exception("erasure_failed", erasure=str(said.id), person=said.person, error=type(reason).__name__)
        await _postpone(replace(said, holds=[Hold(HoldReason.FAILED, type(reason).__name__)]), uow)
        return
    if kept is None:
        # What is being worked off now does not see that nobody is registered whom its lines name.
        await uow.due.after_concurrent(EraseLateFiles(tuple(sorted(numbers))))


async def _erase(said: Erasure, numbers: Sequence[int], kept: Kept | None, uow: RegistrationUnitOfWork) -> None:
    """All of it where nothing is kept; and publish of each number what it was."""
    await close_task(CloseTask(queues.ERASURE, subjects.erasure(said.id), "erased"), uow)
    words = await leave_others_alone(LeaveOthersAlone(numbers), uow) if kept is None else {}
    told_revision = await uow.erasures.next_told(numbers)
    at = now()
    traces = await _erase_traces(EraseTraces(numbers, is_whole=kept is None), uow)
    erased = added(traces, await uow.erasures.erase(numbers, at, is_whole=kept is None))
    await uow.register_statements.keep_words(words)
    ended = replace(
        said,
        state=ErasureState.ERASED if kept is None else ErasureState.PARTLY,
        revision=said.revision + 1,
        numbers=sorted(numbers),
        erased=erased,
        erased_at=at,
        told_revision=told_revision,
        kept_until=None if kept is None else kept.until,
        kept_law=None if kept is None else kept.law,
    )
    await uow.erasures.end(ended)
    await uow.known_followers.settle(ended.numbers)
    await _end_others(ended, uow)
    for number in ended.numbers:
        uow.publish(person_erased(ended, number))
    uow.decided("person_erased", person=said.person, whole=str(kept is None), rows=sum(erased.values()))


async def _erase_traces(command: EraseTraces, uow: RegistrationUnitOfWork) -> dict[str, int]:
    """What came after it was granted is worked off when nobody knows the person any more: that it names it is noted."""
    if command.is_whole:
        await note_unfinished(command, uow)
    return await erase_traces(command, uow)


async def _end_others(ended: Erasure, uow: RegistrationUnitOfWork) -> None:
    """What else is open of the same person ends by itself: whoever holds it may be waiting for this one."""
    for other in await uow.erasures.open_of(ended.numbers):
        await uow.due.at(AskOfErasure(str(other)), now())


async def _postpone(said: Erasure, uow: RegistrationUnitOfWork) -> None:
    """Look again each day, where something is to arrive whenever all of it has up to then; and in a moment where it is
    registration's own work that comes first."""
    held_until = said.held_until or today() + HELD
    held = replace(said, state=ErasureState.HELD, held_until=held_until)
    reasons = {each.reason for each in said.holds}
    if HoldReason.FAILED in reasons or held_until <= today():
        about, why = subjects.erasure(said.id), FAILED if HoldReason.FAILED in reasons else HOLD_OVER
        await open_task(OpenTask(queues.ERASURE, about, why, said.revision, held.facts), uow)
    await uow.erasures.postpone(held)
    arrivals = [freshness(CLAIM_ASSESSED.name)] if HoldReason.CLAIMS_NOT_ARRIVED in reasons else []
    tomorrow = datetime.combine(today() + _DAY, time(), BUSINESS_ZONE)
    again = now() + _SOON if reasons <= OF_OUR_OWN else tomorrow
    await uow.due.when(ErasePerson(str(said.id)), arrivals, again)
