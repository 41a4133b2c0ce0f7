"""Topic ``law.figures``: what officers enter into the statute book, by whose calendar is paid."""

from collections.abc import Sequence

from services.benefits.commands.compare_calendar import CompareCalendar
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.law_figures import FigureEnteredV1
from shared.kernel.clock import now
from shared.persistence.law_entries import LAID_AFTER, apply_entries


async def apply(events: Sequence[FigureEnteredV1], uow: BenefitsUnitOfWork) -> None:
    """Keep it, and look whether a payment day moved as soon as no process goes by the day of before."""
    await apply_entries(events, uow)
    await uow.due.at(CompareCalendar(), now() + LAID_AFTER)
