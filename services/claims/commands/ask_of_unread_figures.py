"""Asks two officers about entries of the statute book that an earlier release let count and this one cannot read."""

from dataclasses import dataclass

from services.claims.commands.ask_of_figure import state_of_figure
from services.claims.domain import queues, subjects
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.tasks.opening import CloseTask, ask, close_task

# Another entry stands in its place, or this release reads it.
CORRECTED = "figure_corrected"


@dataclass(frozen=True)
class AskOfUnreadFigures:
    """Look at all that counts."""


async def ask_of_unread_figures(_: AskOfUnreadFigures, uow: ClaimsUnitOfWork) -> None:
    """Open a task for each that is set aside, once, and close those of which nothing is left to look at."""
    await uow.figure_entries.lock()
    unread = {each.entry.entry for each in await uow.law_entries.list_set_aside()}
    for entry in await uow.figure_entries.list_counting():
        about = subjects.figure_entry(entry.id)
        if entry.id in unread:
            await ask(queues.FIGURES, about, await state_of_figure(about, uow), uow)
        else:
            await close_task(CloseTask(queues.FIGURES, about, CORRECTED), uow)
