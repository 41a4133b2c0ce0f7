"""Erase what is kept of a person: what no law keeps at once, the rest with it where none asks for it any more.

Whatever is open about the person postpones all of it: a claim, an assessment, a merge, a correction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from services.registration.commands.ask_of_erasure import AskOfErasure
from services.registration.commands.erase_traces import EraseTraces, erase_traces
from services.registration.domain import queues, subjects
from services.registration.domain.erasure import HELD, HOLD_OVER, Erasure, ErasureReason, ErasureState, Kept, kept_of
from services.registration.events.person_erased import person_erased
from services.registration.storage.erasures import added
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now, today
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task

_DAY = timedelta(days=1)


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
    for number in sorted(numbers):
        await uow.persons.lock(number)
    # Somebody let a merge or a split count meanwhile, or after two officers had decided.
    is_otherwise = await uow.person_merges.numbers_of(said.person) != numbers
    if is_otherwise or not said.is_of(numbers):
        await uow.due.at(command if is_otherwise else AskOfErasure(command.erasure), now())
        return
    holds = await uow.erasures.holds(numbers)
    if holds:
        await _postpone(replace(said, holds=holds), uow)
        return
    kept = kept_of(await uow.erasures.basis(numbers), today())
    if said.reason is ErasureReason.TIME_OVER and kept is not None:
        # Something was entered between the timer and now: nobody asked for a part of it.
        await uow.erasures.drop(said)
        return
    await close_task(CloseTask(queues.ERASURE, subjects.erasure(said.id), "erased"), uow)
    await _erase(said, numbers, kept, uow)


async def _erase(said: Erasure, numbers: Sequence[int], kept: Kept | None, uow: RegistrationUnitOfWork) -> None:
    """All of it where nothing is kept; and publish of each number what it was."""
    told_revision = await uow.erasures.next_told(numbers)
    at = now()
    traces = await erase_traces(EraseTraces(numbers, is_whole=kept is None), uow)
    erased = added(traces, await uow.erasures.erase(numbers, at, is_whole=kept is None))
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
    for number in ended.numbers:
        uow.publish(person_erased(ended, number))
    uow.decided("person_erased", person=said.person, whole=str(kept is None), rows=sum(erased.values()))


async def _postpone(said: Erasure, uow: RegistrationUnitOfWork) -> None:
    held_until = said.held_until or today() + HELD
    held = replace(said, state=ErasureState.HELD, held_until=held_until)
    if held_until <= today():
        about = subjects.erasure(said.id)
        await open_task(OpenTask(queues.ERASURE, about, HOLD_OVER, said.revision, held.facts), uow)
    await uow.erasures.postpone(held)
    await uow.due.at(ErasePerson(str(said.id)), datetime.combine(today() + _DAY, time(), BUSINESS_ZONE))
