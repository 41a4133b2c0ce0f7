"""Two officers let what one entered of a figure be law from now on, or refuse it."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.commands.compare_entry import CompareEntry
from services.claims.commands.compare_law import GONE_AFTER
from services.claims.events.law_figures import figure_entered
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.officers import Officers
from shared.law.book import book
from shared.persistence.law_entries import LAID_AFTER


@dataclass(frozen=True)
class DecideFigure:
    """What was entered, whether it counts, and both officers."""

    entry: UUID
    counts: bool
    officers: Officers


async def decide_figure(command: DecideFigure, uow: ClaimsUnitOfWork) -> None:
    """Keep their word; what counts is published, and what it touches is asked again.

    Of one that counts already, and that this release cannot read, both have seen that it stays set aside. Raises
    FigureEntryUnknown, FigureEntryUnfit.
    """
    entry = await uow.figure_entries.get(command.entry)
    if entry.answered is not None and not command.counts:
        uow.decided("figure_set_aside", entry=str(entry.id), figure=entry.figure)
        return
    if not command.counts:
        await uow.figure_entries.answer(entry.id, None, command.officers)
        uow.decided("figure_refused", entry=str(entry.id), figure=entry.figure)
        return
    # What stands may have come to say it meanwhile.
    entry.must_fit(book(), today())
    counted = entry.counting(await uow.figure_entries.next_edition(), today())
    await uow.figure_entries.answer(entry.id, counted, command.officers)
    await uow.law_entries.keep([counted])
    uow.publish(figure_entered(counted, entry.stated_at, command.officers.at))
    await uow.due.at(CompareEntry(counted.edition), now() + LAID_AFTER)
    await uow.due.at(CompareEntry(counted.edition, again=True), now() + GONE_AFTER)
