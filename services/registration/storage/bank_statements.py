"""Statements of the organisation's account as the bank sent them, and the credits on it, each kept once."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.bank_statements import (
    BankStatement,
    BankStatementKind,
    BankStatementState,
    Credit,
    CreditState,
    HeldFor,
    KeptCredit,
    KeptStatement,
    KnownEntry,
    StandingReceipt,
    ToldEntry,
    UnmatchedFor,
    credit_id,
    told_entries,
)
from services.registration.domain.contribution import month_of, number_of
from services.registration.domain.errors import BankStatementIdTaken, BankStatementUnknown, CreditNotOpen
from services.registration.storage.keys import Keys
from services.registration.storage.persons import Viewer
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.officers import Officers
from shared.security.fields import place

# XML is bytes of any ASCII-like encoding: each byte is kept as the character of its number.
ENCODING = "latin-1"
_INSERT = text("""
    INSERT INTO bank_statement (statement, tenant, officer, kind, position, account_index, identification_index,
                                identification_sealed, digest, content_sealed, created_at, received_at, entries,
                                credits, credits_sen, held_for, state)
    VALUES (:statement, :tenant, :officer, :kind, :position, :account_index, :identification_index,
            :identification_sealed, :digest, :content_sealed, :created_at, :received_at, :entries, :credits,
            :credits_sen, :held_for, :state)
    ON CONFLICT DO NOTHING
""")
_SAME = text("""
    SELECT statement, digest FROM bank_statement
    WHERE tenant = :tenant AND account_index = :account_index AND identification_index = :identification_index
      AND (state <> 'held' OR digest = :digest) ORDER BY state = 'held', statement LIMIT 1
""")
_COLUMNS = """
    statement, tenant, officer, kind, position, identification_sealed, created_at, received_at, state, held_for,
    entries, credits, credits_sen, repeated,
    (SELECT count(*) FILTER (WHERE said.state = 'matched') FROM bank_credit AS said
     WHERE said.statement = bank_statement.statement) AS matched,
    (SELECT count(*) FILTER (WHERE said.state IN ('unmatched', 'set_aside')) FROM bank_credit AS said
     WHERE said.statement = bank_statement.statement) AS unmatched
"""
_GET = text(f"SELECT {_COLUMNS} FROM bank_statement WHERE statement = :statement")  # noqa: S608 - constants
_LOCK = text("SELECT FROM bank_statement WHERE statement = :statement FOR UPDATE")
_CONTENT = text("SELECT content_sealed FROM bank_statement WHERE statement = :statement")
_ALL, _OWN = (
    text(f"""
        SELECT {_COLUMNS} FROM bank_statement
        WHERE statement > CAST(:after AS uuid) AND {seen}
          AND (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))
        ORDER BY statement LIMIT :limit
    """)  # noqa: S608 - constants
    for seen in ("true", "tenant = :tenant")
)
_TURN = text("UPDATE bank_statement SET state = :state, repeated = :repeated WHERE statement = :statement")
_RELEASE = text("""
    UPDATE bank_statement SET state = 'received', released_by = :officer, released_at = :at
    WHERE statement = :statement AND state = 'to_be_released'
""")
# One account at a time: of a statement and a notification of the same entry each has to see what the other brought, and
# two officers who match a sum, whether it is told in detail by now.
_HOLD_ACCOUNT = text("SELECT pg_advisory_xact_lock(hashtextextended(encode(CAST(:account AS bytea), 'hex'), 43))")
_ACCOUNT_OF = text("SELECT account_index FROM bank_statement WHERE statement = :statement")
_ACCOUNT_OF_CREDIT = text("SELECT account_index FROM bank_credit WHERE credit = :credit")
# A sum that is told in detail is no more than its details.
_ENTRIES = text("""
    SELECT entry_index, is_reversal, bool_or(is_whole AND state = 'unmatched') AS is_open,
           CAST(sum(amount_sen) FILTER (WHERE state <> 'in_detail') AS bigint) AS amount_sen,
           max(banked_on) FILTER (WHERE state <> 'in_detail') AS banked_on
    FROM bank_credit WHERE account_index = :account AND entry_index = ANY(CAST(:entries AS bytea[]))
    GROUP BY entry_index, is_reversal
""")
_IN_DETAIL = text("""
    UPDATE bank_credit SET state = 'in_detail', revision = revision + 1, unmatched_for = NULL
    WHERE account_index = :account AND is_whole AND state = 'unmatched'
      AND (entry_index, is_reversal) IN (SELECT * FROM unnest(CAST(:entries AS bytea[]), CAST(:reversals AS boolean[])))
    RETURNING credit
""")
_ADD = text("""
    INSERT INTO bank_credit (credit, statement, tenant, account_index, entry_index, reference_indexes, is_whole,
                             is_reversal, amount_sen, banked_on, said_sealed, received_at)
    VALUES (:credit, :statement, :tenant, :account_index, :entry_index, :reference_indexes, :is_whole, :is_reversal,
            :amount_sen, :banked_on, :said_sealed, :received_at)
""")
_CREDIT = """credit, tenant, is_whole, is_reversal, amount_sen, banked_on, said_sealed, revision, state, unmatched_for,
             employer, month, compound"""
# What nobody has looked at, and what waited for its value day; reversals last, which look for what they reverse.
_TO_MATCH = text(f"""
    SELECT {_CREDIT} FROM bank_credit
    WHERE statement = :statement AND state = 'unmatched' AND NOT is_reversal
      AND (unmatched_for IS NULL OR unmatched_for = 'value_day_ahead')
    ORDER BY credit FOR UPDATE
""")  # noqa: S608 - constants
_REVERSALS = text(f"""
    SELECT {_CREDIT} FROM bank_credit
    WHERE account_index = :account AND is_reversal AND state = 'unmatched' ORDER BY credit FOR UPDATE
""")  # noqa: S608 - constants
_REVERSED_BY = text(f"""
    SELECT {_CREDIT} FROM bank_credit
    WHERE account_index = (SELECT account_index FROM bank_credit WHERE credit = :credit)
      AND reference_indexes && (SELECT reference_indexes FROM bank_credit WHERE credit = :credit)
      AND NOT is_reversal AND amount_sen = :amount_sen AND state IN ('unmatched', 'matched', 'set_aside')
    ORDER BY credit LIMIT 2 FOR UPDATE
""")  # noqa: S608 - constants
_FIND_CREDIT = text(f"SELECT {_CREDIT} FROM bank_credit WHERE credit = :credit FOR UPDATE")  # noqa: S608 - constants
_UNMATCHED = text(f"""
    SELECT {_CREDIT} FROM bank_credit
    WHERE state = 'unmatched' AND NOT is_reversal AND amount_sen = :amount_sen AND banked_on = :banked_on
    ORDER BY credit FOR UPDATE
""")  # noqa: S608 - constants
_KEEP_CREDIT = text("""
    UPDATE bank_credit SET revision = :revision, state = :state, unmatched_for = :unmatched_for, employer = :employer,
                           month = :month, compound = :compound
    WHERE credit = :credit
""")
_DECIDE_CREDIT = text("""
    UPDATE bank_credit SET proposed_by = :proposed_by, approved_by = :approved_by, evidence = :evidence
    WHERE credit = :credit
""")
_STAND = text(
    "SELECT receipt, employer, month, amount_sen, banked_on FROM contribution_receipt "
    "WHERE receipt = ANY(CAST(:receipts AS uuid[]))"
)
_OPEN = text(f"""
    SELECT {_CREDIT} FROM bank_credit
    WHERE credit > CAST(:after AS uuid) AND state IN ('unmatched', 'set_aside') AND (:officer OR tenant = :tenant)
    ORDER BY credit LIMIT :limit
""")  # noqa: S608 - constants
_NOTHING = UUID(int=0)
# The hash of an entry's name, and whether it is a reversal.
_Entry = tuple[bytes, bool]


class BankStatementRepository:
    """The statements and credits that the transaction may see."""

    def __init__(self, connection: AsyncConnection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def receive(
        self, stated: BankStatement, content: bytes, tenant: str, officer: str | None
    ) -> tuple[KeptStatement, bool]:
        """Keep a statement; as it stands, and whether it is new. Raises BankStatementIdTaken for other bytes under the
        id of one of the account that counts."""
        readable, statement = content.decode(ENCODING), new_id()
        digest = await asyncio.to_thread(self._keys.uploads.of, readable)
        sealed = await asyncio.to_thread(self._keys.cipher.encrypt, readable, _place(statement, "content_sealed"))
        whose = {
            "account_index": self._keys.accounts.of(stated.account),
            "identification_index": self._keys.references.of(f"{stated.kind} {stated.identification}"),
            "digest": digest,
            "tenant": tenant,
        }
        state = BankStatementState.TO_BE_RELEASED if officer else BankStatementState.RECEIVED
        identification = self._keys.cipher.encrypt(stated.identification, _place(statement, "identification_sealed"))
        values = {
            "statement": statement,
            "officer": officer,
            "kind": stated.kind,
            "position": stated.position,
            "identification_sealed": identification,
            "content_sealed": sealed,
            "created_at": stated.created_at,
            "received_at": now(),
            "entries": stated.entries,
            "credits": len(stated.credits),
            "credits_sen": stated.credits_sen,
            "held_for": stated.held_for,
            "state": BankStatementState.HELD if stated.held_for else state,
        }
        is_new = (await self._connection.execute(_INSERT, {**whose, **values})).rowcount > 0
        same = (await self._connection.execute(_SAME, whose)).one_or_none()
        if same is None or bytes(same.digest) != digest:
            raise BankStatementIdTaken()
        return await self.get(same.statement), is_new

    async def get(self, statement: UUID) -> KeptStatement:
        """Raises BankStatementUnknown."""
        found = (await self._connection.execute(_GET, {"statement": statement})).one_or_none()
        if found is None:
            raise BankStatementUnknown()
        return self._statement_of(found)

    async def lock(self, statement: UUID) -> KeptStatement:
        """The same, held until the transaction ends."""
        await self._connection.execute(_LOCK, {"statement": statement})
        return await self.get(statement)

    async def content(self, statement: UUID) -> bytes:
        """The message as it was sent."""
        sealed = (await self._connection.execute(_CONTENT, {"statement": statement})).scalar_one()
        opened = await asyncio.to_thread(self._keys.cipher.decrypt, bytes(sealed), _place(statement, "content_sealed"))
        return opened.encode(ENCODING)

    async def page(
        self, state: BankStatementState | None, after: UUID | None, limit: int, viewer: Viewer
    ) -> list[KeptStatement]:
        """Statements by id, after one: those that the viewer stated, or all of them for an officer."""
        asked = {"state": state, "after": after or _NOTHING, "limit": limit}
        whose = {} if viewer.officer else {"tenant": viewer.tenant}
        found = await self._connection.execute(_ALL if viewer.officer else _OWN, {**asked, **whose})
        return [self._statement_of(row) for row in found]

    async def release(self, statement: UUID, officer: str, at: datetime) -> bool:
        """Let one that an officer stated count; whether it waited for that."""
        said = {"statement": statement, "officer": officer, "at": at}
        return (await self._connection.execute(_RELEASE, said)).rowcount > 0

    async def take(self, kept: KeptStatement, read: Sequence[Credit]) -> list[UUID]:
        """Keep what is not known yet of the account, each once; the credits that are told in detail from now on."""
        account = await self._hold(kept.id)
        entries = told_entries(read)
        known = await self._entries(account, {each.entry for told in entries for each in (told, told.further())})
        wanted: list[Credit] = []
        in_detail: list[_Entry] = []
        for told in entries:
            stands = known.get(self._entry_of(told))
            if stands is not None and not stands.is_told_by(told):
                told = told.further()
                stands = known.get(self._entry_of(told))
            if stands is not None and not (stands.is_open and told.is_in_detail):
                continue
            if stands is not None:
                in_detail.append(self._entry_of(told))
            known[self._entry_of(told)] = KnownEntry(told.amount_sen, told.banked_on, is_open=not told.is_in_detail)
            wanted += told.credits
        closed = await self._put_in_detail(account, in_detail)
        await self._add(kept, account, wanted, len(read))
        return closed

    async def to_match(self, statement: UUID) -> list[KeptCredit]:
        """The credits of a statement that nobody has looked at, held until the transaction ends."""
        await self._hold(statement)
        found = await self._connection.execute(_TO_MATCH, {"statement": statement})
        return [self._credit_of(row) for row in found]

    async def reversals(self, statement: UUID) -> list[KeptCredit]:
        """What went back of the statement's account, and nobody knows of which credit."""
        account = await self._hold(statement)
        return [self._credit_of(row) for row in await self._connection.execute(_REVERSALS, {"account": account})]

    async def reversed_by(self, reversal: KeptCredit) -> KeptCredit | None:
        """The one credit that a reversal takes back, by a reference of the bank's own and the amount; None for none or
        several."""
        asked = {"credit": reversal.id, "amount_sen": reversal.credit.amount_sen}
        found = (await self._connection.execute(_REVERSED_BY, asked)).all()
        return self._credit_of(found[0]) if len(found) == 1 else None

    async def lock_credit(self, credit: UUID) -> KeptCredit:
        """A credit, held with its account until the transaction ends: it is not told in detail meanwhile. Raises
        CreditNotOpen where there is none."""
        account = (await self._connection.execute(_ACCOUNT_OF_CREDIT, {"credit": credit})).scalar_one_or_none()
        if account is None:
            raise CreditNotOpen()
        # Before the credit, as whoever takes a statement has both.
        await self._connection.execute(_HOLD_ACCOUNT, {"account": bytes(account)})
        return self._credit_of((await self._connection.execute(_FIND_CREDIT, {"credit": credit})).one())

    async def keep(self, money: Sequence[KeptCredit]) -> None:
        """Store how credits stand."""
        values = [
            {
                "credit": each.id,
                "revision": each.revision,
                "state": each.state,
                "unmatched_for": each.unmatched_for,
                "employer": each.employer,
                "month": None if each.month is None else number_of(each.month),
                "compound": each.compound,
            }
            for each in money
        ]
        if values:
            await self._connection.execute(_KEEP_CREDIT, values)

    async def decide(self, credit: UUID, officers: Officers, evidence: str | None) -> None:
        """Keep who matched a credit or set it aside, and by which document."""
        await self._connection.execute(_DECIDE_CREDIT, {"credit": credit, "evidence": evidence, **officers.row})

    async def stand(self, money: Sequence[KeptCredit]) -> Mapping[UUID, StandingReceipt]:
        """Whose the receipts of credits are that stand already, as after a restore."""
        asked = {"receipts": [each.receipt_id for each in money]}
        found = await self._connection.execute(_STAND, asked)
        return {
            row.receipt: StandingReceipt(row.employer, month_of(row.month), row.amount_sen, row.banked_on)
            for row in found
        }

    async def unmatched(self, amount_sen: int, banked_on: date) -> list[KeptCredit]:
        """Money of such an amount and value day that is no employer's yet, held until the transaction ends."""
        asked = {"amount_sen": amount_sen, "banked_on": banked_on}
        return [self._credit_of(row) for row in await self._connection.execute(_UNMATCHED, asked)]

    async def open_credits(self, after: UUID | None, limit: int, viewer: Viewer) -> list[KeptCredit]:
        """Money that is no employer's, by id, after one: what the viewer stated, or all of it for an officer."""
        whose = {"tenant": viewer.tenant, "officer": viewer.officer}
        found = await self._connection.execute(_OPEN, {"after": after or _NOTHING, "limit": limit, **whose})
        return [self._credit_of(row) for row in found]

    async def turn(self, statement: UUID, state: BankStatementState, repeated: int) -> None:
        """Store where a statement stands."""
        values = {"statement": statement, "state": state, "repeated": repeated}
        await self._connection.execute(_TURN, values)

    async def _hold(self, statement: UUID) -> bytes:
        account = bytes((await self._connection.execute(_ACCOUNT_OF, {"statement": statement})).scalar_one())
        await self._connection.execute(_HOLD_ACCOUNT, {"account": account})
        return account

    def _entry_of(self, told: ToldEntry) -> _Entry:
        return self._keys.references.of(told.entry), told.is_reversal

    async def _entries(self, account: bytes, names: Collection[str]) -> dict[_Entry, KnownEntry]:
        """Those of the entries that are known."""
        asked = {"account": account, "entries": [self._keys.references.of(each) for each in names]}
        found = await self._connection.execute(_ENTRIES, asked)
        return {
            (bytes(row.entry_index), row.is_reversal): KnownEntry(row.amount_sen, row.banked_on, row.is_open)
            for row in found
        }

    async def _put_in_detail(self, account: bytes, entries: Sequence[_Entry]) -> list[UUID]:
        if not entries:
            return []
        indexes, reversals = zip(*entries, strict=True)
        asked = {"account": account, "entries": list(indexes), "reversals": list(reversals)}
        return sorted((await self._connection.execute(_IN_DETAIL, asked)).scalars())

    async def _add(self, kept: KeptStatement, account: bytes, wanted: Sequence[Credit], of_statement: int) -> None:
        if wanted:
            await self._connection.execute(_ADD, [self._values(each, account, kept) for each in wanted])
        await self.turn(kept.id, BankStatementState.TAKEN, of_statement - len(wanted))

    def _values(self, credit: Credit, account: bytes, kept: KeptStatement) -> Mapping[str, Any]:
        id_ = credit_id(account.hex(), credit)
        said = {
            "entry": credit.entry,
            "detail": credit.detail,
            "references": credit.references,
            "texts": credit.texts,
            "of_bank": credit.of_bank,
        }
        sealed = self._keys.cipher.encrypt(orjson.dumps(said).decode(), _credit_place(id_))
        return {
            "credit": id_,
            "statement": kept.id,
            "tenant": kept.tenant,
            "account_index": account,
            "entry_index": self._keys.references.of(credit.entry),
            "reference_indexes": sorted({self._keys.references.of(each) for each in credit.of_bank}),
            "is_whole": credit.detail is None,
            "is_reversal": credit.is_reversal,
            "amount_sen": credit.amount_sen,
            "banked_on": credit.banked_on,
            "said_sealed": sealed,
            "received_at": now(),
        }

    def _statement_of(self, row: Row[Any]) -> KeptStatement:
        opened = self._keys.cipher.decrypt(
            bytes(row.identification_sealed), _place(row.statement, "identification_sealed")
        )
        return KeptStatement(
            id=row.statement,
            tenant=row.tenant,
            kind=BankStatementKind(row.kind),
            position=row.position,
            identification=opened,
            created_at=row.created_at,
            received_at=row.received_at,
            state=BankStatementState(row.state),
            held_for=None if row.held_for is None else HeldFor(row.held_for),
            entries=row.entries,
            credits=row.credits,
            credits_sen=row.credits_sen,
            officer=row.officer,
            repeated=row.repeated,
            matched=row.matched,
            unmatched=row.unmatched,
        )

    def _said_of(self, row: Row[Any]) -> dict[str, Any]:
        """What the bank and the payer wrote; nothing, once that was kept long enough (storage/retention.py)."""
        if not row.said_sealed:
            return {"entry": "", "detail": None if row.is_whole else "", "references": [], "texts": []}
        opened: dict[str, Any] = orjson.loads(
            self._keys.cipher.decrypt(bytes(row.said_sealed), _credit_place(row.credit))
        )
        return opened

    def _credit_of(self, row: Row[Any]) -> KeptCredit:
        said = self._said_of(row)
        credit = Credit(
            entry=said["entry"],
            detail=said["detail"],
            amount_sen=row.amount_sen,
            banked_on=row.banked_on,
            is_reversal=row.is_reversal,
            references=tuple(said["references"]),
            texts=tuple(said["texts"]),
            of_bank=tuple(said.get("of_bank", ())),
        )
        return KeptCredit(
            id=row.credit,
            tenant=row.tenant,
            credit=credit,
            revision=row.revision,
            state=CreditState(row.state),
            unmatched_for=None if row.unmatched_for is None else UnmatchedFor(row.unmatched_for),
            employer=row.employer,
            month=None if row.month is None else month_of(row.month),
            compound=row.compound,
        )


def _place(statement: UUID, column: str) -> str:
    return place("bank_statement", column, str(statement))


def _credit_place(credit: UUID) -> str:
    return place("bank_credit", "said_sealed", str(credit))
