"""Payees: to which account a party is paid, and who holds it; every change is a new version."""

from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.parties import Capacity, Holding, person_of
from services.benefits.domain.waiting import Waiting, WaitingReason
from services.benefits.storage import tables as t
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.persistence.erased import Hold
from shared.security.fields import FieldCipher, place

# Who ends what keeps an account: money arrives, and time passes, by themselves.
_OWNER = "service:benefits"
_PAID_LATELY = "paid_lately"
# Who is erased receives for somebody else: until that one is paid elsewhere, the account stands.
_RECEIVED = Hold("receives_for_another", "officer:payee")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
# Of the row `payee`. A payment went to a newer account, which a restore lost: an officer looks whether this one counts.
_IS_OLDER = """
    EXISTS (
        SELECT FROM payee_lost AS lost
        WHERE lost.party = payee.party AND lost.version > payee.version AND NOT EXISTS (
            SELECT FROM payee_release AS released
            WHERE released.party = payee.party AND released.version = payee.version
              AND released.released_at >= lost.found_at))
"""
# At the instant :now. A changed account is held until its clock runs out or an officer releases it; one that is no
# person's own, or older than one that was lost, until an officer does.
IS_HELD = f"""
    (((payee.needs_release OR coalesce(payee.held_until > :now, false)) AND NOT EXISTS (
        SELECT FROM payee_release AS released
        WHERE released.party = payee.party AND released.version = payee.version)) OR {_IS_OLDER})
"""
# On the day :today. Whoever receives for the party does so no longer, whoever released it: its day has passed, or of
# those who act for the party it is none any more, by whichever of their numbers.
IS_ENDED = """
    (coalesce(payee.until_on < :today, false) OR (payee.capacity IN ('guardian', 'representative') AND EXISTS (
        SELECT FROM party_statement AS said
        JOIN party_statement_answer AS word ON word.statement = said.id AND word.counts
        WHERE said.kind = 'acting' AND said.party = ANY (parties_of(payee.party))
              AND said.holder = ANY (parties_of(payee.holder)))
     AND NOT acts_for(payee.holder, payee.party, :today)))
"""
# A register has it that the party has died, or whoever receives for it, by whichever number: only who shows a right to
# its estate does, which an officer has seen who knew of the death. A representative of the living is none.
IS_OF_DEAD = """
    (EXISTS (SELECT FROM dead_party AS dead WHERE dead.party = payee.holder)
     OR (EXISTS (SELECT FROM dead_party AS dead WHERE dead.party = payee.party)
         AND NOT (payee.capacity = 'representative' AND EXISTS (
             SELECT FROM payee_release AS seen
             WHERE seen.party = payee.party AND seen.version = payee.version AND seen.of_dead))))
"""
# A payment came back from this very account, whatever version it was then, and no officer has released it since.
IS_RETURNED = """
    EXISTS (
        SELECT FROM payment AS returned
        JOIN payee AS used ON used.party = payee.party AND used.version = returned.payee_version
        WHERE returned.state = 'returned' AND returned.refused_with_file IS NULL
          AND returned.party = payee.party AND used.account_version = payee.account_version
          AND NOT EXISTS (
            SELECT FROM payee_release AS released
            JOIN payee AS same ON same.party = released.party AND same.version = released.version
            WHERE released.party = payee.party AND same.account_version = payee.account_version
              AND released.released_at >= returned.answered_at))
"""
_LOST = text("""
    INSERT INTO payee_lost (party, version, tenant, found_at, is_own)
    SELECT :party, :version, :tenant, :at, :is_own
    WHERE NOT EXISTS (SELECT FROM payee WHERE party = :party AND version = :version)
    ON CONFLICT DO NOTHING
""")
# Whether what was lost of a party after a version was all its own, unless an officer released an account since.
_LOST_AFTER = text("""
    SELECT bool_and(is_own) AS is_own FROM payee_lost AS lost
    WHERE party = :party AND version > :version AND NOT EXISTS (
        SELECT FROM payee_release AS released
        WHERE released.party = lost.party AND released.released_at >= lost.found_at)
    HAVING count(*) > 0
""")
# Why it is open, of what is: money on its way, what is owed, or else until the day after the last payment is seven
# years old, and the file that names the account, which may be made weeks later.
_OPEN_WITH = text("""
    SELECT coalesce(bool_or(paid.state IN ('unsent', 'sent')), false) AS is_on_its_way, is_owed_to(:party) AS is_owed,
           CAST(max(greatest(paid.created_at, sent.created_at)) + interval '7 years' AS date) + 1 AS until
    FROM payment AS paid LEFT JOIN bank_file AS sent ON sent.id = paid.bank_file
    WHERE paid.party = :party AND is_open_with(:party)
""")
# Of accounts that a party holds for others: whether one is the newest, and otherwise until the day after the last
# payment to one of them, and its file, is seven years old.
_RECEIVES = text("""
    SELECT coalesce(bool_or(NOT EXISTS (
               SELECT FROM payee AS newer WHERE newer.party = held.party AND newer.version > held.version)), false)
               AS is_newest,
           CAST(max(greatest(paid.created_at, sent.created_at)) + interval '7 years' AS date) + 1 AS until
    FROM payee AS held
    LEFT JOIN payment AS paid ON (paid.party, paid.payee_version) = (held.party, held.version)
    LEFT JOIN bank_file AS sent ON sent.id = paid.bank_file
    WHERE held.holder = :party AND held.holder <> held.party HAVING count(*) > 0
""")
# Whether a register has it, when it is released, that the party has died.
_RELEASE = text("""
    INSERT INTO payee_release (id, party, version, tenant, released_by, released_at, of_dead)
    SELECT :id, :party, :version, :tenant, :released_by, :released_at,
           EXISTS (SELECT FROM dead_party WHERE dead_party.party = :party)
""")
_RECEIVED_FOR = text(
    "SELECT DISTINCT party FROM payee WHERE holder = ANY(CAST(:holders AS text[])) AND holder <> party"
)
_ERASED = text("SELECT version, by_another FROM payee_erased WHERE party = :party")
_ERASE = text("SELECT erase_accounts(:party)")
# Of a party's newest account, whether it can be paid to; no row where it has none.
BLOCKED = f"""
    SELECT true AS has_account, CASE WHEN NOT {_IS_OLDER} THEN payee.held_until END AS held_until, {IS_HELD} AS is_held,
           {IS_RETURNED} AS is_returned, {IS_ENDED} AS is_ended, {IS_OF_DEAD} AS is_of_dead
    FROM payee
    WHERE payee.party = :party ORDER BY version DESC LIMIT 1
"""  # noqa: S608 - nothing that came from outside stands in it


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
    """Who entered a version for which holder, and what became of it then.

    It is held until an instant, or until it is released; ``account_version`` is the earlier one with the same account,
    if one has it.
    """

    by: str
    holding: Holding
    held_until: datetime | None = None
    needs_release: bool = False
    account_version: int | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Accounts to which payments went and which are not known; ``is_own``: the party itself held each of them."""

    is_own: bool


@dataclass(frozen=True, slots=True)
class ErasedPayee:
    """The newest version of a party's account that was erased, and whether another held one of them."""

    version: int
    by_another: bool


@dataclass(frozen=True, slots=True)
class Payee:
    """One version of a party's payee, as it is stored: the account and the name on it are encrypted."""

    party: str
    version: int
    account_name: bytes
    account_number: bytes
    bank_bic: str
    # The first version of the party with this very account, who entered this one, and how long it is held.
    account_version: int
    entered_by: str
    held_until: datetime | None
    needs_release: bool
    # Who holds the account: as in Holding.
    holder: str
    capacity: str
    until_on: date | None
    evidence: str | None

    @classmethod
    def sealed(cls, party: str, version: int, account: BankAccount, entered: "Entered", cipher: FieldCipher) -> "Payee":
        """Encrypt an account for its place in the database."""
        name = cipher.encrypt(account.name, account_place("account_name", party, version))
        number = cipher.encrypt(account.number, account_place("account_number", party, version))
        first = version if entered.account_version is None else entered.account_version
        held = (entered.by, entered.held_until, entered.needs_release)
        return cls(party, version, name, number, account.bic, first, *held, *astuple(entered.holding))

    @property
    def holding(self) -> Holding:
        """Who holds the account, and in which capacity."""
        return Holding(self.holder, Capacity(self.capacity), self.until_on, self.evidence)

    def is_same(self, other: "Payee") -> bool:
        """Whether it is the same account of the same holder, under whatever name."""
        return (self.account_version, self.holding) == (other.account_version, other.holding)

    def opened(self, cipher: FieldCipher) -> BankAccount:
        """Decrypt the account; raises FieldUndecipherable."""
        name = cipher.decrypt(self.account_name, account_place("account_name", self.party, self.version))
        number = cipher.decrypt(self.account_number, account_place("account_number", self.party, self.version))
        return BankAccount(name, number, self.bank_bic)


class PayeeRepository:
    """Reads and writes payees inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, party: str, holder: str | None = None) -> Payee | None:
        """The newest version, and nobody else makes another until the transaction ends, nor lets go of what the holder
        of a next one holds."""
        for name in sorted({party, holder or party}):
            await self._connection.execute(_LOCK, {"name": f"payee/{name}"})
        return await self.newest(party)

    async def newest(self, party: str) -> Payee | None:
        """The version that the next payment goes to."""
        columns = [t.payee.c[name] for name in Payee.__slots__]
        newest = select(*columns).where(t.payee.c.party == party).order_by(t.payee.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        return None if row is None else Payee(*row)

    async def add(self, payee: Payee, tenant: str) -> None:
        """Keep a new version."""
        values = {name: getattr(payee, name) for name in Payee.__slots__}
        await self._connection.execute(insert(t.payee).values(**values, tenant=tenant, entered_at=now()))

    async def list_versions(self, party: str) -> list[Payee]:
        """Every version of a party, oldest first."""
        columns = [t.payee.c[name] for name in Payee.__slots__]
        versions = select(*columns).where(t.payee.c.party == party).order_by(t.payee.c.version)
        return [Payee(*row) for row in await self._connection.execute(versions)]

    async def release(self, payee: Payee, officer: str, tenant: str) -> None:
        """An officer says that this version may be paid to, knowing what a register has of the party by then."""
        about = {"party": payee.party, "version": payee.version, "tenant": tenant}
        values = {**about, "id": new_id(), "released_by": officer, "released_at": now()}
        await self._connection.execute(_RELEASE, values)

    async def lost(self, party: str, version: int, tenant: str, *, is_own: bool) -> bool:
        """A payment went to this version: where it is not known, no older one is paid to before an officer's word.

        Whether it is not known, and was not found lost before.
        """
        values = {"party": party, "version": version, "tenant": tenant, "at": now(), "is_own": is_own}
        return (await self._connection.execute(_LOST, values)).rowcount > 0

    async def lost_after(self, party: str, version: int) -> Lost | None:
        """What a restore lost of a party's accounts after a version, while no officer has released one since."""
        found = (await self._connection.execute(_LOST_AFTER, {"party": party, "version": version})).one_or_none()
        return None if found is None else Lost(is_own=found.is_own)

    async def is_owed(self, party: str) -> bool:
        """Whether money is on its way to the party, or owed to it: it needs an account."""
        hold = await self.open_with(party)
        return hold is not None and hold.reason != _PAID_LATELY

    async def open_with(self, party: str) -> Hold | None:
        """What comes before its accounts are erased: money is on its way to the party, or owed to it, or was paid so
        lately that the law keeps where it went."""
        on_its_way, is_owed, until = (await self._connection.execute(_OPEN_WITH, {"party": party})).one()
        if on_its_way or is_owed:
            return Hold("payment_on_its_way" if on_its_way else "owed", _OWNER)
        return None if until is None else Hold(_PAID_LATELY, _OWNER, until)

    async def receives_for_another(self, party: str) -> Hold | None:
        """Why an account stays that the party holds for somebody else, once its own are erased: that one is paid there,
        or was so lately that the law keeps where it went."""
        found = (await self._connection.execute(_RECEIVES, {"party": party})).one_or_none()
        if found is None:
            return None
        return _RECEIVED if found.is_newest else Hold(_PAID_LATELY, _OWNER, found.until)

    async def received_for(self, holders: Collection[str]) -> set[str]:
        """The other parties of whom these hold an account, or held one."""
        if not holders:
            return set()
        found = await self._connection.execute(_RECEIVED_FOR, {"holders": list(holders)})
        return set(found.scalars())

    async def erased(self, party: str) -> ErasedPayee | None:
        """What was erased of a party's accounts, if anything was."""
        found = (await self._connection.execute(_ERASED, {"party": party})).one_or_none()
        return None if found is None else ErasedPayee(*found)

    async def erase(self, party: str) -> int:
        """Erase the accounts of a party, and the files that name them; how many."""
        return int((await self._connection.execute(_ERASE, {"party": party})).scalar_one())

    async def is_released(self, payee: Payee) -> bool:
        """Whether an officer has said that this version may be paid to."""
        of_version = (t.payee_release.c.party == payee.party) & (t.payee_release.c.version == payee.version)
        return bool((await self._connection.execute(select(exists().where(of_version)))).scalar_one())


def blocked_of(row: Row[Any]) -> Waiting | None:
    """Why a party cannot be paid now, in a row that has ``BLOCKED`` beside it: no account is known, who receives has
    died, or does no longer, a payment came back from it, or it is held."""
    if row.merge_held_until is not None and row.merge_held_until > now():
        return Waiting(WaitingReason.MERGE_PROPOSED, until=row.merge_held_until)
    if not row.has_account:
        return Waiting(WaitingReason.ACCOUNT_MISSING if row.died_on is None else WaitingReason.PAYEE_DIED)
    if row.died_on is not None and row.is_of_dead:
        return Waiting(WaitingReason.PAYEE_DIED)
    if row.is_ended or row.is_of_dead:
        return Waiting(WaitingReason.HOLDER_ENDED)
    if row.is_returned:
        return Waiting(WaitingReason.ACCOUNT_RETURNED)
    return Waiting(WaitingReason.ACCOUNT_HELD, until=row.held_until) if row.is_held else None


def account_place(column: str, party: str, version: int) -> str:
    """Of a person as it was before other parties had accounts: what was sealed then must open."""
    person = person_of(party)
    return place("payee", column, f"{party if person is None else person}.{version}")


def content_place(bank_file: UUID) -> str:
    """The place to which the encrypted content of a bank file is bound."""
    return place("bank_file", "content", str(bank_file))
