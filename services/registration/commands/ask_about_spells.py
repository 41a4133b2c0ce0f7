"""Keep what a contribution file says of spells, and ask two officers: no spell changes by it (decision 41)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.registration.domain import queues, subjects
from services.registration.domain.contribution import FileJob
from services.registration.domain.spell_statement import SpellStatement
from services.registration.files.line_checks import SaidOfSpell
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.tasks.opening import OpenTask, open_task


@dataclass(frozen=True)
class AskAboutSpells:
    """The file, and what its lines say: person, kind and day."""

    job: FileJob
    said: Sequence[SaidOfSpell]


async def ask_about_spells(command: AskAboutSpells, uow: RegistrationUnitOfWork) -> None:
    """What stands already, or was said before, is no news; whoever sends it once more has said it too."""
    job = command.job
    spells = await uow.spells.of_people(job.employer, {person for person, _, _ in command.said}) if command.said else {}
    said = [SpellStatement(job.employer, *each, job.id, job.tenant) for each in command.said]
    if said:
        await uow.contribution_files.hand_senders_on(job.id, [each.id for each in said])
    for each in await uow.spell_statements.add([each for each in said if not each.is_known(spells[each.person])]):
        about = subjects.spell_statement(each.id)
        await open_task(OpenTask(queues.SPELL_STATEMENT, about, each.kind, 1, each.facts), uow)
