"""Accounts that were entered when only persons had any, after the migration that gives every party one."""

from collections.abc import AsyncIterator

import pytest

from services.benefits.commands.settle_unsent import SettleUnsent
from services.benefits.domain.parties import Capacity, Holding
from services.benefits.storage import tables as t
from services.benefits.storage.payees import BankAccount, Payee
from shared.kernel.identifiers import new_id
from shared.persistence.due_work import kind_of, payload_of
from shared.persistence.migrate import migrate
from shared.security.fields import FieldCipher, place
from shared.testing.servers import Databases, TestDatabase

pytestmark = pytest.mark.postgres

CIPHER = FieldCipher("test", b"k" * 32)
ACCOUNT = BankAccount("Aminah binti Osman", "5123456789012", "MBBEMYKL")
_PAYEE = """
    INSERT INTO payee (person, version, tenant, account_name, account_number, bank_bic, account_version, entered_by,
                       entered_at)
    VALUES (7, $1, 'organisation:1', $2, $3, 'MBBEMYKL', $1, 'first', now())
"""
_RELEASE = """
    INSERT INTO payee_release (id, tenant, person, version, released_by, released_at)
    VALUES ($1, 'organisation:1', 7, 2, 'second', now())
"""
_DUE = """
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
    VALUES ('settle_unsent', '{"person":7}', now(), '{}', 'story', '{}')
"""


@pytest.fixture
async def unmigrated(databases: Databases) -> AsyncIterator[TestDatabase]:
    """A database of benefits without any table."""
    async with databases.unmigrated("benefits") as database:
        yield database


def sealed(column: str, text: str, version: int) -> bytes:
    return CIPHER.encrypt(text, place("payee", column, f"7.{version}"))


async def test_an_account_of_before_opens_and_is_the_persons_own(unmigrated: TestDatabase) -> None:
    """Its versions, its release and what was due for it are of the party; no ciphertext was touched."""
    await migrate("benefits", unmigrated.url("migrate"), "benefits_0021")
    async with unmigrated.connection("migrate") as owner:
        for version in (1, 2):
            name = sealed("account_name", ACCOUNT.name, version)
            await owner.execute(_PAYEE, version, name, sealed("account_number", ACCOUNT.number, version))
        await owner.execute(_RELEASE, new_id())
        await owner.execute(_DUE)
    await migrate("benefits", unmigrated.url("migrate"))
    columns = ", ".join(t.payee.c[name].name for name in Payee.__slots__)
    async with unmigrated.connection("migrate") as owner:
        rows = await owner.fetch(f"SELECT {columns} FROM payee ORDER BY version")  # noqa: S608 - names of columns
        released = await owner.fetch("SELECT party, version FROM payee_release")
        due = await owner.fetch("SELECT kind, payload FROM due_work")
    payees = [Payee(*row) for row in rows]
    assert [each.opened(CIPHER) for each in payees] == [ACCOUNT] * 2
    assert {(each.party, each.holding, each.needs_release) for each in payees} == {
        ("person:7", Holding("person:7", Capacity.OWN), False)
    }
    assert [tuple(row) for row in released] == [("person:7", 2)]
    command = SettleUnsent("person:7")
    assert [tuple(row) for row in due] == [(kind_of(SettleUnsent), payload_of(command))]
