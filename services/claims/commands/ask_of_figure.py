"""Asks two officers whether what one entered of a figure is law."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import queues, subjects
from services.claims.domain.errors import FigureEntryOfOneself, FigureEntryOver
from services.claims.domain.figures import FigureEntry
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import today
from shared.kernel.subjects import Subject
from shared.law.book import book
from shared.tasks.opening import ask
from shared.tasks.task import SubjectState


@dataclass(frozen=True)
class AskOfFigure:
    """The entry's id."""

    entry: UUID


async def ask_of_figure(command: AskOfFigure, uow: ClaimsUnitOfWork) -> None:
    """Open its task."""
    about = subjects.figure_entry(command.entry)
    await ask(queues.FIGURES, about, await state_of_figure(about, uow), uow)


async def state_of_figure(subject: Subject, uow: ClaimsUnitOfWork) -> SubjectState:
    """Of what was entered, while nobody else lets an entry count: the revision moves on with each that does. What was
    let count and this release cannot read is looked at once more."""
    await uow.figure_entries.lock()
    await uow.law_entries.lay()
    entry = await uow.figure_entries.get(subjects.figure_entry_of(subject))
    is_unread = entry.answered is not None and await _is_unread(entry, uow)
    return SubjectState(
        await uow.figure_entries.next_edition(),
        entry.facts(book(), today()),
        reason=queues.FIGURE_UNREAD if is_unread else queues.FIGURE_ENTERED,
        stated_by={entry.stated_by},
        of_oneself=FigureEntryOfOneself,
        is_decided=entry.answered is not None and not is_unread,
        over=FigureEntryOver,
    )


async def _is_unread(entry: FigureEntry, uow: ClaimsUnitOfWork) -> bool:
    """Whether it is set aside, and no two officers have looked at that yet."""
    unread = {each.entry.entry for each in await uow.law_entries.list_set_aside()}
    return entry.id in unread and not await uow.figure_entries.is_seen_unread(entry.id)
