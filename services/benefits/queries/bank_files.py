"""Bank files that the caller may see, without their content."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.benefits.storage import tables as t
from services.benefits.storage.bank_files import BankFileState
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork

_SHOWN = [column for column in t.bank_file.c if column.name != "content"]


async def bank_files_in(
    state: BankFileState, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> Sequence[Row[Any]]:
    """The files in a state in the order of their ids, after a position."""
    query = select(*_SHOWN).where(t.bank_file.c.state == state).order_by(t.bank_file.c.id).limit(limit)
    if after is not None:
        query = query.where(t.bank_file.c.id > after)
    return (await uow.connection.execute(query)).all()
