"""Take in a contribution file of any format, whose lines bear the code of their employer."""

from dataclasses import dataclass, replace

from services.registration.commands.submit_contribution_statement import (
    SubmitContributionStatement,
    submit_contribution_statement,
)
from services.registration.domain.contribution import FileFormat, FileJob, KeptUpload, Reading
from services.registration.domain.employer import Employer, tenant_of
from services.registration.domain.errors import ContributionFileForeignEmployer, LegacyTemplateUnknown
from services.registration.files.formats import CodedUpload
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True, repr=False)
class SubmitContributionFile:
    """The file as it was sent, how it is to be read, and by whom; officers may send the file of any employer."""

    upload: CodedUpload | KeptUpload
    tenant: str
    officer: bool
    reading: Reading


async def submit_contribution_file(command: SubmitContributionFile, uow: RegistrationUnitOfWork) -> FileJob:
    """The job, or the one that the same file made before and that is not through; raises a FileFault."""
    employer = await uow.employers.find_by_code(command.upload.employer_code)
    if employer is None or not await _may_send(command, employer, uow):
        raise ContributionFileForeignEmployer.at(1, "The employer code is not one that you may send for.")
    reading = await _as_chosen(command.reading, employer.number, uow)
    stated = SubmitContributionStatement(command.upload, employer.number, command.tenant, reading)
    return await submit_contribution_statement(stated, uow)


async def _as_chosen(reading: Reading, employer: int, uow: RegistrationUnitOfWork) -> Reading:
    """What the amount of a legacy file means stands with the file: what is chosen later changes nothing of it."""
    if reading.format is not FileFormat.LEGACY_223:
        return reading
    amount = await uow.legacy_templates.amount(employer, reading.part)
    if amount is None:
        raise LegacyTemplateUnknown(facts={"part": reading.part.value})
    return replace(reading, amount=amount)


async def _may_send(command: SubmitContributionFile, employer: Employer, uow: RegistrationUnitOfWork) -> bool:
    """Officers, the employer itself, and who it says acts for it: by whom archives are sent."""
    if command.officer or command.tenant == tenant_of(employer.number):
        return True
    return await uow.archives.acts_for(employer.number, command.tenant)
