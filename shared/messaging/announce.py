"""An owner states its whole state again, from its own tables, with the same revisions (rules M8).

The run goes through the outbox in portions, each a unit of work of its own: the rows that it repeats are locked for
a moment only, and a projection that is rebuilt from it ends equal to one that heard everything from the start.
"""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from shared.contracts.envelope import Cause, Event
from shared.kernel.identifiers import new_id
from shared.persistence.engine import Database
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)
PORTION = 500


async def announce(database: Database, unit: type[U], portions: AsyncIterator[Sequence[Event]]) -> int:
    """Put every event of a run into the outbox; how many they were."""
    run = str(new_id())
    count = 0
    async for portion in portions:
        async with database.begin(unit, Cause(correlation_id=run)) as uow:
            uow.announce(run, portion)
        count += len(portion)
    return count
