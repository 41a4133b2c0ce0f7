"""Knows again what officers let count of the statute book's figures, after claims' database was put back (rules M8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.claims.commands.compare_entry import CompareEntry
from services.claims.domain import queues, subjects
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.law_figures import FigureEnteredV1
from shared.kernel.clock import now
from shared.persistence.law_entries import entry_told
from shared.tasks.opening import CloseTask, close_task

# What waited in the backup, and was decided since.
KNOWN_AGAIN = "known_again"


@dataclass(frozen=True)
class RecallFigures:
    """What claims published, and its database does not know."""

    events: Sequence[Event]


async def recall_figures(command: RecallFigures, uow: ClaimsUnitOfWork) -> None:
    """Each is law again with the edition that it had: a record made since is by just that book."""
    for event in command.events:
        if isinstance(event, FigureEnteredV1):
            counted = entry_told(event)
            await uow.figure_entries.recall(counted, event.stated_at, event.counted_at)
            await uow.law_entries.keep([counted])
            await close_task(CloseTask(queues.FIGURES, subjects.figure_entry(counted.entry), KNOWN_AGAIN), uow)
            await uow.due.at(CompareEntry(counted.edition), now())
