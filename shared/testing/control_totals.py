"""What the tests of each service ask of its control totals."""

import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import MetaData

from shared.persistence.control_totals import ControlTotal, Holder
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
    """By kind, how many each holder has and how many are ended, at this instant."""
    async with database.connection("worker") as connection:
        found = {}
        for total in totals:
            rows = await connection.fetch(total.statement)
            found[total.kind] = {row["holder"]: row["things"] for row in rows}
    return found


async def held_by_nobody(database: TestDatabase, totals: Sequence[ControlTotal]) -> Collection[str]:
    """The kinds of which something is neither ended nor held by anybody."""
    return [kind for kind, holders in (await standing(database, totals)).items() if Holder.NOBODY in holders]
