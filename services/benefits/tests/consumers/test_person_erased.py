"""Accounts of a person of whom registration keeps nothing any more go; what was paid stands under the number."""

from datetime import timedelta
from typing import Any, cast

import asyncpg
import pytest

from services.benefits.commands.forget_person import FOLLOWER
from services.benefits.settings import BenefitsSettings
from services.benefits.storage.sealed import SEALED_TABLES
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import (
    ACCOUNT_NAME,
    ACCOUNT_NUMBER,
    BANK,
    PERSON,
    READ,
    bank_answers,
    enter_account,
    enter_payee,
    files,
    first,
    freeze,
    settle,
)
from shared.contracts.envelope import Cause
from shared.contracts.erasure_followed import ErasureFollowedV1, Following
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.records import received
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

_ROWS, _SEALED = 'SELECT to_jsonb(x)::text FROM "{}" AS x', 'SELECT * FROM "{}"'


async def erased(benefits: ServiceUnderTest, *, person: int = PERSON, whole: bool = True) -> PersonErasedV1:
    event = PersonErasedV1(
        person=person, erasure=new_id(), revision=1, whole=whole, reason="time_over", erased_at=now()
    )
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await FOLLOWER.apply([event, event], uow)
    await benefits.work_off()
    return event


async def told(benefits: ServiceUnderTest) -> list[tuple[int, Following, str | None]]:
    """How benefits said that it follows: revision, state and reason."""
    said = [each for each in await published_by(benefits) if isinstance(each, ErasureFollowedV1)]
    return [(each.revision, each.state, each.reason) for each in said]


async def listed(benefits: ServiceUnderTest) -> list[Any]:
    """What officers read."""
    answer = await benefits.call("GET", "/v1/erasures", scopes=("benefits:erasure:read",))
    found: list[Any] = answer.json()["data"]
    return found


async def readable(benefits: ServiceUnderTest) -> str:
    """Every value of every table, and what is sealed opened with the keys of the service."""
    settings = benefits.worker.settings
    assert isinstance(settings, BenefitsSettings)
    cipher = settings.cipher()
    found: list[str] = []
    async with benefits.database.connection("migrate") as owner:
        names = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        for table in [row[0] for row in await owner.fetch(names)]:
            found += [row[0] for row in await owner.fetch(_ROWS.format(table))]
        for sealed in SEALED_TABLES:
            for row in await owner.fetch(_SEALED.format(sealed.name)):
                found += [
                    cipher.decrypt(bytes(row[column]), sealed.place(column, cast("Any", _Row(row))))
                    for column in sealed.columns
                    if row[column]
                ]
    return "\n".join(found)


class _Row:
    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return self._row[name]


async def paid(benefits: ServiceUnderTest) -> None:
    """What is owed was paid and confirmed by the bank."""
    await enter_payee(benefits)
    await settle(benefits, first())
    await freeze(benefits)
    await bank_answers(benefits)


async def aged(benefits: ServiceUnderTest, payment: str = "8 years", bank_file: str = "8 years") -> None:
    """What was paid was paid so long ago: by the owner, past the trigger that says that it never changes."""
    async with benefits.database.connection("migrate") as owner:
        for table, by in (("payment", payment), ("bank_file", bank_file)):
            await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            await owner.execute(f"UPDATE {table} SET created_at = created_at - interval '{by}'")  # noqa: S608
            await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


async def test_what_was_paid_lately_keeps_its_account_and_later_it_goes(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await paid(benefits)
    sums = await _sums(benefits)
    await erased(benefits)
    before = await readable(benefits)
    (shown,) = await listed(benefits)
    async with benefits.database.connection() as worker:
        (paid_on,) = [row[0] for row in await worker.fetch("SELECT max(created_at)::date FROM payment")]
    assert (shown["state"], shown["reason"], shown["owner"]) == ("held", "paid_lately", "service:benefits")
    assert shown["until"] == f"{paid_on.replace(year=paid_on.year + 7) + timedelta(days=1)}"
    assert ACCOUNT_NUMBER in before
    assert ACCOUNT_NAME in before
    await aged(benefits)
    business_clock.set_day(2026, 8, 14)
    await benefits.work_off()
    after = await readable(benefits)
    for value in (ACCOUNT_NUMBER, ACCOUNT_NAME, ACCOUNT_NAME.upper()):
        assert value not in after, value
    assert await _sums(benefits) == sums
    assert await told(benefits) == [(1, Following.HELD, "paid_lately"), (2, Following.FORGOTTEN, None)]
    (file,) = await files(benefits, "answered")
    gone = await benefits.call("GET", f"/v1/bank-files/{file['bank_file']}/content", scopes=READ, **BANK)
    assert (gone.status_code, gone.json()["code"]) == (404, "bank_file_erased")


async def test_who_was_never_paid_is_let_go_of_at_once_and_others_stay(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await enter_payee(benefits, f"9{ACCOUNT_NUMBER[1:]}", PERSON + 1)
    await erased(benefits)
    after = await readable(benefits)
    assert ACCOUNT_NUMBER not in after
    assert f"9{ACCOUNT_NUMBER[1:]}" in after


async def test_what_it_holds_for_somebody_who_is_paid_there_stays(benefits: ServiceUnderTest) -> None:
    child = f"person:{PERSON + 1}"
    how = {"holder": f"person:{PERSON}", "capacity": "guardian", "until_on": "2030-01-01", "evidence": "G-1"}
    answer = await enter_account(benefits, child, ACCOUNT_NUMBER, **how)
    assert answer.status_code == 201, answer.text
    await erased(benefits)
    assert ACCOUNT_NUMBER in await readable(benefits)
    assert await told(benefits) == [(1, Following.HELD, "receives_for_another")]


async def test_it_goes_once_that_one_is_paid_elsewhere(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    child, other = f"person:{PERSON + 1}", f"9{ACCOUNT_NUMBER[1:]}"
    how = {"holder": f"person:{PERSON}", "capacity": "guardian", "until_on": "2030-01-01", "evidence": "G-1"}
    await enter_account(benefits, child, ACCOUNT_NUMBER, **how)
    await erased(benefits)
    answer = await enter_account(benefits, child, other)
    assert answer.status_code == 201, answer.text
    business_clock.set_day(2026, 8, 14)
    await benefits.work_off()
    after = await readable(benefits)
    assert ACCOUNT_NUMBER not in after
    assert other in after
    assert (await told(benefits))[-1] == (2, Following.FORGOTTEN, None)


async def test_an_account_that_is_entered_afterwards_is_kept_no_longer_than_it_is_needed(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 12)
    await erased(benefits)
    await settle(benefits, first())
    await enter_payee(benefits)
    assert ACCOUNT_NUMBER in await readable(benefits)
    business_clock.set_day(2026, 8, 14)
    await benefits.work_off()
    assert ACCOUNT_NUMBER in await readable(benefits), "money is on its way"
    (shown,) = await listed(benefits)
    assert (shown["state"], shown["reason"]) == ("held", "payment_on_its_way")
    await freeze(benefits)
    await bank_answers(benefits)
    await aged(benefits)
    business_clock.set_day(2026, 8, 16)
    await benefits.work_off()
    assert ACCOUNT_NUMBER not in await readable(benefits)
    assert [each[:2] for each in await told(benefits)] == [
        (1, Following.FORGOTTEN),
        (2, Following.HELD),
        (3, Following.FORGOTTEN),
    ]


async def test_what_registration_said_is_dropped_and_rebuilt(benefits: ServiceUnderTest) -> None:
    event = await erased(benefits)
    async with benefits.database.connection("migrate") as owner:
        before = await owner.fetch("SELECT * FROM erased_person")
        assert len(before) == 1
        await owner.execute("TRUNCATE erased_person")
        await benefits.consume(received(event, announcement="run"))
        await benefits.work_off()
        assert await owner.fetch("SELECT * FROM erased_person") == before
    assert await told(benefits) == [(1, Following.FORGOTTEN, None)]


async def test_no_role_erases_what_nobody_granted(benefits: ServiceUnderTest) -> None:
    await enter_payee(benefits)
    await erased(benefits, whole=False)
    assert ACCOUNT_NUMBER in await readable(benefits)
    async with benefits.database.connection("migrate") as owner:
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute("DELETE FROM payee")
    async with benefits.database.connection() as worker:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await worker.execute(f"SELECT erase_accounts('person:{PERSON}')")


async def _sums(benefits: ServiceUnderTest) -> list[Any]:
    async with benefits.database.connection() as connection:
        return list(map(tuple, await connection.fetch("SELECT debit, credit, amount_sen FROM transfer ORDER BY id")))
