"""A person died: the ends of employments that go on wait for employer and officers."""

from dataclasses import dataclass
from datetime import date

from services.registration.domain.spell import WaitingEnd, WaitReason, wait_reason
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
        if command.is_beside and await uow.waiting_ends.waits(spell.id):
            continue
        last = await uow.contribution_lines.last_month(spell.employer, spell.person)
        reason = wait_reason(died_on, died_on, last) or WaitReason.DATED_BACK
        end = WaitingEnd(spell.id, spell.person, spell.employer, died_on, reason, now(), command.source)
        await uow.waiting_ends.keep(end)
