"""All that jobs took on is counted, and what nobody holds is named."""

from services.jobs.storage import tables as t
from services.jobs.storage.control_totals import CONTROL_TOTALS
from services.jobs.worker import DUE
from shared.persistence.due_work import kind_of
from shared.testing.control_totals import kinds_named, not_counted, standing
from shared.testing.servers import Databases

_NOBODYS = """
    WITH placed AS (
        INSERT INTO seeker (id, person, referral, claim, outcome, discharged_on, opened_at, state)
        VALUES (uuidv7(), 7, uuidv7(), uuidv7(), 'fit_for_other_work', '2026-07-01', now(), 'placed') RETURNING *
    ), taken AS (
        INSERT INTO offer (id, tenant, seeker, employer, position, wage_sen, starts_on, accepted, recorded_at)
        SELECT uuidv7(), 'organisation:1', id, 7, 'clerk', 248000, '2026-07-15', true, now() FROM placed RETURNING *
    )
    INSERT INTO placement (id, tenant, offer, seeker, person, claim, employer, starts_on, accepted_at, state, revision)
    SELECT uuidv7(), 'organisation:1', taken.id, placed.id, 7, claim, 7, '2026-07-15', now(), 'awaiting_proof', 1
    FROM placed, taken
"""


def test_each_table_with_a_state_is_counted() -> None:
    assert not_counted(t.metadata, CONTROL_TOTALS) == set()


def test_due_work_by_which_something_is_held_is_of_kinds_that_run() -> None:
    assert kinds_named(CONTROL_TOTALS) - {kind_of(each.command) for each in DUE} == set()


async def test_what_nobody_holds_is_named(databases: Databases) -> None:
    async with databases.fresh("jobs") as database:
        async with database.connection("migrate") as connection:
            await connection.execute(_NOBODYS)
        found = await standing(database, CONTROL_TOTALS)
    assert found == {each.kind: {} for each in CONTROL_TOTALS} | {"placement": {"nobody": 1}, "seeker": {"ended": 1}}
