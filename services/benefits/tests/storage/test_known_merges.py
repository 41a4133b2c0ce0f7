"""Who is one with whom is looked up, however many merges there ever were: neither a request nor a file reads all."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.consumers.test_merged_persons import (
    OTHER,
    apply,
    merge,
    mine,
    others,
    with_accounts,
)
from services.benefits.tests.support import PERSON, settle
from shared.contracts.envelope import Cause
from shared.contracts.registration import PersonHeldV1, PersonSplitV1
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

MANY = 20_000
# What this connection did before is counted too.
_READ = text("SELECT seq_tup_read, idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'known_merge'")
_FILL = """
    INSERT INTO known_merge (person, survivor, merged, held_until, revision)
    SELECT number, number + 1000000, number % 3 > 0, NULL, 2 FROM generate_series(1000, 1000 + {}) AS number
"""


async def filled(benefits: ServiceUnderTest) -> None:
    """Others were merged, and most statements of that were refused or ended."""
    async with benefits.database.connection("migrate") as owner:
        await owner.execute(_FILL.format(MANY))
        await owner.execute("ANALYZE known_merge")


async def read_by(connection: AsyncConnection) -> tuple[int, int]:
    """How many rows of merges were read by going through the table, and how often they were looked up."""
    row = (await connection.execute(_READ)).one()
    return row.seq_tup_read, row.idx_scan


@pytest.mark.parametrize("party", ["person:1077", "person:1001077", "person:7"])
async def test_whose_numbers_are_asked_is_looked_up(benefits: ServiceUnderTest, party: str) -> None:
    await filled(benefits)
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        asked = text("SELECT parties_of(:party), merge_held_until(:party)")
        before, _ = await read_by(uow.connection)
        numbers = (await uow.connection.execute(asked, {"party": party})).one()[0]
        assert party in numbers
        # That there is any at all is seen by the first row.
        assert (await read_by(uow.connection))[0] - before < 10


async def taken(benefits: ServiceUnderTest) -> tuple[set[str], int]:
    """Whose payments can be sent, and how often it was looked up who is held."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        rows_before, times_before = await read_by(uow.connection)
        parties = {each.payee.party for each in await uow.payments.take_unsent(100)}
        rows, times = await read_by(uow.connection)
        assert rows - rows_before < 10
        return parties, times - times_before


async def test_a_bank_file_looks_at_those_who_are_held_and_at_nobody_else(benefits: ServiceUnderTest) -> None:
    both = {f"person:{PERSON}", f"person:{OTHER}"}
    await filled(benefits)
    await with_accounts(benefits)
    await settle(benefits, mine())
    _, of_one = await taken(benefits)
    await settle(benefits, others())
    assert await taken(benefits) == (both, of_one), "another payment asks nothing more"
    await apply(benefits, merge(1, PersonHeldV1))
    assert (await taken(benefits))[0] == set()
    await apply(benefits, merge(2, PersonSplitV1))
    assert (await taken(benefits))[0] == both
