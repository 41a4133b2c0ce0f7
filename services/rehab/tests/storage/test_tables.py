"""The tables that the code speaks of are the tables that the migrations make."""

from services.rehab.storage import tables as t
from services.rehab.tests.support import Rehab, accident, decided
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
