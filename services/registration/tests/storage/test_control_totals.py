"""All that registration took on is counted, and what nobody holds is named."""

from services.registration.storage import tables as t
from services.registration.storage.control_totals import CONTROL_TOTALS
from services.registration.worker import DUE
from shared.persistence.due_work import kind_of
from shared.testing.control_totals import kinds_named, not_counted, standing
from shared.testing.servers import Databases

# What is in an archive is counted with it, who forgets with the erasure, what became of a payment with that; an
# employer is in business or is not.
_ELSEWHERE = {"archive_member", "cover_payment_act", "employer", "erasure_followed", "recalled_employer"}
_NOBODYS = """
    WITH firm AS (INSERT INTO employer (employer, tenant, revision, code, name, registered_at, state)
                  VALUES (7, 'employer:7', 1, 'A1234567890B', 'KILANG', now(), 'johor'))
    INSERT INTO enforcement_notice
        (notice, employer, tenant, demand, given_on, answer_by, law, officer, stated_at, state)
    VALUES (uuidv7(), 7, 'employer:7', 'keep_records', '2026-07-15', '2026-07-30', 's.107', 'officer-1', now(), 'open')
"""


def test_each_table_with_a_state_is_counted() -> None:
    assert not_counted(t.metadata, CONTROL_TOTALS) == _ELSEWHERE


def test_due_work_by_which_something_is_held_is_of_kinds_that_run() -> None:
    assert kinds_named(CONTROL_TOTALS) - {kind_of(each.command) for each in DUE} == {"handle_inbound"}


async def test_what_nobody_holds_is_named(databases: Databases) -> None:
    async with databases.fresh("registration") as database:
        async with database.connection("migrate") as connection:
            await connection.execute(_NOBODYS)
        found = await standing(database, CONTROL_TOTALS)
    assert found == {each.kind: {} for each in CONTROL_TOTALS} | {"enforcement_notice": {"nobody": 1}}
