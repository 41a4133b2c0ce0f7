"""Take in many contribution files of one sender, which are read alike; what is wrong with one harms no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.registration.commands.submit_contribution_statement import (
    SubmitContributionStatement,
    check_accepted,
    is_small,
    receive_small,
    sent_file,
    submit_contribution_statement,
)
from services.registration.domain.contribution import FileFormat, FileJob, KeptUpload, Reading
from services.registration.domain.employer import Employer, tenant_of
from services.registration.domain.errors import ContributionFileForeignEmployer, LegacyTemplateUnknown
from services.registration.files.formats import CodedUpload
from services.registration.storage.contribution_files import SentFile
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.errors import JaringError

Submitted = FileJob | JaringError


@dataclass(frozen=True, slots=True)
class _Whose:
    employer: int
    reading: Reading


@dataclass(frozen=True, repr=False)
class SubmitContributionFiles:
    """Files as they were sent, how they are to be read, and by whom; officers may send the files of any employer."""

    uploads: Sequence[CodedUpload | KeptUpload]
    tenant: str
    officer: bool
    reading: Reading


async def submit_contribution_files(command: SubmitContributionFiles, uow: RegistrationUnitOfWork) -> list[Submitted]:
    """Of each its job, or the one that the same file made before and that is not through, or why nothing of it is
    taken; in order."""
    said = await _said(command, uow)
    found: dict[int, Submitted] = {}
    small: dict[int, SentFile] = {}
    for place, upload in enumerate(command.uploads):
        taken = said[upload.employer_code]
        if isinstance(taken, JaringError):
            found[place] = taken
        elif isinstance(upload, KeptUpload) or not is_small(upload, command.reading):
            # Receipts are drawn in the order in which files came.
            found |= await _received(command.tenant, small, uow)
            small.clear()
            stated = SubmitContributionStatement(upload, taken.employer, command.tenant, taken.reading)
            found[place] = await submit_contribution_statement(stated, uow)
        else:
            small[place] = sent_file(upload, taken.employer, taken.reading)
    found |= await _received(command.tenant, small, uow)
    return [found[place] for place in range(len(command.uploads))]


async def _received(tenant: str, sent: Mapping[int, SentFile], uow: RegistrationUnitOfWork) -> dict[int, FileJob]:
    received = await receive_small(tenant, list(sent.values()), uow)
    return dict(zip(sent, received, strict=True))


async def _said(command: SubmitContributionFiles, uow: RegistrationUnitOfWork) -> dict[str, _Whose | JaringError]:
    """By the employer's code whose files they are and how they are read, or why they are not taken."""
    codes = {upload.employer_code for upload in command.uploads}
    employers = await uow.employers.find_by_codes(codes)
    others = [each.number for each in employers.values() if not _is_own(command, each)]
    acts_for = await uow.archives.acts_for_which(others, command.tenant)
    return {code: await _whose(command, employers.get(code), acts_for, uow) for code in codes}


def _is_own(command: SubmitContributionFiles, employer: Employer) -> bool:
    return command.officer or command.tenant == tenant_of(employer.number)


async def _whose(
    command: SubmitContributionFiles, employer: Employer | None, acts_for: set[int], uow: RegistrationUnitOfWork
) -> _Whose | JaringError:
    """Officers, the employer itself, and who it says acts for it: by whom archives are sent."""
    if employer is None or not (_is_own(command, employer) or employer.number in acts_for):
        return ContributionFileForeignEmployer.at(1, "The employer code is not one that you may send for.")
    try:
        reading = await _as_chosen(command.reading, employer.number, uow)
        check_accepted(reading)
        return _Whose(employer.number, reading)
    except JaringError as reason:
        return reason


async def _as_chosen(reading: Reading, employer: int, uow: RegistrationUnitOfWork) -> Reading:
    """What the amount of a legacy file means stands with the file: what is chosen later changes nothing of it."""
    if reading.format is not FileFormat.LEGACY_223:
        return reading
    amount = await uow.legacy_templates.amount(employer, reading.part)
    if amount is None:
        raise LegacyTemplateUnknown(facts={"part": reading.part.value})
    return replace(reading, amount=amount)
