"""Take the good lines of contribution files, or of a piece of one, set the bad ones aside, and publish."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.registration.commands.ask_about_spells import AskAboutSpells, ask_about_spells
from services.registration.commands.assign_stated import carry_line
from services.registration.commands.review_lines_of_person import ReviewLinesOfPerson, review_lines_of_person
from services.registration.domain.contribution import CARRIED, MONTHLY, FileJob, LineColumns, TakenColumns
from services.registration.domain.parts import laid_over, leaves_something
from services.registration.domain.person_merge import StatedLine
from services.registration.domain.spell import Spell
from services.registration.events import contribution_received, registration
from services.registration.files.line_checks import Checked
from services.registration.storage.contribution_lines import CarriedLine
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.persistence.asked import Asked
from shared.persistence.transient import CameMeanwhile


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


@dataclass(frozen=True, slots=True)
class TookLines:
    """What was found of the lines of a file, with those that a split had carried to another number set aside as well;
    and those that are new or changed, as they now stand."""

    job: FileJob
    checked: Checked
    taken: TakenColumns


class LineCarriedMeanwhile(CameMeanwhile):
    """A split carried a line while it was sent again: the same is tried again, and finds it."""


async def take_lines(command: TakeLines, uow: RegistrationUnitOfWork) -> list[TookLines]:
    """Take what is good of each file; the sums are its last transaction's."""
    files = await _without_carried(command, uow)
    taken = await uow.contribution_lines.take([(each.job, await _laid_over(each, uow)) for each in files])
    took = [TookLines(each.job, each.checked, lines) for each, lines in zip(files, taken, strict=True)]
    await _check_carried(took, uow)
    await uow.contribution_files.set_aside([(each.job, each.checked.faults) for each in took])
    confirmed = await _confirmed(took, uow)
    for each in took:
        with command.of(each.job, uow):
            await ask_about_spells(AskAboutSpells(each.job, each.checked.said), uow)
            _publish(each.job, each.taken, confirmed.get(each.job.employer, ()), uow)
    return took


async def _without_carried(command: TakeLines, uow: RegistrationUnitOfWork) -> list[CheckedFile]:
    """With the lines set aside of which the wages stand under another's number."""
    files = command.files
    await uow.contribution_lines.wait_for_loads()
    carried = await uow.contribution_lines.write_out([(each.job, each.checked.accepted) for each in files])
    for each in (each for each in files if each.job.employer in carried):
        with command.of(each.job, uow):
            await _carry_back(each, carried[each.job.employer], uow)
    again = [_again(carried.get(each.job.employer, ()), each.checked.accepted) for each in files]
    return [
        CheckedFile(each.job, each.checked.without(lines, CARRIED)) for each, lines in zip(files, again, strict=True)
    ]


async def _carry_back(file: CheckedFile, carried: Sequence[CarriedLine], uow: RegistrationUnitOfWork) -> None:
    """What a split had carried between two numbers that are one person's again stands under the one that is named now:
    what the file says of the month takes its place, and is not owed beside it."""
    named = set(zip(file.checked.accepted.months, file.checked.accepted.persons, strict=True))
    for each in carried:
        if each.are_one and (each.month, each.person) in named and (each.month, each.other) not in named:
            await carry_line(StatedLine(file.job.employer, each.month, each.other), each.person, uow)
            await review_lines_of_person(ReviewLinesOfPerson(each.person), uow)


def _again(carried: Sequence[CarriedLine], lines: LineColumns) -> set[tuple[int, int]]:
    """Month and person of lines whose wages stand under another's number since a split, which these lines do not state
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
        if not each.are_one and (each.month, each.person) in stated and (each.month, each.other) not in stated
    }


async def _check_carried(took: Sequence[TookLines], uow: RegistrationUnitOfWork) -> None:
    """A split that had a line first was waited for, and is seen only now; raises LineCarriedMeanwhile."""
    doubtful = [each for each in took if each.taken.stands_where_nothing_stood]
    carried = await uow.contribution_lines.carried([each.job for each in doubtful]) if doubtful else {}
    if any(_again(carried.get(each.job.employer, ()), each.checked.accepted) for each in doubtful):
        raise LineCarriedMeanwhile()


async def _laid_over(file: CheckedFile, uow: RegistrationUnitOfWork) -> LineColumns:
    job, accepted = file.job, file.checked.accepted
    if not leaves_something(job.reading):
        return accepted
    known = await uow.contribution_lines.standing(job.employer, accepted)
    standing = {key: (line.wage_sen, line.amounts) for key, line in known.items()}
    return laid_over(accepted, standing, job.reading, job.submitted_on)


async def _confirmed(took: Sequence[TookLines], uow: RegistrationUnitOfWork) -> Mapping[int, list[Spell]]:
    """The spells that the lines prove, by employer."""
    by_employer: dict[int, list[Spell]] = defaultdict(list)
    persons = [person for each in took for person in each.taken.persons]
    for spell in await uow.spells.confirm([each.job.employer for each in took], persons):
        by_employer[spell.employer].append(spell)
    return by_employer


def _publish(job: FileJob, taken: TakenColumns, confirmed: Sequence[Spell], uow: RegistrationUnitOfWork) -> None:
    for chunk in contribution_received.contributions_received(job.id, job.employer, job.received_at, MONTHLY, taken):
        uow.publish(chunk)
    for spell in confirmed:
        uow.publish(registration.spell_confirmed(spell))
