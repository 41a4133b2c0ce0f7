"""Ask two officers about a foreign worker whose pass ended and who is employed on: renewed, or over?"""

from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.errors import PersonErased
from services.registration.domain.membership import FOREIGN
from services.registration.domain.pass_renewal import facts_of_pass
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.tasks.opening import CloseTask, OpenTask, close_task, open_task


@dataclass(frozen=True)
class AskAboutPass:
    """The person."""

    person: int


async def ask_about_pass(command: AskAboutPass, uow: RegistrationUnitOfWork) -> None:
    """Open the task while somebody is employed behind the end of the pass; close it when nobody is any more.

    Of a number that was merged the survivor is meant, employed under whichever number. Of whom nothing is kept nobody
    has anything to decide.
    """
    try:
        await uow.persons.lock(command.person)
    except PersonErased:
        await close_task(CloseTask(queues.FOREIGN_PASS, subjects.foreign_pass(command.person), "erased"), uow)
        return
    await _ask(command.person, uow)


async def _ask(number: int, uow: RegistrationUnitOfWork) -> None:
    person, *merged = numbers = await uow.person_merges.numbers_of(number)
    for number in merged:
        await close_task(CloseTask(queues.FOREIGN_PASS, subjects.foreign_pass(number), "merged"), uow)
    known = await uow.persons.foreign_pass(person)
    spells = [] if known is None else await uow.spells.after(numbers, known.ended_on)
    if known is None or not spells or await uow.persons.residence(person, today()) != FOREIGN:
        await close_task(CloseTask(queues.FOREIGN_PASS, subjects.foreign_pass(person), "no_employment"), uow)
        return
    facts = facts_of_pass(person, known, len(spells))
    await open_task(
        OpenTask(queues.FOREIGN_PASS, subjects.foreign_pass(person), "pass_ended", known.revision, facts), uow
    )


async def ask_about_known_pass(person: int, uow: RegistrationUnitOfWork) -> None:
    """Look again where the end of a pass is known: an employment began, ended or was corrected."""
    survivor = (await uow.person_merges.numbers_of(person))[0]
    if await uow.persons.foreign_pass(survivor) is not None:
        await uow.due.at(AskAboutPass(person), now())
