"""Take the good lines of contribution files, or of a piece of one, set the bad ones aside, and publish."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.registration.commands.ask_about_spells import AskAboutSpells, ask_about_spells
from services.registration.domain.contribution import MONTHLY, FileJob, LineColumns, TakenColumns
from services.registration.domain.parts import laid_over, leaves_something
from services.registration.domain.spell import Spell
from services.registration.events import contribution_received, registration
from services.registration.files.line_checks import Checked
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.persistence.asked import Asked


@dataclass(frozen=True)
class CheckedFile:
    """A file, and what was found of its lines."""

    job: FileJob
    checked: Checked


@dataclass(frozen=True)
class TakeLines:
    """Files of different employers, by employer; and who asked for each, where they are run together."""

    files: Sequence[CheckedFile]
    asked: Mapping[UUID, Asked[Any]] = field(default_factory=dict)

    def of(self, job: FileJob, uow: RegistrationUnitOfWork) -> AbstractContextManager[None]:
        """What is published inside is caused by whoever asked for the file."""
        asked = self.asked.get(job.id)
        return nullcontext() if asked is None else asked.within(uow)


async def take_lines(command: TakeLines, uow: RegistrationUnitOfWork) -> list[TakenColumns]:
    """Of each file the lines that are new or changed, as they now stand; the sums are its last transaction's."""
    files = command.files
    await uow.contribution_lines.write_out([(each.job, each.checked.accepted) for each in files])
    taken = await uow.contribution_lines.take([(each.job, await _laid_over(each, uow)) for each in files])
    await uow.contribution_files.set_aside([(each.job, each.checked.faults) for each in files])
    confirmed = await _confirmed(files, taken, uow)
    for each, lines in zip(files, taken, strict=True):
        with command.of(each.job, uow):
            await ask_about_spells(AskAboutSpells(each.job, each.checked.said), uow)
            _publish(each.job, lines, confirmed.get(each.job.employer, ()), uow)
    return taken


async def _laid_over(file: CheckedFile, uow: RegistrationUnitOfWork) -> LineColumns:
    job, accepted = file.job, file.checked.accepted
    if not leaves_something(job.reading):
        return accepted
    known = await uow.contribution_lines.standing(job.employer, accepted)
    standing = {key: (line.wage_sen, line.amounts) for key, line in known.items()}
    return laid_over(accepted, standing, job.reading, job.submitted_on)


async def _confirmed(
    files: Sequence[CheckedFile], taken: Sequence[TakenColumns], uow: RegistrationUnitOfWork
) -> Mapping[int, list[Spell]]:
    """The spells that the lines prove, by employer."""
    by_employer: dict[int, list[Spell]] = defaultdict(list)
    employers, persons = [each.job.employer for each in files], [person for lines in taken for person in lines.persons]
    for spell in await uow.spells.confirm(employers, persons):
        by_employer[spell.employer].append(spell)
    return by_employer


def _publish(job: FileJob, taken: TakenColumns, confirmed: Sequence[Spell], uow: RegistrationUnitOfWork) -> None:
    for chunk in contribution_received.contributions_received(job.id, job.employer, job.received_at, MONTHLY, taken):
        uow.publish(chunk)
    for spell in confirmed:
        uow.publish(registration.spell_confirmed(spell))
