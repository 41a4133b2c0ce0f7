"""All that benefits took on is counted, and what nobody holds is named."""

from services.benefits.storage import tables as t
from services.benefits.storage.control_totals import CONTROL_TOTALS
from services.benefits.worker import DUE
from shared.persistence.due_work import kind_of
from shared.testing.control_totals import kinds_named, not_counted, standing
from shared.testing.servers import Databases

_NOBODYS = """
    INSERT INTO increase_order (id, tenant, instrument, law, in_force, withdrawn, stated_by, stated_at)
    VALUES (uuidv7(), 'organisation:1', 'P.U.(A) 1/2026', 's.20A', '2026-07-01', false, 'officer-1', now())
"""


def test_each_table_with_a_state_is_counted() -> None:
    assert not_counted(t.metadata, CONTROL_TOTALS) == set()


def test_due_work_by_which_something_is_held_is_of_kinds_that_run() -> None:
    assert kinds_named(CONTROL_TOTALS) - {kind_of(each.command) for each in DUE} == {"freeze_bank_file"}


async def test_what_nobody_holds_is_named(databases: Databases) -> None:
    async with databases.fresh("benefits") as database:
        async with database.connection("migrate") as connection:
            await connection.execute(_NOBODYS)
        found = await standing(database, CONTROL_TOTALS)
    assert found == {each.kind: {} for each in CONTROL_TOTALS} | {"increase_order": {"nobody": 1}}
