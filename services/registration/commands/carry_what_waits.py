"""What waits of an employment that a split carries goes with it: nobody decides of one that is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.registration.commands.ask_of_spell_correction import AskOfSpellCorrection
from services.registration.commands.let_ends_wait import let_end_of_stated_wait
from services.registration.commands.state_of_employer import let_end_wait
from services.registration.domain import queues, subjects
from services.registration.domain.employer import tenant_of
from services.registration.domain.spell import Spell, WaitingEnd
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.tasks.opening import CloseTask, close_task

ASSIGNED = "assigned"


@dataclass(frozen=True)
class CarryWhatWaits:
    """The employment that is refused of the one, and what is stated of the other, by day: nothing of one who was
    erased."""

    spell: Spell
    parts: Sequence[Spell]


async def carry_what_waits(command: CarryWhatWaits, uow: RegistrationUnitOfWork) -> None:
    """What its employer stated of it is said of the other; what follows from a death or from the end of the employer
    follows from those that are known of the other."""
    spell, parts = command.spell, command.parts
    for part in parts:
        await let_end_of_stated_wait(part, await uow.persons.stated_ends([part.person]), uow)
        await let_end_wait(await uow.employers.get(part.employer), part, uow)
    waiting = await uow.waiting_ends.of(spell.id)
    if waiting is not None:
        await uow.waiting_ends.remove(spell.id)
        await _carry_end(waiting, parts, uow)
    await _carry_correction(spell, parts, uow)


async def _carry_end(waiting: WaitingEnd, parts: Sequence[Spell], uow: RegistrationUnitOfWork) -> None:
    if waiting.cause is not None or waiting.source != tenant_of(waiting.employer):
        return
    for part in (each for each in parts if each.goes_on_behind(waiting.ended_on)):
        ended_on = max(waiting.ended_on, part.started_on)
        await uow.waiting_ends.keep(replace(waiting, spell=part.id, person=part.person, ended_on=ended_on))


async def _carry_correction(spell: Spell, parts: Sequence[Spell], uow: RegistrationUnitOfWork) -> None:
    waiting = await uow.spell_corrections.waiting(spell.id)
    if waiting is None:
        return
    await uow.spell_corrections.decide(replace(waiting, counts=False), now())
    about = subjects.spell_correction(waiting.id)
    await close_task(CloseTask(queues.SPELL_CORRECTION, about, ASSIGNED), uow)
    for part in parts:
        said = waiting.carried(spell, part, new_id())
        if said is None or await uow.spell_corrections.waiting(part.id) is not None:
            continue
        await uow.spell_corrections.add(said)
        await uow.due.at(AskOfSpellCorrection(str(said.id)), now())
