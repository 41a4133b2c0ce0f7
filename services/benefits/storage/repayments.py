"""Repayments and the lines of bank statements that bring them: added to, and never changed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey, Source
from services.benefits.domain.recoveries import Recovery, Repayment, Route, Word, reference_in
from services.benefits.storage import tables as t
from services.benefits.storage.ledger import COUNTERED
from shared.kernel.clock import now
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.security.fields import FieldCipher, place

# What an officer enters or a bank brings is of the organisation: who paid it back is no tenant.
_OWN = "organisation:1"
# What stands comes first, and then what was entered last.
_OF_RECEIPT = text(f"""
    SELECT id, word IS NOT DISTINCT FROM 'withdrawn'
               AND NOT EXISTS (SELECT FROM transfer WHERE transfer.repayment = repayment.id)
               OR EXISTS (SELECT FROM transfer WHERE transfer.repayment = repayment.id AND {COUNTERED}) AS taken_back
    FROM repayment LEFT JOIN repayment_word ON repayment_word.repayment = repayment.id
    WHERE route = :route AND reference = :reference
    ORDER BY taken_back, entered_at DESC LIMIT 1
""")  # noqa: S608 - a constant
_IS_COUNTERED = text(f"""
    SELECT EXISTS (SELECT FROM transfer WHERE repayment = :repayment AND {COUNTERED})
""")  # noqa: S608 - a constant
_BOOKED_OF = text("""
    SELECT max(fund) FILTER (WHERE cause = 'repaid') AS fund,
           coalesce(sum(amount_sen) FILTER (WHERE cause = 'repaid'), 0)::bigint AS repaid_sen,
           coalesce(sum(amount_sen) FILTER (WHERE cause = 'repaid_beyond'), 0)::bigint AS beyond_sen,
           max(revision) FILTER (WHERE cause = 'repaid') AS revision
    FROM transfer WHERE repayment = :repayment
""")
_BOOKED = text(f"""
    SELECT repayment.*, recovery.claim, recovery.scheme, recovery.benefit, recovery.party, recovery.person,
           recovery.law, recovery.revision, coalesce(repaid.revision, recovery.revision) AS settled_revision,
           coalesce(settlement.owner, 'claims') AS owner,
           coalesce(settlement.source, 'claim') AS source,
           coalesce(repaid.fund, settlement.fund, recovery.fund) AS fund,
           coalesce(repaid.amount_sen, 0) AS repaid_sen, coalesce(beyond.amount_sen, 0) AS beyond_sen,
           EXISTS (SELECT FROM transfer WHERE transfer.repayment = repayment.id AND {COUNTERED}) AS countered
    FROM repayment JOIN recovery ON recovery.id = repayment.recovery
    LEFT JOIN transfer AS repaid ON repaid.repayment = repayment.id AND repaid.cause = 'repaid'
    LEFT JOIN transfer AS beyond ON beyond.repayment = repayment.id AND beyond.cause = 'repaid_beyond'
    LEFT JOIN settlement ON settlement.claim = recovery.claim AND settlement.scheme = recovery.scheme
                            AND settlement.benefit = recovery.benefit AND settlement.party = recovery.party
    WHERE (CAST(:after AS uuid) IS NULL OR repayment.id > :after) AND coalesce(repaid.id, beyond.id) IS NOT NULL
    ORDER BY repayment.id LIMIT :limit
""")  # noqa: S608 - a constant
_OF_NOBODY = text(f"""
    SELECT repayment.*,
           EXISTS (SELECT FROM transfer WHERE transfer.repayment = repayment.id AND {COUNTERED}) AS countered
    FROM repayment
    WHERE recovery IS NULL AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit
""")  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Money that came in by one line of a bank's statement, as the bank states it.

    ``reference`` is what was found in what the payer wrote, which is encrypted: it may name somebody.
    """

    tenant: str
    statement: str
    line: int
    amount_sen: Sen
    value_on: date
    reference: str | None
    written: bytes

    def sealed(self, written: str, cipher: FieldCipher) -> "StatementLine":
        """With what the payer wrote, encrypted for its place, and the reference in it."""
        return replace(self, reference=reference_in(written), written=cipher.encrypt(written, written_place(self.id)))

    def says(self, other: "StatementLine", cipher: FieldCipher) -> bool:
        """Whether the other one says the same; the same text is encrypted otherwise each time.

        What the payer wrote may be erased by now, with whoever wrote it: the rest decides.
        """
        if not self.written:
            return replace(self, written=other.written) == other
        texts = {cipher.decrypt(each.written, written_place(each.id)) for each in (self, other)}
        return replace(self, written=other.written) == other and len(texts) == 1

    @property
    def id(self) -> UUID:
        """The same for the same line, also in a database that has forgotten it."""
        return derived_id("statement_line", self.tenant, self.statement, self.line)

    @property
    def repayment(self) -> UUID:
        """The repayment that it brings."""
        return derived_id("repayment", self.id)


@dataclass(frozen=True, slots=True)
class Repaid:
    """A repayment, what of it made the recovery of a fund smaller, and what was more than was open.

    ``is_countered``: it did not come in after all, and the recovery is open again.
    """

    repayment: Repayment
    recovery: Recovery
    amount_sen: Sen
    beyond_sen: Sen
    is_countered: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """What of a repayment made the recovery of a fund smaller, by which revision, and what was more than was open."""

    fund: str | None
    repaid_sen: Sen
    beyond_sen: Sen
    revision: int | None


class RepaymentRepository:
    """Reads and writes what came back inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_line(self, line: StatementLine) -> StatementLine | None:
        """Keep a line; the one that was sent before under its number, which stays."""
        values = {**asdict(line), "id": line.id, "received_at": now()}
        added = upsert(t.statement_line).values(values).on_conflict_do_nothing().returning(t.statement_line.c.id)
        if (await self._connection.execute(added)).one_or_none() is not None:
            return None
        return await self.find_line(line.id)

    async def find_line(self, id_: UUID) -> StatementLine | None:
        """A line by its id."""
        columns = [t.statement_line.c[name] for name in StatementLine.__slots__]
        row = (await self._connection.execute(select(*columns).where(t.statement_line.c.id == id_))).one_or_none()
        return None if row is None else StatementLine(*row)

    async def add(self, repayment: Repayment) -> bool:
        """Keep a repayment, which waits to be booked; whether it was not known."""
        values = {**asdict(repayment), "tenant": _OWN, "entered_at": now()}
        added = upsert(t.repayment).values(values).on_conflict_do_nothing().returning(t.repayment.c.id)
        if (await self._connection.execute(added)).one_or_none() is None:
            return False
        await self._connection.execute(insert(t.repayment_waiting).values(repayment=repayment.id, tenant=_OWN))
        return True

    async def wait_no_longer(self, repayment: UUID) -> None:
        """It is booked, or withdrawn."""
        waiting = t.repayment_waiting
        await self._connection.execute(delete(waiting).where(waiting.c.repayment == repayment))

    async def of_receipt(self, route: Route, reference: str) -> tuple[UUID, bool] | None:
        """What was entered of a receipt, of whichever recovery, and whether it was withdrawn or countered; else the
        last that was."""
        receipt = {"route": route, "reference": reference}
        row = (await self._connection.execute(_OF_RECEIPT, receipt)).one_or_none()
        return None if row is None else (row.id, row.taken_back)

    async def find(self, id_: UUID) -> Repayment | None:
        """A repayment by its id."""
        columns = [t.repayment.c[name] for name in Repayment.__slots__]
        row = (await self._connection.execute(select(*columns).where(t.repayment.c.id == id_))).one_or_none()
        return None if row is None else _repayment_of(row)

    async def say(self, repayment: UUID, word: Word, officer: str) -> Word:
        """What a second officer says of it; the word that was said first, which holds."""
        values = {"repayment": repayment, "tenant": _OWN, "word": word, "said_by": officer, "said_at": now()}
        await self._connection.execute(upsert(t.repayment_word).values(values).on_conflict_do_nothing())
        said = select(t.repayment_word.c.word).where(t.repayment_word.c.repayment == repayment)
        return Word((await self._connection.execute(said)).scalar_one())

    async def is_booked(self, repayment: UUID) -> bool:
        """Whether it stands in the ledger."""
        booked = select(exists().where(t.transfer.c.repayment == repayment))
        return bool((await self._connection.execute(booked)).scalar_one())

    async def is_countered(self, repayment: UUID) -> bool:
        """Whether what it booked is reversed."""
        return bool((await self._connection.execute(_IS_COUNTERED, {"repayment": repayment})).scalar_one())

    async def booked(self, repayment: UUID) -> Booked:
        """What it booked."""
        return Booked(*(await self._connection.execute(_BOOKED_OF, {"repayment": repayment})).one())

    async def list_repaid(self, after: UUID | None, limit: int) -> Sequence[Repaid]:
        """Repayments of recoveries that are booked, in the order of their ids, after one."""
        rows = await self._connection.execute(_BOOKED, {"after": after, "limit": limit})
        return [_repaid_of(row) for row in rows]

    async def list_of_nobody(self, after: UUID | None, limit: int) -> Sequence[tuple[Repayment, bool]]:
        """What came in with a reference that no recovery has, and whether it is countered, likewise."""
        rows = await self._connection.execute(_OF_NOBODY, {"after": after, "limit": limit})
        return [(_repayment_of(row), row.countered) for row in rows]


def written_place(line: UUID) -> str:
    """The place to which what a payer wrote is bound."""
    return place("statement_line", "written", str(line))


def _repayment_of(row: Any) -> Repayment:
    values = {name: getattr(row, name) for name in Repayment.__slots__}
    return Repayment(**{**values, "route": Route(row.route)})


def _repaid_of(row: Any) -> Repaid:
    key = EntitlementKey(row.claim, row.scheme, row.benefit, row.party)
    about = (row.owner, Source(row.source), row.person, row.fund)
    recovery = Recovery(row.recovery, key, *about, row.law, row.revision, 0, row.settled_revision)
    return Repaid(_repayment_of(row), recovery, row.repaid_sen, row.beyond_sen, row.countered)
