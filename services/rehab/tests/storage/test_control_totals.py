"""All that rehab took on is counted, and what nobody holds is named."""

from services.rehab.storage import tables as t
from services.rehab.storage.control_totals import CONTROL_TOTALS
from services.rehab.worker import DUE
from shared.persistence.due_work import kind_of
from shared.testing.control_totals import kinds_named, not_counted, standing
from shared.testing.servers import Databases

_NOBODYS = """
    INSERT INTO bill (id, tenant, number, person, sent_at) VALUES (uuidv7(), 'hospital:1', 'B-1', 7, now())
"""


def test_each_table_with_a_state_is_counted() -> None:
    assert not_counted(t.metadata, CONTROL_TOTALS) == set()


def test_due_work_by_which_something_is_held_is_of_kinds_that_run() -> None:
    assert kinds_named(CONTROL_TOTALS) - {kind_of(each.command) for each in DUE} == set()


async def test_what_nobody_holds_is_named(databases: Databases) -> None:
    async with databases.fresh("rehab") as database:
        async with database.connection("migrate") as connection:
            await connection.execute(_NOBODYS)
        found = await standing(database, CONTROL_TOTALS)
    assert found == {each.kind: {} for each in CONTROL_TOTALS} | {"bill": {"nobody": 1}}
