"""The timer of the control totals: how much of what a service took on is ended, and who holds the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.kernel.clock import now
from shared.persistence.control_totals import ControlTotal, ControlTotalRepository
from shared.persistence.unit_of_work import UnitOfWork
from shared.scheduling.runner import Schedule

# Whole tables are read for it.
EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class CountControlTotals:
    """Count them all once."""


def counting(totals: Sequence[ControlTotal]) -> Schedule[Any]:
    """Count again and again, one at a time over all workers."""

    async def count_control_totals(_: CountControlTotals, uow: UnitOfWork) -> None:
        await ControlTotalRepository(uow.connection).count(totals, now())

    return Schedule(CountControlTotals, count_control_totals, EVERY)
