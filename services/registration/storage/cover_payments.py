"""The ledger of payments for cover: what was stated is never changed, and what became of it is a fact of its own."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, Row, Text, Uuid, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from services.registration.domain.cover_payment import Channel, CoverPayment, PaymentAct, PaymentState
from services.registration.domain.errors import CoverPaymentUnknown, CoverReceiptTaken
from services.registration.domain.scheme_registration import Choice
from services.registration.storage.violations import violated
from shared.persistence.arrays import array_text

_BEFORE_ALL = UUID(int=0)
_UUID, _INTEGER, _SEN, _TEXT, _INSTANT = Uuid(), Integer(), BigInteger(), Text(), DateTime(timezone=True)
_COLUMNS: Mapping[str, tuple[str, TypeEngine[Any]]] = {
    "payment": ("uuid", _UUID),
    "registration": ("uuid", _UUID),
    "person": ("integer", _INTEGER),
    "tenant": ("text", _TEXT),
    "scheme": ("text", _TEXT),
    "activity": ("text", _TEXT),
    "plan": ("text", _TEXT),
    "earning_sen": ("bigint", _SEN),
    "channel": ("text", _TEXT),
    "receipt": ("text", _TEXT),
    "payer": ("text", _TEXT),
    "paid_at": ("timestamptz", _INSTANT),
    "reported_at": ("timestamptz", _INSTANT),
    "months": ("integer", _INTEGER),
    "amount_sen": ("bigint", _SEN),
    "income_sen": ("bigint", _SEN),
    "state": ("text", _TEXT),
    "begins_at": ("timestamptz", _INSTANT),
    "revision": ("integer", _INTEGER),
}
_NAMES = ", ".join(_COLUMNS)
_ARRAYS = ", ".join(f"CAST(CAST(:{name} AS text) AS {kind}[])" for name, (kind, _) in _COLUMNS.items())
# A thousand of an agent's batch in one statement; each begins its history.
_ADD = text(f"""
    WITH sent AS (SELECT * FROM unnest({_ARRAYS}) AS sent ({_NAMES})),
    added AS (INSERT INTO cover_payment ({_NAMES}) SELECT {_NAMES} FROM sent)
    INSERT INTO cover_payment_act (payment, person, tenant, state, begins_at, recorded_at, source)
    SELECT payment, person, tenant, state, begins_at, reported_at, tenant FROM sent
""")  # noqa: S608 - constants
_SET = text("""
    UPDATE cover_payment SET state = :state, begins_at = :begins_at, revision = :revision WHERE payment = :payment
""")
_ACT = text("""
    INSERT INTO cover_payment_act (payment, person, tenant, state, begins_at, recorded_at, source, officer, reason,
                                   evidence, proposed_by, approved_by)
    VALUES (:payment, :person, :tenant, :state, :begins_at, :recorded_at, :source, :officer, :reason, :evidence,
            :proposed_by, :approved_by)
""")
_STATED = text(f"SELECT {_NAMES} FROM cover_payment WHERE payment = ANY(CAST(:ids AS uuid[]))")  # noqa: S608 - constants
_FIND = text(f"SELECT {_NAMES} FROM cover_payment WHERE payment = :payment")  # noqa: S608 - constants
_OF_ACTIVITY = text(f"SELECT {_NAMES} FROM cover_payments_of(:person, :scheme, :activity)")  # noqa: S608 - constants
_PAGE = text(f"""
    SELECT {_NAMES} FROM cover_payment WHERE payment > :after AND (CAST(:registration AS uuid) IS NULL
                                                                   OR registration = :registration)
    ORDER BY payment LIMIT :limit
""")  # noqa: S608 - constants
_KNOWN = ", ".join(f"paid.{name}" for name in _COLUMNS if name not in ("state", "begins_at"))
# As each stood at an instant: what became of it last by then. By number of the person, as one is known then.
_AS_OF = text(f"""
    SELECT DISTINCT ON (paid.paid_at, paid.payment) {_KNOWN}, act.state, act.begins_at
    FROM cover_payment AS paid JOIN cover_payment_act AS act USING (payment)
    WHERE paid.person = ANY (CAST((SELECT numbers_known_of(:person, CAST(:known_at AS timestamptz))) AS integer[]))
      AND act.recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
    ORDER BY paid.paid_at, paid.payment, act.id DESC
""")  # noqa: S608 - constants
_SAID_BY = text("""
    SELECT officer FROM cover_payment_act WHERE payment = :payment AND officer IS NOT NULL ORDER BY id
""")
_NEWEST_ACT = text("""
    SELECT reason, evidence FROM cover_payment_act WHERE payment = :payment ORDER BY id DESC LIMIT 1
""")


class CoverPaymentRepository:
    """The payments that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, payments: Sequence[CoverPayment]) -> None:
        """Keep new payments of people whom the transaction holds; raises CoverReceiptTaken."""
        rows = [_row(each) for each in payments]
        columns = {name: array_text(type_, [row[name] for row in rows]) for name, (_, type_) in _COLUMNS.items()}
        try:
            await self._connection.execute(_ADD, columns)
        except IntegrityError as error:
            if violated(error) in ("cover_payment_pkey", "uq_cover_payment_receipt"):
                raise CoverReceiptTaken() from None
            raise

    async def change(self, act: PaymentAct) -> None:
        """Keep what became of a payment of a person whom the transaction holds."""
        row, said = _row(act.payment), {"recorded_at": act.recorded_at, "source": act.source, "officer": act.officer}
        by = {"proposed_by": act.proposed_by, "approved_by": act.approved_by}
        await self._connection.execute(_SET, row)
        await self._connection.execute(_ACT, {**row, **said, **by, "reason": act.reason, "evidence": act.evidence})

    async def of_ids(self, ids: Collection[UUID]) -> Mapping[UUID, CoverPayment]:
        """Those of these that the transaction may see."""
        found = map(cover_payment_of, await self._connection.execute(_STATED, {"ids": list(ids)}))
        return {each.id: each for each in found}

    async def find(self, payment: UUID) -> CoverPayment:
        """Raises CoverPaymentUnknown."""
        row = (await self._connection.execute(_FIND, {"payment": payment})).one_or_none()
        if row is None:
            raise CoverPaymentUnknown()
        return cover_payment_of(row)

    async def of_activity(self, person: int, scheme: str, activity: str) -> list[CoverPayment]:
        """The payments of an activity of a number, whoever stated them, oldest first."""
        asked = {"person": person, "scheme": scheme, "activity": activity}
        return [cover_payment_of(row) for row in await self._connection.execute(_OF_ACTIVITY, asked)]

    async def page(self, registration: UUID | None, after: UUID | None, limit: int) -> list[CoverPayment]:
        """Payments that the transaction may see, by id, after one."""
        asked = {"registration": registration, "after": after or _BEFORE_ALL, "limit": limit}
        return [cover_payment_of(row) for row in await self._connection.execute(_PAGE, asked)]

    async def as_of(self, person: int, known_at: datetime | None) -> list[CoverPayment]:
        """All payments of a person as they were known at an instant, or are now, oldest first."""
        asked = {"person": person, "known_at": known_at}
        return [cover_payment_of(row) for row in await self._connection.execute(_AS_OF, asked)]

    async def said_by(self, payment: UUID) -> set[str]:
        """The officers who stated something of a payment."""
        return set((await self._connection.execute(_SAID_BY, {"payment": payment})).scalars())

    async def stated_for(self, payment: UUID) -> tuple[str | None, str | None]:
        """The reason and the document of what was stated last."""
        row = (await self._connection.execute(_NEWEST_ACT, {"payment": payment})).one()
        return row.reason, row.evidence


def cover_payment_of(row: Row[Any]) -> CoverPayment:
    """The payment in a row of ``cover_payment``."""
    return CoverPayment(
        id=row.payment,
        registration=row.registration,
        person=row.person,
        choice=Choice(row.scheme, row.activity, row.plan, row.earning_sen),
        tenant=row.tenant,
        channel=Channel(row.channel),
        receipt=row.receipt,
        payer=row.payer,
        paid_at=row.paid_at,
        reported_at=row.reported_at,
        months=row.months,
        amount_sen=row.amount_sen,
        income_sen=row.income_sen,
        state=PaymentState(row.state),
        begins_at=row.begins_at,
        revision=row.revision,
    )


def _row(paid: CoverPayment) -> dict[str, Any]:
    choice = paid.choice
    return {
        "payment": paid.id,
        "registration": paid.registration,
        "person": paid.person,
        "tenant": paid.tenant,
        "scheme": choice.scheme,
        "activity": choice.activity,
        "plan": choice.plan,
        "earning_sen": choice.earning_sen,
        "channel": paid.channel.value,
        "receipt": paid.receipt,
        "payer": paid.payer,
        "paid_at": paid.paid_at,
        "reported_at": paid.reported_at,
        "months": paid.months,
        "amount_sen": paid.amount_sen,
        "income_sen": paid.income_sen,
        "state": paid.state.value,
        "begins_at": paid.begins_at,
        "revision": paid.revision,
    }
