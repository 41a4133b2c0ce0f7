"""Bank files that the caller may see, without their content."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from services.benefits.domain.payments import BankFileState
from services.benefits.storage import tables as t
from services.benefits.storage.bank_files import IS_TOLD
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen


@dataclass(frozen=True, slots=True)
class BankFileRead:
    """A bank file as it stands."""

    id: UUID
    state: str
    message_id: str
    transactions: int
    control_sum_sen: Sen
    sha256: str
    created_at: datetime
    fetched_at: datetime | None
    answered_at: datetime | None
    reason: str | None


_LIST = text(f"""
    SELECT {", ".join(BankFileRead.__slots__)} FROM bank_file
    WHERE state = :state AND id > CAST(:after AS uuid) AND {IS_TOLD} ORDER BY id LIMIT :limit
""")  # noqa: S608 - constants
_BEFORE_ALL = UUID(int=0)


async def list_bank_files(
    state: BankFileState, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[BankFileRead]:
    """The files in a state in the order of their ids, after a position; one that is not told of yet comes later."""
    asked = {"state": state, "after": after or _BEFORE_ALL, "limit": limit}
    return [BankFileRead(*row) for row in await uow.connection.execute(_LIST, asked)]


@dataclass(frozen=True, slots=True)
class HeldStatusRead:
    """A status that was not taken."""

    id: UUID
    reason: str
    end_to_end_id: str | None
    code: str
    report: str
    reported_at: datetime
    received_at: datetime


_HELD = select(*(t.held_status.c[name] for name in HeldStatusRead.__slots__))


async def list_held_statuses(
    bank_file: UUID, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[HeldStatusRead]:
    """What is held of a file in the order of arrival, after a position."""
    query = _HELD.where(t.held_status.c.bank_file == bank_file).order_by(t.held_status.c.id).limit(limit)
    if after is not None:
        query = query.where(t.held_status.c.id > after)
    return [HeldStatusRead(*row) for row in await uow.connection.execute(query)]
