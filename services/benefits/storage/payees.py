"""Payees: to which account a person's benefits go; every change is a new version."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.payments import PaymentState
from services.benefits.domain.waiting import WaitingReason
from services.benefits.storage import tables as t
from shared.kernel.clock import now
from shared.security.fields import FieldCipher, place

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account and the name on it, in the clear; it is never printed."""

    name: str
    number: str
    bic: str

    def __repr__(self) -> str:
        return "BankAccount(...)"


@dataclass(frozen=True, slots=True)
class Payee:
    """One version of a person's payee, as it is stored: the account and the name on it are encrypted."""

    person: int
    version: int
    account_name: bytes
    account_number: bytes
    bank_bic: str

    @classmethod
    def sealed(cls, person: int, version: int, account: BankAccount, cipher: FieldCipher) -> "Payee":
        """Encrypt an account for its place in the database."""
        name = cipher.encrypt(account.name, _place("account_name", person, version))
        number = cipher.encrypt(account.number, _place("account_number", person, version))
        return cls(person, version, name, number, account.bic)

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

    async def blocked(self, person: int) -> WaitingReason | None:
        """Why the person cannot be paid: no account is known, or a payment came back from the one that is."""
        payee = await self.newest(person)
        if payee is None:
            return WaitingReason.ACCOUNT_MISSING
        came_back = exists().where(
            t.payment.c.person == person,
            t.payment.c.payee_version == payee.version,
            t.payment.c.state == PaymentState.RETURNED,
        )
        returned = (await self._connection.execute(select(came_back))).scalar_one()
        return WaitingReason.ACCOUNT_RETURNED if returned else None


def _place(column: str, person: int, version: int) -> str:
    return place("payee", column, f"{person}.{version}")


def content_place(bank_file: UUID) -> str:
    """The place to which the encrypted content of a bank file is bound."""
    return place("bank_file", "content", str(bank_file))
