"""Keep what lines declared before a contribution file changed them: what was paid for them may be refunded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.registration.commands.review_refund import ReviewRefund
from services.registration.domain.contribution import TakenColumns, month_of
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now


@dataclass(frozen=True)
class NoteChangedLines:
    """Whose lines were taken, as a file that was received on a day left them, by month."""

    employer: int
    received_on: date
    taken: TakenColumns


@dataclass(frozen=True)
class ReviewMonths:
    """The months of an employer of which lines were changed, and all of which something was taken."""

    employer: int
    changed: Collection[int]
    taken: Collection[int]


async def note_changed_lines(command: NoteChangedLines, uow: RegistrationUnitOfWork) -> set[int]:
    """The months of which a line is changed."""
    months = set()
    for month, lines in groupby(command.taken.changed, key=lambda line: line.month):
        await uow.refunds.note(command.employer, month, list(lines), command.received_on)
        months.add(month)
    return months


async def review_months(command: ReviewMonths, uow: RegistrationUnitOfWork) -> None:
    """Have months looked at of which a line is changed; also those of which something was looked at before."""
    others = {(command.employer, month) for month in set(command.taken).difference(command.changed)}
    looked_at = {month for _, month in await uow.refunds.months_of(others)}
    await leave_reviews(command.employer, {*command.changed, *looked_at}, uow)


async def leave_reviews(employer: int, months: Collection[int], uow: RegistrationUnitOfWork) -> None:
    """Have these months of an employer looked at."""
    for month in sorted(months):
        await uow.due.at(ReviewRefund(employer, str(month_of(month))), now())
