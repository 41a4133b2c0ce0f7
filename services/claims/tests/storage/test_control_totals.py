"""All that claims took on is counted, and what nobody holds is named."""

from services.claims.storage import tables as t
from services.claims.storage.control_totals import CONTROL_TOTALS
from services.claims.worker import DUE
from shared.persistence.due_work import kind_of
from shared.testing.control_totals import kinds_named, not_counted, standing
from shared.testing.servers import Databases

# A document waits for nobody: it is kept, withdrawn or superseded. Offers and appeals stand in their own tables.
_ELSEWHERE = {"document", "referral_offer_event", "appeal_event"}
_NOBODYS = """
    INSERT INTO board_session (id, tenant, board, day, place, quota, secretary, planned_at, state, revision, members)
    VALUES (uuidv7(), 'organisation:1', 'medical', '2026-09-01', 'melaka', 5, 'officer-1', now(), 'planned', 1, '{}')
"""


def test_each_table_with_a_state_is_counted() -> None:
    assert not_counted(t.metadata, CONTROL_TOTALS) == _ELSEWHERE


def test_due_work_by_which_something_is_held_is_of_kinds_that_run() -> None:
    # Those that publish what officers did run with the service's own key: they are made in `work`.
    sealed = {"follow_appeal", "follow_complaint"}
    assert kinds_named(CONTROL_TOTALS) - {kind_of(each.command) for each in DUE} == {"handle_inbound", *sealed}


async def test_what_nobody_holds_is_named(databases: Databases) -> None:
    async with databases.fresh("claims") as database:
        async with database.connection("migrate") as connection:
            await connection.execute(_NOBODYS)
        found = await standing(database, CONTROL_TOTALS)
    assert found == {each.kind: {} for each in CONTROL_TOTALS} | {"board_session": {"nobody": 1}}
