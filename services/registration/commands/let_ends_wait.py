"""A person died: the ends of employments that go on wait for employer and officers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from services.registration.domain.person import StatedEnd
from services.registration.domain.spell import Spell, WaitingEnd, WaitReason, wait_reason
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class LetEndsWait:
    """Under which numbers the employments stand, the day of death, and who says so; `is_beside`: what waits stays."""

    numbers: tuple[int, ...]
    died_on: date
    source: str
    is_beside: bool = False


async def let_ends_wait(command: LetEndsWait, uow: RegistrationUnitOfWork) -> None:
    """Nobody ends an employment by a death: employer and officers see that it is to be ended, and on which day."""
    died_on = command.died_on
    for spell in [each for number in command.numbers for each in await uow.spells.open_of(number, died_on)]:
        if not command.is_beside or not await uow.waiting_ends.waits(spell.id):
            await _wait(spell, died_on, command.source, uow)


async def let_end_of_stated_wait(spell: Spell, ends: Collection[StatedEnd], uow: RegistrationUnitOfWork) -> None:
    """Of a spell that is stated when a death is known: it goes on behind it, and had begun by then."""
    died = next((each for each in ends if each.is_death), None)
    if died is None or spell.refused or spell.ended_on is not None or spell.started_on > died.day:
        return
    await _wait(spell, died.day, died.source, uow)


async def _wait(spell: Spell, died_on: date, source: str, uow: RegistrationUnitOfWork) -> None:
    last = await uow.contribution_lines.last_month(spell.employer, spell.person)
    reason = wait_reason(died_on, died_on, last) or WaitReason.DATED_BACK
    await uow.waiting_ends.keep(WaitingEnd(spell.id, spell.person, spell.employer, died_on, reason, now(), source))
