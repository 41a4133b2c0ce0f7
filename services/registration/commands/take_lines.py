"""Take the good lines of a contribution file, or of a piece of one, set the bad ones aside, and publish."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.registration.commands.ask_about_spells import AskAboutSpells, ask_about_spells
from services.registration.domain.contribution import CARRIED, MONTHLY, FileJob, LineColumns, TakenColumns
from services.registration.domain.parts import laid_over, leaves_something
from services.registration.events import contribution_received, registration
from services.registration.files.line_checks import Checked
from services.registration.storage.contribution_lines import CarriedLine
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class TakeLines:
    """The file, and what was found of its lines."""

    job: FileJob
    checked: Checked


@dataclass(frozen=True, slots=True)
class TookLines:
    """What was found of the lines, with those that a split had carried to another number set aside as well; and those
    that are new or changed, as they now stand."""

    checked: Checked
    taken: TakenColumns


class LineCarriedMeanwhile(RuntimeError):
    """A split carried a line while it was sent again: the same is tried again, and finds it."""


async def take_lines(command: TakeLines, uow: RegistrationUnitOfWork) -> TookLines:
    """Take what is good; the sums of the file are its last transaction's."""
    job = command.job
    carried = await uow.contribution_lines.write_out(job, command.checked.accepted)
    checked = command.checked.without(_again(carried, command.checked.accepted), CARRIED)
    taken = await uow.contribution_lines.take(job, await _laid_over(job, checked, uow))
    await _check_carried(job, taken, checked, uow)
    await uow.contribution_files.set_aside(job, checked.faults)
    await ask_about_spells(AskAboutSpells(job, checked.said), uow)
    await _publish(job, taken, uow)
    return TookLines(checked, taken)


def _again(carried: Sequence[CarriedLine], lines: LineColumns) -> set[tuple[int, int]]:
    """Month and person of lines whose wages stand under another number since a split, which these lines do not state
    as well: the same month once more, and no other."""
    if not carried:
        return set()
    stated = {
        (month, person)
        for month, person, wage in zip(lines.months, lines.persons, lines.wages_sen, strict=True)
        if wage
    }
    return {
        (each.month, each.person)
        for each in carried
        if (each.month, each.person) in stated and (each.month, each.other) not in stated
    }


async def _check_carried(job: FileJob, taken: TakenColumns, checked: Checked, uow: RegistrationUnitOfWork) -> None:
    """A split that had the line first was waited for, and is seen only now; raises LineCarriedMeanwhile."""
    if taken.stands_where_nothing_stood and _again(await uow.contribution_lines.carried(job), checked.accepted):
        raise LineCarriedMeanwhile()


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
