"""The tables that the code speaks of are the tables that the migrations make."""

from uuid import UUID

from sqlalchemy import text

from services.rehab.storage import tables as t
from services.rehab.tests.support import Rehab, accident, decided
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import new_id
from shared.testing.never_changed import refused_to_every_role
from shared.testing.schema import declared_columns, migrated_columns


async def test_the_tables_are_those_of_the_migrated_database(rehab: Rehab) -> None:
    assert declared_columns(t.metadata) == await migrated_columns(rehab.service.database)


NEVER = (
    "UPDATE referral SET person = person + 1",
    "UPDATE referral SET claim = gen_random_uuid()",
    "DELETE FROM referral",
    "TRUNCATE referral CASCADE",
    "UPDATE idempotency_key SET body = ''",
)
READ = text("SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'bill'")
OF_BILLS = (
    "UPDATE bill SET person = person + 1",
    "DELETE FROM bill",
    "UPDATE bill_statement SET amount_sen = 1",
    "DELETE FROM bill_statement",
    "UPDATE bill_decision SET amount_sen = 1",
    "DELETE FROM bill_decision",
    "TRUNCATE bill_decision",
)


async def test_whose_a_referral_is_is_never_changed_by_any_role(rehab: Rehab) -> None:
    claim = new_id()
    await rehab.consume(accident(claim), decided(claim))
    path = f"/v1/referrals/{(await rehab.referral_of(claim))['referral']}"
    assert (await rehab.post(f"{path}/take", {"case_manager": "cm-1"})).is_success
    await refused_to_every_role(rehab.service.database, "rehab", NEVER)


async def test_what_was_stated_and_decided_of_a_bill_is_never_changed_by_any_role(rehab: Rehab) -> None:
    await rehab.bill()
    (task,) = await rehab.tasks()
    cap = {"kind": "bill_approved", "cap": {"amount": "170.00", "currency": "MYR"}, "schedule": "set rates"}
    assert await rehab.decide(task, cap) == (201, None)
    await refused_to_every_role(rehab.service.database, "rehab", OF_BILLS)


async def test_a_provider_turns_its_pages_by_its_own_bills(rehab: Rehab) -> None:
    """Whatever stands before them in the order of ids: a thousand of another provider, of the same person."""
    own = UUID(int=2**128 - 1)
    async with rehab.service.database.connection("migrate") as owner:
        await owner.execute(
            "INSERT INTO bill (id, tenant, number, person, sent_at) "
            "SELECT gen_random_uuid(), 'hospital:2', number::text, 12, now() FROM generate_series(1, 1000) AS number"
        )
        await owner.execute("INSERT INTO bill (id, tenant, person, sent_at) VALUES ($1, 'hospital:1', 12, now())", own)
        await owner.execute("ANALYZE bill")
    worker = rehab.service.worker
    for person in (None, 12):
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            assert [each.id for each in await uow.bills.list_page("hospital:1", person, None, 50)] == [own]
            assert [each.id for each in await uow.bills.list_page("hospital:1", person, own, 50)] == []
            read = await uow.connection.execute(READ)
            assert read.scalar_one() < 100, "of a thousand and one"
