"""Close a contribution file whose lines are all taken or set aside: its totals, what waits for them, its last state."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.registration.commands.bring_to_account import BringToAccount, bring_to_account
from services.registration.commands.note_changed_lines import ReviewMonths, review_months
from services.registration.domain.contribution import FileJob, MonthSums, outcome
from services.registration.domain.subjects import contributions
from services.registration.events import contribution_received
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class CloseContributionFile:
    """The file, what it said and what that changed by month, the months of which lines were changed, and how many
    lines were taken, with or without something that was set aside."""

    job: FileJob
    declared: Sequence[MonthSums]
    brought: Sequence[MonthSums]
    changed_months: Collection[int]
    accepted: int
    is_faultless: bool


async def close_contribution_file(command: CloseContributionFile, uow: RegistrationUnitOfWork) -> None:
    """In one transaction, so that nobody sees some of it: totals equal what stands."""
    job, sums = command.job, command.brought
    await uow.contribution_files.sum_up(job, "declared", command.declared)
    await uow.contribution_files.sum_up(job, "brought", sums)
    for each in sums:
        uow.publish(contribution_received.contribution_totals(job.id, job.employer, job.received_at, each))
    months = {each.month for each in sums}
    await uow.due.wake({contributions(job.employer, month) for month in months})
    # After it has woken the month's receipts: looking at one of them, too, comes before what that leaves for a refund.
    await review_months(ReviewMonths(job.employer, command.changed_months, months), uow)
    await bring_to_account(BringToAccount(job.employer, job.submitted_on, sums), uow)
    # Written out before the file is finished: the watermark compares both times (storage/contribution_files.py).
    await uow.flush()
    await uow.contribution_files.finish(job, outcome(command.accepted, command.is_faultless), command.accepted)
