"""Payments of a person, newest last; an account is never among them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.benefits.storage import tables as t
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


async def payments_of(person: int, after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> Sequence[Row[Any]]:
    """The payments of a person in the order of their ids, after a position."""
    query = select(t.payment).where(t.payment.c.person == person).order_by(t.payment.c.id).limit(limit)
    if after is not None:
        query = query.where(t.payment.c.id > after)
    return (await uow.connection.execute(query)).all()
