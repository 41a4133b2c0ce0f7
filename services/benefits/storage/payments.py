"""Payments: each state change is conditional on the state that it starts from (rules S3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Row, and_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey, Source, is_loan
from services.benefits.domain.ledger import TransferReason
from services.benefits.domain.payments import ENTERED_FROM, GONE, Payment, PaymentKey, PaymentKind, PaymentState
from services.benefits.domain.settlement import Pay
from services.benefits.storage import tables as t
from services.benefits.storage.payees import IS_ENDED, IS_HELD, IS_OF_DEAD, IS_RETURNED, Payee
from shared.kernel.clock import business_day, now, today
from shared.kernel.money import Sen
from shared.kernel.periods import Days

_COLUMNS = ", ".join(column.name for column in t.payment.c)
_LOCK = text(f"""
    SELECT {_COLUMNS} FROM payment
    WHERE claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party ORDER BY id FOR UPDATE
""")  # noqa: S608 - constants
_STANDING_IN = text(f"SELECT {_COLUMNS} FROM payment WHERE bank_file = :bank_file ORDER BY id")  # noqa: S608 - constants
_LOCK_FILE = text("SELECT id FROM payment WHERE bank_file = :bank_file ORDER BY id FOR UPDATE")
_UNSENT_OF = text("""
    SELECT claim, scheme, benefit, party FROM payment
    WHERE party = ANY (parties_of(CAST(:party AS text))) AND state = 'unsent'
""")
# What a payment's row has beside it of the payee: its party is the payment's own.
_ACCOUNT = ", ".join(f"payee.{name}" for name in Payee.__slots__ if name != "party")
# Nothing is sent while officers look whether two numbers are one person's, nor to an account that is held, that a
# payment came back from, or whose holder receives no longer or has died: it waits for another or a release.
_UNSENT = text(f"""
    SELECT payment.*, {_ACCOUNT}
    FROM payment CROSS JOIN LATERAL (
        SELECT * FROM payee WHERE payee.party = payment.party ORDER BY version DESC LIMIT 1) AS payee
    WHERE payment.state = 'unsent' AND NOT {IS_HELD} AND NOT {IS_RETURNED} AND NOT {IS_ENDED}
          AND NOT {IS_OF_DEAD}
          AND payment.party <> ALL (ARRAY(SELECT parties_held(:now)))
    ORDER BY payment.id LIMIT :limit FOR UPDATE OF payment SKIP LOCKED
""")  # noqa: S608 - nothing that came from outside stands in it
_FREEZE = text("""
    UPDATE payment SET state = :state, bank_file = :bank_file, tenant = :tenant, payee_version = frozen.version
    FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS integer[])) AS frozen (id, version)
    WHERE payment.id = frozen.id AND payment.state = :entered_from
""")

# A file that is rendered again goes to the accounts that it went to at first; a row without one lacks it.
_OF_FILE = text(f"""
    SELECT payment.*, {_ACCOUNT}
    FROM payment LEFT JOIN payee ON payee.party = payment.party AND payee.version = payment.payee_version
    WHERE payment.bank_file = :bank_file ORDER BY payment.id
""")  # noqa: S608 - nothing that came from outside stands in it
_RECALL = text("""
    INSERT INTO payment AS known (id, tenant, claim, scheme, benefit, party, owner, source, person, fund, kind,
                                  revision, period_first, period_last, replaces, amount_sen, end_to_end_id, state,
                                  bank_file, payee_version, correlation_id, created_at)
    VALUES (:id, :tenant, :claim, :scheme, :benefit, :party, :owner, :source, :person, :fund, :kind, :revision,
            :period_first, :period_last, :replaces, :amount_sen, :end_to_end_id, 'sent', :bank_file,
            :payee_version, :correlation_id, :at)
    ON CONFLICT (id) DO UPDATE SET state = 'sent', tenant = excluded.tenant, bank_file = excluded.bank_file,
                                   payee_version = excluded.payee_version
    WHERE known.state = 'unsent'
    RETURNING old.id IS NULL AS is_new
""")
_ANSWER = text("""
    UPDATE payment SET state = answered.state, reason = answered.reason, answered_at = answered.at,
                       reported_at = :reported_at, refused_with_file = answered.with_file
    FROM unnest(CAST(:ids AS uuid[]), CAST(:stood AS text[]), CAST(:states AS text[]), CAST(:reasons AS text[]),
                CAST(:instants AS timestamptz[]), CAST(:with_file AS text[]))
         AS answered (id, stood, state, reason, at, with_file)
    WHERE payment.id = answered.id AND payment.state = answered.stood
""")
# The bank says again what stands: what it says later than that is measured against this instant.
_CONFIRM = text("""
    UPDATE payment SET reported_at = :reported_at WHERE id = ANY(CAST(:ids AS uuid[])) AND reported_at < :reported_at
""")


class FileRefusal(StrEnum):
    """Of a payment that came back with its whole file: held, or released to be made again."""

    HELD = "held"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Unsent:
    """A payment that can go into a bank file now, and the version of the payee that it goes to.

    ``person`` is the one whom it is about, if it is about one, ``fund`` bears it, ``owner`` states it as owed under its
    ``source``.
    """

    id: UUID
    key: PaymentKey
    owner: str
    source: Source
    person: int | None
    fund: str
    end_to_end_id: str
    amount_sen: Sen
    traceparent: str | None
    payee: Payee
    instructed_on: date


@dataclass(frozen=True, slots=True)
class Sent:
    """A payment in a bank file, as it stands; ``person``, ``fund``, ``owner`` and ``source`` are as in Unsent."""

    id: UUID
    payment: Payment
    owner: str
    source: Source
    person: int | None
    fund: str
    traceparent: str | None
    correlation_id: str
    reason: str | None
    answered_at: datetime | None
    # When the bank gave the answer that stands, by its own clock, and where a refusal of the whole file stands.
    reported_at: datetime | None = None
    refused_with_file: FileRefusal | None = None

    @property
    def party(self) -> str:
        """To whose account it goes."""
        return self.payment.key.entitlement.party

    @property
    def is_refused_by_account(self) -> bool:
        """Whether it came back by itself: nothing goes to this account before an officer has looked."""
        return self.payment.state is PaymentState.RETURNED and self.refused_with_file is None

    @property
    def is_of_loan(self) -> bool:
        """Whether the party pays it back, from when it has reached it."""
        return self.source is Source.PAYABLE and is_loan(self.payment.key.entitlement.benefit)


class PaymentRepository:
    """Reads and writes payments inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, key: EntitlementKey) -> dict[str, Sent]:
        """The payments of an entitlement by end-to-end id, oldest first, locked: a bank's answer waits its turn."""
        rows = await self._connection.execute(_LOCK, asdict(key))
        return {row.end_to_end_id: sent_of(row) for row in rows}

    async def of_file(self, bank_file: UUID) -> dict[str, Sent]:
        """The payments of a bank file by end-to-end id; who holds the file knows that nobody else answers them."""
        rows = await self._connection.execute(_STANDING_IN, {"bank_file": bank_file})
        return {row.end_to_end_id: sent_of(row) for row in rows}

    async def lock_file(self, bank_file: UUID) -> None:
        """Lock the payments of a bank file, after the due work that settles them: settling takes them in that order."""
        await self._connection.execute(_LOCK_FILE, {"bank_file": bank_file})

    async def list_unsent_of(self, party: str) -> set[EntitlementKey]:
        """The entitlements of a party that have a payment in no bank file yet."""
        return {EntitlementKey(*row) for row in await self._connection.execute(_UNSENT_OF, {"party": party})}

    async def list_paid_days(self, key: EntitlementKey) -> tuple[Days, ...]:
        """The days that payments of an entitlement name which reached the party or are on their way."""
        columns = (t.payment.c.period_first, t.payment.c.period_last)
        of_entitlement = and_(*(t.payment.c[name] == value for name, value in asdict(key).items()))
        stands = t.payment.c.state.not_in(GONE)
        rows = await self._connection.execute(select(*columns).where(of_entitlement & stands))
        return tuple(Days(*row) for row in rows)

    async def void(self, payment: UUID) -> None:
        """Withdraw a payment; raises RuntimeError when it is in a bank file."""
        unsent = (t.payment.c.id == payment) & (t.payment.c.state == ENTERED_FROM[PaymentState.VOIDED])
        changed = await self._connection.execute(update(t.payment).where(unsent).values(state=PaymentState.VOIDED))
        if changed.rowcount != 1:
            raise RuntimeError("a payment that was locked as unsent was not")

    async def answer(self, answered: Sequence[tuple[PaymentState, Sent]], reported_at: datetime) -> None:
        """Note the bank's answers, each with the state it was locked in; raises RuntimeError where that was not so."""
        if not answered:
            return
        stood, sent = zip(*answered, strict=True)
        values = {
            "ids": [each.id for each in sent],
            "stood": list(stood),
            "states": [each.payment.state for each in sent],
            "reasons": [each.reason for each in sent],
            "instants": [each.answered_at for each in sent],
            "with_file": [each.refused_with_file for each in sent],
            "reported_at": reported_at,
        }
        if (await self._connection.execute(_ANSWER, values)).rowcount != len(answered):
            raise RuntimeError("a payment that was locked in one state was in another")

    async def confirm(self, repeated: Sequence[UUID], reported_at: datetime) -> None:
        """The bank said again, later, what stands."""
        if repeated:
            await self._connection.execute(_CONFIRM, {"ids": list(repeated), "reported_at": reported_at})

    async def list_refused_with(self, bank_file: UUID) -> set[EntitlementKey]:
        """The entitlements of what came back with a whole file and is held."""
        return await self._entitlements(_refused_with(bank_file))

    async def release_file(self, bank_file: UUID) -> None:
        """What came back with a whole file may be paid again."""
        held = update(t.payment).where(_refused_with(bank_file))
        await self._connection.execute(held.values(refused_with_file=FileRefusal.RELEASED))

    async def take_unsent(self, limit: int) -> list[Unsent]:
        """Payments that can be sent, locked, in the order of their ids; another worker's are passed over."""
        rows = await self._connection.execute(_UNSENT, {"limit": limit, "now": now(), "today": today()})
        return [unsent_of(row) for row in rows]

    async def of_lost_file(self, bank_file: UUID) -> tuple[list[Unsent], set[str]]:
        """What stood in a file, with the payees of then, and the parties whose account of then is not known again."""
        rows = (await self._connection.execute(_OF_FILE, {"bank_file": bank_file})).all()
        lacking = {row.party for row in rows if row.version is None}
        return [unsent_of(row) for row in rows if row.version is not None], lacking

    async def recall(self, id_: UUID, pay: Pay, place: Mapping[str, Any], at: datetime) -> bool:
        """Know again of a payment that stands in a bank file; whether it was not known at all."""
        values = _columns(pay.key) | {"id": id_, "amount_sen": pay.amount_sen, "end_to_end_id": pay.key.end_to_end_id}
        values |= {**place, "at": at, "correlation_id": str(pay.key.entitlement.claim)}
        return bool((await self._connection.execute(_RECALL, values)).scalar_one_or_none())

    async def freeze(self, unsent: Sequence[Unsent], bank_file: UUID, tenant: str) -> None:
        """They stand in this bank file now, each with the payee as it was then."""
        ids, versions = [each.id for each in unsent], [each.payee.version for each in unsent]
        states = {"state": PaymentState.SENT, "entered_from": ENTERED_FROM[PaymentState.SENT]}
        values = {"bank_file": bank_file, "tenant": tenant, "ids": ids, "versions": versions}
        await self._connection.execute(_FREEZE, values | states)

    async def list_published(self, after: UUID | None, limit: int) -> Sequence[tuple[Sent, date]]:
        """Payments that the bank settled or returned, in the order of their ids, with the day on which that counts."""
        states: Collection[PaymentState] = (PaymentState.SETTLED, PaymentState.RETURNED)
        answered = t.payment.c.state.in_(states)
        query = select(t.payment, _counts_on()).where(answered).order_by(t.payment.c.id).limit(limit)
        if after is not None:
            query = query.where(t.payment.c.id > after)
        return [(sent_of(row), row.counts_on) for row in await self._connection.execute(query)]

    async def _entitlements(self, condition: ColumnElement[bool]) -> set[EntitlementKey]:
        query = select(*(t.payment.c[name] for name in EntitlementKey.__slots__)).where(condition)
        return {EntitlementKey(*row) for row in await self._connection.execute(query)}


def _counts_on() -> Label[date]:
    """The day on which the bank's newest word on a payment counts in the books."""
    words = (TransferReason.SETTLED, TransferReason.RETURNED, TransferReason.REVERSED)
    booked = (t.transfer.c.payment == t.payment.c.id) & t.transfer.c.cause.in_(words)
    newest = (t.transfer.c.booked_at.desc(), t.transfer.c.id.desc())
    of_payment = select(t.transfer.c.value_on).where(booked).order_by(*newest).limit(1)
    return of_payment.scalar_subquery().label("counts_on")


def _refused_with(bank_file: UUID) -> ColumnElement[bool]:
    """Whether a payment came back with this whole file and is held."""
    return (t.payment.c.bank_file == bank_file) & (t.payment.c.refused_with_file == FileRefusal.HELD)


def unsent_of(row: Row[Any]) -> Unsent:
    """The payment in a row of the table that stands beside its payee's."""
    payee = Payee(*(getattr(row, name) for name in Payee.__slots__))
    about = (row.owner, Source(row.source), row.person, row.fund)
    paid = (row.end_to_end_id, row.amount_sen, row.traceparent)
    return Unsent(row.id, key_of(row), *about, *paid, payee, business_day(row.created_at))


def key_of(row: Row[Any]) -> PaymentKey:
    """The natural key in a row of the table."""
    entitlement = EntitlementKey(row.claim, row.scheme, row.benefit, row.party)
    periods = (row.period_first, row.period_last)
    return PaymentKey(entitlement, PaymentKind(row.kind), row.revision, *periods, row.replaces)


def _columns(key: PaymentKey) -> dict[str, Any]:
    """The columns of a natural key."""
    values = asdict(key)
    return {**values.pop("entitlement"), **values}


def sent_of(row: Row[Any]) -> Sent:
    """The payment in a row of the table."""
    key = key_of(row)
    payment = Payment(key, row.amount_sen, PaymentState(row.state))
    stated = (row.owner, Source(row.source), row.person, row.fund)
    about = (row.id, payment, *stated, row.traceparent, row.correlation_id)
    refused_with = row.refused_with_file and FileRefusal(row.refused_with_file)
    return Sent(*about, row.reason, row.answered_at, row.reported_at, refused_with)
