"""Figures of the statute book that officers enter, what they entered, and who let it count."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.claims.domain.figures import FigureEntry, figure_entered, figures_entered
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.law.book import book
from shared.law.figures import Figure


@dataclass(frozen=True)
class FigureRead:
    """A figure as the book has it, and by edition what officers entered of it."""

    figure: Figure
    entered: Mapping[int, FigureEntry]


async def list_figures(uow: ClaimsUnitOfWork) -> list[Figure]:
    """Those that officers enter, by name."""
    await uow.law_entries.lay()
    return list(figures_entered(book()).values())


async def find_figure(name: str, uow: ClaimsUnitOfWork) -> FigureRead:
    """One of them with all its entries; raises FigureUnknown, FigureNotEntered."""
    await uow.law_entries.lay()
    figure = figure_entered(name, book())
    counting = await uow.figure_entries.list_counting(name)
    return FigureRead(figure, {each.answered.edition or 0: each for each in counting if each.answered is not None})


async def list_figure_entries(figure: str, after: UUID | None, limit: int, uow: ClaimsUnitOfWork) -> list[FigureEntry]:
    """What was entered of one of them, whatever became of it, in the order in which it was entered."""
    figure_entered(figure, book())
    return await uow.figure_entries.page(figure, after, limit)
