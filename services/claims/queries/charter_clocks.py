"""The client charter's clocks that run or stand, for officers."""

from services.claims.domain.charter_clocks import ClockState
from services.claims.storage.charter_clocks import ListedClock
from services.claims.storage.unit_of_work import ClaimsUnitOfWork


async def list_clocks(
    state: ClockState | None, office: str | None, after: list[str | int] | None, limit: int, uow: ClaimsUnitOfWork
) -> list[ListedClock]:
    """By the day on which they are due; of a state, or of which an office has the task."""
    return await uow.charter_clocks.page(state, office, after, limit)
