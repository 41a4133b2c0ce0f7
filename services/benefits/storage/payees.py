"""Payees: to which account a person's benefits go; every change is a new version."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.parties import person_of
from services.benefits.domain.waiting import Waiting, WaitingReason
from services.benefits.storage import tables as t
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.security.fields import FieldCipher, place

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
# Of the row `payee`, at the instant :now. A changed account is held until its clock runs out or an officer releases it.
IS_HELD = """
    (payee.held_until IS NOT NULL AND payee.held_until > :now AND NOT EXISTS (
        SELECT FROM payee_release AS released
        WHERE released.person = payee.person AND released.version = payee.version))
"""
# A payment came back from this very account, whatever version it was then, and no officer has released it since.
IS_RETURNED = """
    EXISTS (
        SELECT FROM payment AS returned
        JOIN payee AS used ON used.person = payee.person AND used.version = returned.payee_version
        WHERE returned.state = 'returned' AND returned.refused_with_file IS NULL
          AND returned.party = 'person:' || payee.person AND used.account_version = payee.account_version
          AND NOT EXISTS (
            SELECT FROM payee_release AS released
            JOIN payee AS same ON same.person = released.person AND same.version = released.version
            WHERE released.person = payee.person AND same.account_version = payee.account_version
              AND released.released_at >= returned.answered_at))
"""
_BLOCKED = text(f"""
    SELECT payee.held_until, {IS_HELD} AS is_held, {IS_RETURNED} AS is_returned FROM payee
    WHERE payee.person = :person ORDER BY version DESC LIMIT 1
""")  # noqa: S608 - nothing that came from outside stands in it


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account and the name on it, in the clear; it is never printed."""

    name: str
    number: str
    bic: str

    def __repr__(self) -> str:
        return "BankAccount(...)"

    def is_same_account(self, other: "BankAccount") -> bool:
        """Whether it is the same number at the same bank, whatever name or branch stands with it."""
        return (self.number, self.bic[:8]) == (other.number, other.bic[:8])


@dataclass(frozen=True, slots=True)
class Entered:
    """Who entered a version, until when it is held, and which earlier one has the same account, if one does."""

    by: str
    held_until: datetime | None
    account_version: int | None


@dataclass(frozen=True, slots=True)
class Payee:
    """One version of a person's payee, as it is stored: the account and the name on it are encrypted."""

    person: int
    version: int
    account_name: bytes
    account_number: bytes
    bank_bic: str
    # The first version of the person with this very account, who entered this one, and until when it is held.
    account_version: int
    entered_by: str
    held_until: datetime | None

    @classmethod
    def sealed(
        cls, person: int, version: int, account: BankAccount, entered: "Entered", cipher: FieldCipher
    ) -> "Payee":
        """Encrypt an account for its place in the database."""
        name = cipher.encrypt(account.name, _place("account_name", person, version))
        number = cipher.encrypt(account.number, _place("account_number", person, version))
        first = version if entered.account_version is None else entered.account_version
        return cls(person, version, name, number, account.bic, first, entered.by, entered.held_until)

    def opened(self, cipher: FieldCipher) -> BankAccount:
        """Decrypt the account; raises FieldUndecipherable."""
        name = cipher.decrypt(self.account_name, _place("account_name", self.person, self.version))
        number = cipher.decrypt(self.account_number, _place("account_number", self.person, self.version))
        return BankAccount(name, number, self.bank_bic)


class PayeeRepository:
    """Reads and writes payees inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, person: int) -> Payee | None:
        """The newest version, and nobody else makes another until the transaction ends."""
        await self._connection.execute(_LOCK, {"name": f"payee/{person}"})
        return await self.newest(person)

    async def newest(self, person: int) -> Payee | None:
        """The version that the next payment goes to."""
        columns = [t.payee.c[name] for name in Payee.__slots__]
        newest = select(*columns).where(t.payee.c.person == person).order_by(t.payee.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        return None if row is None else Payee(*row)

    async def add(self, payee: Payee, tenant: str) -> None:
        """Keep a new version."""
        values = {name: getattr(payee, name) for name in Payee.__slots__}
        await self._connection.execute(insert(t.payee).values(**values, tenant=tenant, entered_at=now()))

    async def list_versions(self, person: int) -> list[Payee]:
        """Every version of a person, oldest first."""
        columns = [t.payee.c[name] for name in Payee.__slots__]
        versions = select(*columns).where(t.payee.c.person == person).order_by(t.payee.c.version)
        return [Payee(*row) for row in await self._connection.execute(versions)]

    async def release(self, payee: Payee, officer: str, tenant: str) -> None:
        """An officer says that this version may be paid to."""
        about = {"person": payee.person, "version": payee.version, "tenant": tenant}
        values = {**about, "id": new_id(), "released_by": officer, "released_at": now()}
        await self._connection.execute(insert(t.payee_release).values(values))

    async def is_released(self, payee: Payee) -> bool:
        """Whether an officer has said that this version may be paid to."""
        of_version = (t.payee_release.c.person == payee.person) & (t.payee_release.c.version == payee.version)
        return bool((await self._connection.execute(select(exists().where(of_version)))).scalar_one())

    async def blocked(self, party: str) -> Waiting | None:
        """Why a party cannot be paid now: no account is known, it is held, or a payment came back from it."""
        person = person_of(party)
        if person is None:
            return Waiting(WaitingReason.ACCOUNT_MISSING)
        found = (await self._connection.execute(_BLOCKED, {"person": person, "now": now()})).one_or_none()
        if found is None:
            return Waiting(WaitingReason.ACCOUNT_MISSING)
        if found.is_returned:
            return Waiting(WaitingReason.ACCOUNT_RETURNED)
        return Waiting(WaitingReason.ACCOUNT_HELD, until=found.held_until) if found.is_held else None


def _place(column: str, person: int, version: int) -> str:
    return place("payee", column, f"{person}.{version}")


def content_place(bank_file: UUID) -> str:
    """The place to which the encrypted content of a bank file is bound."""
    return place("bank_file", "content", str(bank_file))
