"""Take the good lines of a contribution file, or of a piece of one, set the bad ones aside, and publish."""

from dataclasses import dataclass

from services.registration.commands.ask_about_spells import AskAboutSpells, ask_about_spells
from services.registration.domain.contribution import MONTHLY, FileJob, LineColumns, TakenColumns
from services.registration.domain.parts import laid_over, leaves_something
from services.registration.events import contribution_received, registration
from services.registration.files.line_checks import Checked
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class TakeLines:
    """The file, and what was found of its lines."""

    job: FileJob
    checked: Checked


async def take_lines(command: TakeLines, uow: RegistrationUnitOfWork) -> TakenColumns:
    """The lines that are new or changed, as they now stand; the sums of the file are its last transaction's."""
    job, checked = command.job, command.checked
    await uow.contribution_lines.write_out(job.employer, checked.accepted)
    taken = await uow.contribution_lines.take(job, await _laid_over(job, checked, uow))
    await uow.contribution_files.set_aside(job, checked.faults)
    await ask_about_spells(AskAboutSpells(job, checked.said), uow)
    await _publish(job, taken, uow)
    return taken


async def _laid_over(job: FileJob, checked: Checked, uow: RegistrationUnitOfWork) -> LineColumns:
    if not leaves_something(job.reading):
        return checked.accepted
    known = await uow.contribution_lines.standing(job.employer, checked.accepted)
    standing = {key: (line.wage_sen, line.amounts) for key, line in known.items()}
    return laid_over(checked.accepted, standing, job.reading, job.submitted_on)


async def _publish(job: FileJob, taken: TakenColumns, uow: RegistrationUnitOfWork) -> None:
    source = (job.id, job.employer, job.received_at)
    for chunk in contribution_received.contributions_received(*source, MONTHLY, taken):
        uow.publish(chunk)
    for spell in await uow.spells.confirm(job.employer, taken.persons):
        uow.publish(registration.spell_confirmed(spell))
