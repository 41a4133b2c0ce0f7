"""Asks two officers whether what one entered of a figure is law."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import queues, subjects
from services.claims.domain.errors import FigureEntryOfOneself, FigureEntryOver
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
    """Of what was entered, while nobody else lets an entry count: the revision moves on with each that does."""
    await uow.figure_entries.lock()
    await uow.law_entries.lay()
    entry = await uow.figure_entries.get(subjects.figure_entry_of(subject))
    return SubjectState(
        await uow.figure_entries.next_edition(),
        entry.facts(book(), today()),
        reason=queues.FIGURE_ENTERED,
        stated_by={entry.stated_by},
        of_oneself=FigureEntryOfOneself,
        is_decided=entry.answered is not None,
        over=FigureEntryOver,
    )
