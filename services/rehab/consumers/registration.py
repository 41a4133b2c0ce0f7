"""Topic ``registration``: which numbers are one person's, by either of whom officers find referrals and bills."""

from collections.abc import Sequence

from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.registration import PersonMergeEvent


async def apply(events: Sequence[PersonMergeEvent], uow: RehabUnitOfWork) -> None:
    """How numbers stand; the higher revision wins. A referral and a bill keep the number of which they were stated."""
    await uow.known_merges.keep([event.model_dump(include=_KEPT) for event in events])


_KEPT = {"person", "survivor", "merged", "revision"}
