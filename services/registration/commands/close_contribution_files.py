"""Close contribution files whose lines are all taken or set aside: totals, what waits for them, their last state."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.registration.commands.note_changed_lines import leave_reviews
from services.registration.commands.review_account import ReviewAccount
from services.registration.domain.contribution import Bearers, Brought, FileJob, MonthSums, outcome
from services.registration.domain.subjects import contributions, sent
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now
from shared.persistence.asked import Asked


@dataclass(frozen=True)
class ThroughFile:
    """A file, what it said and what that changed by month, the months of which lines were changed, how many lines were
    taken, with or without something that was set aside; and whom it names, of one that is kept whole."""

    job: FileJob
    declared: Sequence[MonthSums]
    brought: Sequence[MonthSums]
    changed_months: Collection[int]
    accepted: int
    is_faultless: bool
    bearers: Bearers | None = None

    @property
    def months(self) -> set[int]:
        """Those of which something was taken."""
        return {each.month for each in self.brought}


@dataclass(frozen=True)
class CloseContributionFiles:
    """Files of different employers, whose totals are published; and who asked for each, where they are run together."""

    files: Sequence[ThroughFile]
    asked: Mapping[UUID, Asked[Any]] = field(default_factory=dict)

    def of(self, file: ThroughFile, uow: RegistrationUnitOfWork) -> AbstractContextManager[None]:
        """What is left for later inside is caused by whoever asked for the file."""
        asked = self.asked.get(file.job.id)
        return nullcontext() if asked is None else asked.within(uow)


async def close_contribution_files(command: CloseContributionFiles, uow: RegistrationUnitOfWork) -> None:
    """In one transaction with their lines, so that nobody sees some of it: totals equal what stands."""
    files = command.files
    await uow.contribution_files.sum_up([(each.job, each.declared, each.brought) for each in files])
    await _wake(command, uow)
    # After it has woken the month's receipts: looking at one of them, too, comes before what that leaves for a refund.
    await _review(command, uow)
    await _bring(command, uow)
    # Written out before the files are finished: the watermark compares both times (storage/contribution_files.py).
    await uow.flush()
    await uow.contribution_files.finish(
        [(each.job, outcome(each.accepted, each.is_faultless), each.accepted, each.bearers) for each in files]
    )


async def _wake(command: CloseContributionFiles, uow: RegistrationUnitOfWork) -> None:
    """What listens to a month runs in the trace of the file that brought something of it, and what waits until all that
    was sent is worked off, in that of the last."""
    subjects = {
        f.job.id: {sent(f.job.employer), *(contributions(f.job.employer, month) for month in f.months)}
        for f in command.files
    }
    if len(command.files) > 1:
        listened = await uow.due.listened({each for of_file in subjects.values() for each in of_file})
        subjects = {file: {each for each in of_file if each in listened} for file, of_file in subjects.items()}
    for each in command.files:
        if subjects[each.job.id]:
            with command.of(each, uow):
                await uow.due.wake(subjects[each.job.id])


async def _review(command: CloseContributionFiles, uow: RegistrationUnitOfWork) -> None:
    """Have months looked at of which a line is changed; also those of which something was looked at before."""
    others = {(f.job.employer, month) for f in command.files for month in f.months.difference(f.changed_months)}
    looked_at = await uow.refunds.months_of(others)
    for each in command.files:
        employer = each.job.employer
        months = {*each.changed_months, *(month for month in each.months if (employer, month) in looked_at)}
        if months:
            with command.of(each, uow):
                await leave_reviews(employer, months, uow)


async def _bring(command: CloseContributionFiles, uow: RegistrationUnitOfWork) -> None:
    """The accounts are derived from the lines (rules F1); a month that is paid, or charged with interest, is looked
    at."""
    brought = [Brought(each.job.employer, each.job.submitted_on, each.brought) for each in command.files]
    looked_at = await uow.accounts.bring(brought)
    for each in command.files:
        months = sorted(month for employer, month in looked_at if employer == each.job.employer)
        if months:
            with command.of(each, uow):
                for month in months:
                    await uow.due.at(ReviewAccount(each.job.employer, str(month)), now())
