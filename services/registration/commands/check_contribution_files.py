"""Look whom the lines of contribution files are about, and what is wrong with them: all files that are read alike at
once, since what is asked and reckoned costs a few lines as much as a thousand (decision 82)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.registration.commands.take_lines import CheckedFile
from services.registration.domain.contribution import FileJob
from services.registration.files.columns import FileColumns
from services.registration.files.formats import FORMATS
from services.registration.files.line_checks import FileLines, check_together
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.loop import beside_loop


@dataclass(frozen=True)
class CheckContributionFiles:
    """Files that are kept whole, with their bytes."""

    contents: Mapping[FileJob, bytes]


async def check_contribution_files(command: CheckContributionFiles, uow: RegistrationUnitOfWork) -> list[CheckedFile]:
    """What is found of the lines of each, in their order."""
    alike: dict[object, list[FileJob]] = {}
    for job in command.contents:
        alike.setdefault((job.submitted_on, replace(job.reading, months=())), []).append(job)
    found = {each.job: each for jobs in alike.values() for each in await _checked(jobs, command.contents, uow)}
    return [found[job] for job in command.contents]


async def _checked(
    jobs: Sequence[FileJob], contents: Mapping[FileJob, bytes], uow: RegistrationUnitOfWork
) -> list[CheckedFile]:
    first, size = jobs[0], sum(len(contents[job]) for job in jobs)
    columns = await beside_loop(size, _columns, jobs, [contents[job] for job in jobs])
    files = [FileLines(job.lines, job.reading.months) for job in jobs]
    employers = [job.employer for job in jobs for _ in range(job.lines)]
    matches = await uow.persons.match_lines(employers, columns.ids, columns.months.tolist())
    checked = await beside_loop(size, check_together, columns, files, matches, first.submitted_on)
    return [CheckedFile(*each) for each in zip(jobs, checked, strict=True)]


def _columns(jobs: Sequence[FileJob], contents: Sequence[bytes]) -> FileColumns:
    reading = replace(jobs[0].reading, months=())
    return FORMATS[reading.format].together(contents, reading)
