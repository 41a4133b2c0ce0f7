"""Close a contribution file whose lines are all taken or set aside: its totals, what waits for them, its last state."""

from dataclasses import dataclass

from services.registration.commands.close_contribution_files import (
    CloseContributionFiles,
    ThroughFile,
    close_contribution_files,
)
from services.registration.events.contribution_received import totals_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class CloseContributionFile(ThroughFile):
    """A file by itself."""


async def close_contribution_file(command: CloseContributionFile, uow: RegistrationUnitOfWork) -> None:
    """In one transaction, so that nobody sees some of it: totals equal what stands."""
    for totals in totals_of(command.job, command.brought):
        uow.publish(totals)
    await close_contribution_files(CloseContributionFiles([command]), uow)
