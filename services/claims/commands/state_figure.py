"""Enters what is gazetted of a figure of the statute book; it waits for two officers."""

from dataclasses import dataclass

from services.claims.commands.ask_of_figure import AskOfFigure, ask_of_figure
from services.claims.domain.figures import FigureEntry
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book


@dataclass(frozen=True)
class StateFigure:
    """What is entered, and the party of the officer who enters it."""

    entry: FigureEntry
    tenant: str


async def state_figure(command: StateFigure, uow: ClaimsUnitOfWork) -> FigureEntry:
    """Keep it and ask two officers. Raises FigureUnknown, FigureNotEntered, FigureEntryUnfit."""
    await uow.law_entries.lay()
    command.entry.must_fit(book(), today())
    await uow.figure_entries.add(command.entry, command.tenant)
    await ask_of_figure(AskOfFigure(command.entry.id), uow)
    return command.entry
