"""Orders that raise benefits."""

from uuid import UUID

from services.benefits.domain.increases import IncreaseOrder
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


async def list_increases(after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> list[IncreaseOrder]:
    """All of them, with what they give, in the order in which they were entered."""
    return await uow.increases.list_orders(after, limit)
