"""What the tests of each service ask of its control totals."""

import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import MetaData

from shared.kernel.clock import now
from shared.persistence.control_totals import ControlTotal, ControlTotalRepository, Holder
from shared.persistence.engine import Database
from shared.testing.servers import TestDatabase

_KIND = re.compile(r"kind (?:= '(\w+)'|IN \(([^)]*)\))")


def not_counted(metadata: MetaData, totals: Sequence[ControlTotal]) -> set[str]:
    """The tables with a state whose rows no total counts."""
    with_state = {table.name for table in metadata.sorted_tables if "state" in table.columns}
    return with_state - {total.table for total in totals}


def kinds_named(totals: Sequence[ControlTotal]) -> set[str]:
    """The kinds of due work by which the totals find who holds something."""
    found = [match for total in totals for match in _KIND.findall(total.statement)]
    return {name.strip("' ") for one, several in found for name in (several.split(",") if several else [one])}


async def standing(database: TestDatabase, totals: Sequence[ControlTotal]) -> Mapping[str, Mapping[str, int]]:
    """By kind, how many each holder has and how many are ended, as the worker would count at this instant."""
    found: dict[str, dict[str, int]] = {total.kind: {} for total in totals}
    worker = Database(database.url("worker"), database.service, 1)
    try:
        async with worker.connect() as connection:
            counting = ControlTotalRepository(connection)
            await counting.count(totals, now())
            for each in await counting.all():
                ended = {"ended": each.ended} if each.ended else {}
                found[each.kind] = ended | {holder.value: held.things for holder, held in each.waiting.items()}
    finally:
        await worker.close()
    return found


async def held_by_nobody(database: TestDatabase, totals: Sequence[ControlTotal]) -> Collection[str]:
    """The kinds of which something is neither ended nor held by anybody."""
    return [kind for kind, holders in (await standing(database, totals)).items() if Holder.NOBODY in holders]
