"""Payments that concern a person or go to a party, newest last; an account is never among them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Text, any_, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.benefits.domain.parties import party_of
from services.benefits.storage import tables as t
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen


@dataclass(frozen=True, slots=True)
class PaymentRead:
    """A payment as it stands."""

    id: UUID
    claim: UUID
    scheme: str
    benefit: str
    party: str
    fund: str
    kind: str
    revision: int
    period_first: date
    period_last: date
    replaces: str
    amount_sen: Sen
    end_to_end_id: str
    state: str
    bank_file: UUID | None
    payee_version: int | None
    reason: str | None
    traceparent: str | None
    created_at: datetime
    answered_at: datetime | None


_READ = select(*(t.payment.c[name] for name in PaymentRead.__slots__))


async def list_payments(person: int, after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> list[PaymentRead]:
    """The payments under a person's claims and those to the person, in the order of their ids, after a position."""
    numbers = func.numbers_of(person, type_=ARRAY(BigInteger))
    parties = func.parties_of(party_of(person), type_=ARRAY(Text))
    of_person = (t.payment.c.person == any_(numbers)) | (t.payment.c.party == any_(parties))
    return await _list(of_person, after, limit, uow)


async def list_payments_to_party(
    party: str, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[PaymentRead]:
    """The payments to a party of any kind, in the order of their ids, after a position."""
    return await _list(t.payment.c.party == party, after, limit, uow)


async def _list(
    which: ColumnElement[bool], after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[PaymentRead]:
    query = _READ.where(which).order_by(t.payment.c.id).limit(limit)
    if after is not None:
        query = query.where(t.payment.c.id > after)
    return [PaymentRead(*row) for row in await uow.connection.execute(query)]
